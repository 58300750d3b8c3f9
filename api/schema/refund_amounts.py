"""What can be given back of a commerce order, and what a refund would come to."""

import strawberry

from api.schema.context import Info
from api.schema.money import Money
from api.schema.order_items import Item
from domain import money
from domain.amazon.records import AmazonItem
from domain.channel.refund import Rehearsed
from domain.commerce import records
from domain.commerce.orders import lines_of
from domain.commerce.refundable import Refundable as Left
from domain.commerce.refundable import refundables

Exact = money.Money


@strawberry.type(description="Some of a line: units, and money.")
class RefundPart:
    """Units and money of one line."""

    item_id: strawberry.Private[int]
    quantity: int = strawberry.field(description="How many.")
    amount: Exact = strawberry.field(graphql_type=Money, description="What of the money is not for shipping.")
    shipping: Exact = strawberry.field(graphql_type=Money, description="What is for shipping it.")

    @strawberry.field(graphql_type=Item, description="The order item.")
    @staticmethod
    async def item(root: strawberry.Parent["RefundPart"], info: Info) -> AmazonItem | None:
        """Return the item."""
        return await info.context.loaders.row(AmazonItem).load(root.item_id)


@strawberry.type(description="What is left of an order to be given back; `refundOrder` takes no cent more.")
class Refundable:
    """What is left."""

    lines: list[RefundPart] = strawberry.field(description="What is left of each line, in the order of the lines.")
    shipping: Exact = strawberry.field(graphql_type=Money, description="What is left of the shipping, all in all.")
    total: Exact = strawberry.field(
        graphql_type=Money,
        description="What was paid and is not given back: the most that credit memos may still come to, whatever the "
        "lines and the shipping add up to.",
    )


@strawberry.type(description="What a refund would come to. Nothing of it is stored.")
class RefundAmounts:
    """A refund that was only tried out."""

    lines: list[RefundPart] = strawberry.field(description="What would be given back of each line.")
    shipping: Exact = strawberry.field(graphql_type=Money, description="What would be given back of the shipping.")
    adjustment_refund: Exact = strawberry.field(graphql_type=Money, description="What would come on top.")
    adjustment_fee: Exact = strawberry.field(graphql_type=Money, description="What would be kept back.")
    total: Exact = strawberry.field(graphql_type=Money, description="What would be given back in all.")
    left: Exact = strawberry.field(graphql_type=Money, description="What would then be left of what was paid.")


@strawberry.type
class RefundableOrder:
    """The part of a commerce order that says what can be given back."""

    @strawberry.field(description="What can still be given back of it: what a form for a refund starts with.")
    @staticmethod
    async def refundable(root: strawberry.Parent[records.CommerceOrder], info: Info) -> Refundable:
        """Return what is left."""
        left = await info.context.loaders.other(_left_of).load(root.id)
        return Refundable(
            lines=[
                _part(one.line, one.quantity, one.goods, one.shipping, currency=root.currency) for one in left.lines
            ],
            shipping=Exact(left.shipping, root.currency),
            total=Exact(left.money, root.currency),
        )


def amounts_of(tried: Rehearsed) -> RefundAmounts:
    """Return what a refund would come to."""
    draft, currency = tried.draft, tried.draft.order.currency
    return RefundAmounts(
        lines=[_part(one.line, one.quantity, one.goods, one.shipping, currency=currency) for one in draft.lines],
        shipping=Exact(draft.shipping, currency),
        adjustment_refund=Exact(draft.adjustment_refund, currency),
        adjustment_fee=Exact(draft.adjustment_fee, currency),
        total=Exact(draft.total, currency),
        left=Exact(tried.left, currency),
    )


def _part(line: records.CommerceOrderLine, quantity: int, goods: int, shipping: int, *, currency: str) -> RefundPart:
    return RefundPart(
        item_id=line.item_id, quantity=quantity, amount=Exact(goods, currency), shipping=Exact(shipping, currency)
    )


async def _left_of(order_ids: list[int]) -> list[Left]:
    orders = await records.CommerceOrder.filter(id__in=order_ids)
    found = await refundables(orders, await lines_of(order_ids))
    return [found[order_id] for order_id in order_ids]
