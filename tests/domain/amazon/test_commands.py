from datetime import timedelta

import pytest

from domain.accounts.records import Account, AccountState
from domain.amazon.commands import PackageConfirmation, due_commands, enqueue, release_leases, take
from domain.amazon.intake import Answered, store_page
from domain.amazon.orders import unconfirmed_orders
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import change
from domain.timeline import SYSTEM, Event, EventKind
from tests.domain.amazon.conftest import US, connect, order

NUMBERS = ("902-0000000-0000001", "902-0000000-0000002")


async def seen(store, numbers, *, now, sealer):
    await store_page(
        fenced=None,
        account_id=store.account_id,
        stores={US: store},
        requested_marketplaces=(US,),
        page=Answered(orders=[order(number) for number in numbers]),
        fetched_at=now,
        now=now,
        sealer=sealer,
    )
    return await AmazonOrder.filter(store_id=store.id).order_by("number")


@pytest.fixture
async def orders(store, now, sealer):
    return await seen(store, NUMBERS, now=now, sealer=sealer)


async def queue(to, now):
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await enqueue(unit=unit, order=to, kind=CommandKind.CONFIRM_SHIPMENT, payload={}, package_reference="1")


async def due(now, machine_ms=0):
    return [command.id for command in await due_commands(now=now, machine_ms=machine_ms, limit=10)]


async def test_only_the_oldest_unanswered_command_of_an_order_is_due(orders, now):
    first, second, other = await queue(orders[0], now), await queue(orders[0], now), await queue(orders[1], now)
    assert await due(now) == [first.id, other.id]
    for held in (CommandState.SENT, CommandState.HELD):
        await Command.filter(id=first.id).update(state=held, due_at=None)
        assert await due(now) == [other.id]
    await Command.filter(id=first.id).update(state=CommandState.ACCEPTED)

    assert await due(now) == [second.id, other.id]
    assert [first.order_seq, second.order_seq, other.order_seq] == [1, 2, 1]


async def test_a_command_is_due_at_its_time_and_not_before(orders, now):
    command = await queue(orders[0], now)
    await Command.filter(id=command.id).update(due_at=now + timedelta(seconds=5))

    assert await due(now + timedelta(seconds=4)) == []
    assert await due(now + timedelta(seconds=5)) == [command.id]


async def test_a_command_is_taken_by_one_and_again_when_the_lease_is_over(orders, now):
    command = await queue(orders[0], now)
    first = await take(command_id=command.id, now=now, machine_ms=1000, lease_ms=500)
    assert first is not None
    assert (first.state, first.fence, first.attempts) == (CommandState.SENT, 1, 1)
    assert await take(command_id=command.id, now=now, machine_ms=1500, lease_ms=500) is None
    assert await due(now, machine_ms=1500) == []
    again = await take(command_id=command.id, now=now, machine_ms=1501, lease_ms=500)

    assert again is not None
    assert (again.fence, again.attempts) == (2, 2)
    told = await Event.filter(order_id=orders[0].id).order_by("sequence").values_list("kind", flat=True)
    assert told == [EventKind.SEEN, EventKind.MARKETPLACE_SENT, EventKind.MARKETPLACE_RETRIED]


async def test_a_settled_command_is_never_taken(orders, now):
    command = await queue(orders[0], now)
    for state in set(CommandState) - {CommandState.QUEUED, CommandState.SENT}:
        await Command.filter(id=command.id).update(state=state)
        assert await take(command_id=command.id, now=now, machine_ms=1, lease_ms=1) is None


async def test_a_worker_that_takes_over_frees_the_leases(orders, now):
    command = await queue(orders[0], now)
    await take(command_id=command.id, now=now, machine_ms=1, lease_ms=10**9)
    await release_leases(now=now)

    assert await due(now) == [command.id]


async def test_commands_of_an_account_with_rejected_credentials_wait(orders, now):
    await queue(orders[0], now)
    await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)

    assert await due(now) == []


async def test_the_orders_that_await_a_fact_are_told_those_first_that_were_not_read_for_longest(orders, now):
    for sent in orders[:2]:
        await take(command_id=(await queue(sent, now)).id, now=now, machine_ms=1, lease_ms=1)
    await AmazonOrder.filter(id=orders[0].id).update(fetched_at=now + timedelta(seconds=1))

    waiting = await unconfirmed_orders([orders[0].store_id], limit=5)
    assert [order.number for order in waiting] == [NUMBERS[1], NUMBERS[0]]


def test_what_is_told_of_a_package_survives_storage(now):
    told = PackageConfirmation(
        carrier_code="Other", carrier_name="Bike", tracking_number="1", shipped_at=now, items=(("1", 2), ("2", 1))
    )

    assert PackageConfirmation.of(told.payload()) == told


async def test_commands_that_wait_never_keep_those_they_wait_for_from_being_sent(orders, now):
    first, *_ = [await queue(orders[0], now) for _ in range(12)]
    other = await queue(orders[1], now)
    await Command.filter(id__in=[first.id, other.id]).update(due_at=now + timedelta(seconds=9))

    assert await due(now) == []
    assert await due(now + timedelta(seconds=9)) == [first.id, other.id]


async def test_the_backlog_of_one_account_leaves_room_for_the_others(store, now, sealer):
    other = await connect(US, now=now, sealer=sealer, refresh_token="Atzr|other", seller_id="OTHER")
    many = await seen(store, [f"902-0000000-000000{at}" for at in range(6)], now=now, sealer=sealer)
    (single,) = await seen(other, NUMBERS[:1], now=now, sealer=sealer)
    backlog = [(await queue(order, now)).id for order in many]
    late = (await queue(single, now + timedelta(seconds=5))).id

    chosen = await due_commands(now=now + timedelta(seconds=5), machine_ms=0, limit=3)
    assert [command.id for command in chosen] == [backlog[0], late, backlog[1]]
    assert await due(now) == backlog


async def test_the_timeline_says_what_was_sent_in_words(orders, now):
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        cancel = await enqueue(unit=unit, order=orders[1], kind=CommandKind.CANCEL, payload={})
    for command in (await queue(orders[0], now), cancel):
        await take(command_id=command.id, now=now, machine_ms=1, lease_ms=1)

    told = await Event.filter(kind=EventKind.MARKETPLACE_SENT).order_by("id").values_list("message", flat=True)
    assert told == ["Sent to Amazon: the shipping confirmation of package 1.", "Sent to Amazon: cancel."]
