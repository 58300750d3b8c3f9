"""Commerce orders: what the back office works with."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from tortoise.exceptions import ValidationError

from api.schema.buyer_emails import BuyerEmail
from api.schema.comments import CommentedOrder
from api.schema.commerce_sections import LineAmounts, Sections, currency_of
from api.schema.commerce_words import CommerceOrderStatus, status_of
from api.schema.context import Context, Info
from api.schema.currency_amounts import OrderInBase
from api.schema.customers import Bought
from api.schema.documents import CREDIT_MEMOS, INVOICES, SHIPMENTS, CreditMemo, Invoice, Shipment
from api.schema.ids import typed_id
from api.schema.loaders import Listing
from api.schema.mails import WrittenOrder
from api.schema.money import Money, money_of
from api.schema.nodes import Node, window_on
from api.schema.optional import Optionals, optional
from api.schema.order_items import OrderItem
from api.schema.products import Product
from api.schema.reading import reading
from api.schema.refund_amounts import RefundableOrder
from api.schema.workflow_fields import Progressing, Workable
from domain import money
from domain.amazon.records import AmazonItem
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.catalog.records import Product as ProductRecord
from domain.commerce import records
from domain.commerce.lifecycle import CommerceOrderState

if TYPE_CHECKING:
    from api.schema.amazon_orders import AmazonOrder

LINES = Listing(records.CommerceOrderLine, "order_id", ("position", "id"))
_Order = Annotated["AmazonOrder", strawberry.lazy("api.schema.amazon_orders")]


@strawberry.type(description="One line of a commerce order. SKU, title and price stay as they were when it was made.")
@window_on(records.CommerceOrderLine)
class CommerceOrderLine(Node, Progressing, LineAmounts):
    """The window on an order line."""

    sku: str = strawberry.field(description="The SKU.")
    title: str = strawberry.field(description="The title.")
    quantity_ordered: int = strawberry.field(description="How many are ordered.")
    quantity_invoiced: int = strawberry.field(description="How many of them are billed.")
    quantity_shipped: int = strawberry.field(description="How many of them left.")
    quantity_refunded: int = strawberry.field(description="How many of them were given back.")
    quantity_canceled: int = strawberry.field(description="How many of them are no longer wanted.")

    @strawberry.field(graphql_type=Product | None, description="The product; null when it is gone.")
    @staticmethod
    async def product(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> ProductRecord | None:
        """Return the product."""
        return await info.context.loaders.row(ProductRecord).load(root.product_id) if root.product_id else None

    @strawberry.field(graphql_type=OrderItem, description="The item of the Amazon order.")
    @staticmethod
    async def item(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> AmazonItem | None:
        """Return the item."""
        return await info.context.loaders.row(AmazonItem).load(root.item_id)

    @strawberry.field(graphql_type=Money, description="The price of one, rounded: for showing only.")
    @staticmethod
    async def unit_price(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the price of one."""
        return money_of(root.unit_price_minor, await currency_of(root, info))

    @strawberry.field(graphql_type=Money, description="All of it together.")
    @staticmethod
    async def total(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the total."""
        return money_of(root.total_minor, await currency_of(root, info))


@strawberry.type(description="A sales order of the back office, made once for an Amazon order.")
@window_on(records.CommerceOrder)
class CommerceOrder(
    Node, RefundableOrder, Workable, CommentedOrder, WrittenOrder, Sections, BuyerEmail, Bought, OrderInBase
):
    """The window on a commerce order."""

    version: int = strawberry.field(description="Grows when something about it changes.")
    number: str = strawberry.field(description="Its number, unique in its store view.")
    state: CommerceOrderState = strawberry.field(description="Where it stands.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="What people read of its state.")
    @staticmethod
    def status(root: strawberry.Parent[records.CommerceOrder]) -> CommerceOrderStatus:
        """Return the status."""
        return status_of(root.status, root.state)

    @strawberry.field(graphql_type=_Order, description="The Amazon order that it was made of.")
    @staticmethod
    async def amazon_order(root: strawberry.Parent[records.CommerceOrder], info: Info) -> AmazonOrderRecord | None:
        """Return the Amazon order."""
        return await info.context.loaders.row(AmazonOrderRecord).load(root.channel_order_id)

    @strawberry.field(graphql_type=Money, description="The goods, without shipping, tax and discount.")
    @staticmethod
    def subtotal(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the subtotal."""
        return money_of(root.subtotal_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="The shipping.")
    @staticmethod
    def shipping(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the shipping."""
        return money_of(root.shipping_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="The tax.")
    @staticmethod
    def tax(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the tax."""
        return money_of(root.tax_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="The discount: negative reduces.")
    @staticmethod
    def discount(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the discount."""
        return money_of(root.discount_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What the buyer pays.")
    @staticmethod
    def total(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the total."""
        return money_of(root.total_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What was given back of it.")
    @staticmethod
    def total_refunded(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the sum of the credit memos."""
        return money_of(root.refunded_minor, root.currency)

    @strawberry.field(graphql_type=list[CommerceOrderLine], description="What was bought.")
    @staticmethod
    async def lines(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[records.CommerceOrderLine]:
        """Return the lines."""
        return await info.context.loaders.rows(LINES).load(root.id)

    @strawberry.field(graphql_type=list[Invoice], description="Its invoices, oldest first.")
    @staticmethod
    async def invoices(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[records.Invoice]:
        """Return the invoices."""
        return await info.context.loaders.rows(INVOICES).load(root.id)

    @strawberry.field(graphql_type=list[Shipment], description="Its shipments, oldest first.")
    @staticmethod
    async def shipments(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[records.Shipment]:
        """Return the shipments."""
        return await info.context.loaders.rows(SHIPMENTS).load(root.id)

    @strawberry.field(graphql_type=list[CreditMemo], description="Its credit memos, oldest first.")
    @staticmethod
    async def credit_memos(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[records.CreditMemo]:
        """Return the credit memos."""
        return await info.context.loaders.rows(CREDIT_MEMOS).load(root.id)


@strawberry.input(one_of=True, description="Which commerce order; name exactly one of these.")
class CommerceOrderBy(Optionals):
    """Which commerce order."""

    id: strawberry.ID | None = optional("Its id.")
    number: str | None = optional("Its number; if several store views use it, the order made first.")
    amazon_order_id: str | None = optional("The number of its Amazon order.")


async def find_commerce_order(context: Context, by: CommerceOrderBy) -> records.CommerceOrder | None:
    """Return the commerce order, if there is one.

    Raises InvalidInput for a malformed id.
    """
    if by.id is not None:
        wanted = typed_id(by.id, "CommerceOrder", path=("by", "id"))
        order = await context.loaders.row(records.CommerceOrder).load(wanted.row_id)
        return order if order and order.account_id == wanted.account_id else None
    column, value = ("number", by.number) if by.number is not None else ("channel_number", by.amazon_order_id)
    with reading(), suppress(ValidationError):  # a text too long for the column is the number of nothing
        return await records.CommerceOrder.filter(**{column: value}).order_by("id").first()
    return None
