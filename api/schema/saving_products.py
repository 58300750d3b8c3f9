"""Creating and changing products, one or many, by the rules of a file's lines."""

from collections.abc import Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final

import strawberry

from api.schema.affected import evaluate_affected
from api.schema.context import Info
from api.schema.counts import Count, CountPrecision
from api.schema.enums import described
from api.schema.optional import Optionals, optional
from api.schema.products import Product
from api.schema.reading import reading
from api.schema.scalars import CurrencyCode
from api.schema.shipping import USER
from api.schema.stocking import StockPayload, stock_payload
from api.schema.user_errors import UserError, user_error
from domain.catalog.product_rows import ProductField, ProductRow
from domain.catalog.products import ImportedProducts
from domain.catalog.records import Product as ProductRecord
from domain.channel.products import MOST_ROWS, take_rows
from domain.channel.products import save_product as save
from domain.errors import DomainError, LimitExceeded

_FIELDS: Final = MappingProxyType({"manages_stock": "managesStock", "currency": "currencyCode"})

described(
    ProductField,
    description="What a product can do without.",
    values={"PRICE": "Its price, with the currency.", "ASIN": "Amazon's number of it."},
)


@strawberry.input(description="What a product is. What is left out stays as it is; a new product is then for sale.")
class ProductInput(Optionals):
    """A product."""

    sku: str = strawberry.field(description="Our name for it: a new one creates a product, at most 200 characters.")
    name: str | None = optional("What people call it; for a new product the SKU if it is left out.")
    price: Decimal | None = optional("What one costs; needs the currency.")
    currency: CurrencyCode | None = optional("The currency of the price.", name="currencyCode")
    asin: str | None = optional("Amazon's number of it: items with this ASIN and no SKU of ours mean this product.")
    enabled: bool | None = optional("Whether it is for sale.")
    manages_stock: bool | None = optional("Whether its stock is counted; if not, there is always enough.")
    quantity: int | None = optional("How many are on the shelf, promised ones included; 0 for a new product.")
    clear: list[ProductField] | None = optional("What it no longer has; none of it may be given as well.")


@strawberry.type(description="What became of one product of many.")
class ProductResult:
    """One answer of many."""

    index: int = strawberry.field(description="Its place among what was sent, from 0.")
    product: ProductRecord | None = strawberry.field(
        graphql_type=Product | None, default=None, description="The product as it is now; null if it was refused."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


@strawberry.type(description="What became of many products: `results[i]` answers the i-th one.")
class ImportProductsPayload:
    """The answer to importProducts."""

    results: list[ProductResult] = strawberry.field(default_factory=list, description="An answer for each product.")
    created: int = strawberry.field(default=0, description="How many are new.")
    updated: int = strawberry.field(default=0, description="How many changed.")
    unchanged: int = strawberry.field(default=0, description="How many were so already.")
    failed: int = strawberry.field(default=0, description="How many were refused.")
    affected: Count = strawberry.field(
        default_factory=lambda: Count(value=0, precision=CountPrecision.EXACT),
        description="How many orders are evaluated again because of them: the first 20 at once, the others in the "
        "background.",
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="What is wrong with the request as a whole; then nothing was done."
    )


ProductChoice = Annotated[ProductInput, strawberry.argument(description="The product.")]
ProductList = Annotated[
    list[ProductInput], strawberry.argument(description="The products, each SKU once, at most 500.")
]


async def save_product(info: Info, input: ProductChoice) -> StockPayload:
    """Create or change a product."""
    now = info.context.service.clock.now()
    try:
        product, affected = await save(row=_row(0, input), now=now, actor=USER)
    except DomainError as refusal:
        refusal.path = _as_sent(refusal, ("input",))
        raise
    return await stock_payload(info, product.id, affected)


async def import_products(info: Info, products: ProductList) -> ImportProductsPayload:
    """Create or change many products; what is refused stops no other."""
    if len(products) > MOST_ROWS:
        raise LimitExceeded(f"At most {MOST_ROWS} products at a time; send the others after them.", path=("products",))
    service, into = info.context.service, ImportedProducts()
    affected = await take_rows(
        rows=[_row(at, one) for at, one in enumerate(products)], into=into, now=service.clock.now(), actor=USER
    )
    count = await evaluate_affected(service, affected)
    return ImportProductsPayload(
        results=await _results(products, into),
        created=into.created,
        updated=into.updated,
        unchanged=into.unchanged,
        failed=len(into.refused),
        affected=count,
    )


async def _results(sent: Sequence[ProductInput], into: ImportedProducts) -> list[ProductResult]:
    refused = {line - 1: refusal for line, refusal in into.refused}
    with reading():
        taken = [one.sku.strip() for at, one in enumerate(sent) if at not in refused]
        stored = await ProductRecord.filter(sku__in=taken)
    by_sku = {product.sku: product for product in stored}
    results = []
    for at, one in enumerate(sent):
        refusal = refused.get(at)
        if refusal:
            refusal.path = _as_sent(refusal, ("products", str(at)))
        results.append(
            ProductResult(
                index=at,
                product=None if refusal else by_sku.get(one.sku.strip()),
                errors=[user_error(refusal)] if refusal else [],
            )
        )
    return results


def _row(at: int, product: ProductInput) -> ProductRow:
    return ProductRow(
        line=at + 1,
        sku=product.sku,
        name=product.name,
        price=None if product.price is None else f"{product.price:f}",
        currency=product.currency,
        quantity=None if product.quantity is None else str(product.quantity),
        enabled=_word(product.enabled),
        manages_stock=_word(product.manages_stock),
        asin=product.asin,
        clear=" ".join(product.clear or ()),
    )


def _word(flag: bool | None) -> str | None:
    return None if flag is None else str(flag).lower()


def _as_sent(refusal: DomainError, within: tuple[str, ...]) -> tuple[str, ...]:
    return (*within, *(_FIELDS.get(name, name) for name in refusal.path))
