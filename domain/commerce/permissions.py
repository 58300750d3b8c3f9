"""What a commerce order allows a person to do, and why not."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.commerce.lifecycle import DEFAULT_STATUS, ENDED, STATUSES, CommerceOrderState, OrderProgress

_State = CommerceOrderState


class OrderAction(StrEnum):
    """What a person may ask of a commerce order."""

    EDIT_LINES = "EDIT_LINES"
    EDIT_ADDRESS = "EDIT_ADDRESS"
    CANCEL = "CANCEL"
    HOLD = "HOLD"
    UNHOLD = "UNHOLD"
    INVOICE = "INVOICE"
    SHIP = "SHIP"
    TRACK = "TRACK"
    REFUND = "REFUND"  # by a credit memo
    VOID = "VOID"
    REORDER = "REORDER"
    COMMENT = "COMMENT"
    SEND_EMAIL = "SEND_EMAIL"


_Check = tuple[Callable[[OrderProgress], bool], str]

_STOPPED: Final = frozenset([_State.ON_HOLD, _State.PAYMENT_REVIEW])

_FORBIDDEN: Final[Mapping[OrderAction, frozenset[CommerceOrderState]]] = MappingProxyType(
    {
        OrderAction.EDIT_LINES: ENDED | _STOPPED,
        OrderAction.EDIT_ADDRESS: ENDED | _STOPPED,
        OrderAction.CANCEL: ENDED | _STOPPED,
        OrderAction.HOLD: ENDED | _STOPPED,
        OrderAction.UNHOLD: frozenset(_State) - {_State.ON_HOLD},
        OrderAction.INVOICE: ENDED | _STOPPED,
        OrderAction.SHIP: _STOPPED | {_State.CANCELED},
        OrderAction.REFUND: _STOPPED | {_State.CANCELED, _State.CLOSED},
        OrderAction.REORDER: _STOPPED,
    }
)

_WORDED: Final[Mapping[OrderAction, str]] = MappingProxyType(
    {OrderAction.HOLD: "A hold action is not available.", OrderAction.UNHOLD: "You cannot remove the hold."}
)

_CHECKS: Final[Mapping[OrderAction, _Check]] = MappingProxyType(
    {
        OrderAction.EDIT_LINES: (
            lambda order: not any(line.invoiced for line in order.lines),
            "The order is invoiced; its lines can no longer be edited.",
        ),
        OrderAction.CANCEL: (
            lambda order: order.has_to_invoice,
            "The order is invoiced in full and can only be refunded, or canceled on the marketplace.",
        ),
        OrderAction.INVOICE: (lambda order: order.has_to_invoice, "Nothing is left to invoice."),
        OrderAction.SHIP: (lambda order: order.has_to_ship, "Nothing is left to ship."),
        OrderAction.REFUND: (lambda order: order.has_refundable_money, "Nothing that was paid is left to refund."),
        OrderAction.VOID: (lambda order: False, "Nothing is authorized without being captured."),
        OrderAction.REORDER: (lambda order: order.has_customer, "The order belongs to a guest, not to a customer."),
    }
)


def refusal(action: OrderAction, order: OrderProgress) -> str | None:
    """Return why an order does not allow an action, worded for a person; None if it does."""
    if order.state in _FORBIDDEN.get(action, frozenset()):
        state = STATUSES[DEFAULT_STATUS[order.state]].label
        way_out = " Lift the hold first." if order.state is _State.ON_HOLD else ""
        return _WORDED.get(action, f"The order is {state}, which does not allow this.{way_out}")
    is_met, reason = _CHECKS.get(action, (lambda order: True, ""))
    return None if is_met(order) else reason


def allowed(action: OrderAction, order: OrderProgress) -> bool:
    """Return whether an order allows an action; `refusal` says why not."""
    return refusal(action, order) is None
