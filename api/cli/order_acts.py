"""Shipping and canceling an order from the command line, by the same mutations that everybody uses."""

import sys
from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.one_order import find_order, input_for, quantities_of
from api.cli.output import give, give_json, tell
from domain.amazon.cancel_reasons import CancelReason

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
            "lines": quantities_of(order, line),
            "carrierCode": carrier,
            "carrierName": carrier_name,
            "trackingNumber": tracking,
            "comment": comment,
            "notify": email,
            "appendComment": append_comment,
        }
        payload = await asker.payload("shipOrder", _SHIP, {"input": input_for(order, key, wanted)})
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
            "reason": wanted_reason,
            "lines": quantities_of(order, line),
            "note": note,
            "restock": not no_restock,
        }
        name, document = ("cancelRest", _CANCEL_REST) if rest or line else ("cancelOrder", _CANCEL)
        payload = await asker.payload(name, document, {"input": input_for(order, key, wanted)})
    if json:
        give_json({"order": payload["order"], "command": payload["command"]})
        return
    what = f"a part of {number}" if rest or line else number
    give(f"Amazon will be asked to cancel {what}; `orderlane orders show {number}` says when it has.")


def _ask(order: dict[str, Any], *, is_part: bool) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("Canceling cannot be undone: add --yes.", code=Exit.WRONG_USAGE)
    total = order["total"]
    worth = f", {total['amount']} {total['currencyCode']}" if total else ""
    what = "a part of order" if is_part else "order"
    tell(f"Cancel {what} {order['amazonOrderId']} ({len(order['items'])} items{worth})? Type yes:")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandFailed("Nothing was done.")
