"""The whole table of actions and states, against the documented one written down a second time."""

from itertools import product

import pytest

from domain.commerce.lifecycle import (
    CommerceOrderState,
    LineQuantities,
    OrderProgress,
    state_after_cancel,
    state_after_change,
    state_after_refund,
)
from domain.commerce.permissions import OrderAction, refusal

# Every line of two units that can be: how many are invoiced, shipped, refunded, canceled.
LINES = [
    (invoiced, shipped, refunded, canceled)
    for invoiced, shipped, refunded, canceled in product(range(3), repeat=4)
    if invoiced + canceled <= 2 and shipped + canceled <= 2 and refunded <= invoiced
]
MONEY = [(200, 0, 0), (200, 100, 0), (200, 200, 0), (200, 200, 199), (200, 200, 200), (200, 100, 100), (0, 0, 0)]


# The documented table: the states that forbid an action, and what has to be there besides.
DOCUMENTED = {
    "EDIT_LINES": ("ON_HOLD CANCELED PAYMENT_REVIEW COMPLETE CLOSED", "no invoice yet"),
    "EDIT_ADDRESS": ("ON_HOLD CANCELED PAYMENT_REVIEW COMPLETE CLOSED", None),
    "CANCEL": ("CANCELED ON_HOLD PAYMENT_REVIEW COMPLETE CLOSED", "something uninvoiced"),
    "HOLD": ("CANCELED PAYMENT_REVIEW COMPLETE CLOSED ON_HOLD", None),
    "UNHOLD": ("NEW PENDING_PAYMENT PROCESSING COMPLETE CLOSED CANCELED PAYMENT_REVIEW", None),
    "INVOICE": ("ON_HOLD PAYMENT_REVIEW CANCELED COMPLETE CLOSED", "something uninvoiced"),
    "SHIP": ("ON_HOLD PAYMENT_REVIEW CANCELED", "something to ship"),
    "TRACK": ("", None),  # what has left has left, whatever became of its order
    "REFUND": ("ON_HOLD PAYMENT_REVIEW CANCELED CLOSED", "something paid"),
    "VOID": ("", "never"),
    "REORDER": ("ON_HOLD PAYMENT_REVIEW", "a customer"),
    "COMMENT": ("", None),
    "SEND_EMAIL": ("", None),
}


def meets(what, line, money, customer):
    """Return whether an order has what an action needs besides its state."""
    invoiced, shipped, refunded, canceled = line
    _, paid, given_back = money
    return {
        None: True,
        "no invoice yet": invoiced == 0,
        "something uninvoiced": 2 - invoiced - canceled > 0,
        "something to ship": 2 - shipped - refunded - canceled > 0,
        "something paid": paid - given_back > 0,
        "a customer": customer,
        "never": False,
    }[what]


def progress(state, line, money, *, customer=False, awaits=False):
    invoiced, shipped, refunded, canceled = line
    total, paid, given_back = money
    quantities = LineQuantities(ordered=2, invoiced=invoiced, shipped=shipped, refunded=refunded, canceled=canceled)
    return OrderProgress(
        state=state,
        lines=(quantities,),
        total_minor=total,
        paid_minor=paid,
        refunded_minor=given_back,
        has_customer=customer,
        awaits_marketplace=awaits,
    )


@pytest.mark.parametrize("action", OrderAction)
def test_an_action_is_allowed_exactly_where_the_documented_table_says(action):
    forbidden, needs = DOCUMENTED[action]
    for state, line, money, customer in product(CommerceOrderState, LINES, MONEY, (False, True)):
        is_allowed = state not in forbidden.split() and meets(needs, line, money, customer)
        reason = refusal(action, progress(state, line, money, customer=customer))
        assert (reason is None) == is_allowed, (state, line, money, customer, reason)


@pytest.mark.parametrize("state", CommerceOrderState)
def test_the_state_after_a_change_is_the_documented_one(state):
    for line, money in product(LINES, MONEY):
        invoiced, shipped, refunded, canceled = line
        total, paid, given_back = money
        before = "PROCESSING" if state == "NEW" and (invoiced or shipped) else state
        settled = 2 - invoiced - canceled <= 0 and 2 - shipped - refunded - canceled <= 0
        refundable = paid > given_back or (total == 0 and invoiced > refunded)
        expected = before
        if before in ("PROCESSING", "COMPLETE") and settled:
            expected = "COMPLETE" if refundable else "CLOSED"
        assert state_after_change(progress(state, line, money)) == expected, (line, money)
        if expected == "COMPLETE":  # a marketplace's order waits for the marketplace
            assert state_after_change(progress(state, line, money, awaits=True)) == before


@pytest.mark.parametrize("state", CommerceOrderState)
def test_the_state_after_a_refund_and_after_a_cancellation_are_the_documented_ones(state):
    for line, money in product(LINES, MONEY):
        invoiced, shipped, refunded, canceled = line
        total, paid, given_back = money
        to_invoice, to_ship = max(0, 2 - invoiced - canceled), max(0, 2 - shipped - refunded - canceled)
        expected = state
        if not to_invoice and not to_ship:
            expected = "COMPLETE" if paid > given_back or total == 0 else "CLOSED"
        assert state_after_refund(progress(state, line, money)) == expected, (line, money)
        expected = "CANCELED" if not invoiced else "PROCESSING" if to_ship > canceled else "COMPLETE"
        assert state_after_cancel(progress(state, line, money)) == expected, (line, money)
