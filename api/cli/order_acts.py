"""Shipping and canceling an order from the command line, by the same mutations that everybody uses."""

import sys
import uuid
from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import Asker, asking, asking_here
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, give_json, tell
from domain.amazon.cancel_reasons import CancelReason

_FIND: Final = """query Find($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id amazonOrderId total { amount currencyCode } items { id amazonOrderItemId sellerSku quantityOrdered } } }"""
_SHIP: Final = """mutation Ship($input: ShipOrderInput!) { shipOrder(input: $input) {
  order { amazonOrderId displayStatus } shipment { number packages { reference trackingNumber } }
  errors { code message path } } }"""
_CANCEL: Final = """mutation Cancel($input: CancelOrderInput!) { cancelOrder(input: $input) {
  order { amazonOrderId displayStatus } command { id kind state } errors { code message path } } }"""

_CANCEL_REST: Final = """mutation CancelRest($input: CancelRestInput!) { cancelRest(input: $input) {
  order { amazonOrderId displayStatus } command { id kind state } errors { code message path } } }"""


async def ship_orders(
    number: str,
    /,
    *,
    carrier: str,
    tracking: str,
    carrier_name: str | None = None,
    line: Annotated[list[str], Parameter(negative=())] | None = None,
    comment: str | None = None,
    email: bool = False,
    append_comment: bool = False,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Ship what is left of an order, or some of it; Amazon is told by the running service.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    carrier
        The carrier's code, e.g. UPS; `orderlane orders carriers` lists them.
    tracking
        The tracking number.
    carrier_name
        The carrier's name, where the code does not say it.
    line
        A SKU or Amazon's order item id with a quantity, e.g. MUG=2; may be given several times. Without it, all of
        the rest.
    comment
        What is said of the shipment; it is kept with it.
    email
        Send the buyer a copy; refused unless the mail settings of the store switch that e-mail on.
    append_comment
        Let the copy carry the comment.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number)
        wanted = {
            "orderId": order["id"],
            "lines": [quantity_of(order, text) for text in line] if line else None,
            "carrierCode": carrier,
            "carrierName": carrier_name,
            "trackingNumber": tracking,
            "comment": comment,
            "notify": email,
            "appendComment": append_comment,
            "idempotencyKey": key or str(uuid.uuid4()),
        }
        payload = await asker.payload("shipOrder", _SHIP, {"input": given(wanted)})
    if json:
        give_json({"order": payload["order"], "shipment": payload["shipment"]})
        return
    shipment = payload["shipment"]
    packages = ", ".join(package["reference"] for package in shipment["packages"])
    give(f"Shipment {shipment['number']} of {number} is recorded; Amazon will be told of package {packages}.")


async def cancel_orders(
    number: str,
    /,
    *,
    reason: str,
    rest: bool = False,
    line: Annotated[list[str], Parameter(negative=())] | None = None,
    note: str | None = None,
    no_restock: bool = False,
    yes: bool = False,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Ask Amazon to cancel a whole order that has not shipped, or a part; nothing is final before Amazon shows it.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    reason
        Why, e.g. NO_INVENTORY, BUYER_CANCELED or SHIPPING_ADDRESS_UNDELIVERABLE.
    rest
        Cancel what has not left of a partly shipped order.
    line
        Cancel only some units: a SKU or Amazon's order item id with a quantity, e.g. MUG=2; may be given several
        times.
    note
        A line for the timeline.
    no_restock
        The goods are not on the shelf: write them off instead of making them salable again.
    yes
        Do not ask before.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    wanted_reason = chosen_word("--reason", reason, CancelReason)
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number)
        if not yes:
            _ask(order, is_part=bool(rest or line))
        wanted = {
            "orderId": order["id"],
            "reason": wanted_reason,
            "note": note,
            "restock": not no_restock,
            "idempotencyKey": key or str(uuid.uuid4()),
        }
        if rest or line:
            wanted["lines"] = [quantity_of(order, text) for text in line] if line else None
            payload = await asker.payload("cancelRest", _CANCEL_REST, {"input": given(wanted)})
        else:
            payload = await asker.payload("cancelOrder", _CANCEL, {"input": given(wanted)})
    if json:
        give_json({"order": payload["order"], "command": payload["command"]})
        return
    what = f"a part of {number}" if rest or line else number
    give(f"Amazon will be asked to cancel {what}; `orderlane orders show {number}` says when it has.")


async def find_order(asker: Asker, number: str) -> dict[str, Any]:
    """Return an order with its items; raises CommandFailed if there is none."""
    order: dict[str, Any] | None = (await asker.data(_FIND, {"number": number}))["amazonOrder"]
    if order is None:
        raise CommandFailed(f"There is no order {number} here; `orderlane orders list` shows those that are.")
    return order


def item_of(order: dict[str, Any], name: str) -> str | None:
    """Return the id of the only item of an order with this SKU or order item id."""
    meant = [item for item in order["items"] if name and name in (item["sellerSku"], item["amazonOrderItemId"])]
    return meant[0]["id"] if len(meant) == 1 else None


def quantity_of(order: dict[str, Any], text: str) -> dict[str, Any]:
    """Return how many of which item a text such as MUG=2 means; raises CommandFailed if it means none."""
    name, _, quantity = text.rpartition("=")
    item_id = item_of(order, name)
    if item_id is None or not quantity.isdecimal():
        raise CommandFailed(
            f"--line {text}: write SKU=QUANTITY or ITEM=QUANTITY of one of the order's items.", code=Exit.WRONG_USAGE
        )
    return {"itemId": item_id, "quantity": int(quantity)}


def _ask(order: dict[str, Any], *, is_part: bool) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("Canceling cannot be undone: add --yes.", code=Exit.WRONG_USAGE)
    total = order["total"]
    worth = f", {total['amount']} {total['currencyCode']}" if total else ""
    what = "a part of order" if is_part else "order"
    tell(f"Cancel {what} {order['amazonOrderId']} ({len(order['items'])} items{worth})? Type yes:")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandFailed("Nothing was done.")


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was not given."""
    return {name: value for name, value in values.items() if value is not None}
