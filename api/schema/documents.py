"""The papers of a commerce order: invoices, shipments with their packages, credit memos."""

from datetime import datetime

import strawberry

from api.schema.carriers import tracking_link
from api.schema.commands import Command
from api.schema.comments import CommentedPaper
from api.schema.commerce_words import RefundReason
from api.schema.context import Info
from api.schema.currency_amounts import PaperInBase
from api.schema.loaders import Listing
from api.schema.money import Money, money_of
from api.schema.nodes import Node, window_on
from api.schema.order_items import OrderItem
from api.schema.printing import Printable
from api.schema.scalars import Link
from api.schema.workflow_fields import BilledParts
from domain import money
from domain.amazon.records import AmazonItem
from domain.amazon.records import Command as CommandRecord
from domain.commerce import records
from domain.commerce.records import Document

INVOICES = Listing(records.Invoice, "order_id", ("id",))
SHIPMENTS = Listing(records.Shipment, "order_id", ("id",))
CREDIT_MEMOS = Listing(records.CreditMemo, "order_id", ("id",))
_PACKAGES = Listing(records.Package, "shipment_id", ("id",))
_COMMAND_OF_PACKAGE = Listing(CommandRecord, "package_id", ("id",))
_LINES = {
    document: Listing(records.DocumentLine, "document_id", ("id",), (("document", document),)) for document in Document
}


@strawberry.type(description="How much of an order item a paper or a package covers.")
class DocumentLine:
    """The window on a document line."""

    quantity: int = strawberry.field(description="How many.")

    @strawberry.field(graphql_type=OrderItem, description="The order item.")
    @staticmethod
    async def item(root: strawberry.Parent[records.DocumentLine], info: Info) -> AmazonItem | None:
        """Return the item behind the order line."""
        line = await _line_of(root, info)
        return await info.context.loaders.row(AmazonItem).load(line.item_id) if line else None

    @strawberry.field(graphql_type=Money | None, description="How much money; null where papers have quantities only.")
    @staticmethod
    async def amount(root: strawberry.Parent[records.DocumentLine], info: Info) -> money.Money | None:
        """Return the amount in the order's currency."""
        line = None if root.amount_minor is None else await _line_of(root, info)
        order = await info.context.loaders.row(records.CommerceOrder).load(line.order_id) if line else None
        return money_of(root.amount_minor, order.currency) if order else None

    @strawberry.field(
        graphql_type=Money | None,
        description="What of a credit memo's shipping belongs to the item, besides `amount`; null on other papers.",
    )
    @staticmethod
    async def shipping(root: strawberry.Parent[records.DocumentLine], info: Info) -> money.Money | None:
        """Return the shipping in the order's currency."""
        line = None if root.shipping_minor is None else await _line_of(root, info)
        order = await info.context.loaders.row(records.CommerceOrder).load(line.order_id) if line else None
        return money_of(root.shipping_minor, order.currency) if order else None


async def _line_of(document_line: records.DocumentLine, info: Info) -> records.CommerceOrderLine | None:
    return await info.context.loaders.row(records.CommerceOrderLine).load(document_line.line_id)


@strawberry.type(description="A bill for some or all of an order.")
@window_on(records.Invoice)
class Invoice(Node, Printable, CommentedPaper, BilledParts, PaperInBase):
    """The window on an invoice."""

    number: str = strawberry.field(description="Its number, unique in its store view.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(graphql_type=Money, description="What it is about in all.")
    @staticmethod
    def total(root: strawberry.Parent[records.Invoice]) -> money.Money | None:
        """Return the total."""
        return money_of(root.total_minor, root.currency)

    @strawberry.field(graphql_type=list[DocumentLine], description="What is billed.")
    @staticmethod
    async def lines(root: strawberry.Parent[records.Invoice], info: Info) -> list[records.DocumentLine]:
        """Return the lines."""
        return await info.context.loaders.rows(_LINES[Document.INVOICE]).load(root.id)


@strawberry.type(description="One parcel; each is confirmed to Amazon by its own command.")
@window_on(records.Package)
class Package(Node):
    """The window on a package."""

    package_reference: str = strawberry.field(name="reference", description="Our reference, never used twice.")
    carrier_code: str = strawberry.field(description="The carrier's code, or Other.")
    carrier_name: str | None = strawberry.field(description="The carrier's name, where the code does not say it.")
    tracking_number: str | None = strawberry.field(
        description="The carrier's tracking number; null where it shipped elsewhere and Amazon names none."
    )

    @strawberry.field(
        graphql_type=Link | None,
        description="The carrier's page that follows it; null where that or the tracking number is not known.",
    )
    @staticmethod
    def tracking_url(root: strawberry.Parent[records.Package]) -> Link | None:
        """Return the link."""
        return tracking_link(root.carrier_code, root.tracking_number)

    @strawberry.field(graphql_type=list[DocumentLine], description="What is in it.")
    @staticmethod
    async def lines(root: strawberry.Parent[records.Package], info: Info) -> list[records.DocumentLine]:
        """Return the lines."""
        return await info.context.loaders.rows(_LINES[Document.PACKAGE]).load(root.id)

    @strawberry.field(
        graphql_type=Command | None,
        description="What tells Amazon about it, the newest message; null where it shipped elsewhere.",
    )
    @staticmethod
    async def command(root: strawberry.Parent[records.Package], info: Info) -> CommandRecord | None:
        """Return the newest command of the package."""
        commands = await info.context.loaders.rows(_COMMAND_OF_PACKAGE).load(root.id)
        return commands[-1] if commands else None


@strawberry.type(description="Goods that left.")
@window_on(records.Shipment)
class Shipment(Node, Printable, CommentedPaper):
    """The window on a shipment."""

    number: str = strawberry.field(description="Its number, unique in its store view.")
    shipped_at: datetime = strawberry.field(description="When the goods left.")

    @strawberry.field(graphql_type=list[DocumentLine], description="What left.")
    @staticmethod
    async def lines(root: strawberry.Parent[records.Shipment], info: Info) -> list[records.DocumentLine]:
        """Return the lines."""
        return await info.context.loaders.rows(_LINES[Document.SHIPMENT]).load(root.id)

    @strawberry.field(graphql_type=list[Package], description="In which parcels.")
    @staticmethod
    async def packages(root: strawberry.Parent[records.Shipment], info: Info) -> list[records.Package]:
        """Return the packages."""
        return await info.context.loaders.rows(_PACKAGES).load(root.id)


@strawberry.type(
    description="Money given back on paper: lines, shipping and the adjustment refund, less the fee. It stays here "
    "unless Amazon was told of it."
)
@window_on(records.CreditMemo)
class CreditMemo(Node, Printable, CommentedPaper, PaperInBase):
    """The window on a credit memo."""

    number: str = strawberry.field(description="Its number, unique in its store view.")
    restocked: bool = strawberry.field(description="Whether goods are back on the shelf, or free for other orders.")
    note: str | None = strawberry.field(description="What somebody remarked on it.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="Why the money was given back.")
    @staticmethod
    def reason(root: strawberry.Parent[records.CreditMemo]) -> RefundReason:
        """Return the reason."""
        return RefundReason(root.reason)

    @strawberry.field(graphql_type=list[DocumentLine], description="What it is for.")
    @staticmethod
    async def lines(root: strawberry.Parent[records.CreditMemo], info: Info) -> list[records.DocumentLine]:
        """Return the lines."""
        return await info.context.loaders.rows(_LINES[Document.CREDIT_MEMO]).load(root.id)

    @strawberry.field(graphql_type=Money, description="What of it is for shipping.")
    @staticmethod
    def shipping(root: strawberry.Parent[records.CreditMemo]) -> money.Money | None:
        """Return the shipping."""
        return money_of(root.shipping_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What of it belongs to neither lines nor shipping.")
    @staticmethod
    def adjustment_refund(root: strawberry.Parent[records.CreditMemo]) -> money.Money | None:
        """Return what came on top, before the fee."""
        return money_of(root.adjustment_minor + root.adjustment_fee_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What was kept back of it.")
    @staticmethod
    def adjustment_fee(root: strawberry.Parent[records.CreditMemo]) -> money.Money | None:
        """Return the fee."""
        return money_of(root.adjustment_fee_minor, root.currency)

    @strawberry.field(
        graphql_type=Command | None,
        description="What asks Amazon to pay the money to the buyer; null where Amazon is not told.",
    )
    @staticmethod
    async def command(root: strawberry.Parent[records.CreditMemo], info: Info) -> CommandRecord | None:
        """Return the command."""
        return await info.context.loaders.row(CommandRecord).load(root.command_id) if root.command_id else None

    @strawberry.field(graphql_type=Money, description="What is given back in all.")
    @staticmethod
    def total(root: strawberry.Parent[records.CreditMemo]) -> money.Money | None:
        """Return the total."""
        return money_of(root.total_minor, root.currency)
