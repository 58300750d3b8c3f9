"""A shop is connected, paused, resumed, deleted; what was there before is never imported."""

from typing import Any

import pytest

from tests.end_to_end.stories.asking import FAILURE, MUG, look, notes, pass_minutes
from tests.end_to_end.town import CONNECT, MARKETPLACE, Town, town

STORE = """query($id: ID!) { store(id: $id) { name status countryCode marketplaceId contactEmail connectedAt cutoffAt
  lastSyncedAt nextSyncAt orderSettings { importEnabled version } } }"""
PAUSE = f"mutation($id: ID!) {{ pauseStore(storeId: $id) {{ store {{ status }} {FAILURE} }} }}"
RESUME = f"mutation($id: ID!) {{ resumeStore(storeId: $id) {{ store {{ status }} {FAILURE} }} }}"
DELETE = f"mutation($input: DeleteStoreInput!) {{ deleteStore(input: $input) {{ store {{ status }} {FAILURE} }} }}"
PREVIEW = f"""mutation($input: BackfillInput!) {{ previewBackfill(input: $input) {{ {FAILURE}
  preview {{ token orders searches seconds available isExact }} }} }}"""
BACKFILL = f"""mutation($input: StartBackfillInput!) {{ startBackfill(input: $input) {{ run {{ id }} {FAILURE} }} }}"""
STORES = "{ stores { id name } }"


async def store(shop: Town) -> dict[str, Any]:
    """Return the shop as the API shows it."""
    found: dict[str, Any] = (await shop.ask(STORE, id=shop.store_id))["store"]
    return found


async def test_amazon_store_entity(shop: Town):
    found = await store(shop)
    assert (found["name"], found["status"]) == ("Shop", "ACTIVE")
    assert (found["countryCode"], found["marketplaceId"]) == ("US", MARKETPLACE)
    assert found["orderSettings"] == {"importEnabled": True, "version": 1}
    assert found["cutoffAt"] <= found["connectedAt"]

    again = {
        "name": "Renamed",
        "marketplaceId": MARKETPLACE,
        "refreshToken": "Atzr|demo",
        "contactEmail": "a@b.example",
    }
    payload = (await shop.ask(CONNECT, input=again))["connectStore"]
    assert (payload["errors"], payload["store"]["id"]) == ([], shop.store_id)  # one shop for an account and a country
    found = await store(shop)
    assert (found["name"], found["contactEmail"]) == ("Renamed", "a@b.example")


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"name": " "}, ["input", "name"]),
        ({"marketplaceId": "NOWHERE"}, ["input", "marketplaceId"]),
        ({"refreshToken": "Atzr|unknown-\u00e9"}, ["input", "refreshToken"]),
        ({"contactEmail": "nobody"}, ["input", "contactEmail"]),
    ],
)
async def test_connect_authorise_store(shop: Town, wrong: dict[str, str], path: list[str]):
    given = {"name": "Other", "marketplaceId": "A2EUQ1WTGCTBG2", "refreshToken": "Atzr|demo"}
    refused = (await shop.ask(CONNECT, input=given | wrong))["connectStore"]
    assert [error["path"] for error in refused["errors"]] == [path]
    assert [one["name"] for one in (await shop.ask(STORES))["stores"]] == ["Shop"]

    connected = (await shop.ask(CONNECT, input=given))["connectStore"]
    assert connected["errors"] == []
    assert [one["name"] for one in (await shop.ask(STORES))["stores"]] == ["Shop", "Other"]


async def test_store_status_active_inactive(shop: Town):
    await shop.stock(MUG)
    ready = shop.place(MUG)
    await shop.pass_time()
    assert (await shop.ask(PAUSE, id=shop.store_id))["pauseStore"]["store"] == {"status": "INACTIVE"}
    assert (await shop.ask(PAUSE, id=shop.store_id))["pauseStore"]["errors"] == []  # paused is paused

    during = shop.place(MUG)
    assert (await shop.cancel(ready))["errors"] == []
    await pass_minutes(shop, 15)
    assert await shop.order(during) is None
    assert [command["state"] for command in (await look(shop, ready))["commands"]] == ["QUEUED"]
    assert await shop.feeds_at_amazon() == []
    assert (await store(shop))["nextSyncAt"] is None
    assert (await store(shop))["orderSettings"]["importEnabled"]

    assert (await shop.ask(RESUME, id=shop.store_id))["resumeStore"]["store"] == {"status": "ACTIVE"}
    await pass_minutes(shop, 15)
    assert (await look(shop, during))["commerceOrder"]["state"] == "PROCESSING"
    assert (await look(shop, ready))["displayStatus"] == "CANCELED"
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 1, "salable": 9}
    unknown = (await shop.ask(PAUSE, id="U3RvcmU6MS45OTk="))["pauseStore"]
    assert [error["code"] for error in unknown["errors"]] == ["NOT_FOUND"]


async def test_delete_store(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG, quantity=2)
    await shop.pass_time()
    wrong = (await shop.ask(DELETE, input={"storeId": shop.store_id, "confirmName": "shop?"}))["deleteStore"]
    assert [error["path"] for error in wrong["errors"]] == [["input", "confirmName"]]
    assert (await look(shop, number))["commerceOrder"]

    right = (await shop.ask(DELETE, input={"storeId": shop.store_id, "confirmName": "Shop"}))["deleteStore"]
    assert right["errors"] == []
    await pass_minutes(shop, 10)
    assert (await shop.ask(STORES))["stores"] == []
    assert await shop.order(number) is None
    assert await shop.shelf(MUG) == {"stock": 10, "reserved": 0, "salable": 10}
    assert (await shop.at_amazon(number))["fulfillmentStatus"] == "UNSHIPPED"


async def test_integration_cut_off(database_url: str):
    async with town(database_url) as shop:
        await shop.stock(MUG)
        before = {status: shop.place(MUG, status=status, quantity=2) for status in ("PENDING", "UNSHIPPED", "SHIPPED")}
        shop.world.clock.advance(60)
        await shop.connect()
        shop.world.clock.advance(60)
        after = shop.place(MUG)
        for number in before.values():  # Amazon changes them afterwards, so that they are read
            document = (await shop.at_amazon(number))["order"]
            await shop.load(document)
        await shop.pass_time()
        for number in before.values():
            order = await look(shop, number)
            assert (order["importDecision"]["outcome"], order["importDecision"]["code"]) == (
                "SKIPPED",
                "BEFORE_INTEGRATION",
            )
            assert order["commerceOrder"] is None
            assert not [note for note in notes(order) if "reserved" in note]
        retry = "mutation($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded } }"
        await shop.ask(retry, ids=[(await look(shop, before["UNSHIPPED"]))["id"]])
        await shop.pass_time()
        assert (await look(shop, before["UNSHIPPED"]))["commerceOrder"] is None
        assert (await look(shop, after))["commerceOrder"]["state"] == "PROCESSING"
        assert await shop.shelf(MUG) == {"stock": 10, "reserved": 1, "salable": 9}

        later = {"name": "Shop", "marketplaceId": MARKETPLACE, "refreshToken": "Atzr|demo"}
        moved = await shop.ask(CONNECT, input=later | {"importFrom": "2026-03-01T00:00:00Z"})
        assert [error["path"] for error in moved["connectStore"]["errors"]] == [["input", "importFrom"]]


async def test_integration_cut_off_moved_by_a_previewed_backfill(database_url: str):
    async with town(database_url) as shop:
        await shop.stock(MUG)
        past = [shop.place(MUG) for _ in range(3)]
        shop.world.clock.advance(3600)
        await shop.connect()
        await shop.pass_time()
        given = {"storeId": shop.store_id, "importFrom": "2026-03-02T08:00:00Z"}
        preview = (await shop.ask(PREVIEW, input=given))["previewBackfill"]["preview"]
        assert (preview["orders"], preview["searches"], preview["isExact"]) == (3, 1, True)
        assert preview["available"] > 0
        other = (await shop.ask(BACKFILL, input=given | {"previewToken": "made up"}))["startBackfill"]
        assert [error["path"] for error in other["errors"]] == [["input", "previewToken"]]
        assert [await shop.order(number) for number in past] == [None, None, None]

        begun = (await shop.ask(BACKFILL, input=given | {"previewToken": preview["token"]}))["startBackfill"]
        assert begun["errors"] == []
        new = shop.place(MUG)
        await pass_minutes(shop, 12)
        for number in (*past, new):
            assert (await look(shop, number))["commerceOrder"]["state"] == "PROCESSING"
        assert await shop.shelf(MUG) == {"stock": 10, "reserved": 4, "salable": 6}
        future = (await shop.ask(PREVIEW, input=given | {"importFrom": "2030-01-01T00:00:00Z"}))["previewBackfill"]
        assert [error["path"] for error in future["errors"]] == [["input", "importFrom"]]
