"""The order that a request names, as it is stored, and as it is after a change."""

from api.schema.ids import typed_id
from api.schema.reading import reading
from domain.amazon.records import AmazonOrder
from domain.errors import NotFound


async def known_order(text: str, *, path: tuple[str, ...]) -> AmazonOrder:
    """Return the Amazon order of a public id.

    Raises InvalidInput for a malformed id, NotFound if there is no such order.
    """
    wanted = typed_id(text, "AmazonOrder", path=path)
    with reading():
        known = await AmazonOrder.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
    if known is None:
        raise NotFound("There is no such order.", path=path)
    return known


async def order_now(order_id: int) -> AmazonOrder:
    """Return an order as it is stored now."""
    with reading():
        return await AmazonOrder.get(id=order_id)
