from api.database import read_rows
from domain.accounts.records import Account
from domain.change import change
from domain.timeline import SYSTEM


async def test_a_test_starts_with_an_empty_database(database, now):
    assert await Account.all() == []
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await Account.create(region="EU", fingerprint="f", credentials=b"x", created_at=now)
    assert len(await read_rows("SELECT id FROM account")) == 1


async def test_and_the_next_one_too(database):
    assert await Account.all() == []
