"""Orders as they were before their changes, kept while a rule may show them so."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from simulator.orders.documents import unpack

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.happened import Happened

MOST: Final = 20  # versions of one order


class Version(NamedTuple):
    """A document that stood until a moment; none at all, where the order was not there."""

    until: int
    packed: bytes | None


class Versions:
    """The latest versions of every order that changed."""

    def __init__(self) -> None:
        self._versions: dict[str, list[Version]] = {}

    def remember(self, happened: Happened) -> None:
        """Keep what an order was until just now."""
        known = self._versions.setdefault(happened.order.order_id, [])
        known.append(Version(happened.at, happened.packed_before))
        del known[:-MOST]

    def before_last_change(self, order: SimulatedOrder) -> SimulatedOrder | None:
        """Return the order as it was before its last change, if that is known."""
        known = self._versions.get(order.order_id)
        packed = known[-1].packed if known else None
        return None if packed is None else _as_it_was(order, packed)

    def at(self, order: SimulatedOrder, moment: int) -> SimulatedOrder | None:
        """Return the order as it was at a moment, or nothing if it was not there."""
        for version in self._versions.get(order.order_id, ()):
            if version.until > moment:
                return None if version.packed is None else _as_it_was(order, version.packed)
        return order if order.created <= moment else None

    def keep(self) -> Any:
        """Return all versions."""
        return {
            order_id: [[one.until, None if one.packed is None else b64encode(one.packed).decode()] for one in known]
            for order_id, known in self._versions.items()
        }

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._versions = {
            order_id: [Version(until, None if text is None else b64decode(text)) for until, text in known]
            for order_id, known in kept.items()
        }


def _as_it_was(order: SimulatedOrder, packed: bytes) -> SimulatedOrder:
    was = type(order)(seller=order.seller, document=unpack(packed), is_verbatim=order.is_verbatim)
    was.is_delivered, was.is_returned = order.is_delivered, order.is_returned
    was.awaits_invoice = order.awaits_invoice
    was.moved = min(order.moved, was.updated)
    return was
