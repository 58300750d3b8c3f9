import asyncio
from datetime import timedelta

from domain.change import change
from domain.export_tickets import LIFETIME, MOST_WAITING, ExportTicket, forget_expired, issue, redeem
from domain.timeline import SYSTEM


async def given(token, now, sealer):
    return await issue(token=token, asked=b"buyerName: Ada", now=now, actor=SYSTEM, sealer=sealer)


async def taken(token, now, sealer):
    return await redeem(token=token, now=now, actor=SYSTEM, sealer=sealer)


async def test_a_ticket_is_good_once_and_for_five_minutes(database, now, sealer):
    assert await given("one", now, sealer) == now + LIFETIME
    await given("two", now, sealer)
    just = now + LIFETIME - timedelta(milliseconds=1)
    assert [await taken("one", just, sealer) for _ in range(2)] == [b"buyerName: Ada", None]
    assert await taken("two", now + LIFETIME, sealer) is None
    assert await taken("never", now, sealer) is None
    assert not await ExportTicket.all().exists()


async def test_neither_token_nor_what_was_asked_for_is_stored_in_clear(database, now, sealer):
    await given("one", now, sealer)
    ticket = await ExportTicket.get()
    assert "one" not in ticket.digest
    assert b"Ada" not in ticket.sealed


async def test_what_nobody_fetched_goes(database, now, sealer):
    await given("one", now, sealer)
    async with change(now=now + LIFETIME, actor=SYSTEM) as unit:
        unit.quiet()
        assert await forget_expired(now=now + LIFETIME) == 1
    await given("two", now, sealer)
    await given("three", now + LIFETIME, sealer)
    assert await ExportTicket.all().count() == 1


async def test_only_so_many_wait_and_the_oldest_goes_first(database, now, sealer):
    for number in range(MOST_WAITING + 2):
        await given(str(number), now, sealer)
    assert await ExportTicket.all().count() == MOST_WAITING
    assert [await taken(str(number), now, sealer) is None for number in (0, 1, 2)] == [True, True, False]


async def test_of_many_who_come_at_once_one_gets_it(database, now, sealer):
    await given("one", now, sealer)
    answers = await asyncio.gather(*(taken("one", now, sealer) for _ in range(6)))
    assert sorted(answers, key=bool) == [None] * 5 + [b"buyerName: Ada"]
