"""An order as it was at an instant: its events up to then, folded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from domain.amazon.display import DisplayStatus, ImportState
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.cases import Outcome
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.workflow_records import HoldReason
from domain.instant import from_text
from domain.money import Money
from domain.pictures import fold as fold_differences


class Recorded(NamedTuple):
    """What one event says of its order: its number among the order's events, when, and what it changed."""

    sequence: int
    at: datetime
    difference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAsItWas:
    """A line of the commerce order; the total is for the whole line."""

    item_id: int
    sku: str
    quantity_ordered: int
    quantity_invoiced: int
    quantity_shipped: int
    quantity_refunded: int
    quantity_canceled: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAsItWas:
    """An item as Amazon told of it."""

    item_id: int
    seller_sku: str | None
    quantity_ordered: int
    quantity_shipped: int
    line_total: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAsItWas:
    """The hold that stood."""

    reason: HoldReason
    placed_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommerceAsItWas:
    """The commerce order; `status` is a code of the state."""

    number: str
    state: CommerceOrderState
    status: str
    subtotal: Money
    shipping: Money
    gift_wrap: Money
    tax: Money
    discount: Money
    other: Money
    total: Money
    total_paid: Money
    total_refunded: Money
    lines: tuple[LineAsItWas, ...]
    hold: HoldAsItWas | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAsItWas:
    """The order after its event number `sequence`; `changed_at` is when that happened, `updated_at` Amazon's time.

    `items` are those that Amazon listed, in its order. Buyer data is no part of it.
    """

    sequence: int
    changed_at: datetime
    amazon_status: AmazonOrderStatus
    raw_status: str | None
    display_status: DisplayStatus
    import_outcome: Outcome | None
    fulfillment_channel: FulfillmentChannel | None
    updated_at: datetime
    latest_ship_at: datetime | None
    cancel_requested_at: datetime | None
    completed_at: datetime | None
    total: Money | None
    items: tuple[ItemAsItWas, ...]
    commerce: CommerceAsItWas | None


def fold(events: Iterable[Recorded]) -> OrderAsItWas | None:
    """Return what an order's first events, in their order, make of it; None while none of them says what it changed."""
    told = list(events)
    differences = [event.difference for event in told if event.difference is not None]
    if not differences:
        return None
    return _order(fold_differences(differences), told[-1])


def _order(picture: Mapping[str, Any], last: Recorded) -> OrderAsItWas:
    state = ImportState(picture["import_state"])
    channel = picture.get("fulfillment_channel")
    return OrderAsItWas(
        sequence=last.sequence,
        changed_at=last.at,
        amazon_status=AmazonOrderStatus(picture["amazon_status"]),
        raw_status=picture.get("raw_status"),
        display_status=DisplayStatus(picture["display_status"]),
        import_outcome=None if state is ImportState.NEW else Outcome(state.value),
        fulfillment_channel=None if channel is None else FulfillmentChannel(channel),
        updated_at=from_text(picture["updated_at"]),
        latest_ship_at=_instant(picture, "latest_ship_at"),
        cancel_requested_at=_instant(picture, "cancel_requested_at"),
        completed_at=_instant(picture, "completed_at"),
        total=_money(picture),
        items=_items(picture),
        commerce=_commerce(picture),
    )


def _items(picture: Mapping[str, Any]) -> tuple[ItemAsItWas, ...]:
    return tuple(
        ItemAsItWas(
            item_id=item_id,
            seller_sku=item.get("sku"),
            quantity_ordered=item.get("ordered", 0),
            quantity_shipped=item.get("shipped", 0),
            line_total=_money(item),
        )
        for item_id, item in _in_order(picture)
        if "gone_at" not in item
    )


def _lines(picture: Mapping[str, Any], currency: str) -> tuple[LineAsItWas, ...]:
    made = [(item_id, item, item["line"]) for item_id, item in _in_order(picture) if "line" in item]
    return tuple(
        LineAsItWas(
            item_id=item_id,
            sku=line.get("sku") or item["sku"],
            quantity_ordered=line.get("ordered", 0),
            quantity_invoiced=line.get("invoiced", 0),
            quantity_shipped=line.get("shipped", 0),
            quantity_refunded=line.get("refunded", 0),
            quantity_canceled=line.get("canceled", 0),
            total=Money(line.get("total", 0), currency),
        )
        for item_id, item, line in made
    )


def _in_order(picture: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    items = [(int(key), item) for key, item in picture.get("items", {}).items()]
    return sorted(items, key=lambda one: (one[1]["position"], one[0]))


def _commerce(picture: Mapping[str, Any]) -> CommerceAsItWas | None:
    made = picture.get("commerce")
    if made is None:
        return None

    def amount(name: str) -> Money:
        return Money(made.get(name, 0), made["currency"])

    return CommerceAsItWas(
        number=made["number"],
        state=CommerceOrderState(made["state"]),
        status=made["status"],
        subtotal=amount("subtotal"),
        shipping=amount("shipping"),
        gift_wrap=amount("gift_wrap"),
        tax=amount("tax"),
        discount=amount("discount"),
        other=amount("other"),
        total=amount("total"),
        total_paid=amount("paid"),
        total_refunded=amount("refunded"),
        lines=_lines(picture, made["currency"]),
        hold=_hold(picture),
    )


def _hold(picture: Mapping[str, Any]) -> HoldAsItWas | None:
    held = picture.get("hold")
    if held is None:
        return None
    return HoldAsItWas(
        reason=HoldReason(held["reason"]), placed_at=from_text(held["placed_at"]), until=_instant(held, "until")
    )


def _instant(part: Mapping[str, Any], name: str) -> datetime | None:
    return from_text(part[name]) if name in part else None


def _money(part: Mapping[str, Any]) -> Money | None:
    minor, currency = part.get("total"), part.get("currency")
    return None if minor is None or currency is None else Money(minor, currency)
