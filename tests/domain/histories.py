"""Orders as their rows say they are, to hold against what their events say."""

from datetime import datetime
from typing import Any

from tortoise.connection import get_connection

from domain.amazon.display import ImportState
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.channel.as_it_was import CommerceAsItWas, HoldAsItWas, ItemAsItWas, LineAsItWas, OrderAsItWas
from domain.channel.cases import Outcome
from domain.channel.time_travel import order_as_it_was
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.commerce.workflow_records import OrderHold
from domain.money import Money
from domain.pictures import fold, pictures
from domain.timeline import Event

_AMOUNTS = ("subtotal", "shipping", "gift_wrap", "tax", "discount", "other", "total")
_QUANTITIES = tuple(f"quantity_{name}" for name in ("ordered", "invoiced", "shipped", "refunded", "canceled"))


async def check_histories() -> None:
    """Check that the events of every order, folded, are the order as it is."""
    order_ids = [order.id for order in await AmazonOrder.all()]
    now = await pictures(get_connection("default"), order_ids)
    for order_id in order_ids:
        kept = Event.filter(order_id=order_id, difference__isnull=False).order_by("sequence")
        told = await kept.values_list("difference", flat=True)
        assert fold(str(one) for one in told) == now[order_id], order_id


async def as_of(order_id: int, at: datetime, *, now: datetime | None = None) -> OrderAsItWas | None:
    """Return the order as it was."""
    return await order_as_it_was(order_id, at=at, now=now or at, path=("asOf",))


async def as_it_is(order_id: int) -> OrderAsItWas:
    """Return the order as its rows are, read one by one."""
    order = await AmazonOrder.get(id=order_id)
    last = await Event.filter(order_id=order_id).order_by("-sequence").first()
    assert last is not None
    items = AmazonItem.filter(order_id=order_id, gone_at__isnull=True).order_by("position", "id")
    return OrderAsItWas(
        sequence=order.last_sequence,
        changed_at=last.at,
        amazon_status=order.amazon_status,
        raw_status=order.raw_status,
        display_status=order.display_status,
        import_outcome=None if order.import_state is ImportState.NEW else Outcome(order.import_state.value),
        fulfillment_channel=order.fulfillment_channel,
        updated_at=order.updated_at,
        latest_ship_at=order.latest_ship_at,
        cancel_requested_at=order.cancel_requested_at,
        completed_at=order.completed_at,
        total=_money(order),
        items=tuple([_item(item) async for item in items]),
        commerce=await _commerce(order),
    )


def _item(item: AmazonItem) -> ItemAsItWas:
    return ItemAsItWas(
        item_id=item.id,
        seller_sku=item.seller_sku,
        quantity_ordered=item.quantity_ordered,
        quantity_shipped=item.quantity_shipped,
        line_total=_money(item),
    )


async def _commerce(order: AmazonOrder) -> CommerceAsItWas | None:
    made = await CommerceOrder.get_or_none(channel_order_id=order.id)
    if made is None:
        return None
    hold = await OrderHold.get_or_none(order_id=made.id, ended_at__isnull=True)
    lines = CommerceOrderLine.filter(order_id=made.id).order_by("position", "id")
    amounts = {name: Money(getattr(made, f"{name}_minor"), made.currency) for name in _AMOUNTS}
    return CommerceAsItWas(
        number=made.number,
        state=made.state,
        status=made.status,
        total_paid=Money(made.paid_minor, made.currency),
        total_refunded=Money(made.refunded_minor, made.currency),
        lines=tuple([_line(line, made.currency) async for line in lines]),
        hold=None if hold is None else _hold(hold),
        **amounts,
    )


def _hold(hold: OrderHold) -> HoldAsItWas:
    return HoldAsItWas(reason=hold.reason, placed_at=hold.placed_at, until=hold.until_at)


def _line(line: CommerceOrderLine, currency: str) -> LineAsItWas:
    quantities = {name: getattr(line, name) for name in _QUANTITIES}
    return LineAsItWas(item_id=line.item_id, sku=line.sku, total=Money(line.total_minor, currency), **quantities)


def _money(row: Any) -> Money | None:
    return None if row.total_minor is None or row.currency is None else Money(row.total_minor, row.currency)
