"""Order acknowledgements: each message cancels one whole order, or says why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.feeds.messages import NOT_CANCELLABLE, NOT_THE_WHOLE_ORDER, UNKNOWN_REASON, WRONG_QUANTITY, Fault
from simulator.feeds.own_orders import find_own, items_of
from simulator.feeds.requests import Acknowledgement
from simulator.orders import lifecycle

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.world import World

# The words of the element CancelReason, with those that Amazon added later.
CANCEL_REASONS: Final = frozenset(
    {
        "NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled", "GeneralAdjustment",
        "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "CustomerReturn",
        "MerchandiseNotReceived", "CannotVerifyInformation", "PricingError", "RejectOrder", "WeatherDelay",
    }
)  # fmt: skip
NO_REASON: Final = "No reason given"
WHY_NOT: Final = {
    "PENDING_AVAILABILITY": "The order is a pre-order that is not for sale yet; a seller cannot cancel it.",
    "PENDING": "The order is pending; a seller cannot cancel it before it is paid.",
    "PARTIALLY_SHIPPED": "A part of the order has been shipped; it cannot be cancelled as a whole.",
    "SHIPPED": "The order has been shipped; it cannot be cancelled.",
    "CANCELLED": "The order has been cancelled already.",
}


def acknowledge(world: World, seller: str, asked: Acknowledgement, *, at: int) -> None:
    """Do what a seller asks for: cancel the order, or take note that it will be shipped. Raises Fault."""
    order = find_own(world, seller, asked.order_id, at=at)
    document = order.read()
    items = items_of(asked.order_id, document, [item.item_code for item in asked.items])
    _check_items(asked, {code: item["quantityOrdered"] for code, item in items.items()})
    if asked.is_cancellation:
        quantities = {item["orderItemId"]: item["quantityOrdered"] for item in document["orderItems"]}
        _cancel(world, order, asked, quantities, at=at)


def _check_items(asked: Acknowledgement, quantities: dict[str, int]) -> None:
    for item in asked.items:
        if item.reason is not None and item.reason not in CANCEL_REASONS:
            raise _of_item(UNKNOWN_REASON, "The CancelReason is not one that Amazon knows.", asked, item.item_code)
        if item.quantity is not None and (item.quantity.lstrip("0") or "0") != str(quantities[item.item_code]):
            message = "The Quantity is not what was ordered; a part is cancelled by an order adjustment."
            raise _of_item(WRONG_QUANTITY, message, asked, item.item_code)


def _cancel(
    world: World, order: SimulatedOrder, asked: Acknowledgement, quantities: dict[str, int], *, at: int
) -> None:
    if order.status != "UNSHIPPED":
        message = WHY_NOT.get(order.status or "", "The order is in no state to be cancelled.")
        raise Fault(NOT_CANCELLABLE, message, order_id=order.order_id)
    named = {item.item_code for item in asked.items}
    if asked.items and any(quantity and code not in named for code, quantity in quantities.items()):
        message = "Not all items of the order are named; this feed cancels whole orders only."
        raise Fault(NOT_THE_WHOLE_ORDER, message, order_id=order.order_id)
    reason = next((item.reason for item in asked.items if item.reason), NO_REASON)
    world.change(order, lambda document: lifecycle.cancel(document, by="SELLER", reason=reason), at=at)


def _of_item(code: int, message: str, asked: Acknowledgement, item_code: str) -> Fault:
    return Fault(code, message, order_id=asked.order_id, item_code=item_code)
