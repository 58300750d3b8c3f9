from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.database import read_rows
from domain.accounts.records import Account, Store
from domain.change import change
from domain.idempotency import IdempotencyKey
from domain.instant import from_text, to_text
from domain.timeline import SYSTEM

TOKYO = timezone(timedelta(hours=9))


async def keep(at, *, key, now):
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await IdempotencyKey.create(scope="s", mutation="m", key=key, input_digest="d", result_id=1, expires_at=at)


async def stored():
    return [row["expires_at"] for row in await read_rows("SELECT expires_at FROM idempotency ORDER BY id")]


NAIVE = datetime.fromisoformat("2026-03-02T09:00:00")
aware = st.datetimes(
    min_value=datetime.fromisoformat("1970-01-02"),
    max_value=datetime.fromisoformat("2200-01-01"),
    timezones=st.timezones() | st.just(UTC),
)


@given(aware, aware)
def test_text_order_is_time_order(one, other):
    earlier, later = sorted((one, other))
    assert to_text(earlier) <= to_text(later)
    assert len(to_text(one)) == 24


@given(aware)
def test_text_read_back_is_the_same_instant_to_the_millisecond(at):
    back = from_text(to_text(at))
    assert back.tzinfo is UTC or back.utcoffset() == timedelta(0)
    assert timedelta(0) <= at - back < timedelta(milliseconds=1)


def test_naive_times_are_refused():
    with pytest.raises(ValueError, match="naive"):
        to_text(NAIVE)


@pytest.mark.parametrize(
    "text", ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000+00:00", "2026-03-02 09:00:00.000Z", "", "tomorrow"]
)
def test_only_the_stored_form_is_read(text):
    with pytest.raises(ValueError, match="is not an instant"):
        from_text(text)


async def test_a_time_of_another_zone_is_stored_and_given_back_in_utc(database, now):
    await keep(datetime(2026, 3, 2, 18, 0, 0, 123_456, tzinfo=TOKYO), key="a", now=now)
    assert await stored() == ["2026-03-02T09:00:00.123Z"]
    (found,) = await IdempotencyKey.all()
    assert found.expires_at == datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)


async def test_a_new_record_holds_what_will_be_stored(database):
    at = datetime(2026, 3, 2, 18, 0, 0, 123_456, tzinfo=TOKYO)
    record = IdempotencyKey(scope="s", mutation="m", key="k", input_digest="d", result_id=1, expires_at=at)
    assert record.expires_at == datetime(2026, 3, 2, 9, 0, 0, 123_000, tzinfo=UTC)
    assert record.expires_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("zone", [UTC, TOKYO, timezone(timedelta(hours=-8))])
async def test_filters_compare_instants_not_wall_clocks(database, now, zone):
    for minute in range(3):
        await keep(now + timedelta(minutes=minute), key=str(minute), now=now)
    middle = (now + timedelta(minutes=1)).astimezone(zone)
    keys = IdempotencyKey.all().order_by("id")
    assert [row.key for row in await keys.filter(expires_at=middle)] == ["1"]
    assert [row.key for row in await keys.filter(expires_at__lt=middle)] == ["0"]
    assert [row.key for row in await keys.filter(expires_at__gte=middle)] == ["1", "2"]
    assert [row.key for row in await keys.filter(expires_at__in=[middle])] == ["1"]
    assert [row.key for row in await keys.filter(expires_at__range=(now.astimezone(zone), middle))] == ["0", "1"]


async def test_updates_and_saves_store_utc(database, now):
    await keep(now, key="a", now=now)
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await IdempotencyKey.all().update(expires_at=now.astimezone(TOKYO))
    assert await stored() == [to_text(now)]
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        record = await IdempotencyKey.get()
        record.expires_at = (now + timedelta(hours=1)).astimezone(TOKYO)
        await record.save(update_fields=["expires_at"])
    assert await stored() == [to_text(now + timedelta(hours=1))]


@pytest.mark.parametrize("bad", [NAIVE, "2026-03-02"])
async def test_naive_times_reach_neither_rows_nor_questions(database, now, bad):
    await keep(now, key="a", now=now)
    with pytest.raises(ValueError):
        await IdempotencyKey.filter(expires_at__lt=bad)
    with pytest.raises(ValueError):
        await IdempotencyKey.all().update(expires_at=bad)
    with pytest.raises(ValueError):
        IdempotencyKey(scope="s", mutation="m", key="k", input_digest="d", result_id=1, expires_at=bad)
    assert await stored() == [to_text(now)]


async def test_no_instant_stays_no_instant(database, now):
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        account = await Account.create(region="EU", fingerprint="f", credentials=b"x", created_at=now)
        await Store.create(
            account_id=account.id,
            marketplace_id="A1PA6795UKMFR9",
            name="n",
            country_code="DE",
            currency="EUR",
            connected_at=now,
            cutoff_at=now,
        )
    assert (await Store.get()).next_sync_at is None
