"""What the commands about one order share: finding it by its number, and the input of what is asked of it."""

import uuid
from typing import Any, Final

from api.cli.asking import Asker
from api.cli.endings import CommandFailed, Exit

_FIND: Final = """query Find($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id amazonOrderId total { amount currencyCode } items { id amazonOrderItemId sellerSku quantityOrdered } } }"""


async def find_order(asker: Asker, number: str, document: str = _FIND) -> dict[str, Any]:
    """Return what a document asks of an order, its items without one; raises CommandFailed if there is none."""
    order: dict[str, Any] | None = (await asker.data(document, {"number": number}))["amazonOrder"]
    if order is None:
        raise CommandFailed(f"There is no order {number} here; `orderlane orders list` shows those that are.")
    return order


def input_for(order: dict[str, Any], key: str | None, values: dict[str, Any]) -> dict[str, Any]:
    """Return the input of a mutation of an order with what was given; without a key of the user's it has a new one."""
    return given({"orderId": order["id"], **values, "idempotencyKey": key or str(uuid.uuid4())})


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not given."""
    return {name: value for name, value in values.items() if value is not None}


def quantities_of(order: dict[str, Any], lines: list[str] | None) -> list[dict[str, Any]] | None:
    """Return how many of which items texts such as MUG=2 mean, None for none; raises CommandFailed for any other."""
    return [_quantity_of(order, text) for text in lines] if lines else None


def _quantity_of(order: dict[str, Any], text: str) -> dict[str, Any]:
    name, _, quantity = text.rpartition("=")
    item_id = item_of(order, name)
    if item_id is None or not quantity.isdecimal():
        raise CommandFailed(
            f"--line {text}: write SKU=QUANTITY or ITEM=QUANTITY of one of the order's items.", code=Exit.WRONG_USAGE
        )
    return {"itemId": item_id, "quantity": int(quantity)}


def item_of(order: dict[str, Any], name: str) -> str | None:
    """Return the id of the only item of an order with this SKU or order item id."""
    meant = [item for item in order["items"] if name and name in (item["sellerSku"], item["amazonOrderItemId"])]
    return meant[0]["id"] if len(meant) == 1 else None
