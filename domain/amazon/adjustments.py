"""What Amazon charged for an item, component by component, and what of it is given back to the buyer.

The words are those of the element Component in a payment adjustment feed (Feeds API, OrderAdjustment).
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from domain.amazon.facts import AmazonOrderStatus, BreakdownKind
from domain.amazon.records import AmazonItem

Parts = dict[str, int]
"""Minor units by component; what lowers the refund is negative."""

PRINCIPAL: Final = "Principal"
SHIPPING: Final = "Shipping"
SHIPPING_TAX: Final = "ShippingTax"
GOODWILL: Final = "Goodwill"
RESTOCKING_FEE: Final = "RestockingFee"

_TAX_ON_TOP: Final = ("US", "CA")
_ALL_LEFT: Final = (AmazonOrderStatus.SHIPPED, AmazonOrderStatus.INVOICE_UNCONFIRMED)
_OF_TAX: Final = MappingProxyType({"SHIPPING": SHIPPING_TAX, "GIFT_WRAP": "GiftWrapTax"})
_OF_DISCOUNT: Final = MappingProxyType({"SHIPPING": SHIPPING, "GIFT_WRAP": "GiftWrap"})
_TAXED: Final = MappingProxyType({"Tax": PRINCIPAL, SHIPPING_TAX: SHIPPING, "GiftWrapTax": "GiftWrap"})
_OF_SHIPPING: Final = (SHIPPING, SHIPPING_TAX)


def charged(item: AmazonItem, *, status: AmazonOrderStatus, country: str) -> Parts:
    """Return what the buyer was charged for the units of an item that have left, in minor units.

    Amazon charges when goods leave, and rounds down what is charged for some of the units. Where prices include the
    tax there is no component for it: it is part of what it is on (a separate Tax is refused there).
    """
    sent = sent_units(item, status=status)
    ordered = item.quantity_ordered
    if sent <= 0 or ordered <= 0:
        return {}
    whole = _whole(item)
    if country not in _TAX_ON_TOP:
        whole = _sums((_TAXED.get(name, name), minor) for name, minor in whole.items())
    # A discount beyond what it is granted on leaves a component below 0, which lowers what can be given back in all.
    return _sums((name, minor * min(sent, ordered) // ordered) for name, minor in whole.items())


def sent_units(item: AmazonItem, *, status: AmazonOrderStatus) -> int:
    """Return how many units of an item have left; Amazon may say so by the order's status alone."""
    if item.quantity_shipped or status not in _ALL_LEFT:
        return int(item.quantity_shipped)
    return max(0, item.quantity_ordered - (item.quantity_unshipped or 0))


def left(paid: Parts, given: Parts) -> int:
    """Return how much of what was paid for an item can still be given back in all."""
    return sum(paid.values()) - sum(given.values())


def give_back(paid: Parts, given: Parts, *, goods: int, shipping: int) -> Parts:
    """Return the components of a refund of so much for goods and shipping; the caller knows that so much is left.

    Shipping comes out of what was paid for it, goods out of all the rest in proportion. What exceeds the components
    that are left, because of what was given back before, is goodwill.
    """
    room = {name: most for name in paid if (most := paid[name] - given.get(name, 0)) > 0}
    rest, parts = shipping, Parts()
    for name in _OF_SHIPPING:
        rest -= _take(parts, room, name, rest)
    rest += goods
    rest -= _share(parts, room, [name for name in room if name not in _OF_SHIPPING], rest)
    for name in list(room):
        rest -= _take(parts, room, name, rest)
    return _sums([*parts.items(), (GOODWILL, rest)])


def _whole(item: AmazonItem) -> Parts:
    """Return what a whole line comes to, by component: a discount lowers what it is granted on."""
    details: Mapping[str, Mapping[str, int]] = item.details or {}
    parts = [
        (PRINCIPAL, item.price_minor or 0),
        (SHIPPING, item.shipping_minor or 0),
        ("GiftWrap", item.gift_wrap_minor or 0),
        ("Other", item.other_minor or 0),
    ]
    for kind, names, rest, whole in (
        (BreakdownKind.TAX, _OF_TAX, "Tax", item.tax_minor),
        (BreakdownKind.DISCOUNT, _OF_DISCOUNT, PRINCIPAL, item.discount_minor),
    ):
        known = details.get(kind.value) or {"": whole or 0}
        parts += [(names.get(subtype, rest), minor) for subtype, minor in known.items()]
    sums = _sums(parts)
    return sums or _sums([(PRINCIPAL, item.total_minor or 0)])


def _take(parts: Parts, room: Parts, name: str, wanted: int) -> int:
    taken = max(0, min(wanted, room.get(name, 0)))
    if taken:
        parts[name] = parts.get(name, 0) + taken
        room[name] -= taken
    return taken


def _share(parts: Parts, room: Parts, names: list[str], wanted: int) -> int:
    """Take from several components in proportion to what each has left, exactly; return how much."""
    of = sum(room[name] for name in names)
    total, before, taken = max(0, min(wanted, of)), 0, 0
    for name in names:
        before += room[name]
        taken += _take(parts, room, name, total * before // of - taken)
    return taken


def _sums(parts: Iterable[tuple[str, int]]) -> Parts:
    sums = Parts()
    for name, minor in parts:
        sums[name] = sums.get(name, 0) + minor
    return {name: minor for name, minor in sums.items() if minor}
