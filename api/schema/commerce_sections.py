"""The sections of an order's view: where it comes from, who bought, payment, shipping, amounts of the lines."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Annotated, Final

import strawberry

from api.schema.amazon_block import OrderPayment, OrderShipping
from api.schema.context import Info
from api.schema.enums import described
from api.schema.money import Money, money_of
from api.schema.order_addresses import OrderAddress, addresses_of
from domain import money
from domain.accounts.records import Store as StoreRecord
from domain.amazon.records import AmazonOrder
from domain.commerce import records
from domain.commerce.line_status import LineStatus, line_status
from domain.commerce.orders import quantities

if TYPE_CHECKING:
    from api.schema.stores import Store

_Store = Annotated["Store", strawberry.lazy("api.schema.stores")]
_PERCENT: Final = Decimal("0.0001")

described(
    LineStatus,
    description="How far an order line has come, in one word.",
    values={
        "ORDERED": "Nothing was done with it yet.",
        "INVOICED": "All that is wanted of it is billed, and nothing has left.",
        "SHIPPED": "All that is wanted of it is billed and has left.",
        "REFUNDED": "All of it was given back.",
        "CANCELED": "None of it is wanted any more.",
        "PARTIAL": "Some of it has left or is billed, and some has not.",
        "MIXED": "Something else, such as goods that left and were given back in part.",
    },
)


@strawberry.type
class Sections:
    """What an order's view shows beside its lines and papers."""

    @strawberry.field(graphql_type=_Store, description="The Amazon store that it was bought in.")
    @staticmethod
    async def store(root: strawberry.Parent[records.CommerceOrder], info: Info) -> StoreRecord | None:
        """Return the store."""
        return await info.context.loaders.row(StoreRecord).load(root.store_id)

    @strawberry.field(description="The store view of the back office that it belongs to.")
    @staticmethod
    def store_view(root: strawberry.Parent[records.CommerceOrder]) -> str:
        """Return the store view."""
        return root.store_view

    @strawberry.field(description="When the buyer placed it.")
    @staticmethod
    def placed_at(root: strawberry.Parent[records.CommerceOrder]) -> datetime:
        """Return when it was bought."""
        return root.purchased_at

    @strawberry.field(description="Who is billed: the buyer, at the only address that Amazon names. Buyer data.")
    @staticmethod
    async def billing_address(root: strawberry.Parent[records.CommerceOrder], info: Info) -> OrderAddress:
        """Open the billing address."""
        return (await addresses_of(root, info))[0]

    @strawberry.field(description="Where it goes, as people corrected it. Buyer data.")
    @staticmethod
    async def shipping_address(root: strawberry.Parent[records.CommerceOrder], info: Info) -> OrderAddress:
        """Open the shipping address."""
        return (await addresses_of(root, info))[1]

    @strawberry.field(description="How it is paid, with Amazon's number and the ways to the order on Amazon.")
    @staticmethod
    async def payment(root: strawberry.Parent[records.CommerceOrder], info: Info) -> OrderPayment | None:
        """Return the payment."""
        amazon = await info.context.loaders.row(AmazonOrder).load(root.channel_order_id)
        return OrderPayment(order=root, amazon=amazon) if amazon else None

    @strawberry.field(description="How it is shipped.")
    @staticmethod
    async def shipping_method(root: strawberry.Parent[records.CommerceOrder], info: Info) -> OrderShipping | None:
        """Return the shipping method."""
        amazon = await info.context.loaders.row(AmazonOrder).load(root.channel_order_id)
        return OrderShipping(order=root, amazon=amazon) if amazon else None

    @strawberry.field(graphql_type=Money, description="The gift wrap.")
    @staticmethod
    def gift_wrap(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the gift wrap."""
        return money_of(root.gift_wrap_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What Amazon charges beside all that, such as other fees.")
    @staticmethod
    def other(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the other amounts."""
        return money_of(root.other_minor, root.currency)


@strawberry.type
class LineAmounts:
    """What the lines of an order's view show; every amount is for the whole line."""

    @strawberry.field(description="How far it has come, in one word.")
    @staticmethod
    def status(root: strawberry.Parent[records.CommerceOrderLine]) -> LineStatus:
        """Return the status."""
        return line_status(quantities(root))

    @strawberry.field(graphql_type=Money, description="The price of the goods, without tax, shipping and discount.")
    @staticmethod
    async def subtotal(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the price of all."""
        return money_of(root.price_minor, await currency_of(root, info))

    @strawberry.field(graphql_type=Money, description="The tax that Amazon reports.")
    @staticmethod
    async def tax(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the tax."""
        return money_of(root.tax_minor, await currency_of(root, info))

    @strawberry.field(
        description="The tax in percent of what it is raised on, all of the line but the tax, to four decimals; 0 "
        "where there is nothing to raise it on."
    )
    @staticmethod
    def tax_percent(root: strawberry.Parent[records.CommerceOrderLine]) -> Decimal:
        """Return the rate that the amounts come to."""
        base: int = root.total_minor - root.tax_minor
        if base <= 0:
            return Decimal(0).quantize(_PERCENT)
        percent = Decimal(100 * root.tax_minor) / base
        return percent.quantize(_PERCENT, ROUND_HALF_UP)

    @strawberry.field(graphql_type=Money, description="The discount that Amazon applied: negative reduces.")
    @staticmethod
    async def discount(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the discount."""
        return money_of(root.discount_minor, await currency_of(root, info))

    @strawberry.field(graphql_type=Money, description="The shipping.")
    @staticmethod
    async def shipping(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the shipping."""
        return money_of(root.shipping_minor, await currency_of(root, info))

    @strawberry.field(graphql_type=Money, description="The gift wrap.")
    @staticmethod
    async def gift_wrap(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the gift wrap."""
        return money_of(root.gift_wrap_minor, await currency_of(root, info))

    @strawberry.field(graphql_type=Money, description="What Amazon charges beside all that.")
    @staticmethod
    async def other(root: strawberry.Parent[records.CommerceOrderLine], info: Info) -> money.Money | None:
        """Return the other amounts."""
        return money_of(root.other_minor, await currency_of(root, info))


async def currency_of(line: records.CommerceOrderLine, info: Info) -> str | None:
    """Return the currency of a line's amounts."""
    order = await info.context.loaders.row(records.CommerceOrder).load(line.order_id)
    return order.currency if order else None
