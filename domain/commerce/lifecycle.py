"""The life of a commerce order: its states, its statuses, and where a change leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.errors import ActionNotAllowed


class CommerceOrderState(StrEnum):
    """The eight states of a commerce order."""

    NEW = "NEW"
    PENDING_PAYMENT = "PENDING_PAYMENT"
    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    CLOSED = "CLOSED"
    CANCELED = "CANCELED"
    ON_HOLD = "ON_HOLD"
    PAYMENT_REVIEW = "PAYMENT_REVIEW"


@dataclass(frozen=True, slots=True)
class Status:
    """What a person reads of a state; a state may have several statuses, one of them its default."""

    code: str
    label: str
    state: CommerceOrderState


_State = CommerceOrderState

STATUSES: Final[Mapping[str, Status]] = MappingProxyType(
    {
        status.code: status
        for status in (
            Status("pending", "Pending", _State.NEW),
            Status("pending_payment", "Pending Payment", _State.PENDING_PAYMENT),
            Status("processing", "Processing", _State.PROCESSING),
            Status("fraud", "Suspected Fraud", _State.PROCESSING),
            Status("complete", "Complete", _State.COMPLETE),
            Status("closed", "Closed", _State.CLOSED),
            Status("canceled", "Canceled", _State.CANCELED),
            Status("holded", "On Hold", _State.ON_HOLD),
            Status("payment_review", "Payment Review", _State.PAYMENT_REVIEW),
        )
    }
)

DEFAULT_STATUS: Final[Mapping[CommerceOrderState, str]] = MappingProxyType(
    {
        _State.NEW: "pending",
        _State.PENDING_PAYMENT: "pending_payment",
        _State.PROCESSING: "processing",
        _State.COMPLETE: "complete",
        _State.CLOSED: "closed",
        _State.CANCELED: "canceled",
        _State.ON_HOLD: "holded",
        _State.PAYMENT_REVIEW: "payment_review",
    }
)

ENDED: Final = frozenset([_State.COMPLETE, _State.CLOSED, _State.CANCELED])
"""The states in which nothing is left to be done with an order."""

NEXT: Final[Mapping[CommerceOrderState, frozenset[CommerceOrderState]]] = MappingProxyType(
    {
        _State.NEW: frozenset(
            [_State.PENDING_PAYMENT, _State.PAYMENT_REVIEW, _State.PROCESSING, _State.ON_HOLD, _State.CANCELED]
        ),
        _State.PENDING_PAYMENT: frozenset([_State.PAYMENT_REVIEW, _State.PROCESSING, _State.ON_HOLD, _State.CANCELED]),
        _State.PAYMENT_REVIEW: frozenset([_State.PROCESSING, _State.CANCELED]),
        _State.PROCESSING: frozenset([_State.COMPLETE, _State.CLOSED, _State.CANCELED, _State.ON_HOLD]),
        _State.ON_HOLD: frozenset([_State.NEW, _State.PENDING_PAYMENT, _State.PROCESSING]),
        _State.COMPLETE: frozenset([_State.CLOSED]),
        _State.CLOSED: frozenset(),
        _State.CANCELED: frozenset(),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantities:
    """How far one order line has come; nothing of it is ever below 0."""

    ordered: int
    invoiced: int = 0
    shipped: int = 0
    refunded: int = 0
    canceled: int = 0

    @property
    def to_invoice(self) -> int:
        """How many are not billed yet."""
        return max(0, self.ordered - self.invoiced - self.canceled)

    @property
    def to_ship(self) -> int:
        """How many still have to leave."""
        return max(0, self.ordered - self.shipped - self.refunded - self.canceled)

    @property
    def to_refund(self) -> int:
        """How many were billed and not given back."""
        return max(0, self.invoiced - self.refunded)

    @property
    def to_cancel(self) -> int:
        """How many can be dropped: neither billed nor gone."""
        return min(self.to_invoice, self.to_ship)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderProgress:
    """How far an order has come; amounts in minor units, `paid` is what was invoiced."""

    state: CommerceOrderState
    lines: Sequence[LineQuantities]
    total_minor: int
    paid_minor: int = 0
    refunded_minor: int = 0
    has_customer: bool = False
    awaits_marketplace: bool = False  # a marketplace's order is complete when the marketplace says so, not before

    @property
    def has_to_invoice(self) -> bool:
        """Whether a line can still be billed."""
        return any(line.to_invoice for line in self.lines)

    @property
    def has_to_ship(self) -> bool:
        """Whether a line still has to leave."""
        return any(line.to_ship for line in self.lines)

    @property
    def has_refundable_money(self) -> bool:
        """Whether something paid was not given back."""
        return self.paid_minor > self.refunded_minor


def move(current: CommerceOrderState, wanted: CommerceOrderState, *, action: str) -> CommerceOrderState:
    """Return the wanted state.

    Raises ActionNotAllowed if it does not follow the current one; `action` is what was asked for, in the schema's word.
    """
    if wanted not in NEXT[current]:
        now, then = (STATUSES[DEFAULT_STATUS[state]].label for state in (current, wanted))
        raise ActionNotAllowed(
            f"An order that is {now} cannot become {then}.", action=action, current_status=DEFAULT_STATUS[current]
        )
    return wanted


def state_after_change(order: OrderProgress) -> CommerceOrderState:
    """Return the state that an order's quantities and payments lead to after something was saved.

    Only PROCESSING and COMPLETE move on by themselves, and NEW once work has begun.
    """
    begun = any(line.invoiced or line.shipped for line in order.lines)
    state = _State.PROCESSING if order.state is _State.NEW and begun else order.state
    if state not in (_State.PROCESSING, _State.COMPLETE) or order.has_to_invoice or order.has_to_ship:
        return state
    if not _is_refundable(order):
        return _State.CLOSED
    return state if order.awaits_marketplace else _State.COMPLETE


def state_after_refund(order: OrderProgress) -> CommerceOrderState:
    """Return the state after a credit memo, whose quantities and money are counted already."""
    if order.has_to_invoice or order.has_to_ship:
        return order.state
    if order.has_refundable_money or order.total_minor == 0:
        return order.state if order.awaits_marketplace else _State.COMPLETE
    return _State.CLOSED


def state_after_cancel(order: OrderProgress) -> CommerceOrderState:
    """Return the state after the rest of an order was canceled, whose quantities are counted already."""
    if not any(line.invoiced for line in order.lines):
        return _State.CANCELED
    to_ship = sum(line.to_ship for line in order.lines)
    return _State.PROCESSING if to_ship > sum(line.canceled for line in order.lines) else _State.COMPLETE


def _is_refundable(order: OrderProgress) -> bool:
    # An order that cost nothing has no money to give back; it is not closed for that.
    return order.has_refundable_money or (order.total_minor == 0 and any(line.to_refund for line in order.lines))
