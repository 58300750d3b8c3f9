"""The owner's stories, from Amazon to the back office and back: the API, the worker and a simulated Amazon."""

import logging
from collections.abc import AsyncIterator

import pytest

from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.timeline import Actor, ActorKind
from tests.end_to_end.town import Town, town

MUG = "MUG-STONEWARE-350"
LAMP = "LAMP-DESK-LED"
PRODUCT = "query($sku: String!) { products(first: 1, search: $sku) { nodes { stock reserved salable } } }"


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Town]:
    async with town(database_url) as opened:
        await opened.connect()
        yield opened


async def sell(shop: Town, sku: str, *, quantity: int = 10, enabled: bool = True) -> None:
    row = ProductRow(line=2, sku=sku, name=sku, quantity=str(quantity), enabled=str(enabled))
    imported = await import_products(rows=[row], now=shop.world.clock.now(), actor=Actor(ActorKind.USER))
    assert imported.refused == []


async def shelf(shop: Town, sku: str) -> dict[str, int]:
    found: dict[str, int] = (await shop.ask(PRODUCT, sku=sku))["products"]["nodes"][0]
    return found


async def test_a_paid_order_is_imported_shipped_confirmed_by_amazon_and_only_then_complete(shop: Town):
    await sell(shop, MUG)
    shop.world.clock.advance(60)
    number = shop.place(MUG, quantity=2)

    await shop.pass_time()
    imported = await shop.order(number)
    assert imported["commerceOrder"]["state"] == "PROCESSING"
    assert await shelf(shop, MUG) == {"stock": 10, "reserved": 2, "salable": 8}

    payload = await shop.ship(number)
    assert payload["errors"] == []
    assert payload["order"]["displayStatus"] == "UNSHIPPED"
    assert await shelf(shop, MUG) == {"stock": 8, "reserved": 0, "salable": 8}

    await shop.pass_time(minutes=0)
    sent = await shop.order(number)
    assert [command["state"] for command in sent["commands"]] == ["ACCEPTED"]
    assert sent["status"] == "UNSHIPPED"

    await shop.pass_time()
    done = await shop.order(number)
    assert [command["state"] for command in done["commands"]] == ["CONFIRMED"]
    assert (done["status"], done["displayStatus"]) == ("SHIPPED", "COMPLETED")
    assert done["commerceOrder"]["state"] == "COMPLETE"


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        (None, "PRODUCT_NOT_MATCHED", {"quantity": 5}),
        ({"quantity": 5, "enabled": False}, "PRODUCT_DISABLED", {"quantity": 5, "enabled": True}),
        ({"quantity": 0}, "OUT_OF_STOCK", {"quantity": 5}),
    ],
)
async def test_a_blocked_order_says_why_and_comes_in_once_the_cause_is_gone(shop: Town, before, kind, after):
    if before:
        await sell(shop, LAMP, **before)
    number = shop.place(LAMP)
    await shop.pass_time()

    blocked = await shop.order(number)
    assert blocked["displayStatus"] == "ERROR"
    assert blocked["importDecision"]["outcome"] == "BLOCKED"
    assert [blocker["kind"] for blocker in blocked["blockers"]] == [kind]
    assert blocked["commerceOrder"] is None

    await sell(shop, LAMP, **after)
    await shop.pass_time(minutes=0)
    imported = await shop.order(number)
    assert imported["blockers"] == []
    assert imported["commerceOrder"]["state"] == "PROCESSING"


async def test_stock_is_held_while_amazon_verifies_the_payment_and_let_go_when_it_fails(shop: Town):
    await sell(shop, MUG)
    number = shop.place(MUG, status="PENDING", quantity=3)
    await shop.pass_time()
    assert (await shop.order(number))["importDecision"]["outcome"] == "WAITING"
    assert (await shelf(shop, MUG))["reserved"] == 3

    cancelled = await shop.http_to_amazon(f"/_sim/orders/{number}/cancel", {"by": "AMAZON"})
    assert cancelled == 200
    await shop.pass_time()
    assert (await shop.order(number))["displayStatus"] == "CANCELED"
    assert await shelf(shop, MUG) == {"stock": 10, "reserved": 0, "salable": 10}


async def test_while_amazon_is_cut_off_the_api_answers_and_afterwards_nothing_is_missing(shop: Town):
    await sell(shop, MUG)
    first = shop.place(MUG)
    shop.amazon.is_cut_off = True
    await shop.pass_time()
    assert (await shop.ask("{ amazonOrders(first: 5) { nodes { id } } }"))["amazonOrders"]["nodes"] == []
    assert (await shop.http.get("/livez")).status_code == 200

    shop.amazon.is_cut_off = False
    second = shop.place(MUG)
    await shop.pass_time(minutes=10)
    for number in (first, second):
        assert (await shop.order(number))["importDecision"]["outcome"] == "IMPORTED"


async def test_a_shipment_asked_for_while_amazon_is_cut_off_reaches_it_later_and_once(shop: Town):
    await sell(shop, MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    shop.amazon.is_cut_off = True
    assert (await shop.ship(number))["errors"] == []
    await shop.pass_time(minutes=0)
    assert [command["state"] for command in (await shop.order(number))["commands"]] != ["ACCEPTED"]

    shop.amazon.is_cut_off = False
    await shop.pass_time(minutes=10)
    await shop.pass_time(minutes=10)
    assert (await shop.order(number))["displayStatus"] == "COMPLETED"
    packages = next(entry for entry in await shop.seen_by_amazon() if entry["order"]["orderId"] == number)
    assert len(packages["order"]["packages"]) == 1


async def test_an_order_from_before_the_integration_is_shown_and_never_imported(database_url: str):
    async with town(database_url) as shop:
        await sell(shop, MUG)
        number = shop.place(MUG)
        shop.world.clock.advance(60)
        await shop.connect()
        shop.world.clock.advance(60)
        assert await shop.http_to_amazon(f"/_sim/orders/{number}/request-cancel", {}) == 200
        await shop.pass_time()
        found = await shop.order(number)
    assert found["importDecision"]["outcome"] == "SKIPPED"
    assert found["commerceOrder"] is None


async def test_no_answer_and_no_log_line_about_a_failure_holds_a_buyer(shop: Town, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    await sell(shop, MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    entry = next(entry for entry in await shop.seen_by_amazon() if entry["order"]["orderId"] == number)
    address = entry["order"]["recipient"]["deliveryAddress"]
    words = [address["name"], address["addressLine1"], entry["order"]["buyer"]["buyerEmail"]]
    shop.amazon.is_cut_off = True
    await shop.ship(number)
    await shop.pass_time()
    assert "answered" in caplog.text
    assert not [word for word in words if word in caplog.text]
