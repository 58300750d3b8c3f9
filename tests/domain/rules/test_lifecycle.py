from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commerce.lifecycle import (
    DEFAULT_STATUS,
    NEXT,
    STATUSES,
    CommerceOrderState,
    LineQuantities,
    OrderProgress,
    move,
    state_after_cancel,
    state_after_change,
    state_after_refund,
)
from domain.errors import ActionNotAllowed

State = CommerceOrderState
FINAL = {State.CLOSED, State.CANCELED}


@st.composite
def quantities(draw):
    ordered = draw(st.integers(0, 5))
    invoiced = draw(st.integers(0, ordered))
    canceled = draw(st.integers(0, ordered - invoiced))
    shipped = draw(st.integers(0, ordered - canceled))
    refunded = draw(st.integers(0, invoiced))
    return LineQuantities(ordered=ordered, invoiced=invoiced, shipped=shipped, refunded=refunded, canceled=canceled)


progress = st.builds(
    OrderProgress,
    state=st.sampled_from(State),
    lines=st.lists(quantities(), min_size=1, max_size=3).map(tuple),
    total_minor=st.integers(0, 3),
    paid_minor=st.integers(0, 3),
    refunded_minor=st.integers(0, 3),
    awaits_marketplace=st.booleans(),
)


def order(state=State.PROCESSING, *, total=1000, paid=1000, awaits=False, **quantity):
    line = LineQuantities(**{"ordered": 2, "invoiced": 2, **quantity})
    return OrderProgress(
        state=state,
        lines=(line,),
        total_minor=total,
        paid_minor=paid,
        awaits_marketplace=awaits,
    )


def reachable(start):
    found, ahead = {start}, [start]
    while ahead:
        fresh = NEXT[ahead.pop()] - found
        found |= fresh
        ahead += fresh
    return found


def test_every_state_is_reached_from_a_new_order():
    assert reachable(State.NEW) == set(State)


def test_every_state_that_is_not_final_leads_to_a_final_one():
    assert {state for state in State if not NEXT[state]} == FINAL
    assert all(reachable(state) & FINAL for state in State)


@given(st.lists(st.sampled_from(State), max_size=30))
def test_no_walk_leaves_a_final_state_and_a_refused_move_changes_nothing(wishes):
    state = State.NEW
    for wanted in wishes:
        before = state
        try:
            state = move(state, wanted, action="TEST")
        except ActionNotAllowed:
            assert wanted not in NEXT[before]
        else:
            assert before not in FINAL
            assert state is wanted
        assert state in NEXT[before] | {before}


def test_a_refused_move_names_both_states_and_what_was_asked():
    with pytest.raises(ActionNotAllowed) as refused:
        move(State.CLOSED, State.PROCESSING, action="SHIP")
    assert refused.value.message == "An order that is Closed cannot become Processing."
    assert (refused.value.action, refused.value.current_status) == ("SHIP", "closed")


def test_each_state_has_one_default_status_that_belongs_to_it():
    assert set(DEFAULT_STATUS) == set(State)
    assert all(STATUSES[code].state is state for state, code in DEFAULT_STATUS.items())
    assert all(status.code == code for code, status in STATUSES.items())


def test_the_default_statuses_have_the_documented_codes():
    assert sorted(DEFAULT_STATUS.values()) == [
        "canceled",
        "closed",
        "complete",
        "holded",
        "payment_review",
        "pending",
        "pending_payment",
        "processing",
    ]


def test_what_is_left_of_a_line_follows_from_what_was_done():
    line = LineQuantities(ordered=10, invoiced=4, shipped=3, refunded=1, canceled=2)
    assert (line.to_invoice, line.to_ship, line.to_refund, line.to_cancel) == (4, 4, 3, 4)


def test_what_cannot_be_invoiced_cannot_be_canceled():
    line = LineQuantities(ordered=2, invoiced=2)
    assert (line.to_invoice, line.to_ship, line.to_cancel) == (0, 2, 0)


@given(quantities())
def test_nothing_that_is_left_is_ever_negative_or_more_than_was_ordered(line):
    for left in (line.to_invoice, line.to_ship, line.to_refund, line.to_cancel):
        assert 0 <= left <= line.ordered


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (order(State.NEW, invoiced=0, paid=0), State.NEW),
        (order(State.NEW), State.PROCESSING),
        (order(State.NEW, invoiced=0, shipped=1, paid=0), State.PROCESSING),
        (order(State.NEW, shipped=2), State.COMPLETE),
        (order(), State.PROCESSING),
        (order(shipped=1), State.PROCESSING),
        (order(shipped=2), State.COMPLETE),
        (order(shipped=2, invoiced=1), State.PROCESSING),
        (order(shipped=1, refunded=1), State.COMPLETE),
        (order(shipped=2, awaits=True), State.PROCESSING),
        (order(State.COMPLETE, shipped=2, awaits=True), State.COMPLETE),
        (order(State.COMPLETE, shipped=2), State.COMPLETE),
        (order(State.ON_HOLD, shipped=2), State.ON_HOLD),
        (order(State.PAYMENT_REVIEW, shipped=2), State.PAYMENT_REVIEW),
        (order(State.CANCELED, canceled=2, invoiced=0), State.CANCELED),
        (order(State.CLOSED, shipped=2), State.CLOSED),
    ],
)
def test_an_order_moves_on_by_itself_when_nothing_is_left_to_do(before, after):
    assert state_after_change(before) is after


def test_an_order_whose_money_went_back_closes_once_nothing_is_left_to_ship():
    given_back = replace(order(shipped=1, refunded=1), refunded_minor=1000)
    assert state_after_change(given_back) is State.CLOSED
    assert state_after_change(replace(given_back, awaits_marketplace=True)) is State.CLOSED
    assert state_after_change(replace(given_back, lines=order(shipped=1).lines)) is State.PROCESSING


def test_an_order_that_cost_nothing_is_complete_and_not_closed_when_it_has_shipped():
    assert state_after_change(order(shipped=2, total=0, paid=0)) is State.COMPLETE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (replace(order(shipped=2, refunded=1), refunded_minor=500), State.COMPLETE),
        (replace(order(State.COMPLETE, shipped=2, refunded=2), refunded_minor=1000), State.CLOSED),
        (replace(order(refunded=1), refunded_minor=500), State.PROCESSING),
        (replace(order(refunded=2), refunded_minor=1000), State.CLOSED),
        (replace(order(shipped=2, refunded=1, awaits=True), refunded_minor=500), State.PROCESSING),
        (order(shipped=2, refunded=2, total=0, paid=0), State.COMPLETE),
    ],
)
def test_after_a_credit_memo_an_order_is_complete_closed_or_goes_on(before, after):
    assert state_after_refund(before) is after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (order(invoiced=0, canceled=2, paid=0), State.CANCELED),
        (order(ordered=5, invoiced=4, canceled=1), State.PROCESSING),
        (order(ordered=5, invoiced=2, shipped=2, canceled=3), State.COMPLETE),
    ],
)
def test_after_a_cancellation_it_depends_on_what_was_invoiced_and_what_is_left_to_ship(before, after):
    assert state_after_cancel(before) is after


@given(progress)
def test_a_state_only_ever_moves_on_by_itself_to_one_that_follows(found):
    after = state_after_change(found)
    assert after in reachable(found.state)
    assert state_after_change(replace(found, state=after)) in reachable(after)


@given(progress)
def test_what_has_ended_or_is_stopped_never_moves_on_by_itself(found):
    if found.state in FINAL | {State.ON_HOLD, State.PAYMENT_REVIEW, State.PENDING_PAYMENT}:
        assert state_after_change(found) is found.state


@given(progress)
def test_an_order_that_awaits_the_marketplace_never_becomes_complete_by_itself(found):
    waiting = replace(found, awaits_marketplace=True)
    for after in (state_after_change(waiting), state_after_refund(waiting)):
        assert after is not State.COMPLETE or found.state is State.COMPLETE


@given(progress)
def test_moving_on_a_second_time_changes_nothing_more(found):
    once = replace(found, state=state_after_change(found))
    assert state_after_change(once) is once.state
