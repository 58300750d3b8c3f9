from datetime import timedelta

import pytest

from domain.accounts.error_log import MOST_AN_HOUR, CallFailure, forget_errors, note_failures, without_secrets
from domain.accounts.records import Account, Store
from domain.accounts.regions import Region
from domain.accounts.service_records import CommunicationError
from domain.channel.read_only import update_global_settings
from tests.domain.channel.stage import CLERK, MARKETPLACE, Stage, connected


@pytest.fixture
async def stage(database, now, sealer) -> Stage:
    return await connected(now, sealer)


@pytest.fixture
async def fingerprint(stage: Stage) -> str:
    return (await Account.get(id=stage.store.account_id)).fingerprint


def failure(stage: Stage, fingerprint: str | None, **values) -> CallFailure:
    given = {
        "region": Region.EU,
        "fingerprint": fingerprint,
        "marketplace_id": None,
        "operation": "GET orders/2026-01-01/orders",
        "code": "SignatureDoesNotMatch",
        "message": "Your credentials have expired",
        "request_id": "r-1",
        "at": stage.now,
    }
    return CallFailure(**given | values)


async def entries() -> list[CommunicationError]:
    return await CommunicationError.all().order_by("id")


async def test_a_failed_call_is_written_down_with_its_store(stage: Stage, fingerprint: str):
    assert await note_failures([failure(stage, fingerprint)], now=stage.now) == 1
    (entry,) = await entries()
    assert (entry.account_id, entry.store_id, entry.region) == (stage.store.account_id, stage.store.id, Region.EU)
    assert (entry.code, entry.message) == ("SignatureDoesNotMatch", "Your credentials have expired")
    assert (entry.request_id, entry.times, entry.created_at, entry.last_at) == ("r-1", 1, stage.now, stage.now)


async def test_nothing_to_write_writes_nothing(stage: Stage):
    assert await note_failures([], now=stage.now) == 0


async def test_the_same_error_has_one_entry_an_hour(stage: Stage, fingerprint: str):
    await note_failures([failure(stage, fingerprint, times=3)], now=stage.now)
    later = stage.later(minutes=59)
    assert await note_failures([failure(stage, fingerprint, request_id="r-2")], now=stage.now) == 0
    (entry,) = await entries()
    assert (entry.times, entry.request_id, entry.last_at) == (4, "r-2", later)
    stage.later(minutes=1)
    assert await note_failures([failure(stage, fingerprint)], now=stage.now) == 1


async def test_a_storm_of_different_errors_fills_no_disk(stage: Stage, fingerprint: str):
    storm = [failure(stage, fingerprint, message=f"no {number}") for number in range(MOST_AN_HOUR + 50)]
    assert await note_failures(storm, now=stage.now) == MOST_AN_HOUR + 1
    assert await note_failures(storm, now=stage.now) == 0
    assert await CommunicationError.all().count() == MOST_AN_HOUR + 1
    last = (await entries())[-1]
    assert (last.code, last.times) == ("OTHERS", 100)
    assert "only counted" in last.message
    assert sum(entry.times for entry in await entries()) == 2 * len(storm)


async def test_one_accounts_storm_leaves_room_for_the_others(stage: Stage, fingerprint: str):
    storm = [failure(stage, None, message=f"no {number}") for number in range(MOST_AN_HOUR + 5)]
    await note_failures(storm, now=stage.now)
    await note_failures([failure(stage, fingerprint)], now=stage.now)
    last = (await entries())[-1]
    assert (last.account_id, last.code) == (stage.store.account_id, "SignatureDoesNotMatch")


@pytest.mark.parametrize("given", [{"fingerprint": "unknown"}, {"fingerprint": None}, {"region": None}])
async def test_a_call_of_nobody_known_has_no_store(stage: Stage, fingerprint: str, given):
    await note_failures([failure(stage, **{"fingerprint": fingerprint} | given)], now=stage.now)
    (entry,) = await entries()
    assert (entry.account_id, entry.store_id) == (None, None)


async def test_of_several_stores_the_marketplace_tells_which(stage: Stage, fingerprint: str):
    other = await Store.create(
        account_id=stage.store.account_id,
        marketplace_id="A1F83G8C2ARO7P",
        name="Other",
        country_code="GB",
        currency="GBP",
        connected_at=stage.now,
        cutoff_at=stage.now,
    )
    for marketplace in ("A1F83G8C2ARO7P", MARKETPLACE, None):
        await note_failures([failure(stage, fingerprint, marketplace_id=marketplace)], now=stage.now)
    assert [entry.store_id for entry in await entries()] == [other.id, stage.store.id, None]


def test_what_looks_like_a_secret_is_masked():
    text = without_secrets("ada@example.org sent Atzr|IwEBIK and Atza|token-1 " + "x" * 600)
    assert text.startswith("(an e-mail address) sent (a token) and (a token) ")
    assert len(text) == 500


@pytest.mark.parametrize(("retention", "days"), [(None, 30), ("DAILY", 1), ("WEEKLY", 7), ("MONTHLY", 30)])
async def test_entries_go_when_logs_are_kept_no_longer(stage: Stage, fingerprint: str, retention, days):
    if retention:
        await update_global_settings(
            patch={"log_retention": retention}, expected_version=None, now=stage.now, actor=CLERK
        )
    await note_failures([failure(stage, fingerprint)], now=stage.now)
    exactly = stage.now + timedelta(days=days)
    assert await forget_errors(now=exactly) == 0
    assert await forget_errors(now=exactly + timedelta(milliseconds=1)) == 1
    assert await entries() == []
