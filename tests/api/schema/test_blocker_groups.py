from typing import Any

from api.database import read_rows
from api.plans.fragments import EVERYTHING
from api.plans.keyset import page_sql
from api.schema import blocker_groups, blocker_list
from api.schema.attention_list import BY_SHIP_DATE
from api.schema.ids import NodeId, id_of
from api.schema.order_filters import BlockerKindFilter
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Product
from domain.channel.blockers import BlockerKind
from domain.channel.dismiss import dismiss_blocker
from domain.channel.records import AttentionState
from tests.api.schema.asking import Client
from tests.api.schema.test_applying import apply, blocker_of
from tests.domain.channel.stage import CLERK, Stage, item, shelf

GROUPS = """query ($first: Int, $after: String, $store: ID, $kind: BlockerKindFilter) {
  blockerGroups(first: $first, after: $after, storeId: $store, kind: $kind) {
    edges { cursor } pageInfo { hasNextPage endCursor }
    nodes { cause kind message sellerSku product { sku } orders { value precision } shipBy
      blocker { id cause order { amazonOrderId } } resolutions { id needsInput asserts } } } }"""
BLOCKERS = """query ($first: Int, $after: String, $store: ID, $kind: BlockerKindFilter, $state: BlockerState) {
  blockers(first: $first, after: $after, storeId: $store, kind: $kind, state: $state) {
    count { value } pageInfo { hasNextPage endCursor } edges { node { id } }
    nodes { id kind state order { amazonOrderId } } } }"""


async def groups(client: Client, **arguments: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.ask(GROUPS, **arguments))["blockerGroups"]["nodes"]
    return found


async def a_morning(stage: Stage) -> list[AmazonOrder]:
    """Seven orders behind one SKU, two behind a disabled product, three that lack goods together."""
    await stage.products({"sku": "OFF", "quantity": "9", "enabled": "no"}, {"sku": "CUP", "quantity": "2"})
    seen = [stage.facts(item("MUG", 1)) for _ in range(7)]
    stage.later(hours=1)
    seen += [stage.facts(item("OFF", 1)), stage.facts(item("OFF", 1))]
    stage.later(hours=1)
    seen += [stage.facts(item("CUP", 3), latest_ship_at=None) for _ in range(3)]
    orders = await stage.see(*seen)
    await stage.evaluate()
    return orders


async def test_orders_behind_one_cause_are_one_problem_with_one_button(client: Client, stage: Stage) -> None:
    orders = await a_morning(stage)

    mug, off, cup = await groups(client)

    assert (mug["kind"], mug["sellerSku"], mug["product"]) == ("PRODUCT_NOT_MATCHED", "MUG", None)
    assert mug["orders"] == {"value": 7, "precision": "EXACT"}
    assert mug["message"] == 'Cannot create sales order: Product "MUG" does not exist'
    assert mug["blocker"]["order"]["amazonOrderId"] == orders[0].number
    assert mug["blocker"]["cause"] == mug["cause"]
    assert [one["id"] for one in mug["resolutions"]] == ["CREATE_PRODUCT", "MATCH_PRODUCT"]
    assert (off["kind"], off["sellerSku"], off["product"]) == ("PRODUCT_DISABLED", None, {"sku": "OFF"})
    assert [one["id"] for one in off["resolutions"]] == ["ENABLE_PRODUCT", "MATCH_PRODUCT"]
    assert (cup["product"], cup["orders"]["value"], cup["shipBy"]) == ({"sku": "CUP"}, 3, None)
    (restock,) = cup["resolutions"]
    assert (restock["id"], restock["asserts"]) == ("RESTOCK_PRODUCT:TOGETHER", "7 more of CUP on the shelf")
    assert len({group["cause"] for group in (mug, off, cup)}) == 3


async def test_the_button_of_every_group_clears_all_of_them(client: Client, stage: Stage) -> None:
    await a_morning(stage)

    for at, group in enumerate(await groups(client)):
        given = {
            "blockerId": group["blocker"]["id"],
            "resolutionId": group["resolutions"][0]["id"],
            "idempotencyKey": f"key {at}",
        }
        query = (
            "mutation ($i: ApplyResolutionInput!) { applyResolution(input: $i) { affected { value } errors { code } } }"
        )
        payload = (await client.ask(query, i=given))["applyResolution"]
        assert payload == {"affected": {"value": group["orders"]["value"]}, "errors": []}

    assert await groups(client) == []
    assert await AmazonOrder.filter(import_state="IMPORTED").count() == 12
    assert await shelf("CUP") == (9, 9)


async def test_what_one_order_of_a_group_got_meanwhile_is_not_restocked_twice(client: Client, stage: Stage) -> None:
    orders = await a_morning(stage)
    blocker = await blocker_of(orders[9])
    await stage.products({"sku": "CUP", "quantity": "6"})

    payload = await apply(client, blocker, "RESTOCK_PRODUCT:TOGETHER")

    assert payload["errors"] == []
    assert await shelf("CUP") == (9, 9)
    assert await groups(client, kind={"eq": "OUT_OF_STOCK"}) == []


async def test_groups_are_read_by_page_store_and_kind(client: Client, stage: Stage) -> None:
    await a_morning(stage)
    whole = await groups(client)
    walked, after = [], None
    while True:
        page = (await client.ask(GROUPS, first=1, after=after))["blockerGroups"]
        walked += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert walked == whole
    assert await groups(client, store=id_of(stage.store)) == whole
    assert await groups(client, store=str(NodeId("Store", 1, 999))) == []
    assert await groups(client, kind={"eq": "PRODUCT_DISABLED"}) == [whole[1]]
    assert await groups(client, kind={"oneOf": ["PRODUCT_DISABLED", "OUT_OF_STOCK"]}) == whole[1:]
    assert await groups(client, kind={"oneOf": []}) == []
    page = await client.ask(GROUPS, first=1)
    refused = await client.refused(GROUPS, after=page["blockerGroups"]["edges"][0]["cursor"], kind={"oneOf": []})
    assert refused["code"] == "BAD_USER_INPUT"


async def test_flaws_of_one_order_keep_all_their_ways_out(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    await stage.arrive(item("MUG", 1), address=None)
    (group,) = await groups(client)
    assert [one["id"] for one in group["resolutions"]] == ["CORRECT_ADDRESS", "READ_AGAIN", "CANCEL_ORDER", "DISMISS"]
    assert group["resolutions"][0]["needsInput"] == ["ADDRESS"]


async def test_blockers_are_listed_by_ship_by_date_store_kind_and_state(client: Client, stage: Stage) -> None:
    orders = await a_morning(stage)
    await dismiss_blocker(attention_id=(await blocker_of(orders[0])).id, note="later", now=stage.now, actor=CLERK)

    page = (await client.ask(BLOCKERS, first=100))["blockers"]

    assert [node["order"]["amazonOrderId"] for node in page["nodes"]] == [order.number for order in orders[1:]]
    assert (page["count"]["value"], page["pageInfo"]["hasNextPage"]) == (11, False)
    assert [edge["node"]["id"] for edge in page["edges"]] == [node["id"] for node in page["nodes"]]
    first = (await client.ask(BLOCKERS, first=4))["blockers"]
    rest = (await client.ask(BLOCKERS, after=first["pageInfo"]["endCursor"]))["blockers"]
    assert first["nodes"] + rest["nodes"] == page["nodes"]
    for arguments, count in (
        ({"state": "DISMISSED"}, 1),
        ({"state": "RESOLVED"}, 0),
        ({"kind": {"eq": "OUT_OF_STOCK"}}, 3),
        ({"kind": {"oneOf": []}}, 0),
        ({"store": id_of(stage.store)}, 11),
        ({"store": str(NodeId("Store", 1, 999))}, 0),
    ):
        assert (await client.ask(BLOCKERS, **arguments))["blockers"]["count"]["value"] == count


async def plan_of(sql: str, *parameters: Any) -> str:
    rows = await read_rows(f"EXPLAIN QUERY PLAN {sql}", parameters)
    return "; ".join(row["detail"] for row in rows)


async def test_lists_of_blockers_walk_indexes(stage: Stage) -> None:
    where = blocker_list._condition(None, None, AttentionState.OPEN)
    plan = await plan_of(page_sql("attention", where.sql, BY_SHIP_DATE, backward=False), 21)
    assert "ix_attention_list" in plan
    assert "TEMP B-TREE" not in plan

    for kind in (None, BlockerKindFilter(eq=BlockerKind.OUT_OF_STOCK)):
        among = blocker_groups._of_store(str(NodeId("Store", 1, 1)))
        table = blocker_groups._GROUPS.format(among + blocker_groups._of_kind(kind))
        plan = await plan_of(page_sql(table, EVERYTHING.sql, blocker_groups._BY_SHIP_DATE, backward=False), 21)
        assert "USING COVERING INDEX ix_attention_cause" in plan
        assert "FOR GROUP BY" not in plan
        first = await plan_of(blocker_groups._FIRST.format(among), "OUT_OF_STOCK:1")
        assert "USING COVERING INDEX ix_attention_cause" in first
        assert "TEMP B-TREE" not in first


async def test_likely_products_are_offered_with_score_and_reason(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "mug-01", "name": "Blue mug"}, {"sku": "ZZZ", "name": "Something else"})
    order = await stage.arrive(item("MUG_01", 1))
    query = """query ($id: ID!) { node(id: $id) { ... on ProductNotMatchedBlocker {
      candidates { product { id sku } score because } } } }"""

    (candidate,) = (await client.ask(query, id=id_of(await blocker_of(order))))["node"]["candidates"]

    mug = await Product.get(sku="mug-01")
    assert candidate["product"] == {"id": id_of(mug), "sku": "mug-01"}
    assert (candidate["score"], candidate["because"]) == ("0.98", "the same SKU but for case and punctuation")
