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


def forbids(action, state, line, money, customer):
    """Return whether the documented table forbids an action, written as it reads there."""
    invoiced, shipped, refunded, canceled = line
    total, paid, given_back = money
    held, review = state == "ON_HOLD", state == "PAYMENT_REVIEW"
    canceled_state, complete, closed = state == "CANCELED", state == "COMPLETE", state == "CLOSED"
    to_invoice = max(0, 2 - invoiced - canceled)
    to_ship = max(0, 2 - shipped - refunded - canceled)
    match action:
        case "EDIT_LINES":  # not held, not canceled / payment review / complete / closed, and no invoice yet
            return held or canceled_state or review or complete or closed or invoiced > 0
        case "EDIT_ADDRESS":  # the same, also while processing
            return held or canceled_state or review or complete or closed
        case "CANCEL":  # not canceled, held, in review, complete, closed; and something is still uninvoiced
            return canceled_state or held or review or complete or closed or to_invoice == 0
        case "HOLD":  # not canceled, in review, complete, closed, already held
            return canceled_state or review or complete or closed or held
        case "UNHOLD":  # held only
            return not held
        case "INVOICE":  # not held / in review / canceled / complete / closed; some line has quantity to invoice
            return held or review or canceled_state or complete or closed or to_invoice == 0
        case "SHIP":  # not held / in review / canceled; some line has quantity to ship
            return held or review or canceled_state or to_ship == 0
        case "REFUND":  # not held / in review / canceled / closed; paid minus refunded > 0
            return held or review or canceled_state or closed or paid - given_back <= 0
        case "VOID":  # authorised, not captured: not applicable here
            return True
        case "REORDER":  # not held, not in review, has a customer
            return held or review or not customer
        case "COMMENT" | "SEND_EMAIL":  # always
            return False
    raise AssertionError(action)


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
    wrong = [
        (state, line, money)
        for state, line, money in product(CommerceOrderState, LINES, MONEY)
        for customer in (False, True)
        if (refusal(action, progress(state, line, money, customer=customer)) is not None)
        != forbids(action, state, line, money, customer)
    ]
    assert wrong == []


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
