"""Putting a product on sale or taking it off, and counting it."""

from typing import Annotated

import strawberry

from api.schema.affected import evaluate_affected
from api.schema.context import Info
from api.schema.counts import Count, CountPrecision
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.products import Product
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from domain.catalog.records import Product as ProductRecord
from domain.channel import stocking
from domain.channel.affected import Affected


@strawberry.input(one_of=True, description="How the number on the shelf of a source changes.")
class StockChange(Optionals):
    """A change of a count."""

    delta: int | None = optional("By so much: more came, or, below 0, fewer are there.")
    set: int | None = optional("To so many: this is what was counted.")


@strawberry.input(description="What was counted of a product.")
class RestockInput(Optionals):
    """A count."""

    product_id: strawberry.ID = strawberry.field(description="The id of a `Product`.")
    change: StockChange = strawberry.field(description="How the number on the shelf changes.")
    source: str | None = optional("The code of the source where it was counted; the default one if it is left out.")
    note: str | None = optional("Why, for the history: at most 500 characters.")
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input changes nothing again."
    )


@strawberry.type(description="What became of a product and of the orders that waited for it.")
class StockPayload:
    """The answer to what is done with a product."""

    product: ProductRecord | None = strawberry.field(
        graphql_type=Product | None, default=None, description="The product as it is now."
    )
    affected: Count = strawberry.field(
        default_factory=lambda: Count(value=0, precision=CountPrecision.EXACT),
        description="How many orders are evaluated again because of it: the first 20 at once, the others in the "
        "background. 0 where a repeated request changed nothing again.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


ProductId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Product`.")]
Restock = Annotated[RestockInput, strawberry.argument(description="What was counted.")]


async def enable_product(info: Info, product_id: ProductId) -> StockPayload:
    """Put a product on sale."""
    wanted = product_row_id(product_id, ("productId",))
    affected = await stocking.enable_product(product_id=wanted, now=info.context.service.clock.now(), actor=USER)
    return await stock_payload(info, wanted, affected)


async def disable_product(info: Info, product_id: ProductId) -> StockPayload:
    """Take a product off sale."""
    wanted = product_row_id(product_id, ("productId",))
    await stocking.disable_product(product_id=wanted, now=info.context.service.clock.now(), actor=USER)
    return await stock_payload(info, wanted, Affected())


async def restock_product(info: Info, input: Restock) -> StockPayload:
    """Count a product."""
    wanted = product_row_id(input.product_id, ("input", "productId"))
    affected = await stocking.restock_product(
        product_id=wanted,
        delta=input.change.delta,
        set_to=input.change.set,
        note=input.note,
        source=input.source,
        idempotency_key=input.idempotency_key,
        now=info.context.service.clock.now(),
        actor=USER,
        sealer=info.context.service.sealer,
    )
    return await stock_payload(info, wanted, affected)


async def stock_payload(info: Info, product_id: int, affected: Affected) -> StockPayload:
    """Evaluate the first of the affected orders, and return the product as it is then."""
    count = await evaluate_affected(info.context.service, affected)
    with reading():
        return StockPayload(product=await ProductRecord.get(id=product_id), affected=count)


def product_row_id(text: str, path: tuple[str, ...]) -> int:
    """Return the row of a product.

    Raises InvalidInput for what is not its id.
    """
    found = typed_id(text, "Product", path=path)
    # Products belong to no account: an id that names one was not handed out here, and finds nothing.
    return found.row_id if found.account_id == 0 else 0
