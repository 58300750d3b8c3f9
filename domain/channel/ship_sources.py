"""From which sources a person takes the goods of a shipment, checked."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from domain.catalog.records import Product, Reservation, ReservationState
from domain.catalog.shelf import for_sale_of, too_few_at
from domain.catalog.sources import find_source
from domain.errors import InvalidInput, NotFound, QuantityTooLarge

Path = tuple[str, ...]


class SourceChoice(NamedTuple):
    """So many of an item, by its row, are taken from a source."""

    item_id: int
    source: str
    quantity: int


async def chosen_sources(
    choices: Sequence[SourceChoice], quantities: Mapping[int, int]
) -> Mapping[int, Mapping[str, int]]:
    """Return how many of each item, of the `quantities` that leave, a person takes from which source.

    Raises NotFound for an unknown line or source, InvalidInput for a disabled source or goods that are not held,
    QuantityTooLarge for more than leave, and InsufficientStock where fewer lie at a source.
    """
    if not choices:
        return {}
    held = await held_for([choice.item_id for choice in choices])
    left = await for_sale_of(row.product_id for row in held.values())
    taken: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for at, choice in enumerate(choices):
        path = ("input", "sources", str(at))
        await _check_source(choice, path)
        taken[choice.item_id][choice.source] += choice.quantity
        row = _check_quantity(choice, taken[choice.item_id].total(), quantities, held, path)
        await _check_left(choice, row, left[row.product_id], path)
        left[row.product_id][choice.source] -= choice.quantity
    return taken


async def held_for(item_ids: Collection[int]) -> dict[int, Reservation]:
    """Return what is held for items, by their row."""
    rows = await Reservation.filter(item_id__in=list(item_ids), state=ReservationState.ACTIVE).order_by("id")
    return {row.item_id: row for row in rows}


async def _check_source(choice: SourceChoice, path: Path) -> None:
    source = await find_source(choice.source, path=(*path, "source"))
    if not source.enabled:
        raise InvalidInput("This source is disabled, so nothing leaves from it.", path=(*path, "source"))


def _check_quantity(
    choice: SourceChoice, taken: int, quantities: Mapping[int, int], held: Mapping[int, Reservation], path: Path
) -> Reservation:
    leaving = quantities.get(choice.item_id, 0)
    if not leaving:
        raise NotFound("The shipment has no such line.", path=(*path, "itemId"))
    if choice.quantity < 1:
        raise InvalidInput("A quantity is at least 1.", path=(*path, "quantity"))
    if taken > leaving:
        raise QuantityTooLarge(
            f"{taken} taken from sources, {leaving} of the line are shipped.",
            path=(*path, "quantity"),
            requested=taken,
            available=leaving,
        )
    row = held.get(choice.item_id)
    if row is None or taken > row.quantity:
        raise InvalidInput(
            f"{row.quantity if row else 0} of this line are held, and only they are taken from a source: the stock of "
            "its product is not counted, or the others had left before.",
            path=(*path, "quantity"),
        )
    return row


async def _check_left(choice: SourceChoice, row: Reservation, left: Mapping[str, int], path: Path) -> None:
    available = left[choice.source]
    if choice.quantity > available:
        product = await Product.get(id=row.product_id)
        place = (product.id, choice.source)
        raise too_few_at(product.sku, place, choice.quantity, available, path=(*path, "quantity"))
