"""Amazon's words, amounts and times in ours, and which of two descriptions of an order is the newer one."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from domain.amazon.facts import (
    AmazonOrderStatus,
    Breakdown,
    BreakdownKind,
    FulfillmentChannel,
    ItemFacts,
    OrderFacts,
    PackageFacts,
    Problem,
)
from domain.errors import InvalidInput
from domain.money import InvalidAmount, Money, UnknownCurrency

_STATUSES: Final = MappingProxyType(
    {
        "PENDING": AmazonOrderStatus.PENDING,
        "PENDING_AVAILABILITY": AmazonOrderStatus.PENDING_AVAILABILITY,
        "UNSHIPPED": AmazonOrderStatus.UNSHIPPED,
        "PARTIALLY_SHIPPED": AmazonOrderStatus.PARTIALLY_SHIPPED,
        "SHIPPED": AmazonOrderStatus.SHIPPED,
        "CANCELLED": AmazonOrderStatus.CANCELED,
        "CANCELED": AmazonOrderStatus.CANCELED,
        "UNFULFILLABLE": AmazonOrderStatus.UNFULFILLABLE,
        "INVOICE_UNCONFIRMED": AmazonOrderStatus.INVOICE_UNCONFIRMED,
        # Orders API v0
        "Pending": AmazonOrderStatus.PENDING,
        "PendingAvailability": AmazonOrderStatus.PENDING_AVAILABILITY,
        "Unshipped": AmazonOrderStatus.UNSHIPPED,
        "PartiallyShipped": AmazonOrderStatus.PARTIALLY_SHIPPED,
        "Shipped": AmazonOrderStatus.SHIPPED,
        "Canceled": AmazonOrderStatus.CANCELED,
        "Unfulfillable": AmazonOrderStatus.UNFULFILLABLE,
        "InvoiceUnconfirmed": AmazonOrderStatus.INVOICE_UNCONFIRMED,
    }
)

_CHANNELS: Final = MappingProxyType(
    {
        "MERCHANT": FulfillmentChannel.MERCHANT,
        "AMAZON": FulfillmentChannel.AMAZON,
        "MFN": FulfillmentChannel.MERCHANT,
        "AFN": FulfillmentChannel.AMAZON,
    }
)

_BREAKDOWN_KINDS: Final = MappingProxyType({kind.value: kind for kind in BreakdownKind})

_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)", re.ASCII)


def order_status(raw: str | None) -> AmazonOrderStatus:
    """Return what a status word of either version of the Orders API means; UNKNOWN for any other word or none."""
    return _STATUSES.get(raw or "", AmazonOrderStatus.UNKNOWN)


def fulfillment_channel(raw: str | None) -> FulfillmentChannel | None:
    """Return who sends the goods; None where Amazon does not say it in a word we know."""
    return _CHANNELS.get(raw or "")


def breakdown_kind(raw: str | None) -> BreakdownKind:
    """Return what a part of the proceeds is for; OTHER for a kind we do not know."""
    return _BREAKDOWN_KINDS.get(raw or "", BreakdownKind.OTHER)


def money(amount: str | None, currency: str | None, *, at: str) -> Money | Problem:
    """Read an amount exactly, or say what is wrong with it; `at` is Amazon's path of the money object."""
    if currency is None:
        return Problem(f"{at}.currencyCode", None, "The currency is missing.")
    if amount is None:
        return Problem(f"{at}.amount", None, "The amount is missing.")
    try:
        return Money.parse(amount, currency)
    except UnknownCurrency as refusal:
        return Problem(f"{at}.currencyCode", currency[:40], refusal.message)
    except InvalidAmount as refusal:
        return Problem(f"{at}.amount", amount[:40], refusal.message)


def instant(text: str, *, at: str) -> datetime:
    """Read an ISO 8601 time with its offset as UTC, cut to the millisecond that we store.

    Raises InvalidInput for a time without offset and for any other text; `at` is Amazon's path of the field.
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise InvalidInput(f"{text[:40]!r} at {at} is not a time such as 2026-08-22T10:15:00.000Z.")
    moment, fraction, offset = found.groups()
    try:
        read = datetime.fromisoformat(f"{moment}.{(fraction or '')[:3]:0<3}{offset}")
        return read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"{text[:40]!r} at {at} is not a time that exists.") from error


def facts_document(facts: OrderFacts) -> str:
    """Return everything Amazon said as one canonical JSON text: the same facts give the same text.

    Lists whose order means nothing are sorted. It contains buyer data: take a keyed digest of it, never store it.
    """
    return json.dumps(_canonical(facts), default=_plain, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrder:
    """What is stored of an order; `fetched_at` is the Amazon time at which the request for it started."""

    updated_at: datetime
    facts_hash: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Added:
    """The order was not known."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What is seen replaces what is known."""


@dataclass(frozen=True, slots=True)
class AlreadyKnown:
    """What is seen is not newer; `fetched_at` is what the stored request start has to be from now on.

    It moves on when a later request saw the same facts again, so that an older answer that arrives late stays out.
    """

    fetched_at: datetime


def compare(
    known: KnownOrder | None, seen: OrderFacts, *, digest: str, fetched_at: datetime
) -> Added | Updated | AlreadyKnown:
    """Return whether what is seen is news: of a later lastUpdatedTime, or other facts of the same from a later request.

    Amazon's times may have whole seconds only, and a newly granted role adds fields without moving the time: equal
    times alone do not mean equal facts.
    """
    if known is None:
        return Added()
    if seen.updated_at != known.updated_at:
        return Updated() if seen.updated_at > known.updated_at else AlreadyKnown(known.fetched_at)
    if digest == known.facts_hash:
        return AlreadyKnown(max(known.fetched_at, fetched_at))
    return Updated() if fetched_at > known.fetched_at else AlreadyKnown(known.fetched_at)


def _canonical(facts: OrderFacts) -> OrderFacts:
    return replace(
        facts,
        programs=tuple(sorted(facts.programs)),
        payment_methods=tuple(sorted(facts.payment_methods)),
        breakdowns=_sorted_breakdowns(facts.breakdowns),
        items=tuple(sorted(map(_canonical_item, facts.items), key=lambda item: item.order_item_id)),
        packages=tuple(sorted(map(_canonical_package, facts.packages), key=lambda package: package.reference)),
    )


def _canonical_item(item: ItemFacts) -> ItemFacts:
    return replace(item, breakdowns=_sorted_breakdowns(item.breakdowns))


def _canonical_package(package: PackageFacts) -> PackageFacts:
    return replace(package, items=tuple(sorted(package.items)))


def _sorted_breakdowns(parts: tuple[Breakdown, ...]) -> tuple[Breakdown, ...]:
    return tuple(sorted(parts, key=lambda part: (part.kind, part.amount.currency, part.amount.minor)))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if is_dataclass(value):
        return {entry.name: getattr(value, entry.name) for entry in fields(value)}
    raise TypeError(f"A {type(value).__name__} is not part of an order's facts.")
