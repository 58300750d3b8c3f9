from datetime import timedelta

import pytest

from domain.accounts.records import Account, AccountState, JobState, Store, StoreState, SyncCursor, SyncRun
from domain.accounts.sync_state import SyncWait, sync_state


def state_of(now, *, store=None, account=None, cursor=None, run=None):
    kept = Store(state=StoreState.ACTIVE, next_sync_at=now + timedelta(minutes=5))
    for name, value in (store or {}).items():
        setattr(kept, name, value)
    return sync_state(
        kept,
        Account(state=account or AccountState.ACTIVE),
        cursor=SyncCursor(**{"lease_until": None, "due_at": None} | cursor) if cursor is not None else None,
        run=SyncRun(**{"state": JobState.RUNNING, "error_message": None} | run) if run is not None else None,
        now=now,
    )


@pytest.mark.parametrize(
    ("store", "account", "waits"),
    [
        ({"state": StoreState.DELETING}, None, SyncWait.DELETING),
        ({"state": StoreState.INACTIVE}, None, SyncWait.PAUSED),
        ({}, AccountState.CREDENTIALS_REJECTED, SyncWait.CREDENTIALS),
    ],
)
def test_a_store_that_stands_still_has_no_next_time(now, store, account, waits):
    state = state_of(now, store=store, account=account, cursor={"lease_until": 5})
    assert (state.running, state.next_at, state.waits) == (False, None, waits)
    assert state.because


def test_a_store_is_read_while_somebody_has_its_cursor(now):
    state = state_of(now, cursor={"lease_until": 5})
    assert (state.running, state.waits, state.because) == (True, None, None)


def test_between_passes_it_waits_for_its_time(now):
    state = state_of(now, cursor={})
    assert (state.waits, state.next_at) == (SyncWait.SCHEDULE, now + timedelta(minutes=5))
    assert state.because == "The next pass is due at 2026-03-02T09:05:00.000Z."


@pytest.mark.parametrize("at", [None, timedelta(), timedelta(minutes=-1)])
def test_what_is_due_waits_for_its_turn(now, at):
    assert state_of(now, store={"next_sync_at": None if at is None else now + at}).waits is SyncWait.TURN


def test_a_pass_that_was_put_off_says_what_amazon_said(now):
    later = {"due_at": now + timedelta(minutes=1)}
    state = state_of(now, cursor=later, run={"error_message": "Amazon answered 503."})
    assert (state.waits, state.next_at) == (SyncWait.AMAZON, now + timedelta(minutes=1))
    assert state.because == "Amazon answered 503. The pass goes on at 2026-03-02T09:01:00.000Z, from where it stopped."


def test_a_pass_without_quota_says_so(now):
    state = state_of(now, cursor={"due_at": now + timedelta(minutes=1)}, run={})
    assert state.waits is SyncWait.QUOTA
    assert state.because is not None
    assert state.because.startswith("Our share of Amazon's quota is spent.")


def test_an_old_pass_that_is_over_explains_nothing(now):
    state = state_of(now, cursor={}, run={"state": JobState.FAILED, "error_message": "Amazon refused."})
    assert state.waits is SyncWait.SCHEDULE
