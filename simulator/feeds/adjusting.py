"""Order adjustments: each message refunds units that were sent, or cancels units that are still to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.amounts import parse_amount
from simulator.feeds.messages import (
    MORE_THAN_PAID,
    NOT_CANCELLABLE,
    NOT_CHARGED,
    TAX_IS_INCLUDED,
    UNKNOWN_COMPONENT,
    UNKNOWN_REASON,
    WRONG_AMOUNT,
    WRONG_CURRENCY,
    WRONG_MESSAGE,
    WRONG_QUANTITY,
    Fault,
)
from simulator.feeds.own_orders import find_own, items_of, read_quantity
from simulator.finances.accounts import DEDUCTIONS, WITHOUT_A_CAP, MoreThanPaid, RefundedItem
from simulator.finances.charges import COMPONENTS, UNTAXED, Parts, currency_of, includes_tax
from simulator.orders import lifecycle, parcels
from simulator.orders.lifecycle import NotAllowed

if TYPE_CHECKING:
    from simulator.feeds.requests import AdjustedItem, Adjustment
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.documents import Document
    from simulator.world import World

# The words of the element AdjustmentReason.
REASONS: Final = frozenset(
    {
        "NoInventory", "CustomerReturn", "GeneralAdjustment", "CouldNotShip", "DifferentItem", "Abandoned",
        "CustomerCancel", "PriceError", "ProductOutofStock", "CustomerAddressIncorrect", "Exchange", "Other",
        "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "TransactionRecord",
        "Undeliverable", "RefusedDelivery",
    }
)  # fmt: skip
KNOWN_COMPONENTS: Final = frozenset(COMPONENTS) | WITHOUT_A_CAP | DEDUCTIONS


def adjust(world: World, seller: str, asked: Adjustment, *, feed_id: str, message: int, at: int) -> None:
    """Refund, or cancel open units: all that the message names, or nothing. Raises Fault.

    Nothing is remembered of a message: the same one again refunds again while money is left. A refund changes
    nothing in the order, so its last update stays where it is; whether it does at Amazon is not documented.
    """
    order = find_own(world, seller, asked.order_id, at=at)
    document = order.read()
    items = items_of(asked.order_id, document, [item.item_code for item in asked.items])
    for item in asked.items:
        if item.reason not in REASONS:
            raise _fault(UNKNOWN_REASON, "The AdjustmentReason is not one that Amazon knows.", asked, item.item_code)
    parts = {item.item_code: _parts(asked, item, document) for item in asked.items}
    if asked.is_cancellation:
        _cancel(world, order, asked, items, at=at)
    else:
        _refund(world, order, asked, parts, feed_id=feed_id, message=message, at=at)


def _refund(
    world: World,
    order: SimulatedOrder,
    asked: Adjustment,
    parts: dict[str, Parts],
    *,
    feed_id: str,
    message: int,
    at: int,
) -> None:
    account = world.ledger.account(order)
    for item in asked.items:
        if not account.units(item.item_code):
            why = "Nothing of the item was shipped, so there is nothing to refund."
            raise _fault(NOT_CHARGED, why, asked, item.item_code)
        if sum(parts[item.item_code].values()) <= 0:
            raise _fault(WRONG_AMOUNT, "The components come to nothing that the buyer gets.", asked, item.item_code)
    refunded = [
        RefundedItem(
            item_id=item.item_code,
            reason=item.reason,
            parts=parts[item.item_code],
            quantity=_refunded_units(asked, item, account.units(item.item_code)),
        )
        for item in asked.items
    ]
    try:
        world.ledger.refund(order, refunded, feed_id=feed_id, message=message, at=at)
    except MoreThanPaid as error:
        what = f"of the component {error.component}" if error.component else "in all"
        why = f"More would be refunded for the item than was paid and is left, {what}."
        raise _fault(MORE_THAN_PAID, why, asked, error.item_id) from error


def _refunded_units(asked: Adjustment, item: AdjustedItem, charged: int) -> int | None:
    if item.cancelled is not None:
        raise _fault(WRONG_MESSAGE, "A refund has no QuantityCancelled.", asked, item.item_code)
    if item.quantity is None:
        return None
    units = read_quantity(item.quantity, order_id=asked.order_id, item_code=item.item_code)
    if units > charged:
        raise _fault(WRONG_QUANTITY, "More units would be refunded than were shipped.", asked, item.item_code)
    return units


def _cancel(world: World, order: SimulatedOrder, asked: Adjustment, items: dict[str, Document], *, at: int) -> None:
    """Cancel open units. Components that come with them move no money: what was not sent was not charged."""
    if order.status not in lifecycle.OPEN:
        why = f"An order that is {order.status or 'without a status'} has no open units that a seller can cancel."
        raise Fault(NOT_CANCELLABLE, why, order_id=order.order_id)
    quantities = {item.item_code: _cancelled_units(asked, item, items[item.item_code]) for item in asked.items}

    def change(document: Document) -> None:
        for item in asked.items:
            units = {item.item_code: quantities[item.item_code]}
            lifecycle.cancel_units(document, units, by="SELLER", reason=item.reason)
        if document.get("packages"):
            order.is_delivered = parcels.is_delivered(document)

    try:
        world.change(order, change, at=at)
    except NotAllowed as error:
        raise Fault(NOT_CANCELLABLE, str(error), order_id=order.order_id) from error


def _cancelled_units(asked: Adjustment, item: AdjustedItem, document: Document) -> int:
    if item.cancelled is None:
        raise _fault(WRONG_MESSAGE, "A cancellation lacks QuantityCancelled.", asked, item.item_code)
    name = "QuantityCancelled"
    units = read_quantity(item.cancelled, order_id=asked.order_id, item_code=item.item_code, name=name)
    if units > lifecycle.open_quantity(document):
        why = "The QuantityCancelled is more than what is still to be sent."
        raise _fault(WRONG_QUANTITY, why, asked, item.item_code)
    return units


def _parts(asked: Adjustment, item: AdjustedItem, document: Document) -> Parts:
    """Return what each component comes to in minor units, the same component twice added up."""
    currency, tax_included = currency_of(document), includes_tax(document)
    parts: Parts = {}
    for component in item.components:
        if component.kind not in KNOWN_COMPONENTS:
            raise _fault(UNKNOWN_COMPONENT, "The Type of a Component is not known.", asked, item.item_code)
        if tax_included and component.kind in UNTAXED:
            why = "Prices of this country include the tax: it is refunded with the Principal, not on its own."
            raise _fault(TAX_IS_INCLUDED, why, asked, item.item_code)
        if component.currency != currency:
            raise _fault(WRONG_CURRENCY, f"The currency of the order is {currency}.", asked, item.item_code)
        amount = _amount(component.amount, currency, is_deduction=component.kind in DEDUCTIONS)
        if amount is None:
            why = f"The Amount of a Component is not an amount of {currency}."
            raise _fault(WRONG_AMOUNT, why, asked, item.item_code)
        parts[component.kind] = parts.get(component.kind, 0) + amount
    return parts


def _amount(text: str, currency: str, *, is_deduction: bool) -> int | None:
    """Return the minor units, of a deduction always negative: it is written with a sign or without."""
    amount = parse_amount(text.removeprefix("-") if is_deduction else text, currency)
    return amount if amount is None or not is_deduction else -amount


def _fault(code: int, message: str, asked: Adjustment, item_code: str) -> Fault:
    return Fault(code, message, order_id=asked.order_id, item_code=item_code)
