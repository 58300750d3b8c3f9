from datetime import timedelta
from typing import Any

from api.schema.ids import NodeId, id_of
from domain.channel.remove_store import remove_some
from domain.errors import MarketplaceUnavailable
from domain.instant import to_text
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

PAUSE = "mutation ($id: ID!) { pauseStore(storeId: $id) { store { status nextSyncAt } errors { code message path } } }"
RESUME = "mutation ($id: ID!) { resumeStore(storeId: $id) { store { status nextSyncAt } errors { code path } } }"
DELETE = """mutation ($i: DeleteStoreInput!) { deleteStore(input: $i) {
  store { status } errors { code message path } } }"""
PREVIEW = """mutation ($i: BackfillInput!) { previewBackfill(input: $i) {
  preview { importFrom until orders isExact searches available seconds token expiresAt }
  errors { code message path ... on MarketplaceError { retryAfterSeconds } } } }"""
START = """mutation ($i: StartBackfillInput!) { startBackfill(input: $i) {
  run { id state trigger windowFrom windowTo } errors { code message path } } }"""


async def ask(client: Client, document: str, **given: Any) -> dict[str, Any]:
    answer: dict[str, dict[str, Any]] = await client.ask(document, **given)
    (payload,) = answer.values()
    return payload


async def test_a_store_is_paused_and_resumed(client: Client, stage: Stage) -> None:
    store_id = id_of(stage.store)

    paused = await ask(client, PAUSE, id=store_id)
    assert paused == {"store": {"status": "INACTIVE", "nextSyncAt": None}, "errors": []}
    assert await ask(client, PAUSE, id=store_id) == paused
    resumed = await ask(client, RESUME, id=store_id)
    assert resumed == {"store": {"status": "ACTIVE", "nextSyncAt": to_text(stage.now)}, "errors": []}
    assert client.woken == [1]


async def test_an_unknown_store_is_a_refusal(client: Client, stage: Stage) -> None:
    nobody = str(NodeId("Store", stage.store.account_id, 99))
    assert (await ask(client, PAUSE, id=nobody))["errors"][0]["path"] == ["storeId"]
    (error,) = (await ask(client, DELETE, i={"storeId": nobody, "confirmName": "Shop"}))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "storeId"])


async def test_a_store_is_deleted_once_its_name_is_repeated(client: Client, stage: Stage) -> None:
    await stage.arrive(item("MUG"))
    wanted = {"storeId": id_of(stage.store), "confirmName": "Shops"}

    (error,) = (await ask(client, DELETE, i=wanted))["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "confirmName"])
    gone = await ask(client, DELETE, i={**wanted, "confirmName": "Shop"})
    assert gone == {"store": {"status": "DELETING"}, "errors": []}
    (error,) = (await ask(client, PAUSE, id=wanted["storeId"]))["errors"]
    assert error["code"] == "ACTION_NOT_ALLOWED"
    while await remove_some(now=stage.now):
        pass
    assert (await client.ask("{ stores { id } amazonOrders { nodes { id } } }")) == {
        "stores": [],
        "amazonOrders": {"nodes": []},
    }


async def test_no_order_of_a_store_that_goes_can_be_worked_on(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG"))
    await ask(client, DELETE, i={"storeId": id_of(stage.store), "confirmName": "Shop"})

    shown = await client.ask(
        "query ($id: ID!) { node(id: $id) { ... on AmazonOrder { actions { kind allowed reasons { message } } } } }",
        id=id_of(order),
    )
    assert {action["allowed"] for action in shown["node"]["actions"]} == {False}
    retried = await ask(
        client,
        "mutation ($ids: [ID!]!) { retryImport(orderIds: $ids) { results { errors { message } } } }",
        ids=[id_of(order)],
    )
    told = {reason["message"] for action in shown["node"]["actions"] for reason in action["reasons"]}
    assert told == {retried["results"][0]["errors"][0]["message"]}


async def test_a_backfill_is_looked_at_and_then_begun(client: Client, stage: Stage) -> None:
    since = stage.store.cutoff_at - timedelta(days=30)
    wanted = {"storeId": id_of(stage.store), "importFrom": to_text(since)}

    preview = (await ask(client, PREVIEW, i=wanted))["preview"]
    assert (preview["orders"], preview["isExact"], preview["searches"], preview["seconds"]) == (3, True, 1, 0)
    assert (preview["importFrom"], preview["until"]) == (to_text(since), to_text(stage.store.cutoff_at))
    begun = await ask(client, START, i={**wanted, "previewToken": preview["token"]})
    assert begun["errors"] == []
    assert (begun["run"]["state"], begun["run"]["trigger"]) == ("QUEUED", "BACKFILL")
    assert await ask(client, START, i={**wanted, "previewToken": preview["token"]}) == begun


async def test_orders_that_are_here_already_count_in_the_preview(client: Client, stage: Stage) -> None:
    before = stage.store.cutoff_at - timedelta(days=2)
    await stage.arrive(item("MUG"), created_at=before)
    wanted = {"storeId": id_of(stage.store), "importFrom": to_text(before - timedelta(days=1))}

    assert (await ask(client, PREVIEW, i=wanted))["preview"]["orders"] == 4


async def test_what_cannot_be_begun_says_why(client: Client, stage: Stage) -> None:
    since = to_text(stage.store.cutoff_at - timedelta(days=1))
    wanted = {"storeId": id_of(stage.store), "importFrom": since}

    (error,) = (await ask(client, START, i={**wanted, "previewToken": "made up"}))["errors"]
    assert error["path"] == ["input", "previewToken"]
    assert "made up" not in error["message"]
    (error,) = (await ask(client, PREVIEW, i={**wanted, "importFrom": to_text(stage.now)}))["errors"]
    assert error["path"] == ["input", "importFrom"]
    client.credentials.refusal = MarketplaceUnavailable("Amazon is away.", retry_after=3)
    (error,) = (await ask(client, PREVIEW, i=wanted))["errors"]
    assert (error["code"], error["retryAfterSeconds"]) == ("MARKETPLACE_UNAVAILABLE", 3)
