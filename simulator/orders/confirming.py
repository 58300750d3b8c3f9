"""Orders API v0: confirmShipment, the one way to tell Amazon by API that a package was sent."""

import msgspec
from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import invalid_input, malformed_order_id, not_found
from simulator.orders.book import SimulatedOrder
from simulator.orders.dispatching import ConfirmShipment, confirm
from simulator.orders.reading import ORDER_ID
from simulator.orders.search import is_served


async def confirm_shipment(call: Call) -> Response:
    """Take note of one package; the same package reference again edits that package."""
    order = _order(call)
    confirm(call.world, order, await _read_body(call), at=call.now)
    return Response(status_code=204)


def _order(call: Call) -> SimulatedOrder:
    order_id = call.request.path_params["order_id"]
    order = call.world.book.get(order_id)
    if order is None and not ORDER_ID.fullmatch(order_id):
        raise malformed_order_id(order_id)
    if order is None or order.seller != call.seller or not is_served(order, now=call.now):
        raise not_found()
    return order


async def _read_body(call: Call) -> ConfirmShipment:
    try:
        return msgspec.json.decode(await call.request.body(), type=ConfirmShipment)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid_input() from error
