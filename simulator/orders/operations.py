"""The operations of the Orders API v2026-01-01, released or not, and the one of v0 that still confirms shipments."""

from typing import Final

from simulator.calls import Operation
from simulator.orders.cancelling import cancel_order
from simulator.orders.confirming import confirm_shipment
from simulator.orders.reading import get_order, search_orders
from simulator.throttling import Plan

ORDERS: Final = "/orders/2026-01-01/orders"
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("searchOrders", "GET", ORDERS, Plan("0.0056", 20), search_orders),
    Operation("getOrder", "GET", ORDERS + "/{order_id}", Plan("0.5", 30), get_order),
    Operation("cancelOrder", "PUT", ORDERS + "/{order_id}/cancellation", Plan("1", 5), cancel_order),
    Operation(
        "confirmShipment",
        "POST",
        "/orders/v0/orders/{order_id}/shipmentConfirmation",
        Plan("2", 10),
        confirm_shipment,
    ),
)
