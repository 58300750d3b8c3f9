"""The demo's morning: everything that it blocks is cleared by the first way out, without asking anybody anything."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from api.cli.demo_goods import ON_THE_SHELF, goods
from api.cli.demo_stage import Staged, stage_orders
from domain.channel.products import import_products
from domain.timeline import SYSTEM
from simulator.orders.arrivals import seed_orders
from tests.end_to_end.stories.asking import MESSAGES, apply, look, notes, to_do
from tests.end_to_end.town import Town, town

SYSTEM_MESSAGE = (
    "Your Amazon store(s) has orders that cannot be imported into Commerce. "
    "See Recent Orders in the store dashboard(s): Shop"
)
DOCUMENTED = ["OUT_OF_STOCK", "PRODUCT_DISABLED", "PRODUCT_NOT_MATCHED"]
BLOCKERS = """{ blockers(first: 50) { nodes { id kind order { amazonOrderId }
  resolutions { id asserts needsInput mutation } } } }"""
GROUPS = (
    """{ blockerGroups(first: 50) { nodes { kind orders { value } blocker { id } resolutions { id needsInput } } } }"""
)
WAITING = """{ amazonOrders(first: 100, where: {importOutcome: {eq: BLOCKED}}) { nodes { amazonOrderId } } }"""


@dataclass
class Morning:
    """The demo's shop after its first pass."""

    shop: Town
    staged: Staged


@pytest.fixture(params=[8, 60], ids=["the staged orders", "among others"])
async def morning(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Morning]:
    async with town(database_url) as shop:
        catalog = shop.world.sellers["demo"].catalog
        await import_products(rows=goods(catalog), now=shop.world.clock.now(), actor=SYSTEM)
        await shop.connect()
        shop.world.clock.advance(60)
        staged, placed = stage_orders(shop.world, most=request.param, at=shop.world.catch_up())
        if request.param > placed:
            seed_orders(shop.world, count=request.param - placed)
        await shop.pass_time()
        yield Morning(shop, staged)


async def test_the_first_resolution_of_every_blocker_clears_all_and_the_orders_are_imported(morning: Morning):
    shop = morning.shop
    blockers = (await shop.ask(BLOCKERS))["blockers"]["nodes"]
    blocked = {blocker["order"]["amazonOrderId"] for blocker in blockers}
    assert sorted({blocker["kind"] for blocker in blockers}) == DOCUMENTED
    (message,) = [one for one in (await shop.ask(MESSAGES))["systemMessages"] if one["severity"] == "CRITICAL"]
    assert message["text"] == SYSTEM_MESSAGE
    assert {order["amazonOrderId"] for order in message["orders"]["nodes"]} == blocked

    for blocker in blockers:
        first = blocker["resolutions"][0]
        assert first["needsInput"] == []
        payload = await apply(shop, blocker["id"], first["id"])
        # One fix clears all that stands still for the same cause: what is cleared already says so.
        assert [error["code"] for error in payload["errors"]] in ([], ["ACTION_NOT_ALLOWED"])
    await shop.pass_time(minutes=0)

    assert (await shop.ask(BLOCKERS))["blockers"]["nodes"] == []
    assert (await shop.ask(WAITING))["amazonOrders"]["nodes"] == []
    for number in blocked:
        order = await look(shop, number)
        assert order["commerceOrder"]["state"] == "PROCESSING"
        assert "Invoice created for Amazon marketplace order." in notes(order)
    assert "CRITICAL" not in [one["severity"] for one in (await shop.ask(MESSAGES))["systemMessages"]]


async def test_each_cause_is_one_problem_with_one_button(morning: Morning):
    shop = morning.shop
    groups = (await shop.ask(GROUPS))["blockerGroups"]["nodes"]
    assert sorted(group["kind"] for group in groups) == DOCUMENTED
    for group in groups:
        assert group["resolutions"][0]["needsInput"] == []
        payload = await apply(shop, group["blocker"]["id"], group["resolutions"][0]["id"])
        assert (payload["errors"], payload["affected"]["value"]) == ([], group["orders"]["value"])
    await shop.pass_time(minutes=0)
    assert (await shop.ask(GROUPS))["blockerGroups"]["nodes"] == []
    assert (await shop.ask(WAITING))["amazonOrders"]["nodes"] == []


async def test_the_request_to_cancel_and_the_refused_shipment_wait_for_a_person(morning: Morning):
    shop, staged = morning.shop, morning.staged
    assert staged.refused is not None
    assert (await shop.ship(staged.refused))["errors"] == []
    await shop.pass_time(minutes=1)

    entries = {entry["kind"]: entry for entry in await to_do(shop, "BUYER_CANCELLATION", "COMMAND_REFUSED")}
    assert entries["BUYER_CANCELLATION"]["order"]["amazonOrderId"] == staged.asked_to_cancel
    assert entries["COMMAND_REFUSED"]["order"]["amazonOrderId"] == staged.refused
    assert (await look(shop, staged.refused))["displayStatus"] == "ERROR"
    assert (await apply(shop, entries["BUYER_CANCELLATION"]["id"], "CANCEL_ORDER"))["errors"] == []
    for _ in range(12):
        await shop.pass_time(minutes=1)
    assert (await look(shop, staged.asked_to_cancel or ""))["displayStatus"] == "CANCELED"
    sku = (await look(shop, staged.refused))["items"][0]["sellerSku"]
    assert (await shop.shelf(sku))["stock"] < ON_THE_SHELF
