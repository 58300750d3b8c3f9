from datetime import timedelta
from pathlib import Path

import pytest

from domain.buyers import BuyerRecord, Kept, Owner, Values, keep, keep_many, purge, read, read_many
from domain.change import change
from domain.sealing import CannotUnseal, Sealer
from domain.timeline import SYSTEM
from tests.domain.ground.seeds import seed_store

ADA: Values = {
    "buyer": {"name": "Ada Lovelace", "email": None},
    "address": {"line1": "12 St James Square", "city": "London"},
}


async def kept(now, sealer, *, owner_id=1, owner=Owner.AMAZON_ORDER, values=ADA, purge_at=None):
    account_id = (await seed_store(now, fingerprint=f"{owner}{owner_id}")).account_id
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await keep(
            owner=owner, owner_id=owner_id, account_id=account_id, values=values, purge_at=purge_at, sealer=sealer
        )
    return account_id


async def test_what_was_kept_is_read_again(database, now, sealer):
    await kept(now, sealer)
    assert await read(owner=Owner.AMAZON_ORDER, owner_id=1, sealer=sealer) == ADA


async def test_other_owners_and_other_kinds_have_nothing(database, now, sealer):
    await kept(now, sealer)
    assert await read(owner=Owner.AMAZON_ORDER, owner_id=2, sealer=sealer) is None
    assert await read(owner=Owner.COMMERCE_ORDER, owner_id=1, sealer=sealer) is None


async def test_keeping_again_replaces_values_key_and_date(database, now, sealer):
    account_id = await kept(now, Sealer(bytes(32)))
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        moved = {"buyer": {"name": "Ada King"}}
        await keep(
            owner=Owner.AMAZON_ORDER, owner_id=1, account_id=account_id, values=moved, purge_at=now, sealer=sealer
        )
    assert await read(owner=Owner.AMAZON_ORDER, owner_id=1, sealer=sealer) == moved
    (record,) = await BuyerRecord.all()
    assert (record.key_id, record.purge_at) == (sealer.key_id, now)


async def test_many_are_kept_and_read_at_once(database, now, sealer):
    store = await seed_store(now)
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await keep_many([], sealer=sealer)
        await keep_many(
            [
                Kept(
                    owner=Owner.AMAZON_ORDER,
                    owner_id=number,
                    account_id=store.account_id,
                    values={"buyer": {"name": str(number)}},
                    purge_at=None,
                )
                for number in range(1, 1101)
            ],
            sealer=sealer,
        )
    found = await read_many(Owner.AMAZON_ORDER, range(1, 1200), sealer)
    assert found == {number: {"buyer": {"name": str(number)}} for number in range(1, 1101)}
    assert await read_many(Owner.AMAZON_ORDER, [], sealer) == {}


async def test_sealed_data_copied_to_another_owner_does_not_open(database, now, sealer):
    await kept(now, sealer)
    await kept(now, sealer, owner_id=2, values={"buyer": {"name": "Bob"}})
    stolen = (await BuyerRecord.get(owner_id=1)).sealed
    await BuyerRecord.filter(owner_id=2).update(sealed=stolen)
    with pytest.raises(CannotUnseal):
        await read(owner=Owner.AMAZON_ORDER, owner_id=2, sealer=sealer)


async def test_another_key_opens_nothing_and_says_which_to_start_with(database, now, sealer):
    await kept(now, sealer)
    with pytest.raises(CannotUnseal, match="ORDERLANE_SECRET_KEY"):
        await read(owner=Owner.AMAZON_ORDER, owner_id=1, sealer=Sealer(bytes(32)))


async def test_no_plain_text_reaches_the_file_or_its_log(database, now, sealer):
    await kept(now, sealer)
    files = list(Path(database.removeprefix("sqlite://")).parent.glob("orderlane.db*"))
    assert any(file.name.endswith("-wal") and file.stat().st_size for file in files)
    written = b"".join(file.read_bytes() for file in files)
    assert b"buyer_data" in written
    for word in (b"Lovelace", b"St James", b"London"):
        assert word not in written


async def test_buyer_data_does_not_show_in_the_text_of_what_holds_it():
    one = Kept(owner=Owner.CUSTOMER, owner_id=7, account_id=1, values=ADA, purge_at=None)
    assert "Ada" not in repr(one)
    assert "Ada" not in f"{one}"


async def test_what_is_past_its_date_is_purged_oldest_first(database, now, sealer):
    one = await kept(now, sealer, owner_id=1, purge_at=now)
    two = await kept(now, sealer, owner_id=2, purge_at=now - timedelta(days=2))
    await kept(now, sealer, owner_id=3, purge_at=now + timedelta(seconds=1))
    await kept(now, sealer, owner_id=4, purge_at=None, owner=Owner.CUSTOMER)
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        assert await purge(now=now, limit=1) == [(Owner.AMAZON_ORDER, 2, two)]
        assert await purge(now=now, limit=10) == [(Owner.AMAZON_ORDER, 1, one)]
        assert await purge(now=now, limit=10) == []
    assert sorted(await BuyerRecord.all().values_list("owner_id", flat=True)) == [3, 4]
    assert await read(owner=Owner.AMAZON_ORDER, owner_id=1, sealer=sealer) is None
