"""What papers are made of beside themselves: orders with their lines, stores, and the opened buyer data."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from api.documents.papers import Party, clean, day
from api.documents.parties import parties_of
from domain.accounts.marketplaces import MARKETPLACES
from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from domain.buyers import Owner, Values, read_many
from domain.channel.corrections import corrected, layers_of
from domain.commerce.orders import lines_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.sealing import Sealer
from domain.timeline import Event, EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """One commerce order, ready for its papers."""

    order: CommerceOrder
    lines: dict[int, CommerceOrderLine]
    amazon: AmazonOrder
    store: Store
    parties: tuple[Party, Party] = field(repr=False)

    @property
    def seller(self) -> tuple[str, ...]:
        """Who sells: the store's name, where it is, how it is reached."""
        place = MARKETPLACES[self.store.marketplace_id].domain.capitalize()
        contact = (clean(self.store.contact_email),) if self.store.contact_email else ()
        return (clean(self.store.name), f"Sold on {place}", *contact)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """The numbers and dates that every paper of the order names."""
        return (
            ("Order", clean(self.order.number)),
            ("Order date", day(self.amazon.purchased_at)),
            ("Amazon order number", clean(self.order.channel_number)),
        )


async def surroundings_of(order_ids: Collection[int], sealer: Sealer) -> dict[int, Surroundings]:
    """Read what is around the papers of these commerce orders, by the order's id; those that are gone are left out.

    Raises CannotUnseal.
    """
    orders = await CommerceOrder.filter(id__in=list(order_ids))
    amazon = {one.id: one for one in await AmazonOrder.filter(id__in=[order.channel_order_id for order in orders])}
    stores = {one.id: one for one in await Store.filter(id__in={order.store_id for order in orders})}
    lines: dict[int, dict[int, CommerceOrderLine]] = {order.id: {} for order in orders}
    for line in await lines_of(list(lines)):
        lines[line.order_id][line.id] = line
    buyers = await _buyers_of(orders, sealer)
    redacted = await redacted_at(list(amazon))
    return {
        order.id: Surroundings(
            order=order,
            lines=lines[order.id],
            amazon=amazon[order.channel_order_id],
            store=stores[order.store_id],
            parties=parties_of(
                buyers.get(order.id),
                order=amazon[order.channel_order_id],
                redacted_at=redacted.get(order.channel_order_id),
            ),
        )
        for order in orders
    }


async def _buyers_of(orders: Collection[CommerceOrder], sealer: Sealer) -> dict[int, Values]:
    """Return the orders' own copies; where there is none, what Amazon said with the corrections over it."""
    copies = await read_many(Owner.COMMERCE_ORDER, [order.id for order in orders], sealer)
    others = {order.channel_order_id: order.id for order in orders if order.id not in copies}
    said = await read_many(Owner.AMAZON_ORDER, others, sealer)
    layers = await layers_of(list(said), sealer)
    for channel_order_id, values in said.items():
        copies[others[channel_order_id]] = corrected(values, layers.get(channel_order_id)) or {}
    return copies


async def redacted_at(amazon_ids: Collection[int]) -> dict[int, datetime]:
    """Return when the buyer data of Amazon orders was deleted, by the order's id; the others are left out."""
    events = await Event.filter(order_id__in=list(amazon_ids), kind=EventKind.REDACTED).order_by("id")
    return {event.order_id: event.at for event in events if event.order_id is not None}
