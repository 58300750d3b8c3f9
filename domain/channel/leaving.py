"""Orders of a store that is being deleted: nobody does anything with them any more."""

from collections.abc import Iterable
from typing import Final

from domain.accounts.records import Store, StoreState
from domain.amazon.records import AmazonOrder
from domain.errors import ActionNotAllowed

Path = tuple[str, ...]

_ORDER_ID: Final[Path] = ("input", "orderId")

LEAVING: Final = "The store of this order is being deleted, and the order with it; work on it in Seller Central."


def leaving_refusal(order: AmazonOrder, *, action: str, path: Path = _ORDER_ID) -> ActionNotAllowed:
    """Return why nothing can be done with an order whose store is being deleted; `path` is where it is named."""
    return ActionNotAllowed(
        LEAVING,
        action=action,
        current_status=order.amazon_status.value,
        path=path,
    )


async def leaving_stores(orders: Iterable[AmazonOrder]) -> set[int]:
    """Return the stores of these orders that are being deleted."""
    stores = Store.filter(id__in={order.store_id for order in orders}, state=StoreState.DELETING)
    return {store.id for store in await stores}


async def check_staying(order: AmazonOrder, *, action: str, path: Path = _ORDER_ID) -> None:
    """Refuse to touch an order whose store is being deleted.

    Raises ActionNotAllowed.
    """
    if await leaving_stores([order]):
        raise leaving_refusal(order, action=action, path=path)
