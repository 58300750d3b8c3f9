"""Orders that a person asks to do something with: found, locked, and as that person saw them."""

from typing import TypeAlias

from domain.amazon.records import AmazonOrder
from domain.errors import NotFound, StaleVersion

Path: TypeAlias = tuple[str, ...]


async def locked_order(order_id: int, expected_version: int | None, *, path: Path = ("input",)) -> AmazonOrder:
    """Return an order that nobody else changes until the caller's change ends.

    `path` leads to where the request names the order. Raises NotFound, or StaleVersion if it is not as expected.
    """
    order = await AmazonOrder.filter(id=order_id).select_for_update().first()
    if order is None:
        raise NotFound("There is no such order.", path=(*path, "orderId"))
    check_version(order, expected_version, path=path)
    return order


def check_version(order: AmazonOrder, expected: int | None, *, path: Path = ("input",)) -> None:
    """Refuse to work on an order that changed since somebody looked at it; raises StaleVersion."""
    if expected not in (None, order.version):
        raise StaleVersion(expected=expected, actual=order.version, path=(*path, "expectedVersion"))
