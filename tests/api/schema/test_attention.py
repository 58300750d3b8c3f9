from datetime import timedelta
from typing import Any

from api.schema.ids import id_of
from domain.channel.credentials import reject_credentials
from domain.channel.overdue import note_overdue
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.unreadable import note_unreadable
from tests.api.schema.asking import Client
from tests.api.schema.test_troubles import unreadable
from tests.domain.channel.stage import Stage, commands_of, item
from tests.domain.channel.test_overdue import taken_by_amazon

LIST = """query ($first: Int, $after: String, $storeId: ID, $kind: [AttentionKind!], $state: BlockerState, $cap: Int) {
  attention(first: $first, after: $after, storeId: $storeId, kind: $kind, state: $state) {
    count(cap: $cap) { value precision } pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { id kind state message actBy openedAt lastCheckedAt resolvedAt resolvedBy { kind }
      order { amazonOrderId } store { name } command { state } blocker { id kind state }
      resolutions { id mutation needsInput } } } }"""
COUNT = "query ($storeId: ID, $cap: Int) { attention(storeId: $storeId) { count(cap: $cap) { value } } }"
NODE = "query ($id: ID!) { node(id: $id) { __typename id ... on AttentionItem { message } } }"


async def shown(client: Client, **arguments: Any) -> Any:
    return (await client.ask(LIST, **{"cap": 100, **arguments}))["attention"]


async def kinds(client: Client, **arguments: Any) -> list[str]:
    return [node["kind"] for node in (await shown(client, **arguments))["nodes"]]


async def one_of_each(stage: Stage) -> None:
    """Let there be something of most kinds, the one that ships first last of all."""
    await stage.products({"sku": "MUG", "quantity": "50"})
    shipped = await stage.arrive(item("MUG", 1), latest_ship_at=stage.now + timedelta(days=1))
    await stage.ship(shipped)
    await taken_by_amazon(stage, shipped)
    stage.later(days=1)
    await note_overdue(now=stage.now)
    await reject_credentials(account_id=stage.store.account_id, now=stage.now)
    await note_unreadable(account_id=stage.store.account_id, store=stage.store, orders=[unreadable()], now=stage.now)
    await stage.arrive(item("NEW", 1), latest_ship_at=stage.now + timedelta(days=3))
    asked = item("MUG", 1, cancel_requested=True)
    await stage.arrive(asked, latest_ship_at=stage.now + timedelta(days=2))
    await stage.arrive(item("MUG", 1), status="UNKNOWN", raw_status="LOST", latest_ship_at=None)


async def test_everything_to_look_at_is_one_list_by_ship_date_and_what_has_none_comes_last(
    client: Client, stage: Stage
) -> None:
    await one_of_each(stage)

    page = await shown(client)

    assert [node["kind"] for node in page["nodes"]] == [
        "COMMAND_OVERDUE",
        "BUYER_CANCELLATION",
        "BLOCKER",
        "CREDENTIALS",
        "UNREADABLE",
        "UNKNOWN_STATUS",
    ]
    assert page["count"] == {"value": 6, "precision": "EXACT"}
    dates = [node["actBy"] for node in page["nodes"]]
    assert dates == sorted(filter(None, dates)) + [None] * 3
    overdue, asked, blocked, credentials, lost, _ = page["nodes"]
    assert (overdue["command"], overdue["blocker"]) == ({"state": "ACCEPTED"}, None)
    assert asked["message"] == "The buyer asks to cancel the order: cancel it, or ship it all the same."
    assert (blocked["blocker"]["kind"], blocked["order"] is not None) == ("PRODUCT_NOT_MATCHED", True)
    assert (credentials["store"], credentials["order"], lost["order"]) == (None, None, None)
    assert lost["store"] == {"name": "Shop"}
    assert {node["state"] for node in page["nodes"]} == {"OPEN"}
    assert [[way["id"] for way in node["resolutions"]] for node in page["nodes"]] == [
        ["READ_AGAIN", "DISMISS"],
        ["CANCEL_ORDER", "DISMISS"],
        ["CREATE_PRODUCT", "MATCH_PRODUCT", "DISMISS"],
        ["CONNECT_STORE"],
        ["READ_AGAIN", "DISMISS"],
        ["READ_AGAIN", "DISMISS"],
    ]


async def test_a_request_to_cancel_ends_by_asking_amazon_or_by_shipping_all_the_same(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    apply = """mutation ($i: ApplyResolutionInput!) { applyResolution(input: $i) { errors { message } } }"""
    for way in ("CANCEL_ORDER", "DISMISS"):
        order = await stage.arrive(item("MUG", 1, cancel_requested=True))
        (node,) = (await shown(client))["nodes"]
        given = {"blockerId": node["id"], "resolutionId": way, "idempotencyKey": way, "note": "The buyer agreed."}
        assert (await client.ask(apply, i=given))["applyResolution"]["errors"] == []
        if way == "CANCEL_ORDER":
            assert [command.kind.value for command in await commands_of(order)] == ["CANCEL"]
            await stage.change(order, status="CANCELED")
        else:
            order = await stage.change(order, service_level="Exp DE Dom")
            assert await commands_of(order) == []
            await stage.ship(order)
    assert await kinds(client) == []
    assert len(await kinds(client, state="DISMISSED")) == 1


async def test_a_page_goes_on_where_the_one_before_ended_whatever_arrives_meanwhile(
    client: Client, stage: Stage
) -> None:
    await one_of_each(stage)
    seen, after = [], None
    for _ in range(6):
        page = await shown(client, first=1, after=after)
        seen += [node["kind"] for node in page["nodes"]]
        await stage.arrive(item("NEW", 1), latest_ship_at=stage.now - timedelta(days=3))
        after = page["pageInfo"]["endCursor"]
    assert not page["pageInfo"]["hasNextPage"]

    assert seen[:3] == ["COMMAND_OVERDUE", "BUYER_CANCELLATION", "BLOCKER"]
    assert seen[3:] == ["CREDENTIALS", "UNREADABLE", "UNKNOWN_STATUS"]
    refusal = await client.refused(LIST, after=after, kind=["BLOCKER"], cap=1)
    assert refusal["message"].startswith("This cursor does not belong to this list")


async def test_the_list_is_narrowed_by_kind_state_and_store(client: Client, stage: Stage) -> None:
    await one_of_each(stage)
    await Attention.filter(kind=AttentionKind.BLOCKER).update(state=AttentionState.DISMISSED)
    here, elsewhere = id_of(stage.store), id_of(type(stage.store)(id=99, account_id=99))

    assert await kinds(client, kind=["UNREADABLE", "CREDENTIALS"]) == ["CREDENTIALS", "UNREADABLE"]
    assert await kinds(client, kind=[]) == []
    assert await kinds(client, state="DISMISSED") == ["BLOCKER"]
    assert await kinds(client, state=None, kind=["BLOCKER"]) == []
    assert len(await kinds(client, storeId=here)) == 5
    assert await kinds(client, storeId=elsewhere) == []
    assert (await client.refused(COUNT, storeId="x"))["message"].startswith("This is not an id of this API")
    assert (await client.refused(COUNT, cap=-1))["message"] == "`cap` is from 0 to 100000."
    assert (await shown(client, cap=2))["count"] == {"value": 2, "precision": "AT_LEAST"}


async def test_an_entry_is_found_again_by_its_id_and_no_other_account_finds_it(client: Client, stage: Stage) -> None:
    await one_of_each(stage)
    for node in (await shown(client))["nodes"]:
        found = (await client.ask(NODE, id=node["id"]))["node"]
        assert found == {"__typename": "AttentionItem", "id": node["id"], "message": node["message"]}
    blocked = await Attention.get(kind=AttentionKind.BLOCKER)
    as_blocker = (await client.ask(NODE, id=id_of(blocked)))["node"]
    foreign = id_of(Attention(id=blocked.id, account_id=99)).encode()

    assert as_blocker["__typename"] == "ProductNotMatchedBlocker"
    assert (await client.ask(NODE, id=foreign.decode()))["node"] is None


async def test_an_entry_follows_the_date_by_which_its_order_has_to_ship(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("NEW", 1))
    sooner = stage.now + timedelta(hours=5)
    await stage.change(order, latest_ship_at=sooner)

    (node,) = (await shown(client))["nodes"]
    assert node["actBy"].startswith(sooner.strftime("%Y-%m-%dT%H:%M"))
