"""Whose an order is: Amazon may leave its marketplace out, and one search asks for several."""

from collections.abc import Iterable, Mapping, Sequence

from domain.accounts.records import Store
from domain.amazon.facts import OrderFacts, Problem, UnreadableOrder
from domain.amazon.records import AmazonOrder


async def known_stores(orders: Iterable[OrderFacts], stores: Mapping[str, Store]) -> dict[str, Store]:
    """Return the stores of orders without a marketplace that came in before, by number; what is ambiguous is left out.

    `stores` are the account's by marketplace.
    """
    numbers = [order.amazon_order_id for order in orders if order.marketplace_id is None]
    if not numbers:
        return {}
    of_account = {store.id: store for store in stores.values()}
    found = AmazonOrder.filter(number__in=numbers, store_id__in=list(of_account))
    places: dict[str, set[int]] = {}
    for number, store_id in await found.values_list("number", "store_id"):
        places.setdefault(number, set()).add(store_id)
    return {number: of_account[min(ids)] for number, ids in places.items() if len(ids) == 1}


def store_of(
    order: OrderFacts, *, stores: Mapping[str, Store], requested: Sequence[str], known: Mapping[str, Store]
) -> Store | None:
    """Return an order's store: by its marketplace; where none is named the only one asked for, or where it was before.

    None for an order of a marketplace without a store here.
    """
    if order.marketplace_id is not None:
        return stores.get(order.marketplace_id)
    if len(requested) == 1:
        return stores.get(requested[0])
    return known.get(order.amazon_order_id)


async def park_unplaced(
    orders: Sequence[OrderFacts | UnreadableOrder], *, stores: Mapping[str, Store], requested: Sequence[str]
) -> list[OrderFacts | UnreadableOrder]:
    """Return an answer's orders with those parked that name no marketplace and could be any store's.

    A person who knows the store reads such an order again for it; from then on its place is known.
    """
    readable = [order for order in orders if isinstance(order, OrderFacts)]
    known = await known_stores(readable, stores)

    def is_unplaced(order: OrderFacts) -> bool:
        if order.marketplace_id is not None:
            return False
        return store_of(order, stores=stores, requested=requested, known=known) is None

    return [_parked(order) if isinstance(order, OrderFacts) and is_unplaced(order) else order for order in orders]


def _parked(order: OrderFacts) -> UnreadableOrder:
    reason = "Amazon names no marketplace, and several were asked for: sync this order for the store that it belongs to"
    return UnreadableOrder(
        amazon_order_id=order.amazon_order_id, problem=Problem("salesChannel.marketplaceId", None, reason)
    )
