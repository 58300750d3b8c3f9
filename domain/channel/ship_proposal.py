"""From which sources a shipment would be taken, before it is made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from domain.amazon.records import AmazonOrder
from domain.catalog.picking import Pick, Taking, pick
from domain.catalog.shelf import for_sale_of
from domain.channel.ship_input import PackageRequest, allot
from domain.channel.ship_sources import SourceChoice, chosen_sources, held_for
from domain.channel.standing import standings
from domain.channel.workflow import refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedLine:
    """How many of an item would be shipped, and the picks that would take what is held for it off the shelf."""

    item_id: int
    quantity: int
    picks: tuple[Pick, ...]


async def propose_shipment(
    order: AmazonOrder, packages: Sequence[PackageRequest], sources: Sequence[SourceChoice]
) -> list[ProposedLine]:
    """Return from where the lines of packages would be taken now: where a person says, else by the sources' order.

    Raises what shipping them now would raise because of the order's state, its lines or its sources.
    """
    standing = (await standings([order]))[order.id]
    if refusal := refusals(standing)["SHIP"]:
        raise refusal
    items = {item.id: item for item in standing.items}
    quantities: Counter[int] = Counter()
    for contents in allot(packages, order=order, items=items, lines=standing.lines):
        quantities.update(contents)
    chosen = await chosen_sources(sources, quantities)
    held = await held_for(quantities)
    takings = [
        Taking(
            item_id=row.item_id,
            product_id=row.product_id,
            quantity=min(row.quantity, quantities[row.item_id]),
            chosen=chosen.get(row.item_id, {}),
        )
        for row in held.values()
    ]
    picks = pick(takings, await for_sale_of(row.product_id for row in held.values()))
    return [
        ProposedLine(item_id=item_id, quantity=quantity, picks=tuple(one for one in picks if one.item_id == item_id))
        for item_id, quantity in quantities.items()
    ]
