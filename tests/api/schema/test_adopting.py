"""Taking orders over: each gets the number that the other system gave it, once, and none is imported twice."""

from datetime import timedelta
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from domain.channel.adopt import MOST
from domain.channel.adoption_records import Adoption
from domain.channel.evaluate import evaluate_batch
from domain.commerce.records import CommerceOrder
from domain.timeline import Event, EventKind
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

ADOPT = """mutation ($input: AdoptOrdersInput!) { adoptOrders(input: $input) { succeeded failed
  results { index adoption order { amazonOrderId commerceOrder { number } } errors { code message path } }
  errors { code path } } }"""
ONE, TWO, THREE = (f"902-0000000-000000{n}" for n in (1, 2, 3))


async def adopt(client: Client, stage: Stage, *orders: tuple[str, str]) -> Any:
    wanted = [{"amazonOrderId": amazon, "number": number} for amazon, number in orders]
    return (await client.ask(ADOPT, input={"storeId": id_of(stage.store), "orders": wanted}))["adoptOrders"]


def words(payload: Any) -> list[Any]:
    return [result["adoption"] or result["errors"][0]["code"] for result in payload["results"]]


@pytest.fixture(autouse=True)
async def shelf(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})


async def numbers() -> list[Any]:
    return list(await CommerceOrder.all().order_by("id").values_list("channel_number", "number"))


async def test_an_order_that_comes_later_gets_the_number_it_has_elsewhere(client: Client, stage: Stage) -> None:
    assert words(await adopt(client, stage, (ONE, "M2-77"), (TWO, "M2-78"))) == ["EXPECTED", "EXPECTED"]
    await stage.arrive(item("MUG", 2), number=ONE)
    await stage.arrive(item("MUG", 1), number=THREE)
    assert await numbers() == [(ONE, "M2-77"), (THREE, "000000001")]
    told = [event.kind for event in await Event.all().order_by("id")]
    assert (told.count(EventKind.ADOPTED), told.count(EventKind.IMPORTED)) == (1, 1)
    message = (await Event.get(kind=EventKind.ADOPTED)).message
    assert message == "Linked with commerce order M2-77."


async def test_an_order_from_before_the_store_was_connected_is_taken_over(client: Client, stage: Stage) -> None:
    before = stage.store.cutoff_at - timedelta(days=3)
    for number in (ONE, TWO):
        await stage.arrive(item("MUG", 1), number=number, created_at=before)
    assert await numbers() == []
    done = await adopt(client, stage, (ONE, "M2-77"))
    assert (words(done), done["succeeded"]) == (["LINKED"], 1)
    assert done["results"][0]["order"] == {"amazonOrderId": ONE, "commerceOrder": {"number": "M2-77"}}
    await evaluate_batch(now=stage.later(days=1), sealer=stage.sealer)
    assert await numbers() == [(ONE, "M2-77")]


async def test_the_same_again_changes_nothing_and_another_number_is_refused(client: Client, stage: Stage) -> None:
    await stage.arrive(item("MUG", 1), number=ONE, created_at=stage.store.cutoff_at - timedelta(days=3))
    await stage.arrive(item("MUG", 1), number=TWO)
    assert words(await adopt(client, stage, (ONE, "A"), (THREE, "B"))) == ["LINKED", "EXPECTED"]
    again = await adopt(client, stage, (ONE, "A"), (THREE, "B"), (TWO, "000000001"))
    assert words(again) == ["UNCHANGED"] * 3
    clashes = await adopt(client, stage, (ONE, "C"), (THREE, "C2"), (TWO, "D"), ("902-0000000-0000009", "000000001"))
    assert words(clashes) == ["DUPLICATE"] * 4
    assert [result["errors"][0]["path"][3] for result in clashes["results"]] == [
        "amazonOrderId", "amazonOrderId", "amazonOrderId", "number",
    ]  # fmt: skip
    assert "commerce order 000000001" in clashes["results"][2]["errors"][0]["message"]
    assert await Adoption.all().count() == 2


async def test_what_is_refused_stops_no_other(client: Client, stage: Stage) -> None:
    done = await adopt(
        client, stage, ("902-1", "A"), (ONE, ""), (TWO, "x" * 65), (TWO, "B"), (THREE, "C"),
        ("902-0000000-0000004", "C"), ("902-0000000-0000005", "E"), ("902-0000000-0000006", "F"),
        ("902-0000000-0000006", "G"), ("9" * 99, "H"),
    )  # fmt: skip
    assert words(done) == ["INVALID"] * 3 + [
        "EXPECTED",
        "DUPLICATE",
        "DUPLICATE",
        "EXPECTED",
        "DUPLICATE",
        "DUPLICATE",
        "INVALID",
    ]
    assert done["results"][0]["errors"][0]["path"] == ["input", "orders", "0", "amazonOrderId"]
    assert (done["succeeded"], done["failed"]) == (2, 8)


async def test_too_many_and_unknown_stores_are_refused(client: Client, stage: Stage) -> None:
    many = await adopt(client, stage, *((f"902-0000000-{n:07d}", f"N{n}") for n in range(MOST + 1)))
    assert [(error["code"], error["path"]) for error in many["errors"]] == [("LIMIT_EXCEEDED", ["input", "orders"])]
    assert await Adoption.all().count() == 0
    gone = id_of(Store(id=99, account_id=stage.store.account_id))
    payload = (await client.ask(ADOPT, input={"storeId": gone, "orders": []}))["adoptOrders"]
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_FOUND", ["input", "storeId"])]


async def test_many_orders_are_evaluated_the_first_at_once(client: Client, stage: Stage) -> None:
    before = stage.store.cutoff_at - timedelta(days=3)
    await stage.products({"sku": "CUP", "manages_stock": "no"})
    known = [f"902-0000001-{n:07d}" for n in range(30)]
    for number in known:
        await stage.arrive(item("CUP", 1), number=number, created_at=before)
    done = await adopt(client, stage, *((number, f"X{number[-2:]}") for number in known))
    assert words(done) == ["LINKED"] * 30
    assert (await CommerceOrder.all().count(), client.woken) == (20, [1])
    await evaluate_batch(now=stage.later(minutes=1), sealer=stage.sealer)
    assert await AmazonOrder.filter(commerce_order_id__isnull=True).count() == 0


async def replace(client: Client, stage: Stage, *orders: tuple[str, str | None]) -> Any:
    wanted = [{"amazonOrderId": amazon, "number": number} for amazon, number in orders]
    asked = {"storeId": id_of(stage.store), "orders": wanted, "replace": True}
    return (await client.ask(ADOPT, input=asked))["adoptOrders"]


async def said() -> list[Any]:
    rows = Event.filter(kind__in=[EventKind.ADOPTION_NOTED, EventKind.ADOPTION_WITHDRAWN, EventKind.ADOPTED])
    return [(row.kind, row.message, row.order_id) for row in await rows.order_by("id")]


async def test_a_wrong_number_is_replaced_or_taken_back_until_the_order_is_made(client: Client, stage: Stage) -> None:
    await adopt(client, stage, (ONE, "A"), (TWO, "B"))
    assert words(await replace(client, stage, (ONE, "A2"), (TWO, None), (THREE, None))) == [
        "CORRECTED", "WITHDRAWN", "UNCHANGED",
    ]  # fmt: skip
    assert await said() == [
        (
            "ADOPTION_WITHDRAWN",
            f"Amazon order {TWO} is no longer linked with commerce order B of another system.",
            None,
        ),
        ("ADOPTION_NOTED", f"Amazon order {ONE} is commerce order A2 of another system, not A.", None),
    ]
    await stage.arrive(item("MUG", 1), number=ONE)
    await stage.arrive(item("MUG", 1), number=TWO)
    assert await numbers() == [(ONE, "A2"), (TWO, "000000001")]
    refused = await replace(client, stage, (ONE, "A3"), (ONE[:-1] + "9", ""), (TWO, "B"))
    assert words(refused) == ["DUPLICATE", "INVALID", "DUPLICATE"]
    assert words(await replace(client, stage, (ONE, None))) == ["DUPLICATE"]
    assert words(await replace(client, stage, (ONE, "A2"))) == ["UNCHANGED"]
    assert await numbers() == [(ONE, "A2"), (TWO, "000000001")]


async def test_nothing_is_taken_back_by_a_number_left_out(client: Client, stage: Stage) -> None:
    await adopt(client, stage, (ONE, "A"))
    wanted = {"storeId": id_of(stage.store), "orders": [{"amazonOrderId": ONE}]}
    payload = (await client.ask(ADOPT, input=wanted))["adoptOrders"]
    assert words(payload) == ["INVALID"]
    assert await Adoption.all().values_list("number", flat=True) == ["A"]


async def test_a_shifted_list_is_put_right_at_once(client: Client, stage: Stage) -> None:
    await adopt(client, stage, (ONE, "B"), (TWO, "C"), (THREE, "A"))
    assert words(await replace(client, stage, (ONE, "A"), (TWO, "B"), (THREE, "C"))) == ["CORRECTED"] * 3
    rows = await Adoption.all().order_by("amazon_number").values_list("amazon_number", "number")
    assert list(rows) == [(ONE, "A"), (TWO, "B"), (THREE, "C")]


async def test_a_number_stays_with_an_order_whose_own_line_is_refused(client: Client, stage: Stage) -> None:
    await stage.arrive(item("MUG", 1), number="902-0000000-0000007")
    await adopt(client, stage, (ONE, "A"), (TWO, "B"))
    chain = await replace(client, stage, (ONE, "B"), (TWO, "000000001"), (THREE, "A"))
    assert words(chain) == ["DUPLICATE"] * 3
    assert await Adoption.all().order_by("amazon_number").values_list("number", flat=True) == ["A", "B"]


async def test_a_blocked_order_tells_that_it_was_adopted_whichever_came_first(client: Client, stage: Stage) -> None:
    await adopt(client, stage, (ONE, "A"))
    first = await stage.arrive(item("LAMP"), number=ONE)
    second = await stage.arrive(item("LAMP"), number=TWO)
    assert words(await adopt(client, stage, (TWO, "B"))) == ["LINKED"]
    noted = [
        ("ADOPTION_NOTED", f"Amazon order {ONE} is commerce order A of another system.", first.id),
        ("ADOPTION_NOTED", f"Amazon order {TWO} is commerce order B of another system.", second.id),
    ]
    assert await said() == noted
    assert words(await replace(client, stage, (ONE, "B"), (TWO, None))) == ["CORRECTED", "WITHDRAWN"]
    await stage.products({"sku": "LAMP", "quantity": "9"})
    await evaluate_batch(now=stage.later(days=1), sealer=stage.sealer)
    assert await numbers() == [(ONE, "B"), (TWO, "000000001")]
    assert [kind for kind, _, _ in (await said())[2:]] == ["ADOPTION_WITHDRAWN", "ADOPTION_NOTED", "ADOPTED"]
