"""The items of Amazon orders."""

from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.loaders import Listing
from api.schema.money import Money, money_of
from api.schema.nodes import Node, window_on
from api.schema.products import Product, ProductMatch
from api.schema.sources import TakenFromSources
from domain import money
from domain.amazon import records
from domain.catalog.matches import Wanted
from domain.catalog.records import Match
from domain.catalog.records import Product as ProductRecord
from domain.commerce.records import CommerceOrderLine

ITEMS = Listing(records.AmazonItem, "order_id", ("position", "id"), (("gone_at__isnull", True),))
LINE_OF_ITEM = Listing(CommerceOrderLine, "item_id", ("id",))

Item = Annotated["OrderItem", strawberry.lazy("api.schema.order_items")]


@strawberry.type(description="One item of an Amazon order. Amounts are for the whole item unless they say otherwise.")
@window_on(records.AmazonItem)
class OrderItem(Node, TakenFromSources):
    """The window on an order item."""

    item_id: str = strawberry.field(name="amazonOrderItemId", description="Amazon's identifier of the item.")
    asin: str | None = strawberry.field(description="Amazon's identifier of the product.")
    seller_sku: str | None = strawberry.field(description="The seller's SKU as Amazon has it.")
    title: str | None = strawberry.field(description="What the buyer read.")
    condition: str | None = strawberry.field(description="In which condition it is sold, in Amazon's word, e.g. USED.")
    condition_subtype: str | None = strawberry.field(
        description="The condition more exactly, in Amazon's word, e.g. VERY_GOOD."
    )
    quantity_ordered: int = strawberry.field(description="How many Amazon says are ordered.")
    quantity_shipped: int = strawberry.field(description="How many Amazon says have shipped.")

    @strawberry.field(
        description="How many neither shipped nor will, by Amazon's numbers; 0 while it does not say what is left."
    )
    @staticmethod
    def quantity_canceled(root: strawberry.Parent[records.AmazonItem]) -> int:
        """Return what is missing between the ordered, the shipped and the unshipped."""
        if root.quantity_unshipped is None:
            return 0
        return max(0, root.quantity_ordered - root.quantity_shipped - root.quantity_unshipped)

    @strawberry.field(description="How many the credit memos of the commerce order cover.")
    @staticmethod
    async def quantity_refunded(root: strawberry.Parent[records.AmazonItem], info: Info) -> int:
        """Return what the order line says; 0 without one."""
        lines = await info.context.loaders.rows(LINE_OF_ITEM).load(root.id)
        return sum(line.quantity_refunded for line in lines)

    @strawberry.field(graphql_type=Money | None, description="The price of one.")
    @staticmethod
    def unit_price(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return the price of one."""
        return money_of(root.unit_price_minor, root.currency)

    @strawberry.field(
        graphql_type=Money | None,
        description="The price of the whole row, without tax, shipping, wrapping and discount; null while Amazon "
        "withholds it.",
    )
    @staticmethod
    def row_price(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return the price of all of it."""
        return money_of(root.price_minor, root.currency)

    @strawberry.field(graphql_type=Money | None, description="What the buyer pays for wrapping it as a gift.")
    @staticmethod
    def gift_wrap(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return what wrapping costs."""
        return money_of(root.gift_wrap_minor, root.currency)

    @strawberry.field(graphql_type=Money | None, description="All of it together; null while Amazon withholds it.")
    @staticmethod
    def line_total(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return the total."""
        return money_of(root.total_minor, root.currency)

    @strawberry.field(graphql_type=Money | None, description="The tax in it.")
    @staticmethod
    def tax(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return the tax."""
        return money_of(root.tax_minor, root.currency)

    @strawberry.field(graphql_type=Money | None, description="What the buyer pays for shipping it.")
    @staticmethod
    def shipping(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return the shipping."""
        return money_of(root.shipping_minor, root.currency)

    @strawberry.field(graphql_type=Money | None, description="The discount, as Amazon signs it: negative reduces.")
    @staticmethod
    def discount(root: strawberry.Parent[records.AmazonItem]) -> money.Money | None:
        """Return the discount."""
        return money_of(root.discount_minor, root.currency)

    @strawberry.field(
        graphql_type=Product | None,
        description="The product it means: the one chosen for this item or remembered for its SKU, else that of its "
        "SKU, else the only one of its ASIN.",
    )
    @staticmethod
    async def product(root: strawberry.Parent[records.AmazonItem], info: Info) -> ProductRecord | None:
        """Return the product."""
        wanted = Wanted(root.account_id, root.seller_sku, root.asin, root.id)
        found = await info.context.loaders.products_meant.load(wanted)
        return found.product if found else None

    @strawberry.field(
        graphql_type=ProductMatch | None,
        description="The remembered match; null where the product is found by SKU or ASIN.",
    )
    @staticmethod
    async def match(root: strawberry.Parent[records.AmazonItem], info: Info) -> Match | None:
        """Return what is remembered of the seller SKU."""
        if root.seller_sku is None:
            return None
        return await info.context.loaders.other(_matches).load((root.account_id, root.seller_sku))


async def _matches(keys: list[tuple[int, str]]) -> list[Match | None]:
    skus = {sku for _, sku in keys}
    found = await Match.filter(account_id__in={account_id for account_id, _ in keys}, seller_sku__in=skus)
    remembered = {(match.account_id, match.seller_sku): match for match in found}
    return [remembered.get(key) for key in keys]
