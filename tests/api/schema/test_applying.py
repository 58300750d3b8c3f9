import asyncio
from typing import Any

import pytest

from api.schema.ids import NodeId, id_of
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Match, Product
from domain.channel.records import Attention, AttentionState
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, open_attention, shelf, told

PAYLOAD = """{ blocker { state resolvedAt } order { displayStatus importDecision { outcome } commerceOrder { number } }
  affected { value precision } errors { __typename code message path } }"""
APPLY = f"mutation ($input: ApplyResolutionInput!) {{ applyResolution(input: $input) {PAYLOAD} }}"
MATCH = f"mutation ($input: MatchProductInput!) {{ matchProduct(input: $input) {PAYLOAD} }}"
CREATE = f"mutation ($id: ID!, $n: Int) {{ createProductFromItem(blockerId: $id, quantity: $n) {PAYLOAD} }}"
DISMISS = f"mutation ($id: ID!, $note: String!) {{ dismissBlocker(blockerId: $id, note: $note) {PAYLOAD} }}"
RESOLUTIONS = """query ($id: ID!) { node(id: $id) { ... on Blocker {
  resolutions { id label mutation needsInput asserts } } } }"""


async def blocker_of(order: AmazonOrder) -> Attention:
    (blocker,) = await open_attention(order)
    return blocker


async def resolutions_of(client: Client, blocker: Attention) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.ask(RESOLUTIONS, id=id_of(blocker)))["node"]["resolutions"]
    return found


async def apply(client: Client, blocker: Attention, resolution: str, *, key: str = "k1", **inputs: Any) -> Any:
    given = {"blockerId": id_of(blocker), "resolutionId": resolution, "idempotencyKey": key} | inputs
    return (await client.ask(APPLY, input=given))["applyResolution"]


async def match(client: Client, blocker: Attention, product: dict[str, str], **inputs: Any) -> Any:
    given = {"blockerId": id_of(blocker), "product": product} | inputs
    return (await client.ask(MATCH, input=given))["matchProduct"]


def imported(payload: Any) -> bool:
    return not payload["errors"] and str(payload["order"]["importDecision"]["outcome"]) == "IMPORTED"


@pytest.mark.parametrize(
    ("product", "first"),
    [
        (None, ("CREATE_PRODUCT", "createProductFromItem", None)),
        ({"sku": "MUG", "quantity": "9", "enabled": "no"}, ("ENABLE_PRODUCT", "enableProduct", None)),
        ({"sku": "MUG", "quantity": "1"}, ("RESTOCK_PRODUCT", "restockProduct", "2 more of MUG on the shelf")),
    ],
)
async def test_the_first_way_out_of_each_documented_kind_clears_it_and_imports_the_order(
    client: Client, stage: Stage, product: dict[str, str] | None, first: tuple[str, str, str | None]
) -> None:
    if product:
        await stage.products(product)
    order = await stage.arrive(item("MUG", 3))
    blocker = await blocker_of(order)
    best, *_ = await resolutions_of(client, blocker)
    assert (best["id"], best["mutation"], best["asserts"]) == first
    assert best["needsInput"] == []

    payload = await apply(client, blocker, best["id"])

    assert imported(payload)
    assert payload["blocker"]["state"] == "RESOLVED"
    assert payload["order"]["commerceOrder"]["number"]
    assert payload["affected"] == {"value": 1, "precision": "EXACT"}
    assert await resolutions_of(client, blocker) == []


async def test_a_fix_helps_every_order_behind_it_twenty_at_once_and_the_others_by_the_worker(
    client: Client, stage: Stage
) -> None:
    orders = await stage.see(*(stage.facts(item("MUG", 1)) for _ in range(25)))
    await stage.evaluate()
    woken = len(client.woken)

    payload = await apply(client, await blocker_of(orders[24]), "CREATE_PRODUCT")

    assert imported(payload)
    assert payload["affected"]["value"] == 25
    assert await AmazonOrder.filter(import_state="IMPORTED").count() == 20
    assert len(client.woken) > woken
    backlog = "{ evaluationBacklog { value precision } }"
    assert (await client.ask(backlog))["evaluationBacklog"] == {"value": 5, "precision": "EXACT"}
    other = str(NodeId("Store", 1, 999))
    of_store = "query ($id: ID!) { evaluationBacklog(storeId: $id) { value } }"
    assert (await client.ask(of_store, id=other))["evaluationBacklog"] == {"value": 0}
    await stage.evaluate()
    assert await AmazonOrder.filter(import_state="IMPORTED").count() == 25
    assert (await client.ask(backlog))["evaluationBacklog"]["value"] == 0


async def test_restocking_one_order_gives_it_what_came_before_those_that_ship_earlier(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    earlier = await stage.arrive(item("MUG", 1))
    stage.later(hours=1)
    later = await stage.arrive(item("MUG", 2))

    payload = await apply(client, await blocker_of(later), "RESTOCK_PRODUCT")

    assert imported(payload)
    assert payload["affected"]["value"] == 2
    assert (await AmazonOrder.get(id=earlier.id)).import_state == "BLOCKED"
    assert await shelf() == (2, 2)


async def test_a_count_given_with_a_restock_is_what_came(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive(item("MUG", 1))
    blocker = await blocker_of(order)

    refused = await apply(client, blocker, "RESTOCK_PRODUCT", quantity=0)
    assert [error["path"] for error in refused["errors"]] == [["input", "quantity"]]
    too_many = await apply(client, blocker, "RESTOCK_PRODUCT", quantity=2_147_483_647, key="k2")
    assert {error["path"][-1] for error in too_many["errors"]} <= {"quantity"}
    payload = await apply(client, blocker, "RESTOCK_PRODUCT", quantity=7, key="k3")
    assert imported(payload)


async def test_the_same_key_brings_the_first_answer_and_with_other_input_a_refusal(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive(item("MUG", 3))
    blocker = await blocker_of(order)
    first = await apply(client, blocker, "RESTOCK_PRODUCT")

    again = await apply(client, blocker, "RESTOCK_PRODUCT")
    other = await apply(client, blocker, "RESTOCK_PRODUCT", quantity=5)

    assert again == first
    assert [(error["code"], error["path"]) for error in other["errors"]] == [
        ("IDEMPOTENCY_KEY_REUSED", ["input", "idempotencyKey"])
    ]
    assert await shelf() == (3, 3)


async def test_the_second_of_two_people_hears_that_it_is_resolved_when_and_by_whom(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    order = await stage.arrive(item("MUG", 3))
    blocker = await blocker_of(order)
    await apply(client, blocker, "RESTOCK_PRODUCT", key="hers")

    his = await apply(client, blocker, "RESTOCK_PRODUCT", key="his")

    (error,) = his["errors"]
    assert (error["code"], error["path"]) == ("ACTION_NOT_ALLOWED", ["input", "blockerId"])
    assert error["message"].startswith("It is resolved already, since 2026-03-02T09:00:00.000Z, by SYSTEM")
    assert his["order"]["displayStatus"] == "UNSHIPPED"
    assert await shelf() == (3, 3)


@pytest.mark.parametrize("resolution", ["RESTOCK_PRODUCT", "RESTOCK_PRODUCT:TOGETHER"])
async def test_two_people_at_the_same_moment_restock_once(client: Client, stage: Stage, resolution: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    blocker = await blocker_of(await stage.arrive(item("MUG", 3)))

    both = await asyncio.gather(*(apply(client, blocker, resolution, key=key) for key in ("hers", "his")))

    assert sum(imported(payload) for payload in both) >= 1
    for payload in both:
        assert {error["code"] for error in payload["errors"]} <= {"ACTION_NOT_ALLOWED"}
    assert await shelf() == (3, 3)


async def test_the_same_request_twice_at_the_same_moment_is_one(client: Client, stage: Stage) -> None:
    blocker = await blocker_of(await stage.arrive(item("MUG", 3)))

    both = await asyncio.gather(*(apply(client, blocker, "CREATE_PRODUCT", key="same") for _ in range(2)))

    assert [payload["errors"] for payload in both] == [[], []]
    assert [payload["affected"]["value"] for payload in both] == [1, 1]
    assert await Product.all().count() == 1


@pytest.mark.parametrize(
    ("resolution", "code"),
    [
        ("NONSENSE", "INVALID"),
        ("ENABLE_PRODUCT", "ACTION_NOT_ALLOWED"),
        ("CREATE_PRODUCT:TOGETHER", "ACTION_NOT_ALLOWED"),
    ],
)
async def test_a_way_out_that_it_does_not_have_is_refused(
    client: Client, stage: Stage, resolution: str, code: str
) -> None:
    blocker = await blocker_of(await stage.arrive(item("MUG", 3)))

    payload = await apply(client, blocker, resolution)

    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["input", "resolutionId"])]
    assert payload["blocker"]["state"] == "OPEN"


async def test_what_a_way_out_needs_has_to_be_given(client: Client, stage: Stage) -> None:
    blocker = await blocker_of(await stage.arrive(item("MUG", 3)))

    for resolution, needed in (("MATCH_PRODUCT", "product"), ("DISMISS", "note")):
        payload = await apply(client, blocker, resolution)
        assert [(error["code"], error["path"]) for error in payload["errors"]] == [("REQUIRED", ["input", needed])]


async def test_ids_of_other_things_and_of_nothing_are_refused(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 3))
    blocker = await blocker_of(order)
    unknown = str(NodeId("Blocker", blocker.account_id, 999))
    foreign = str(NodeId("Blocker", blocker.account_id + 1, blocker.id))
    for text, code in ((id_of(order), "INVALID"), ("x", "INVALID"), (unknown, "NOT_FOUND"), (foreign, "NOT_FOUND")):
        given = {"blockerId": text, "resolutionId": "CREATE_PRODUCT", "idempotencyKey": "k"}
        payloads = (
            (await client.ask(APPLY, input=given))["applyResolution"],
            (await client.ask(MATCH, input={"blockerId": text, "product": {"sku": "A"}}))["matchProduct"],
        )
        for payload in payloads:
            assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["input", "blockerId"])]
        for payload in (
            (await client.ask(CREATE, id=text))["createProductFromItem"],
            (await client.ask(DISMISS, id=text, note="x"))["dismissBlocker"],
        ):
            assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, ["blockerId"])]


async def test_an_attention_item_of_a_blocker_can_be_cleared_as_well(client: Client, stage: Stage) -> None:
    blocker = await blocker_of(await stage.arrive(item("MUG", 3)))
    given = {
        "blockerId": str(NodeId("AttentionItem", blocker.account_id, blocker.id)),
        "resolutionId": "CREATE_PRODUCT",
        "idempotencyKey": "k",
    }
    assert imported((await client.ask(APPLY, input=given))["applyResolution"])


async def test_a_match_is_remembered_for_all_orders_of_the_sku_now_and_later(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9"})
    order, other = await stage.arrive(item("MUG", 1)), await stage.arrive(item("MUG", 2))
    cup = await Product.get(sku="CUP")

    payload = await match(client, await blocker_of(order), {"id": id_of(cup)})

    assert imported(payload)
    assert payload["affected"]["value"] == 2
    assert (await AmazonOrder.get(id=other.id)).import_state == "IMPORTED"
    assert (await stage.arrive(item("MUG", 3))).import_state == "IMPORTED"
    assert await shelf("CUP") == (9, 6)
    shown = (
        """query ($id: ID!) { node(id: $id) { ... on AmazonOrder { items { product { sku } match { source } } } } }"""
    )
    (line,) = (await client.ask(shown, id=id_of(order)))["node"]["items"]
    assert line == {"product": {"sku": "CUP"}, "match": {"source": "MANUAL"}}


async def test_a_match_of_one_item_holds_for_it_alone_whatever_amazon_says_later(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "0"})
    order, other = await stage.arrive(item("MUG", 1)), await stage.arrive(item("MUG", 2))

    payload = await match(client, await blocker_of(order), {"sku": "CUP"}, remember=False)

    assert payload["errors"] == []
    assert payload["affected"]["value"] == 1
    order = await stage.change(order, service_level="Next")
    assert [row.blocker_kind for row in await open_attention(order)] == ["OUT_OF_STOCK"]
    assert [row.blocker_kind for row in await open_attention(other)] == ["PRODUCT_NOT_MATCHED"]
    shown = (
        """query ($id: ID!) { node(id: $id) { ... on AmazonOrder { items { product { sku } match { source } } } } }"""
    )
    (line,) = (await client.ask(shown, id=id_of(order)))["node"]["items"]
    assert line == {"product": {"sku": "CUP"}, "match": None}
    assert not await Match.all().exists()
    await stage.products({"sku": "CUP", "quantity": "1"})
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"


async def test_a_missing_and_a_disabled_product_are_refused_with_the_way_out(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9", "enabled": "no"})
    blocker = await blocker_of(await stage.arrive(item("MUG", 1)))
    cup = await Product.get(sku="CUP")

    missing = await match(client, blocker, {"sku": "NOTHING"})
    gone = await match(client, blocker, {"id": str(NodeId("Product", 0, 999))})
    disabled = await match(client, blocker, {"id": id_of(cup)})
    mistaken = await match(client, blocker, {"id": id_of(blocker)})

    codes = [payload["errors"][0]["code"] for payload in (missing, gone, disabled, mistaken)]
    assert codes == ["NOT_FOUND", "NOT_FOUND", "ACTION_NOT_ALLOWED", "INVALID"]
    assert disabled["errors"][0]["path"] == ["input", "product"]
    assert "enableProduct" in disabled["errors"][0]["message"]
    assert not await Match.all().exists()
    assert "PRODUCT_MATCHED" not in await told(await AmazonOrder.get(id=blocker.order_id))


async def test_a_product_is_made_of_the_item_and_the_second_person_gets_no_duplicate(
    client: Client, stage: Stage
) -> None:
    orders = await stage.see(*(stage.facts(item("MUG", 2, cents=3980, asin="B01")) for _ in range(22)))
    await stage.evaluate()
    hers, his = await blocker_of(orders[0]), await blocker_of(orders[21])

    made = (await client.ask(CREATE, id=id_of(hers), n=100))["createProductFromItem"]
    again = (await client.ask(CREATE, id=id_of(his)))["createProductFromItem"]

    assert imported(made)
    assert imported(again)
    product = await Product.get()
    assert (product.sku, product.name, product.asin) == ("MUG", "A fine MUG", "B01")
    assert (product.price_minor, product.currency, product.manages_stock) == (1990, "EUR", True)
    assert (await Match.get()).source == "CREATED"


async def test_a_quantity_that_is_none_is_refused_and_nothing_is_left_behind(client: Client, stage: Stage) -> None:
    blocker = await blocker_of(await stage.arrive(item("MUG", 2)))
    direct = (await client.ask(CREATE, id=id_of(blocker), n=-1))["createProductFromItem"]
    applied = await apply(client, blocker, "CREATE_PRODUCT", quantity=-1)
    assert [payload["errors"][0]["path"] for payload in (direct, applied)] == [["quantity"], ["input", "quantity"]]
    assert not await Product.all().exists()
    assert not await Match.all().exists()
    assert not await Event.filter(kind="PRODUCT_CREATED").exists()


async def test_a_blocker_that_is_left_stops_its_order_without_a_word(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 2))
    blocker = await blocker_of(order)

    payload = (await client.ask(DISMISS, id=id_of(blocker), note=" not ours "))["dismissBlocker"]
    again = (await client.ask(DISMISS, id=id_of(blocker), note="x"))["dismissBlocker"]
    blank = (await client.ask(DISMISS, id=id_of(blocker), note=" "))["dismissBlocker"]

    assert (payload["errors"], payload["blocker"]["state"]) == ([], "DISMISSED")
    assert payload["order"]["displayStatus"] == "ERROR"
    assert again["errors"][0]["message"].startswith("It was dismissed already, since")
    assert blank["errors"][0]["code"] == "ACTION_NOT_ALLOWED"
    assert (await Event.get(kind="ATTENTION_DISMISSED")).details["note"] == "not ours"
    assert [one["id"] for one in await resolutions_of(client, blocker)] == ["CREATE_PRODUCT", "MATCH_PRODUCT"]
    await stage.products({"sku": "MUG", "quantity": "2"})
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"
    assert (await Attention.get(id=blocker.id)).state is AttentionState.RESOLVED
