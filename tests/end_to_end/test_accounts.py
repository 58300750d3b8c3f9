"""Accounts with several shops, and credentials that stop working, through the API."""

from collections.abc import AsyncIterator

import pytest

from domain.channel.records import Attention, AttentionKind, AttentionState
from tests.end_to_end.town import CONNECT, Town, town

US, CANADA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
RUNS = "{ stores { marketplaceId lastSyncedAt syncRuns { nodes { id state } } } }"


@pytest.fixture
async def shops(database_url: str) -> AsyncIterator[Town]:
    async with town(database_url) as opened:
        await connect(opened, US)
        await connect(opened, CANADA)
        yield opened


async def connect(opened: Town, marketplace_id: str) -> None:
    given = {"name": marketplace_id, "marketplaceId": marketplace_id, "refreshToken": "Atzr|demo"}
    assert (await opened.ask(CONNECT, input=given))["connectStore"]["errors"] == []


async def test_a_pass_that_reads_for_two_shops_is_found_with_both(shops: Town):
    await shops.pass_time()
    await shops.pass_time()

    american, canadian = (store["syncRuns"]["nodes"] for store in (await shops.ask(RUNS))["stores"])

    assert american[0] == canadian[0]
    assert american[0]["state"] == "SUCCEEDED"


async def test_a_revoked_token_calls_for_a_person_until_the_shop_is_connected_again(shops: Town):
    await shops.pass_time()
    assert await shops.http_to_amazon("/_sim/sellers/demo/revoke", {}) == 200
    await shops.pass_time(minutes=70)
    entry = await Attention.get(kind=AttentionKind.CREDENTIALS)
    assert entry.state is AttentionState.OPEN
    assert {store["status"] for store in (await shops.ask("{ stores { status } }"))["stores"]} == {
        "CREDENTIALS_REJECTED"
    }

    shops.world.sellers["demo"].is_revoked = False
    await connect(shops, US)
    await shops.pass_time()

    assert (await Attention.get(id=entry.id)).state is AttentionState.RESOLVED
    assert {store["status"] for store in (await shops.ask("{ stores { status } }"))["stores"]} == {"ACTIVE"}
