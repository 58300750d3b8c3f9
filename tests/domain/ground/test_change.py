import asyncio
from datetime import timedelta
from functools import partial

import pytest
from tortoise.exceptions import IntegrityError

from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from domain.change import ChangeWithinChange, NothingRecorded, change
from domain.timeline import AMAZON, SYSTEM, Actor, ActorKind, Event, EventKind, Subject
from tests.domain.ground.seeds import seed_order, seed_store


async def numbered(order_id):
    events = await Event.filter(order_id=order_id).order_by("sequence")
    return [(event.sequence, event.message) for event in events]


async def test_a_change_without_an_event_is_refused_and_not_stored(database, now):
    store = await seed_store(now)
    with pytest.raises(NothingRecorded):
        async with change(now=now, actor=SYSTEM):
            await Store.filter(id=store.id).update(name="Other")
    assert (await Store.get()).name == "Shop"


async def test_a_quiet_change_needs_no_event(database, now):
    store = await seed_store(now)
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await Store.filter(id=store.id).update(name="Other")
    assert (await Store.get()).name == "Other"
    assert await Event.all().count() == 0


async def test_an_event_keeps_who_when_and_what(database, now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)
    async with change(now=now, actor=Actor(ActorKind.USER, "ada")) as unit:
        unit.event(order.subject, EventKind.SHIPPED, "Shipped.", packages=2)
        unit.event(order.subject, EventKind.STATUS_CHANGED, "Now SHIPPED.", actor=AMAZON)
    first, second = await Event.all().order_by("sequence")
    assert (first.actor_kind, first.actor_name, first.at, first.details) == ("USER", "ada", now, {"packages": 2})
    assert (first.account_id, first.store_id, first.order_id) == (store.account_id, store.id, order.id)
    assert (second.actor_kind, second.actor_name, second.message) == ("AMAZON", None, "Now SHIPPED.")


async def test_events_of_an_order_are_numbered_without_gaps_in_the_order_they_were_told(database, now):
    store = await seed_store(now)
    one, other = await seed_order(store, "1", now), await seed_order(store, "2", now)
    for step in range(3):
        async with change(now=now, actor=SYSTEM) as unit:
            for order in (one, other, one):
                unit.event(order.subject, EventKind.COMMENTED, f"{order.number}-{step}")
            unit.event(Subject(store.account_id, store.id), EventKind.SYNC_REQUESTED, "Store only.")
    assert [number for number, _ in await numbered(one.id)] == [1, 2, 3, 4, 5, 6]
    assert await numbered(other.id) == [(1, "2-0"), (2, "2-1"), (3, "2-2")]
    of_the_store = await Event.filter(order_id=None)
    assert [event.sequence for event in of_the_store] == [None, None, None]


async def test_concurrent_changes_leave_no_gap_and_no_number_twice(database, now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)

    async def tell(name):
        async with change(now=now, actor=SYSTEM) as unit:
            await AmazonOrder.get(id=order.id)
            await asyncio.sleep(0)
            unit.event(order.subject, EventKind.COMMENTED, name)
            unit.event(order.subject, EventKind.COMMENTED, name)
            if name.endswith("7"):
                raise KeyError(name)

    await asyncio.gather(*(tell(str(number)) for number in range(30)), return_exceptions=True)
    told = await numbered(order.id)
    assert [number for number, _ in told] == list(range(1, 55))
    assert all(told[at][1] == told[at + 1][1] for at in range(0, 54, 2))
    assert not any(message.endswith("7") for _, message in told)


async def test_the_version_grows_once_per_change_and_only_for_what_matters(database, now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)

    async def version_after(*kinds):
        async with change(now=now, actor=SYSTEM) as unit:
            for kind in kinds:
                unit.event(order.subject, kind, "x")
        return (await AmazonOrder.get(id=order.id)).version

    assert await version_after(EventKind.SEEN, EventKind.DECISION) == 1
    assert await version_after(EventKind.SHIPPED, EventKind.COMPLETED) == 2
    assert await version_after(EventKind.MARKETPLACE_ACCEPTED) == 2
    assert await version_after(EventKind.MARKETPLACE_REJECTED) == 3


async def test_an_exception_keeps_nothing_and_calls_nobody_back(database, now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)
    called = []

    async def ship():
        async with change(now=now, actor=SYSTEM) as unit:
            unit.event(order.subject, EventKind.SHIPPED, "Shipped.")
            unit.after_commit(lambda: called.append("never"))
            await unit.due([order.id])
            await AmazonOrder.filter(id=order.id).update(service_level="fast")
            raise KeyError

    with pytest.raises(KeyError):
        await ship()
    kept = await AmazonOrder.get(id=order.id)
    assert (kept.service_level, kept.evaluate_due, kept.last_sequence, kept.version) == (None, None, 0, 1)
    assert await Event.all().count() == 0
    assert called == []


async def test_callbacks_come_after_the_commit_in_their_order(database, now, database_url):
    store = await seed_store(now)
    called = []
    async with change(now=now, actor=SYSTEM) as unit:
        unit.event(Subject(store.account_id, store.id), EventKind.STORE_PAUSED, "Paused.")
        unit.after_commit(lambda: called.append("first"))
        unit.after_commit(lambda: called.append("second"))
        await asyncio.sleep(0)
        assert called == []
    assert called == ["first", "second"]


async def test_a_commit_that_fails_calls_nobody_back(database, now):
    called = []

    async def pause_nothing():
        async with change(now=now, actor=SYSTEM) as unit:
            await unit.connection.execute_query("PRAGMA defer_foreign_keys = ON")
            unit.event(Subject(store_id=99), EventKind.STORE_PAUSED, "No such store.")
            unit.after_commit(lambda: called.append("never"))

    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await pause_nothing()
    assert called == []
    await seed_store(now)
    assert await Event.all().count() == 0


def cancel_this_task():
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


async def test_a_change_that_is_cancelled_while_it_is_committed_is_stored_and_calls_back(database, now):
    store = await seed_store(now)
    called = []

    async def rename():
        async with change(now=now, actor=SYSTEM) as unit:
            unit.quiet()
            await Store.filter(id=store.id).update(name="Other")
            unit.after_commit(lambda: called.append("stored"))
            cancel_this_task()

    renaming = asyncio.create_task(rename())
    await asyncio.wait([renaming])
    assert renaming.cancelled()
    assert called == ["stored"]
    assert (await Store.get()).name == "Other"


async def test_a_change_that_is_cancelled_while_its_commit_fails_is_neither_stored_nor_called_back(database, now):
    store = await seed_store(now)
    called = []

    async def move_nowhere():
        async with change(now=now, actor=SYSTEM) as unit:
            unit.quiet()
            await unit.connection.execute_query("PRAGMA defer_foreign_keys = ON")
            await Store.filter(id=store.id).update(account_id=99)
            unit.after_commit(lambda: called.append("never"))
            cancel_this_task()

    moving = asyncio.create_task(move_nowhere())
    await asyncio.wait([moving])
    assert moving.cancelled()
    assert called == []
    assert (await Store.get()).account_id == store.account_id


async def test_a_change_that_is_cancelled_before_it_began_leaves_nothing(database, now):
    async def nothing():
        cancel_this_task()
        async with change(now=now, actor=SYSTEM) as unit:
            unit.quiet()

    waiting = asyncio.create_task(nothing())
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    await seed_store(now)


async def test_a_change_within_a_change_is_refused_and_the_outer_one_goes_on(database, now):
    store = await seed_store(now)
    async with change(now=now, actor=SYSTEM) as unit:
        unit.event(Subject(store.account_id, store.id), EventKind.STORE_PAUSED, "Outer.")
        with pytest.raises(ChangeWithinChange):
            async with change(now=now, actor=SYSTEM) as inner:
                inner.quiet()
    assert [event.message for event in await Event.all()] == ["Outer."]


async def test_a_savepoint_that_fails_takes_its_rows_events_and_callbacks_with_it(database, now):
    store = await seed_store(now)
    orders = [await seed_order(store, str(number), now) for number in range(3)]
    called: list[str] = []
    async with change(now=now, actor=SYSTEM) as unit:
        for order in orders:
            try:
                async with unit.savepoint():
                    unit.event(order.subject, EventKind.IMPORTED, f"Imported {order.number}.")
                    unit.after_commit(partial(called.append, order.number))
                    await AmazonOrder.filter(id=order.id).update(import_state="IMPORTED")
                    if order.number == "1":
                        raise KeyError
            except KeyError:
                unit.event(order.subject, EventKind.ATTENTION_OPENED, "Failed.")
    states = await AmazonOrder.all().order_by("id").values_list("import_state", flat=True)
    assert states == ["IMPORTED", "NEW", "IMPORTED"]
    assert await numbered(orders[1].id) == [(1, "Failed.")]
    assert await numbered(orders[2].id) == [(1, "Imported 2.")]
    assert called == ["0", "2"]


async def test_due_marks_the_orders_given_and_keeps_an_earlier_mark(database, now):
    store = await seed_store(now)
    early, late = now - timedelta(hours=1), now + timedelta(hours=1)
    orders = [
        await seed_order(store, "0", now, evaluate_due=early, evaluate_attempts=3),
        await seed_order(store, "1", now, evaluate_due=late, evaluate_attempts=3),
        await seed_order(store, "2", now),
        await seed_order(store, "3", now),
    ]
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await unit.due([])
        await unit.due(order.id for order in orders[:3])
        await unit.due([orders[3].id], at=late)
    found = await AmazonOrder.all().order_by("id")
    assert [order.evaluate_due for order in found] == [early, now, now, late]
    assert [order.evaluate_attempts for order in found] == [3, 0, 0, 0]


async def test_a_store_is_due_but_for_what_is_imported_and_for_other_stores(database, now):
    store, other = await seed_store(now), await seed_store(now, fingerprint="g")
    await seed_order(store, "0", now, import_state="BLOCKED")
    await seed_order(store, "1", now, import_state="IMPORTED")
    await seed_order(store, "2", now, import_state="SKIPPED")
    await seed_order(other, "3", now, import_state="BLOCKED")
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await unit.store_due(store.id)
    assert [order.evaluate_due for order in await AmazonOrder.all().order_by("id")] == [now, None, now, None]


async def test_an_event_of_an_unknown_order_is_a_defect_that_stores_nothing(database, now):
    with pytest.raises(KeyError):
        async with change(now=now, actor=SYSTEM) as unit:
            unit.event(Subject(1, 1, 99), EventKind.SEEN, "Nobody.")
    assert await Event.all().count() == 0
