"""The reading operations of the Orders API v0."""

from typing import Final

from simulator.calls import Operation
from simulator.throttling import Plan
from simulator.v0 import reading

ORDERS: Final = "/orders/v0/orders"
ORDER: Final = ORDERS + "/{order_id}"
PLAN: Final = Plan("0.5", 30)
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("getOrders", "GET", ORDERS, Plan("0.0167", 20), reading.get_orders),
    Operation("getOrderV0", "GET", ORDER, PLAN, reading.get_order),
    Operation("getOrderBuyerInfo", "GET", ORDER + "/buyerInfo", PLAN, reading.get_order_buyer_info),
    Operation("getOrderAddress", "GET", ORDER + "/address", PLAN, reading.get_order_address),
    Operation("getOrderItems", "GET", ORDER + "/orderItems", PLAN, reading.get_order_items),
    Operation(
        "getOrderItemsBuyerInfo", "GET", ORDER + "/orderItems/buyerInfo", PLAN, reading.get_order_items_buyer_info
    ),
)
