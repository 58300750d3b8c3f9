"""Giving back what Amazon took off an order after its import: units with their amount, or a part of the price."""

from domain.amazon.records import AmazonItem
from domain.catalog.stock import release
from domain.change import Change
from domain.channel.conflicts import price_now, units_kept, units_listed
from domain.channel.due_orders import DueOrder
from domain.channel.refunded import follow
from domain.commerce.credit_memos import refund_line
from domain.commerce.given_back import PRICE_LOWERED, QUANTITY_LOWERED, Given, left_of
from domain.commerce.orders import progress, quantities
from domain.commerce.permissions import OrderAction, refusal
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.errors import ActionNotAllowed
from domain.money import share
from domain.timeline import EventKind


def refund_refusal(due: DueOrder, commerce: CommerceOrder) -> ActionNotAllowed | None:
    """Return why nothing can be given back of an order now, None if it can."""
    reason = refusal(OrderAction.REFUND, progress(commerce, due.lines))
    if reason is None:
        return None
    status = due.order.amazon_status.value
    return ActionNotAllowed(reason, action="REFUND_DIFFERENCE", current_status=status, path=("input", "resolutionId"))


async def refund_units(
    unit: Change, due: DueOrder, commerce: CommerceOrder, line: CommerceOrderLine, item: AmazonItem | None
) -> None:
    """Give the units of a line back that Amazon no longer lists, with their amount, and free their stock.

    Their amount is what the line loses at Amazon; where Amazon does not say, their share of what is left of it. The
    shares of a line always add up to the line.
    """
    kept, rest = units_kept(line), units_listed(item)
    amount = of_units(left_of(line, due.given[line.id]), kept=kept, rest=rest, item=item)
    to_ship = quantities(line).to_ship
    dropped = kept - rest
    unsent = to_ship - max(0, to_ship - dropped)
    freed = await release(unit, order_ids=[due.order.id], quantities={line.item_id: unsent})
    await _refund(unit, due, commerce, line, dropped, amount, reason=QUANTITY_LOWERED, restocked=bool(freed))
    if freed:
        unit.event(due.order.subject, EventKind.STOCK_RELEASED, "Inventory released.")


async def refund_price(
    unit: Change, due: DueOrder, commerce: CommerceOrder, line: CommerceOrderLine, item: AmazonItem
) -> None:
    """Give back by how much the amount of a line fell at Amazon; its units stay."""
    left = left_of(line, due.given[line.id])
    is_now = price_now(item)
    assert is_now is not None, "a conflict about a price has one"
    shipping = _known_shipping(left, item)
    fallen = left.total - is_now.minor
    by_shipping = 0 if shipping is None else left.shipping - shipping
    amount = Given(goods=fallen - by_shipping, shipping=by_shipping)
    await _refund(unit, due, commerce, line, 0, amount, reason=PRICE_LOWERED, restocked=False)


async def _refund(
    unit: Change,
    due: DueOrder,
    commerce: CommerceOrder,
    line: CommerceOrderLine,
    quantity: int,
    amount: Given,
    *,
    reason: str,
    restocked: bool,
) -> None:
    memo = await refund_line(
        unit.connection,
        order=commerce,
        line=line,
        quantity=quantity,
        amount=amount,
        reason=reason,
        restocked=restocked,
        now=unit.now,
    )
    await follow(unit, due.order, commerce, due.lines, memo)


def of_units(left: Given, *, kept: int, rest: int, item: AmazonItem | None) -> Given:
    """Return what the units come to of which `rest` of `kept` stay; `left` is what was not given back of their line."""
    staying = Given(shipping=share(left.shipping, part=rest, of=kept))
    total = share(left.total, part=rest, of=kept)
    is_now = price_now(item) if item and rest else None
    if item and is_now is not None and 0 <= is_now.minor < left.total:
        total = is_now.minor
        shipping = _known_shipping(left, item)
        staying.shipping = staying.shipping if shipping is None else shipping
    staying.goods = total - staying.shipping
    return Given(goods=left.goods - staying.goods, shipping=left.shipping - staying.shipping)


def _known_shipping(left: Given, item: AmazonItem) -> int | None:
    said = item.shipping_minor
    return said if said is not None and 0 <= said <= left.shipping else None
