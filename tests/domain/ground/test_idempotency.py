import asyncio
from datetime import timedelta

import pytest

from domain.change import change
from domain.errors import IdempotencyKeyReused, InvalidInput, RequiredInput
from domain.idempotency import AnsweredMeanwhile, IdempotencyKey, forget_expired, remember, remembered
from domain.timeline import SYSTEM, Event, EventKind, Subject
from tests.domain.ground.seeds import seed_store

ASKED = {"scope": "local", "mutation": "shipOrder", "key": "k-1", "input_digest": "d"}


async def answer(now, *, result_id=7, **other):
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await remember(**(ASKED | other), result_id=result_id, now=now)


async def test_a_new_request_is_not_remembered(database, now):
    assert await remembered(**ASKED, now=now) is None


async def test_the_same_request_gets_the_first_result(database, now):
    await answer(now)
    assert await remembered(**ASKED, now=now + timedelta(days=6)) == 7


@pytest.mark.parametrize("other", [{"scope": "other"}, {"mutation": "cancelOrder"}, {"key": "k-2"}])
async def test_another_scope_mutation_or_key_is_another_request(database, now, other):
    await answer(now)
    assert await remembered(**(ASKED | other), now=now) is None
    await answer(now, result_id=8, **other)
    assert await remembered(**ASKED, now=now) == 7


async def test_the_same_key_with_another_input_is_refused(database, now):
    await answer(now)
    with pytest.raises(IdempotencyKeyReused) as refusal:
        await remembered(**(ASKED | {"input_digest": "other"}), now=now)
    assert refusal.value.path == ("input", "idempotencyKey")


async def test_after_seven_days_the_key_is_free_again(database, now):
    await answer(now)
    later = now + timedelta(days=7)
    assert await remembered(**(ASKED | {"input_digest": "other"}), now=later) is None
    await answer(later, result_id=9, input_digest="other")
    assert await remembered(**(ASKED | {"input_digest": "other"}), now=later) == 9
    assert await IdempotencyKey.all().count() == 1


async def test_of_two_that_race_one_is_stored_and_the_other_leaves_nothing(database, now):
    store = await seed_store(now)
    both_asked = asyncio.Barrier(2)

    async def ship(result_id):
        assert await remembered(**ASKED, now=now) is None
        await both_asked.wait()
        async with change(now=now, actor=SYSTEM) as unit:
            unit.event(Subject(store.account_id, store.id), EventKind.SHIPPED, str(result_id))
            await remember(**ASKED, result_id=result_id, now=now)

    outcomes = await asyncio.gather(ship(1), ship(2), return_exceptions=True)
    (lost,) = [outcome for outcome in outcomes if outcome is not None]
    assert isinstance(lost, AnsweredMeanwhile)
    assert lost.retryable
    winner = 1 + outcomes.index(None)
    assert await remembered(**ASKED, now=now) == winner
    assert [event.message for event in await Event.all()] == [str(winner)]


@pytest.mark.parametrize("key", ["", "   ", "\t\n"])
async def test_a_blank_key_is_required_input(database, now, key):
    with pytest.raises(RequiredInput) as refusal:
        await remembered(**(ASKED | {"key": key}), now=now)
    assert refusal.value.path == ("input", "idempotencyKey")
    with pytest.raises(RequiredInput):
        await remember(**(ASKED | {"key": key}), result_id=1, now=now)


async def test_a_key_has_at_most_200_characters(database, now):
    assert await remembered(**(ASKED | {"key": "k" * 200}), now=now) is None
    with pytest.raises(InvalidInput):
        await remembered(**(ASKED | {"key": "k" * 201}), now=now)


async def test_expired_keys_are_forgotten(database, now):
    await answer(now)
    await answer(now + timedelta(days=1), key="k-2")
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        assert await forget_expired(now=now + timedelta(days=7)) == 1
    assert await IdempotencyKey.all().values_list("key", flat=True) == ["k-2"]
