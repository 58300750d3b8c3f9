"""Orders API v2026-01-01: cancelOrder, which Amazon published three times and took back each time."""

from typing import Final, Literal

import msgspec
from starlette.responses import Response

from simulator import agenda
from simulator.calls import Call
from simulator.envelopes import invalid_input, malformed_order_id, not_found
from simulator.instants import SECOND
from simulator.orders.reading import ORDER_ID
from simulator.orders.search import is_served

CANCELLABLE_NOW: Final = "UNSHIPPED"  # a whole order only: cancelling a part is not offered


class CancelOrder(msgspec.Struct, rename="camel"):
    """The body of the request; keys that Amazon does not know are ignored."""

    cancel_reason_code: Literal[
        "NO_INVENTORY",
        "BUYER_CANCELLED",
        "SHIPPING_ADDRESS_UNDELIVERABLE",
        "CUSTOMER_EXCHANGE",
        "PRICING_ERROR",
    ]


async def cancel_order(call: Call) -> Response:
    """Accept the cancellation of a whole order, which takes effect a little later unless the order is shipped first.

    It is not found as long as the world does not offer it, as any path is that Amazon has not released.
    """
    options = call.world.options
    if not options.offers_cancel_order:
        raise not_found()
    order_id = call.request.path_params["order_id"]
    order = call.world.book.get(order_id)
    if order is None and not ORDER_ID.fullmatch(order_id):
        raise malformed_order_id(order_id)
    if order is None or order.seller != call.seller or not is_served(order, now=call.now):
        raise not_found()
    body = await _read_body(call)
    if order.fulfilled_by == "AMAZON":
        raise invalid_input(details="The order is fulfilled by Amazon.")
    if order.status != CANCELLABLE_NOW:
        raise invalid_input(details=f"An order that is {order.status or 'without a status'} cannot be cancelled.")
    due = call.now + options.cancel_order_takes * SECOND
    call.world.agenda.put(due=due, kind=agenda.CANCELLATION, subject=order_id, detail=body.cancel_reason_code)
    call.world.catch_up()  # at once, if it takes no time
    return Response(status_code=202)


async def _read_body(call: Call) -> CancelOrder:
    try:
        return msgspec.json.decode(await call.request.body(), type=CancelOrder)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_input() from error
