"""Whether a store is being read, when it is read next, and why it waits: a pure rule over what is stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.accounts.records import Account, AccountState, JobState, Store, StoreState, SyncCursor, SyncRun
from domain.instant import to_text


class SyncWait(StrEnum):
    """Why a store is not being read."""

    DELETING = "DELETING"
    PAUSED = "PAUSED"
    CREDENTIALS = "CREDENTIALS"
    AMAZON = "AMAZON"  # Amazon said wait, or could not be reached
    QUOTA = "QUOTA"  # our own copy of its quota is spent
    SCHEDULE = "SCHEDULE"  # the interval has not passed
    TURN = "TURN"  # it is due, and nobody has begun


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """How reading a store stands; `waits` is None while it is being read."""

    running: bool
    next_at: datetime | None
    waits: SyncWait | None
    because: str | None


def sync_state(
    store: Store, account: Account, *, cursor: SyncCursor | None, run: SyncRun | None, now: datetime
) -> SyncState:
    """Return how reading a store stands; `cursor` is its live one, `run` the pass that the cursor is in."""
    if stopped := _stopped(store, account):
        wait, because = stopped
        return SyncState(running=False, next_at=None, waits=wait, because=because)
    if cursor is not None and cursor.lease_until is not None:
        return SyncState(running=True, next_at=store.next_sync_at, waits=None, because=None)
    wait, at, because = _delayed(store, cursor, run, now)
    return SyncState(running=False, next_at=at, waits=wait, because=because)


def _stopped(store: Store, account: Account) -> tuple[SyncWait, str] | None:
    if store.state is StoreState.DELETING:
        return SyncWait.DELETING, "The store is being removed."
    if store.state is StoreState.INACTIVE:
        return SyncWait.PAUSED, "The store is paused; resume it to go on from where it stopped."
    if account.state is AccountState.CREDENTIALS_REJECTED:
        return (
            SyncWait.CREDENTIALS,
            "Amazon does not accept the store's credentials; connect it again with a new token.",
        )
    return None


def _delayed(
    store: Store, cursor: SyncCursor | None, run: SyncRun | None, now: datetime
) -> tuple[SyncWait, datetime | None, str]:
    at = (cursor.due_at if cursor else None) or store.next_sync_at
    if at is None or at <= now:
        return SyncWait.TURN, at, "It is due; the worker reads it as soon as it gets there."
    if run is not None and run.state is JobState.RUNNING:
        until = f"The pass goes on at {to_text(at)}, from where it stopped."
        if run.error_message:
            return SyncWait.AMAZON, at, f"{run.error_message} {until}"
        return SyncWait.QUOTA, at, f"Our share of Amazon's quota is spent. {until}"
    return SyncWait.SCHEDULE, at, f"The next pass is due at {to_text(at)}."
