"""One unit of work: a transaction that ends with its timeline written, or does not end at all."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from domain.cause import cause_now
from domain.event_rows import Told, write_events
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder
from domain.pictures import differences
from domain.timeline import MATERIAL, Actor, EventKind, Subject


class NothingRecorded(RuntimeError):
    """A change ended without an event: a defect of the code that made it."""


class ChangeWithinChange(RuntimeError):
    """A change was opened inside another one: a defect, as its callbacks would not wait for the outer end."""


@dataclass
class Change:
    """The open unit of work; `now` is business time and stamps every event."""

    now: datetime
    actor: Actor
    connection: BaseDBAsyncClient
    _events: list[Told] = field(default_factory=list)
    _callbacks: list[Callable[[], None]] = field(default_factory=list)
    _quiet: bool = False

    def event(
        self, subject: Subject, kind: EventKind, message: str, *, actor: Actor | None = None, **details: Any
    ) -> None:
        """Append a line to the timeline, with the cause named by now; neither message nor details hold buyer data."""
        self._events.append(Told(subject, kind, actor or self.actor, message, {**details, **cause_now()}))

    def quiet(self) -> None:
        """Say that this unit of work changed nothing worth telling (a cursor moved, a lease was taken)."""
        self._quiet = True

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call back once the change is stored; never called if it is not."""
        self._callbacks.append(callback)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Open a part that may fail alone: if it raises, its rows, events and callbacks are undone, the rest stays."""
        events, callbacks = len(self._events), len(self._callbacks)
        try:
            async with in_transaction("default"):
                yield
        except BaseException:
            del self._events[events:], self._callbacks[callbacks:]
            raise

    async def due(self, order_ids: Iterable[int], *, at: datetime | None = None) -> None:
        """Mark orders to be evaluated at a time, now if none is given; an earlier mark stays."""
        ids = [[order_id] for order_id in order_ids]
        if not ids:
            return
        rows = json_rows(self.connection, {"id": "integer"})
        await self._mark_due(f"id IN (SELECT id FROM {rows} marked)", encode_rows(ids), at=at)

    async def store_due(self, store_id: int, *, at: datetime | None = None) -> None:
        """Mark every order of a store that has no commerce order yet."""
        store = placeholder(self.connection, 1)
        await self._mark_due(f"store_id = {store} AND import_state <> 'IMPORTED'", store_id, at=at)

    async def _mark_due(self, which: str, first: object, *, at: datetime | None) -> None:
        due = placeholder(self.connection, 2)
        await self.connection.execute_query(
            f"UPDATE amazon_order SET evaluate_due = {due}, evaluate_attempts = 0 "
            f"WHERE {which} AND (evaluate_due IS NULL OR evaluate_due > {due})",
            [first, to_text(at or self.now)],
        )

    def _call_back(self) -> None:
        for callback in self._callbacks:
            callback()

    async def _write_events(self) -> None:
        if not self._events:
            if not self._quiet:
                raise NothingRecorded("A change has to record an event, or say that it is quiet.")
            return
        counts = Counter(told.subject.order_id for told in self._events if told.subject.order_id is not None)
        last = await self._advance_sequences(counts)
        # Whoever else changes one of these orders waits from here on: what is read now is what this change leaves.
        earlier = [order_id for order_id, sequence in last.items() if sequence > counts[order_id]]
        found = await differences(self.connection, last, told_before=earlier)
        await write_events(self.connection, self._events, last=last, differences=found, at=self.now)

    async def _advance_sequences(self, counts: Mapping[int, int]) -> dict[int, int]:
        if not counts:
            return {}
        changed = {told.subject.order_id for told in self._events if told.kind in MATERIAL}
        rows = json_rows(self.connection, {"id": "integer", "events": "integer", "changed": "integer"})
        _, found = await self.connection.execute_query(
            "UPDATE amazon_order SET last_sequence = last_sequence + told.events, version = version + told.changed "
            f"FROM {rows} told WHERE amazon_order.id = told.id RETURNING amazon_order.id, last_sequence, "
            "commerce_order_id",
            [encode_rows([[order_id, count, int(order_id in changed)] for order_id, count in counts.items()])],
        )
        await self._stamp(
            [row["commerce_order_id"] for row in found if row["id"] in changed and row["commerce_order_id"]]
        )
        return {row["id"]: row["last_sequence"] for row in found}

    async def _stamp(self, commerce_ids: list[int]) -> None:
        """Note on commerce orders that something about them changes now."""
        if not commerce_ids:
            return
        now, rows = placeholder(self.connection, 2), json_rows(self.connection, {"id": "integer"})
        await self.connection.execute_query(
            f"UPDATE commerce_order SET updated_at = {now} WHERE id IN (SELECT id FROM {rows} changed)",
            [encode_rows([[row_id] for row_id in commerce_ids]), to_text(self.now)],
        )


@asynccontextmanager
async def change(*, now: datetime, actor: Actor) -> AsyncIterator[Change]:
    """Open one unit of work: everything inside is stored together with its events, or not at all.

    Raises NothingRecorded when it ends with neither an event nor `quiet()`, ChangeWithinChange inside another one.
    """
    if isinstance(get_connection("default"), TransactionalDBClient):
        raise ChangeWithinChange("This is inside a change already; use its savepoint(), or pass the unit of work on.")
    unit: Change | None = None
    try:
        async with in_transaction("default") as connection:
            unit = Change(now=now, actor=actor, connection=connection)
            yield unit
            await unit._write_events()
    except asyncio.CancelledError:
        # Cancelled while it was being committed: the commit went through, and what depends on it has to know.
        if unit is not None and getattr(unit.connection, "is_stored", False):
            unit._call_back()
        raise
    unit._call_back()
