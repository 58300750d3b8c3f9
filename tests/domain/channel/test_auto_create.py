from dataclasses import replace

import pytest

from domain.amazon.display import ImportState
from domain.catalog.records import Match, MatchSource, Product, Stock
from domain.change import change
from domain.channel.evaluate import evaluate_batch
from domain.channel.preview import preview_order_settings
from domain.channel.products import disable_in, enable_in
from domain.commerce.records import CommerceOrder
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, commerce_of, decision_of, item, open_attention, told


@pytest.fixture
async def shop(stage: Stage) -> Stage:
    await stage.settings(auto_create_products=True)
    return stage


async def steps_of(order):
    return {step["rule"]: step for step in (await decision_of(order)).steps}


async def test_from_the_start_an_unknown_sku_blocks(stage: Stage):
    order = await stage.arrive(item("NEW"))
    assert order.import_state == "BLOCKED"
    assert await Product.all().count() == 0
    inputs = (await steps_of(order))["PRODUCTS_MATCHED"]["inputs"]
    assert ["autoCreateProducts", "false"] in [list(pair) for pair in inputs]


async def test_the_import_makes_the_product_disabled_and_uncounted(shop: Stage):
    order = await shop.arrive(item("NEW", 2, cents=2000, asin="B000NEW"))
    assert order.import_state == "IMPORTED"
    product = await Product.get(sku="NEW")
    assert (product.name, product.price_minor, product.currency, product.asin) == ("A fine NEW", 1000, "EUR", "B000NEW")
    assert (product.enabled, product.manages_stock, product.awaits_review) == (False, False, True)
    assert (await Stock.get(product_id=product.id)).on_hand == 0
    match = await Match.get(seller_sku="NEW")
    assert (match.product_id, match.source) == (product.id, MatchSource.CREATED)
    _, (line,) = await commerce_of(order)
    assert (line.product_id, line.sku) == (product.id, "NEW")

    step = (await steps_of(order))["PRODUCTS_MATCHED"]
    assert step["passed"]
    assert step["because"] == (
        "The import makes the products that are missing, disabled and without counted stock: NEW."
    )
    assert "PRODUCT_MATCHED" in await told(order)
    event = await Event.get(order_id=order.id, kind="PRODUCT_MATCHED")
    assert event.message == (
        "Product NEW created from the listing, disabled: there was none, and autoCreateProducts is on."
    )


async def test_orders_of_one_sku_that_arrive_together_share_one_product(shop: Stage):
    orders = await shop.see(*[shop.facts(item("NEW", item_id=f"i{at}")) for at in range(3)])
    two = await shop.see(shop.facts(item("NEW", item_id="a"), item("NEW", item_id="b"), item("OTHER", item_id="c")))
    await shop.evaluate()
    assert sorted(await Product.all().values_list("sku", flat=True)) == ["NEW", "OTHER"]
    assert await CommerceOrder.all().count() == 4
    assert len((await commerce_of(two[0]))[1]) == 3
    assert [(await told(order)).count("PRODUCT_MATCHED") for order in orders] == [1, 1, 1]


async def test_a_later_order_of_it_is_let_through_until_somebody_enabled_it(shop: Stage):
    await shop.arrive(item("NEW"))
    later = await shop.arrive(item("NEW"))
    assert later.import_state == "IMPORTED"
    assert (await steps_of(later))["PRODUCTS_ENABLED"]["because"] == (
        "Disabled products that an import made, and nobody enabled since, let orders through: NEW."
    )
    product = await Product.get(sku="NEW")
    async with change(now=shop.now, actor=CLERK) as unit:
        await enable_in(unit, product_id=product.id)
    async with change(now=shop.now, actor=CLERK) as unit:
        await disable_in(unit, product_id=product.id)
    blocked = await shop.arrive(item("NEW"))
    assert [entry.blocker_kind for entry in await open_attention(blocked)] == ["PRODUCT_DISABLED"]


async def test_a_file_that_enables_it_counts_as_a_person(shop: Stage):
    await shop.arrive(item("NEW"))
    await shop.products({"sku": "NEW", "name": "A name"})
    assert (await Product.get(sku="NEW")).awaits_review
    await shop.products({"sku": "NEW", "enabled": "true"})
    assert not (await Product.get(sku="NEW")).awaits_review


async def test_switched_off_it_blocks_again(shop: Stage):
    await shop.arrive(item("NEW"))
    await shop.settings(auto_create_products=False)
    blocked = await shop.arrive(item("NEW"))
    assert [entry.blocker_kind for entry in await open_attention(blocked)] == ["PRODUCT_DISABLED"]


async def test_a_product_that_somebody_disabled_still_blocks(shop: Stage):
    await shop.products({"sku": "OLD", "quantity": "3", "enabled": "false"})
    blocked = await shop.arrive(item("OLD"))
    assert [entry.blocker_kind for entry in await open_attention(blocked)] == ["PRODUCT_DISABLED"]


async def test_what_is_no_sku_of_a_product_is_left_to_a_person(shop: Stage):
    for sku in (None, " NEW", "NEW ", "N\x85W"):
        blocked = await shop.arrive(replace(item("MUG"), seller_sku=sku, asin="B0"))
        assert [entry.blocker_kind for entry in await open_attention(blocked)] == ["PRODUCT_NOT_MATCHED"]
    assert await Product.all().count() == 0


async def test_an_order_that_something_else_blocks_makes_none(shop: Stage):
    await shop.products({"sku": "MUG", "quantity": "0"})
    blocked = await shop.arrive(item("NEW"), item("MUG"))
    assert [entry.blocker_kind for entry in await open_attention(blocked)] == ["OUT_OF_STOCK"]
    assert await Product.filter(sku="NEW").count() == 0


async def test_a_pending_order_holds_the_rest_and_makes_none(shop: Stage):
    await shop.products({"sku": "MUG", "quantity": "3"})
    order = await shop.arrive(item("NEW"), item("MUG"), status="PENDING")
    assert "STOCK_RESERVED" in await told(order)
    assert await Product.filter(sku="NEW").count() == 0
    await shop.change(order, status="UNSHIPPED")
    assert len((await commerce_of(order))[1]) == 2
    pending = await shop.arrive(item("NEW"), item("MUG"), status="PENDING")
    assert "STOCK_RESERVED" in await told(pending)


async def test_switching_it_on_does_what_the_preview_said(stage: Stage):
    orders = [await stage.arrive(item("NEW", item_id=f"i{at}")) for at in range(3)]
    impact = await preview_order_settings(
        store_id=stage.store.id, patch={"auto_create_products": True}, now=stage.now, sealer=stage.sealer
    )
    assert sorted(impact.ids_becoming(ImportState.IMPORTED)) == [order.id for order in orders]
    assert await Product.all().count() == 0
    await stage.settings(auto_create_products=True)
    done = await evaluate_batch(now=stage.now, sealer=stage.sealer)
    assert (done.imported, done.failed) == (3, 0)
    assert [await open_attention(order) for order in orders] == [[], [], []]
