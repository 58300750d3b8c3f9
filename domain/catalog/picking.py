"""From which sources goods are taken: where somebody says, and else where they lie, by the sources' order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.catalog.records import DEFAULT_SOURCE

Lying = Mapping[int, Mapping[str, int]]
"""How many of each product lie at which enabled source, in the order that goods are taken from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Goods to be taken for one item of an order; `chosen` says how many of them come from which source."""

    item_id: int
    product_id: int
    quantity: int
    chosen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """So many goods for an item, from one source."""

    item_id: int
    product_id: int
    source: str
    quantity: int


def pick(takings: Sequence[Taking], lying: Lying) -> list[Pick]:
    """Return from where everything is taken: what is chosen first, so that no other item takes it away.

    The rest of each item comes from the first sources where any are left. What lies nowhere is asked of the default
    source, so that nobody takes it for done.
    """
    left = {product_id: dict(places) for product_id, places in lying.items()}
    chosen = [picked for one in takings for picked in _chosen(one, left)]
    picks = [*chosen, *(picked for one in takings for picked in _rest(one, left))]
    return _joined(picks)


def _chosen(taking: Taking, left: dict[int, dict[str, int]]) -> Iterator[Pick]:
    places = left.setdefault(taking.product_id, {})
    for source, quantity in taking.chosen.items():
        places[source] = places.get(source, 0) - quantity
        yield Pick(taking.item_id, taking.product_id, source, quantity)


def _rest(taking: Taking, left: dict[int, dict[str, int]]) -> Iterator[Pick]:
    missing = taking.quantity - sum(taking.chosen.values())
    places = left[taking.product_id]
    for source, quantity in places.items():
        if (taken := min(missing, quantity)) > 0:
            places[source] -= taken
            missing -= taken
            yield Pick(taking.item_id, taking.product_id, source, taken)
    if missing > 0:
        yield Pick(taking.item_id, taking.product_id, DEFAULT_SOURCE, missing)


def _joined(picks: Iterable[Pick]) -> list[Pick]:
    """Make one pick of those for the same item from the same source."""
    joined: dict[tuple[int, int, str], int] = {}
    for one in picks:
        place = (one.item_id, one.product_id, one.source)
        joined[place] = joined.get(place, 0) + one.quantity
    return [Pick(*place, quantity) for place, quantity in joined.items()]
