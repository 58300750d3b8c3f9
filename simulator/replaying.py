"""Which of a journal's writes a scenario can do again by itself, and which acts rest on what it cannot."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

from simulator.faults.rules import EVERYTHING, Effect
from simulator.orders.dispatching import POSITIVE
from simulator.orders.programs import SHIP_PLUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.journal import Entry
    from simulator.orders.book import OrderBook, SimulatedOrder
    from simulator.orders.documents import Document

CONFIRM: Final = "confirmShipment"
MADE_BY_CLIENTS: Final = ("/feeds/", "/notifications/")  # what these paths name is not there without the client
CHANGING: Final = frozenset({"createFeed", "updateShipmentStatus", CONFIRM})  # may change orders
STRIKING: Final = frozenset(
    {
        Effect.THROTTLED, Effect.FAILED, Effect.UNAVAILABLE, Effect.DENIED, Effect.INVALID, Effect.DROPPED,
        Effect.LOST, Effect.SLOW,
    }
)  # fmt: skip
ODD: Final = "no-number"
STRUCK: Final = frozenset({EVERYTHING, CONFIRM, "token"})  # what the client that is built in calls for a confirmation


class Packages:
    """The packages that were confirmed again so far, by which a later confirmation is known to be too much."""

    def __init__(self, book: OrderBook) -> None:
        self._book = book
        self._units: dict[str, dict[str, Counter[str]]] = defaultdict(dict)

    def pack(self, summary: Document) -> None:
        """Take note of a package that Amazon took; the same reference again is the same package."""
        units: Counter[str] = Counter()
        for item in summary["items"]:
            units[item["orderItemId"]] += item["quantity"]
        self._units[summary["orderId"]][summary["packageReferenceId"]] = units

    def refuses(self, summary: Document) -> bool:
        """Return whether Amazon refuses this package for what the journal tells of it, whatever else was wrong."""
        order = self._book.get(str(summary.get("orderId")))
        if order is None:
            return False
        items, reference = summary.get("items", []), summary.get("packageReferenceId")
        is_amazons = order.fulfilled_by == "AMAZON" or SHIP_PLUS in order.read().get("programs", [])
        return is_amazons or not _is_well_formed(reference, items) or self._is_too_much(order, reference, items)

    def _is_too_much(self, order: SimulatedOrder, reference: str | None, items: Iterable[Document]) -> bool:
        ordered = {item["orderItemId"]: item["quantityOrdered"] for item in order.read()["orderItems"]}
        others = [units for known, units in self._units[order.order_id].items() if known != reference]
        packed = sum(others, start=Counter[str]())
        return any(
            item["quantity"] + packed[item["orderItemId"]] > ordered.get(item["orderItemId"], 0) for item in items
        )


def _is_well_formed(reference: Any, items: list[Document]) -> bool:
    ids = [item.get("orderItemId") for item in items]
    is_named = isinstance(reference, str) and POSITIVE.fullmatch(reference) is not None
    is_counted = all(type(item.get("quantity")) is int and item["quantity"] > 0 for item in items)
    return is_named and is_counted and 0 < len(ids) == len(set(ids)) and all(isinstance(one, str) for one in ids)


def spares_replays(fault: Mapping[str, Any]) -> bool:
    """Return whether a rule strikes no confirmation that is made again.

    Others count calls that a scenario does not make again, and would strike others than they did.
    """
    named = fault.get("operation", EVERYTHING)
    operations = {named} if isinstance(named, str) else set(named)
    return fault.get("effect") not in STRIKING or operations.isdisjoint(STRUCK)


def changes_orders(entry: Entry) -> bool:
    """Return whether a write of a client that is left out may have changed an order."""
    return entry.operation in CHANGING and entry.status is not None and entry.status < 300


def taken_again(entry: Entry) -> Document:
    """Return what a confirmation said that Amazon took."""
    summary = entry.summary
    items = {item["orderItemId"]: item["quantity"] for item in summary["items"]}
    details: Document = {"reference": summary["packageReferenceId"], "items": items, "seller": entry.seller}
    carrier = summary["carrierCode"]
    named = {"carrierName": carrier} if carrier.lower() == "other" else {}  # the journal does not have the name
    return details | {"package": {"carrierCode": carrier, **named}}


def refused_again(entry: Entry) -> Document:
    """Return what a confirmation said that Amazon refused, however odd; words that may be anything are not kept."""
    items = [item | {"orderItemId": _plain(item.get("orderItemId"))} for item in entry.summary.get("items", [])]
    package = {"packageReferenceId": _plain(entry.summary.get("packageReferenceId")), "orderItems": items}
    return {"items": {}, "package": package, "seller": entry.seller}


def _plain(value: Any) -> Any:
    """Return a number as it is, and any other text as one that Amazon refuses as well."""
    return ODD if isinstance(value, str) and POSITIVE.fullmatch(value) is None else value
