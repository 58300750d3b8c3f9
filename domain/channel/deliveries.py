"""Where orders go: what Amazon says with what people corrected, and how it differs from what we had."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from domain.buyers import Owner, Values, read_many
from domain.channel.corrections import corrected, layers_of, stale_of
from domain.channel.moved import Moved, moved_addresses
from domain.commerce.records import CommerceOrder
from domain.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Delivery:
    """One order's buyer data with the address as people corrected it.

    `moved` is how the address differs from the commerce order's copy, `stale` what Amazon changed under a correction.
    """

    buyer: Values | None = field(default=None, repr=False)
    moved: Moved | None = None
    stale: Moved | None = None


async def deliveries_of(
    order_ids: Collection[int], commerce: Mapping[int, CommerceOrder], *, sealer: Sealer
) -> dict[int, Delivery]:
    """Return where each of these orders goes; `commerce` are their commerce orders by Amazon order.

    Of what has ended nothing is opened. Raises CannotUnseal.
    """
    ended = {order_id for order_id, order in commerce.items() if order.completed_at is not None}
    live = [order_id for order_id in order_ids if order_id not in ended]
    told = await read_many(Owner.AMAZON_ORDER, live, sealer)
    layers = await layers_of(live, sealer)
    buyers = {order_id: corrected(told.get(order_id), layers.get(order_id)) for order_id in live}
    imported = [commerce[order_id] for order_id in live if order_id in commerce]
    moved = await moved_addresses(imported, buyers, sealer=sealer)
    stale = {one: stale_of(layers.get(one), told.get(one), sealer=sealer) for one in layers}
    return {one: Delivery(buyers.get(one), moved.get(one), stale.get(one)) for one in order_ids}
