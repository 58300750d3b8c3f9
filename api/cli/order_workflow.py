"""Holding, invoicing and commenting from the command line, by the same mutations that everybody uses."""

import sys
from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.one_order import find_order, given, input_for, quantities_of
from api.cli.output import give, give_json
from api.cli.times import instant_of
from domain.commerce.workflow_records import HoldReason

_STATE: Final = "order { amazonOrderId commerceOrder { number state status { code label } } }"
_HOLD: Final = f"""mutation Hold($id: ID!, $reason: HoldReason!, $note: String, $until: DateTime) {{
  holdOrder(orderId: $id, reason: $reason, note: $note, until: $until) {{
    {_STATE} errors {{ code message path }} }} }}"""
_UNHOLD: Final = f"""mutation Unhold($id: ID!, $note: String) {{ unholdOrder(orderId: $id, note: $note) {{
  {_STATE} errors {{ code message path }} }} }}"""
_INVOICE: Final = f"""mutation Invoice($input: InvoiceOrderInput!) {{ invoiceOrder(input: $input) {{
  {_STATE} invoice {{ number total {{ amount currencyCode }} }} errors {{ code message path }} }} }}"""
_COMMENT: Final = f"""mutation Comment($input: AddOrderCommentInput!) {{ addOrderComment(input: $input) {{
  {_STATE} comment {{ id isNotified isVisible }} errors {{ code message path }} }} }}"""


async def hold_orders(
    number: str,
    /,
    *,
    reason: str,
    note: str | None = None,
    until: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Put an order on hold: nothing of it is shipped or canceled from here until the hold is over.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    reason
        Why: ADDRESS, FRAUD, STOCK, BUYER_REQUEST, MANUAL or OTHER.
    note
        A line for the timeline.
    until
        When the hold lifts itself, e.g. 2026-03-02T09:00:00Z; without it, somebody has to lift it.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    wanted = {
        "reason": chosen_word("--reason", reason, HoldReason),
        "note": note,
        "until": instant_of(until, flag="--until").isoformat() if until else None,
    }
    await _tell_state("holdOrder", _HOLD, number, wanted, url=url, json=json)


async def unhold_orders(number: str, /, *, note: str | None = None, url: str | None = None, json: bool = False) -> None:
    """Lift the hold of an order: its state and status are again what they were.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    note
        A line for the timeline.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    await _tell_state("unholdOrder", _UNHOLD, number, {"note": note}, url=url, json=json)


async def invoice_orders(
    number: str,
    /,
    *,
    line: Annotated[list[str], Parameter(negative=())] | None = None,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Invoice what is not billed of an order, or some of it; the import bills all of it.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    line
        A SKU or Amazon's order item id with a quantity, e.g. MUG=2; may be given several times. Without it, all that
        is left.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number)
        wanted = {"lines": quantities_of(order, line)}
        payload = await asker.payload("invoiceOrder", _INVOICE, {"input": input_for(order, key, wanted)})
    if json:
        give_json({"order": payload["order"], "invoice": payload["invoice"]})
        return
    total = payload["invoice"]["total"]
    give(f"Invoice {payload['invoice']['number']} of {number} bills {total['amount']} {total['currencyCode']}.")


async def comment_orders(
    number: str,
    /,
    *,
    text: str | None = None,
    status: str | None = None,
    notify: bool = False,
    visible: bool = False,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Write a comment on an order, read from the standard input unless it is given; or set a status of its state.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    text
        What is said. Other people on this machine can see it while the command runs: what is about the buyer is
        better piped in.
    status
        The code of another status of the order's present state.
    notify
        Write it to the buyer.
    visible
        A storefront may show it.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    said = text if text is not None or status else _read()
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number)
        wanted = {
            "text": said,
            "status": status,
            "notify": notify,
            "isVisible": visible,
        }
        payload = await asker.payload("addOrderComment", _COMMENT, {"input": input_for(order, key, wanted)})
    _give_state(payload, json=json)


async def _tell_state(
    mutation: str, document: str, number: str, wanted: dict[str, Any], *, url: str | None, json: bool
) -> None:
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number)
        payload = await asker.payload(mutation, document, {"id": order["id"]} | given(wanted))
    _give_state(payload, json=json)


def _give_state(payload: dict[str, Any], *, json: bool) -> None:
    order = payload["order"]
    if json:
        give_json(order)
        return
    commerce = order["commerceOrder"]
    give(f"{order['amazonOrderId']} is {commerce['state']} ({commerce['status']['label']}).")


def _read() -> str:
    if sys.stdin.isatty():
        raise CommandFailed("Say something: --text, or the standard input.", code=Exit.WRONG_USAGE)
    return sys.stdin.read()
