from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commerce.lifecycle import CommerceOrderState, LineQuantities, OrderProgress
from domain.commerce.permissions import OrderAction, allowed, refusal

State = CommerceOrderState
OPEN = OrderProgress(
    state=State.PROCESSING,
    lines=(LineQuantities(ordered=4, invoiced=2, shipped=1),),
    total_minor=1000,
    paid_minor=500,
    has_customer=True,
)
IMPORTED = replace(OPEN, lines=(LineQuantities(ordered=4, invoiced=4),), paid_minor=1000)

# What each state allows while everything else would: written down from the documented table.
STATES = {
    OrderAction.EDIT_LINES: {State.NEW, State.PENDING_PAYMENT, State.PROCESSING},
    OrderAction.EDIT_ADDRESS: {State.NEW, State.PENDING_PAYMENT, State.PROCESSING},
    OrderAction.CANCEL: {State.NEW, State.PENDING_PAYMENT, State.PROCESSING},
    OrderAction.HOLD: {State.NEW, State.PENDING_PAYMENT, State.PROCESSING},
    OrderAction.UNHOLD: {State.ON_HOLD},
    OrderAction.INVOICE: {State.NEW, State.PENDING_PAYMENT, State.PROCESSING},
    OrderAction.SHIP: set(State) - {State.ON_HOLD, State.PAYMENT_REVIEW, State.CANCELED},
    OrderAction.REFUND: set(State) - {State.ON_HOLD, State.PAYMENT_REVIEW, State.CANCELED, State.CLOSED},
    OrderAction.VOID: set(),
    OrderAction.REORDER: set(State) - {State.ON_HOLD, State.PAYMENT_REVIEW},
    OrderAction.TRACK: set(State),
    OrderAction.COMMENT: set(State),
    OrderAction.SEND_EMAIL: set(State),
}


@pytest.mark.parametrize("action", OrderAction)
def test_an_action_is_allowed_in_the_documented_states_and_no_other(action):
    order = OPEN
    if action is OrderAction.EDIT_LINES:
        order = replace(OPEN, lines=(LineQuantities(ordered=4),))
    assert {state for state in State if allowed(action, replace(order, state=state))} == STATES[action]


def test_an_imported_order_is_invoiced_in_full_and_cannot_be_canceled_the_commerce_way():
    assert refusal(OrderAction.CANCEL, IMPORTED) == (
        "The order is invoiced in full and can only be refunded, or canceled on the marketplace."
    )


def test_lines_can_be_edited_only_before_the_first_invoice():
    assert refusal(OrderAction.EDIT_LINES, OPEN) == "The order is invoiced; its lines can no longer be edited."


def test_there_is_nothing_to_invoice_ship_or_refund_once_all_of_it_was():
    done = replace(
        IMPORTED, lines=(LineQuantities(ordered=4, invoiced=4, shipped=4),), refunded_minor=1000, state=State.PROCESSING
    )
    assert refusal(OrderAction.INVOICE, done) == "Nothing is left to invoice."
    assert refusal(OrderAction.SHIP, done) == "Nothing is left to ship."
    assert refusal(OrderAction.REFUND, done) == "Nothing that was paid is left to refund."


def test_one_line_with_something_left_is_enough():
    finished = LineQuantities(ordered=1, invoiced=1, shipped=1)
    assert allowed(OrderAction.SHIP, replace(OPEN, lines=(finished, LineQuantities(ordered=1))))


def test_a_guests_order_cannot_be_ordered_again():
    assert refusal(OrderAction.REORDER, replace(OPEN, has_customer=False)) == (
        "The order belongs to a guest, not to a customer."
    )


def test_a_refused_hold_and_a_refused_release_are_told_in_the_documented_words():
    assert refusal(OrderAction.HOLD, replace(OPEN, state=State.ON_HOLD)) == "A hold action is not available."
    assert refusal(OrderAction.UNHOLD, OPEN) == "You cannot remove the hold."


def test_a_state_that_forbids_an_action_is_named():
    assert refusal(OrderAction.SHIP, replace(OPEN, state=State.ON_HOLD)) == (
        "The order is On Hold, which does not allow this. Lift the hold first."
    )


@given(st.sampled_from(OrderAction), st.sampled_from(State), st.integers(0, 3), st.integers(0, 3), st.booleans())
def test_an_action_is_refused_exactly_when_there_is_a_reason(action, state, invoiced, shipped, has_customer):
    order = OrderProgress(
        state=state,
        lines=(LineQuantities(ordered=3, invoiced=invoiced, shipped=shipped),),
        total_minor=300,
        paid_minor=100 * invoiced,
        has_customer=has_customer,
    )
    reason = refusal(action, order)
    assert allowed(action, order) == (reason is None)
    assert reason is None or reason.endswith(".")
