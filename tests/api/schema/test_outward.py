"""What other programs read and write: the stream of changes, their own ids, tags."""

import itertools
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from domain.outward.deliveries import fan_out
from domain.outward.records import DeliveryState, Webhook, WebhookDelivery
from domain.outward.webhooks import MOST_WEBHOOKS, row_of, spelled
from domain.sealing import Sealer
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

CHANGES = """query ($first: Int, $after: String, $last: Int, $store: ID, $kinds: [OrderEventKind!]) {
  changes(first: $first, after: $after, last: $last, storeId: $store, kinds: $kinds) {
    nodes { kind sequence cursor order { amazonOrderId } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
NAME = """mutation ($input: SetExternalIdInput!) { setExternalId(input: $input) {
  order { version externalIds { system value } } errors { code message path } } }"""
TAG = """mutation ($input: TagOrderInput!) { tagOrder(input: $input) {
  order { version tags latestEvent { message actor { kind } } } errors { code message path } } }"""
FIND = "query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { amazonOrderId tags externalIds { system value } } }"


@pytest.fixture
async def orders(stage: Stage) -> list[AmazonOrder]:
    await stage.products({"sku": "MUG", "quantity": "50"})
    return [await stage.arrive(item("MUG", 2)) for _ in range(3)]


async def name(client: Client, order: AmazonOrder, system: str, value: str | None) -> Any:
    return (await client.ask(NAME, input={"orderId": id_of(order), "system": system, "value": value}))["setExternalId"]


async def tag(client: Client, order: AmazonOrder, **tags: Any) -> Any:
    return (await client.ask(TAG, input={"orderId": id_of(order), **tags}))["tagOrder"]


async def test_a_reader_sees_every_change_once_and_in_order_whatever_comes_meanwhile(
    client: Client, stage: Stage, orders: list[AmazonOrder]
) -> None:
    seen, after = [], None
    for turn in itertools.count():
        page = (await client.ask(CHANGES, first=4, after=after))["changes"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"] or after
        if turn == 1:
            await stage.arrive(item("MUG"))
        if not page["pageInfo"]["hasNextPage"]:
            break
    stored = await Event.filter(order_id__isnull=False).order_by("id")
    assert [(one["kind"], one["sequence"]) for one in seen] == [(one.kind, one.sequence) for one in stored]
    assert len({one["order"]["amazonOrderId"] for one in seen}) == 4
    assert (await client.ask(CHANGES, after=after))["changes"]["nodes"] == []
    newest = (await client.ask(CHANGES, last=1))["changes"]
    assert newest["pageInfo"]["endCursor"] == after


async def test_changes_of_a_store_and_of_a_kind(client: Client, stage: Stage, orders: list[AmazonOrder]) -> None:
    imported = (await client.ask(CHANGES, store=id_of(stage.store), kinds=["IMPORTED"]))["changes"]["nodes"]
    assert [one["kind"] for one in imported] == ["IMPORTED"] * 3
    assert (await client.ask(CHANGES, kinds=[]))["changes"]["nodes"] == []
    refused = await client.refused(CHANGES, after="bm90aGluZw==")
    assert (refused["code"], "no place in the timeline" in refused["message"]) == ("BAD_USER_INPUT", True)
    assert "expected is the id of Store" in (await client.refused(CHANGES, store=id_of(orders[0])))["message"]


async def test_an_order_is_found_by_what_another_program_calls_it(client: Client, orders: list[AmazonOrder]) -> None:
    one, other, _ = orders
    named = await name(client, one, "erp", "SO-1")
    assert named["errors"] == []
    assert named["order"]["externalIds"] == [{"system": "erp", "value": "SO-1"}]
    again = await name(client, one, "erp", "SO-1")
    assert again["order"]["version"] == named["order"]["version"]

    taken = await name(client, other, "erp", "SO-1")
    assert [(error["code"], error["path"]) for error in taken["errors"]] == [("DUPLICATE", ["input", "value"])]
    assert one.number in taken["errors"][0]["message"]
    await name(client, other, "wms", "SO-1")

    renamed = await name(client, one, "erp", "SO-2")
    assert renamed["order"]["externalIds"] == [{"system": "erp", "value": "SO-2"}]
    for system, value, number in (("erp", "SO-2", one.number), ("wms", "SO-1", other.number), ("erp", "SO-1", None)):
        found = (await client.ask(FIND, by={"externalId": {"system": system, "value": value}}))["amazonOrder"]
        assert (found and found["amazonOrderId"]) == number
    assert (await name(client, one, "erp", None))["order"]["externalIds"] == []
    assert (await name(client, other, "erp", "SO-2"))["errors"] == []


@pytest.mark.parametrize(
    ("system", "value", "field"),
    [("", "1", "system"), ("a b", "1", "system"), ("x" * 65, "1", "system"), ("erp", "", "value"),
     ("erp", " 1", "value"), ("erp", "1" * 201, "value"), ("erp", "ä", "value"), ("erp", "a\nb", "value")],
)  # fmt: skip
async def test_an_odd_id_is_refused(
    client: Client, orders: list[AmazonOrder], system: str, value: str, field: str
) -> None:
    refused = await name(client, orders[0], system, value)
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [("INVALID", ["input", field])]


async def test_tags_are_put_on_and_taken_off(client: Client, orders: list[AmazonOrder]) -> None:
    done = await tag(client, orders[0], add=["urgent", "b2b: großhandel", "urgent"])
    assert (done["errors"], done["order"]["tags"]) == ([], ["b2b: großhandel", "urgent"])
    assert done["order"]["latestEvent"] == {
        "message": "Tags: +b2b: großhandel, +urgent.",
        "actor": {"kind": "USER"},
    }
    again = await tag(client, orders[0], add=["urgent"], remove=["unknown"])
    assert (again["order"]["version"], again["order"]["tags"]) == (done["order"]["version"], done["order"]["tags"])
    off = await tag(client, orders[0], add=["x1"], remove=["urgent"])
    assert off["order"]["tags"] == ["b2b: großhandel", "x1"]


TAGGED = """query ($amazon: AmazonOrderWhere, $commerce: CommerceOrderWhere) {
  amazonOrders(where: $amazon) { nodes { amazonOrderId } } commerceOrders(where: $commerce) {
  nodes { amazonOrder { amazonOrderId } } } }"""


@pytest.mark.parametrize(
    ("tag_filter", "places"),
    [({"eq": "urgent"}, {0, 1}), ({"eq": "Urgent"}, set()), ({"oneOf": ["b2b", "late"]}, {1, 2}),
     ({"oneOf": []}, set()), ({"startsWith": "URG"}, {0, 1}), ({"contains": "_"}, set()), ({"contains": "a"}, {2})],
)  # fmt: skip
async def test_orders_are_found_by_their_tags(
    client: Client, stage: Stage, orders: list[AmazonOrder], tag_filter: Any, places: set[int]
) -> None:
    for order, tags in zip(orders, (["urgent"], ["urgent", "b2b"], ["late"]), strict=True):
        await tag(client, order, add=tags)
    await stage.arrive(item("MUG"))
    with_it = {orders[at].number for at in places}
    without = {order.number for order in orders} - with_it
    for where, wanted in (
        ({"tag": tag_filter}, with_it),
        ({"NOT": {"tag": tag_filter}, "tag": {"contains": ""}}, without),
    ):
        found = await client.ask(TAGGED, amazon=where, commerce=where)
        assert {node["amazonOrderId"] for node in found["amazonOrders"]["nodes"]} == wanted
        assert {node["amazonOrder"]["amazonOrderId"] for node in found["commerceOrders"]["nodes"]} == wanted


@pytest.mark.parametrize(
    ("tags", "code", "path"),
    [({"add": [""]}, "INVALID", ["add", "0"]), ({"add": ["a", "<b>"]}, "INVALID", ["add", "1"]),
     ({"remove": ["x" * 51]}, "INVALID", ["remove", "0"]), ({"add": ["a"], "remove": ["a"]}, "INVALID", ["remove"]),
     ({"add": [f"t{n}" for n in range(51)]}, "LIMIT_EXCEEDED", ["add"])],
)  # fmt: skip
async def test_odd_tags_are_refused(
    client: Client, orders: list[AmazonOrder], tags: Any, code: str, path: list[str]
) -> None:
    refused = await tag(client, orders[0], **tags)
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [(code, ["input", *path])]
    assert (await client.ask(FIND, by={"id": id_of(orders[0])}))["amazonOrder"]["tags"] == []


async def test_an_unknown_order_has_no_labels(client: Client, stage: Stage, orders: list[AmazonOrder]) -> None:
    gone = AmazonOrder(id=999, account_id=orders[0].account_id)
    assert [error["code"] for error in (await tag(client, gone, add=["a"]))["errors"]] == ["NOT_FOUND"]
    assert [error["code"] for error in (await name(client, gone, "erp", "1"))["errors"]] == ["NOT_FOUND"]


CREATE = """mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) {
  webhook { id name url state kinds store { id } } secret errors { code message path } } }"""
UPDATE = """mutation ($input: UpdateWebhookInput!) { updateWebhook(input: $input) {
  webhook { name url state kinds } secret errors { code path } } }"""
LIST = """query ($states: [WebhookDeliveryState!], $first: Int) {
  webhooks { id name deliveries(states: $states, first: $first) {
  nodes { id state attempts nextAttemptAt event { kind order { amazonOrderId } } } pageInfo { hasNextPage } } } }"""


async def hook(client: Client, **given: Any) -> Any:
    wanted = {"name": "ERP", "url": "https://erp.example/in", **given}
    return (await client.ask(CREATE, input=wanted))["createWebhook"]


async def test_a_webhook_is_made_changed_listed_and_deleted(
    client: Client, stage: Stage, orders: list[AmazonOrder], sealer: Sealer
) -> None:
    made = await hook(client, kinds=["TAGGED", "TAGGED"], storeId=id_of(stage.store))
    assert made["errors"] == []
    shown = made["webhook"]
    assert (shown["state"], shown["kinds"], shown["store"]) == ("ACTIVE", ["TAGGED"], {"id": id_of(stage.store)})
    row = await Webhook.get()
    assert made["secret"] == spelled(sealer.unseal(row.secret, row=row_of(row.id)))
    changed = (await client.ask(UPDATE, input={"webhookId": shown["id"], "name": "WMS", "kinds": []}))["updateWebhook"]
    assert (changed["webhook"]["name"], changed["webhook"]["kinds"], changed["secret"]) == ("WMS", [], None)
    renewed = await client.ask("mutation ($id: ID!) { renewWebhookSecret(webhookId: $id) { secret } }", id=shown["id"])
    assert renewed["renewWebhookSecret"]["secret"] != made["secret"]

    await tag(client, orders[0], add=["a"])
    await tag(client, orders[1], add=["b"])
    await fan_out(now=stage.now)
    [listed] = (await client.ask(LIST, states=["QUEUED"], first=1))["webhooks"]
    [node] = listed["deliveries"]["nodes"]
    assert node["event"] == {"kind": "TAGGED", "order": {"amazonOrderId": orders[1].number}}
    assert listed["deliveries"]["pageInfo"]["hasNextPage"]
    assert (await client.ask(LIST, states=["DEAD"]))["webhooks"][0]["deliveries"]["nodes"] == []
    found = await client.ask("query ($id: ID!) { node(id: $id) { __typename } }", id=node["id"])
    assert found["node"]["__typename"] == "WebhookDelivery"

    again = (
        """mutation ($id: ID!) { replayWebhookDelivery(deliveryId: $id) { delivery { id } errors { code path } } }"""
    )
    refused = (await client.ask(again, id=node["id"]))["replayWebhookDelivery"]
    assert refused == {"delivery": None, "errors": [{"code": "ACTION_NOT_ALLOWED", "path": ["deliveryId"]}]}
    await WebhookDelivery.all().update(state=DeliveryState.DELIVERED, due_at=None)
    assert (await client.ask(again, id=node["id"]))["replayWebhookDelivery"]["errors"] == []
    beginning = (await client.ask(CHANGES, first=1))["changes"]["nodes"][0]["cursor"]
    replay = "mutation ($id: ID!, $after: String!) { replayWebhook(webhookId: $id, after: $after) { errors { path } } }"
    assert (await client.ask(replay, id=shown["id"], after=beginning))["replayWebhook"]["errors"] == []
    assert (await client.ask(replay, id=shown["id"], after="x"))["replayWebhook"]["errors"] == [{"path": ["after"]}]
    assert await fan_out(now=stage.now) > 5

    delete = "mutation ($id: ID!) { deleteWebhook(webhookId: $id) { webhook { id } errors { code path } } }"
    assert (await client.ask(delete, id=shown["id"]))["deleteWebhook"] == {"webhook": None, "errors": []}
    gone = (await client.ask(delete, id=shown["id"]))["deleteWebhook"]["errors"]
    assert gone == [{"code": "NOT_FOUND", "path": ["webhookId"]}]
    assert (await client.ask(UPDATE, input={"webhookId": shown["id"], "state": "PAUSED"}))["updateWebhook"] == {
        "webhook": None,
        "secret": None,
        "errors": [{"code": "NOT_FOUND", "path": ["input", "webhookId"]}],
    }


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [({"name": " "}, "REQUIRED", "name"), ({"name": "x" * 101}, "INVALID", "name"),
     ({"url": "erp"}, "INVALID", "url"), ({"url": "http://erp.example/"}, "INVALID", "url"),
     ({"url": "http://10.0.0.1/"}, "INVALID", "url"), ({"url": "ftp://erp.example/"}, "INVALID", "url"),
     ({"url": "https://a:b@erp.example/"}, "INVALID", "url"), ({"url": "https://erp.example/#x"}, "INVALID", "url"),
     ({"url": "https://erp.example/\n"}, "INVALID", "url"), ({"url": "https://[::1"}, "INVALID", "url"),
     ({"url": "https://erp.example:99999/"}, "INVALID", "url"), ({"url": "https://" + "x" * 1000}, "INVALID", "url"),
     ({"url": "https://erp.example\\@evil.example/"}, "INVALID", "url")],
)  # fmt: skip
async def test_an_odd_webhook_is_refused(client: Client, stage: Stage, given: Any, code: str, field: str) -> None:
    refused = await hook(client, **given)
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [(code, ["input", field])]
    assert refused["secret"] is None
    assert await Webhook.all().count() == 0


async def test_there_are_only_so_many_webhooks_and_only_of_known_stores(client: Client, stage: Stage) -> None:
    for url in ("http://localhost:8080/x", "http://127.0.0.1/", "http://[::1]:9/"):
        assert (await hook(client, url=url, name=url))["errors"] == []
        assert [error["code"] for error in (await hook(client, url=url, name=url))["errors"]] == ["DUPLICATE"]
    shown = (await client.ask(LIST))["webhooks"][0]["id"]
    taken = (await client.ask(UPDATE, input={"webhookId": shown, "name": "http://[::1]:9/"}))["updateWebhook"]
    assert taken["errors"] == [{"code": "DUPLICATE", "path": ["input", "name"]}]
    unknown = await hook(client, storeId=id_of(Store(id=99, account_id=stage.store.account_id)))
    assert [(error["code"], error["path"]) for error in unknown["errors"]] == [("NOT_FOUND", ["input", "storeId"])]
    for number in range(MOST_WEBHOOKS - 3):
        assert (await hook(client, name=f"ERP {number}"))["errors"] == []
    assert [error["code"] for error in (await hook(client))["errors"]] == ["LIMIT_EXCEEDED"]
