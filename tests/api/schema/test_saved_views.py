import asyncio
from typing import Any

import pytest

from api.schema.ids import NodeId, id_of
from domain.accounts.saved_views import MOST_VIEWS, ListKind, SavedView
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

VIEW = "view { id list name isDefault where orderBy columns version createdAt problem }"
SORTED = {"orderBy": {"field": "TOTAL"}}
CREATE = f"mutation ($i: CreateViewInput!) {{ createView(input: $i) {{ {VIEW} errors {{ code message path }} }} }}"
UPDATE = f"""mutation ($i: UpdateViewInput!) {{ updateView(input: $i) {{ {VIEW}
  errors {{ __typename code path ... on StaleVersionError {{ actualVersion }} }} }} }}"""
DELETE = f"mutation ($id: ID!) {{ deleteView(viewId: $id) {{ {VIEW} errors {{ code message path }} }} }}"
VIEWS = "query ($list: ListKind) { savedViews(list: $list) { id name list isDefault problem } }"
ONE = "query ($id: ID!) { savedView(id: $id) { name } node(id: $id) { __typename id } }"
AMAZON = """query ($view: ID, $where: AmazonOrderWhere, $order: AmazonOrderOrder) {
  amazonOrders(view: $view, where: $where, orderBy: $order) { nodes { amazonOrderId } count { value } } }"""
COMMERCE = "query ($view: ID) { commerceOrders(view: $view) { nodes { number } } }"
BIG: dict[str, Any] = {
    "where": {
        "total": {"currencyCode": "EUR", "gte": "5.00"},
        "purchasedAt": {"gte": "2026-03-02T10:00:00.123456+01:00"},
        "NOT": {"displayStatus": {"oneOf": ["PENDING", "CANCELED"]}},
        "OR": [{"sku": {"startsWith": "MU"}}, {"onHold": True}, {}],
    },
    "orderBy": {"field": "TOTAL", "direction": "ASC"},
    "columns": ["TOTAL", "AMAZON_ORDER_ID", "BUYER_NAME"],
}
STORED = BIG["where"] | {"purchasedAt": {"gte": "2026-03-02T09:00:00.123456Z"}}


async def created(client: Client, name: str = "Big", **content: Any) -> dict[str, Any]:
    payload = (await client.ask(CREATE, i={"name": name, "content": content or {"amazonOrders": BIG}}))["createView"]
    assert payload["errors"] == []
    view: dict[str, Any] = payload["view"]
    return view


async def numbers(client: Client, **asked: Any) -> list[str]:
    return [node["amazonOrderId"] for node in (await client.ask(AMAZON, **asked))["amazonOrders"]["nodes"]]


async def test_a_view_is_kept_as_it_was_sent_and_used_by_its_list(client: Client, stage: Stage) -> None:
    dear, cheap, fair = [await stage.arrive(item("MUG", cents=cents)) for cents in (1990, 499, 700)]
    view = await created(client)
    at = stage.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert view | {"id": "", "version": 0} == {
        "id": "",
        "list": "AMAZON_ORDERS",
        "name": "Big",
        "isDefault": False,
        "where": STORED,
        "orderBy": BIG["orderBy"],
        "columns": BIG["columns"],
        "version": 0,
        "createdAt": at,
        "problem": None,
    }
    assert await numbers(client, view=view["id"]) == []  # bought a little before

    await client.ask(
        UPDATE,
        i={
            "viewId": view["id"],
            "content": {"amazonOrders": BIG | {"where": {**BIG["where"], "purchasedAt": None, "OR": [{}]}}},
        },
    )
    assert await numbers(client, view=view["id"]) == [fair.number, dear.number]
    assert await numbers(client, where={"total": {"currencyCode": "EUR", "lt": "10"}}, view=view["id"]) == [fair.number]
    turned = {"field": "PURCHASED_AT", "direction": "DESC"}
    assert await numbers(client, view=view["id"], order=turned) == [fair.number, dear.number]
    assert len(await numbers(client)) == 3
    assert cheap.number in await numbers(client)


async def test_what_a_view_returns_can_be_sent_again_as_it_is(client: Client, stage: Stage) -> None:
    await stage.arrive(item("MUG"))
    view = await created(client, "One", amazonOrders={"where": {"OR": [{"sku": {"eq": "MUG"}}]}})
    assert await numbers(client, where=view["where"], order=view["orderBy"]) == await numbers(client, view=view["id"])


async def test_views_are_renamed_changed_listed_and_deleted(client: Client) -> None:
    view = await created(client, " Late ", commerceOrders={"where": {"onHold": True}, "columns": ["NUMBER"]})
    await created(client, "Another", commerceOrders={})
    listed = (await client.ask(VIEWS, list="COMMERCE_ORDERS"))["savedViews"]
    assert [(one["name"], one["isDefault"]) for one in listed] == [
        ("Default view", True),
        ("Another", False),
        ("Late", False),
    ]
    assert {one["list"] for one in (await client.ask(VIEWS))["savedViews"]} == {"AMAZON_ORDERS", "COMMERCE_ORDERS"}

    payload = (await client.ask(UPDATE, i={"viewId": view["id"], "name": "Held", "expectedVersion": 1}))["updateView"]
    assert (payload["view"]["name"], payload["view"]["version"]) == ("Held", 2)
    assert payload["view"]["where"] == {"onHold": True}
    payload = (await client.ask(UPDATE, i={"viewId": view["id"], "name": "X", "expectedVersion": 1}))["updateView"]
    assert payload["errors"] == [
        {
            "__typename": "StaleVersionError",
            "code": "STALE_VERSION",
            "path": ["input", "expectedVersion"],
            "actualVersion": 2,
        }
    ]
    same = (await client.ask(UPDATE, i={"viewId": view["id"], "name": "HELD"}))["updateView"]
    assert same["view"]["name"] == "HELD"

    assert (await client.ask(ONE, id=view["id"]))["savedView"] == {"name": "HELD"}
    gone = (await client.ask(DELETE, id=view["id"]))["deleteView"]
    assert (gone["errors"], gone["view"]["name"]) == ([], "HELD")
    assert await client.ask(ONE, id=view["id"]) == {"savedView": None, "node": None}
    refused = await client.refused(COMMERCE, view=view["id"])
    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", ["view"])
    for payload in (
        (await client.ask(DELETE, id=view["id"]))["deleteView"],
        (await client.ask(UPDATE, i={"viewId": view["id"], "name": "Y"}))["updateView"],
    ):
        assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]


async def test_the_default_view_stays_as_it_is(client: Client) -> None:
    default = await SavedView.get(kind=ListKind.AMAZON_ORDERS, is_default=True)
    for payload in (
        (await client.ask(DELETE, id=id_of(default)))["deleteView"],
        (await client.ask(UPDATE, i={"viewId": id_of(default), "name": "Mine"}))["updateView"],
    ):
        assert [error["code"] for error in payload["errors"]] == ["ACTION_NOT_ALLOWED"]
    assert await numbers(client, view=id_of(default)) == []
    assert await SavedView.filter(id=default.id, name="Default view", version=1).exists()


@pytest.mark.parametrize(
    ("name", "content", "code", "path"),
    [
        (" ", {"amazonOrders": {}}, "REQUIRED", ["input", "name"]),
        ("n" * 101, {"amazonOrders": {}}, "INVALID", ["input", "name"]),
        ("a\nb", {"amazonOrders": {}}, "INVALID", ["input", "name"]),
        ("DEFAULT VIEW", {"amazonOrders": {}}, "DUPLICATE", ["input", "name"]),
        (
            "x",
            {"amazonOrders": {"where": {"ids": ["x"]}}},
            "INVALID",
            ["input", "content", "amazonOrders", "where", "ids"],
        ),
        ("x", {"amazonOrders": SORTED}, "INVALID", ["input", "content", "amazonOrders", "orderBy", "field"]),
        ("x", {"commerceOrders": SORTED}, "INVALID", ["input", "content", "commerceOrders", "orderBy", "field"]),
        (
            "x",
            {"amazonOrders": {"columns": ["TOTAL", "TOTAL"]}},
            "INVALID",
            ["input", "content", "amazonOrders", "columns"],
        ),
        (
            "x",
            {"amazonOrders": {"where": {"NOT": {"buyerName": {"eq": "Ada"}}}}},
            "INVALID",
            ["input", "content", "amazonOrders", "where", "buyerName"],
        ),
        (
            "x",
            {"commerceOrders": {"where": {"OR": [{"customerEmail": "a@b.c"}]}}},
            "INVALID",
            ["input", "content", "commerceOrders", "where", "customerEmail"],
        ),
        (
            "x",
            {"commerceOrders": {"where": {"search": "a@b.c"}}},
            "INVALID",
            ["input", "content", "commerceOrders", "where", "search"],
        ),
        (
            "x",
            {"commerceOrders": {"where": {"number": {"oneOf": ["n" * 200] * 100}, "sku": {"oneOf": ["s" * 99] * 9}}}},
            "LIMIT_EXCEEDED",
            ["input", "content", "commerceOrders", "where"],
        ),
    ],
)
async def test_a_bad_view_is_refused_with_its_place(
    client: Client, name: str, content: Any, code: str, path: list[str]
) -> None:
    payload = (await client.ask(CREATE, i={"name": name, "content": content}))["createView"]
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, path)]
    assert await SavedView.filter(is_default=False).count() == 0


async def test_a_column_or_list_that_nobody_knows_never_gets_in(client: Client) -> None:
    contents: list[Any] = [{"amazonOrders": {"columns": ["SHOE_SIZE"]}}, {}, {"amazonOrders": {}, "commerceOrders": {}}]
    for content in contents:
        assert "errors" in await client.post(CREATE, i={"name": "x", "content": content})
    view = await created(client)
    payload = (await client.ask(UPDATE, i={"viewId": view["id"], "content": {"commerceOrders": {}}}))["updateView"]
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("INVALID", ["input"])]
    refused = await client.refused(COMMERCE, view=view["id"])
    assert refused["message"] == "This is a view of AMAZON_ORDERS."
    assert (await client.refused(COMMERCE, view=str(NodeId("Store", 1, 1))))["argument"] == ["view"]


async def test_a_view_that_no_longer_fits_says_so_and_is_not_used(client: Client) -> None:
    view = await created(client)
    for changed, words in (
        ({"condition": {"displayStatus": {"eq": "SOLD"}}}, "no longer fits AmazonOrderWhere"),
        ({"condition": {"shoe": 1}}, "no longer fits AmazonOrderWhere"),
        ({"condition": None, "sort": {"field": "SHOE"}}, "no longer fits AmazonOrderOrder"),
        ({"sort": None, "columns": ["TOTAL", "SHOE"]}, "no columns SHOE any more"),
    ):
        await SavedView.filter(is_default=False).update(**changed)
        problems = [one["problem"] for one in (await client.ask(VIEWS))["savedViews"] if not one["isDefault"]]
        assert words in problems[0]
        if "columns" not in changed:
            assert words in (await client.refused(AMAZON, view=view["id"]))["message"]


async def test_a_list_has_so_many_views_at_most(client: Client) -> None:
    rows = [
        SavedView(kind=ListKind.AMAZON_ORDERS, name=str(at), name_key=str(at), columns=[])
        for at in range(MOST_VIEWS - 1)
    ]
    await SavedView.bulk_create(rows)
    payload = (await client.ask(CREATE, i={"name": "x", "content": {"amazonOrders": {}}}))["createView"]
    assert [error["code"] for error in payload["errors"]] == ["LIMIT_EXCEEDED"]
    await created(client, "x", commerceOrders={})


async def test_of_two_who_save_the_same_name_at_once_one_is_told(client: Client) -> None:
    given = {"name": "Same", "content": {"amazonOrders": {}}}
    payloads = await asyncio.gather(*(client.ask(CREATE, i=given) for _ in range(3)))
    codes = sorted(str([error["code"] for error in one["createView"]["errors"]]) for one in payloads)
    assert codes == ["['DUPLICATE']", "['DUPLICATE']", "[]"]
