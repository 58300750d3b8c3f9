"""What a message to Amazon says, in words for people: to look at what waits before it goes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from domain.amazon.cancel_reasons import ADJUSTMENT_REASONS, FEED_REASONS, CancelReason
from domain.amazon.commands import OF_PACKAGES, PackageConfirmation
from domain.amazon.records import Command, CommandKind
from domain.money import Money


def content_of(command: Command) -> str | None:
    """Return what Amazon is told by a message: Amazon's ids and words, and no buyer data. None of an unknown kind."""
    words = _WORDS.get(command.kind)
    return words(command) if words else None


def _package(command: Command) -> str:
    package = PackageConfirmation.of(command.payload)
    carrier = package.carrier_name or package.carrier_code
    left = f"{package.shipped_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"Package {command.package_reference} left {left} by {carrier}, tracking number {package.tracking_number}: "
        f"{_units(package.items)}."
    )


def _cancellation(command: Command) -> str:
    reason = FEED_REASONS[CancelReason(command.payload["reason"])]
    return f"Cancel the order ({reason}): {_units(command.payload['items'])}."


def _partial_cancellation(command: Command) -> str:
    reason = ADJUSTMENT_REASONS[CancelReason(command.payload["reason"])]
    return f"Cancel a part ({reason}): {_units(command.payload['items'])}."


def _refund(command: Command) -> str:
    payload: Mapping[str, Any] = command.payload
    currency = payload["currency"]
    parts = "; ".join(f"{item_id} {_amounts(components, currency)}" for item_id, components in payload["items"])
    total = sum(minor for _, components in payload["items"] for _, minor in components)
    return f"Pay back {Money(total, currency)} ({payload['reason']}): {parts}."


def _units(items: Iterable[Sequence[Any]]) -> str:
    return ", ".join(f"{quantity} of {item_id}" for item_id, quantity in items)


def _amounts(components: Iterable[Sequence[Any]], currency: str) -> str:
    return ", ".join(f"{name} {Money(minor, currency)}" for name, minor in components)


_WORDS: Final[Mapping[CommandKind, Callable[[Command], str]]] = MappingProxyType(
    {
        **dict.fromkeys(OF_PACKAGES, _package),
        CommandKind.UPDATE_TRACKING: _package,
        CommandKind.CANCEL: _cancellation,
        CommandKind.PARTIAL_CANCEL: _partial_cancellation,
        CommandKind.REFUND: _refund,
    }
)
