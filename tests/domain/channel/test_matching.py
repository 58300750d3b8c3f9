from dataclasses import replace
from typing import Any

import pytest

from domain.amazon.records import AmazonItem, AmazonOrder
from domain.catalog.records import ItemMatch, Match, Product
from domain.channel.affected import Affected
from domain.channel.create_from_item import create_product_from_item, price_of_one
from domain.channel.matching import ProductChoice, match_product
from domain.channel.records import Attention
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound
from domain.money import Money
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item, items_of, open_attention, shelf


async def blocker_of(order: AmazonOrder) -> Attention:
    (blocker,) = await open_attention(order)
    return blocker


async def match(stage: Stage, blocker: Attention, sku: str, *, remember: bool = True) -> Affected:
    return await match_product(
        attention_id=blocker.id, product=ProductChoice(sku=sku), remember=remember, now=stage.now, actor=CLERK
    )


async def create(stage: Stage, blocker: Attention, quantity: int | None = None) -> Affected:
    return await create_product_from_item(attention_id=blocker.id, quantity=quantity, now=stage.now, actor=CLERK)


async def refusal_of(work: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await work
    return refused.value


async def imported(*orders: AmazonOrder) -> list[bool]:
    return [(await AmazonOrder.get(id=order.id)).import_state == "IMPORTED" for order in orders]


async def test_a_match_for_another_product_replaces_the_remembered_one_and_says_so(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9"}, {"sku": "JAR", "quantity": "9"})
    order = await stage.arrive(item("MUG", 1))
    blocker = await blocker_of(order)
    await match(stage, blocker, "CUP")
    await match(stage, blocker, "JAR")
    await match(stage, blocker, "JAR")
    first, second, third = await Event.filter(kind="PRODUCT_MATCHED").order_by("id")
    assert first.message == "MUG means product CUP."
    assert second.message == "MUG means product JAR instead of CUP."
    assert third.message == "MUG means product JAR."
    assert (await Match.get()).product_id == (await Product.get(sku="JAR")).id
    await stage.evaluate()
    assert await shelf("JAR") == (9, 1)


async def test_a_match_of_one_item_gives_way_to_a_later_one_for_all(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9"}, {"sku": "JAR", "quantity": "9"})
    order = await stage.arrive(item("MUG", 1))
    blocker = await blocker_of(order)
    await match(stage, blocker, "CUP", remember=False)
    await match(stage, blocker, "JAR", remember=False)
    assert (await ItemMatch.get()).product_id == (await Product.get(sku="JAR")).id
    messages = await Event.filter(kind="PRODUCT_MATCHED").order_by("id").values_list("message", flat=True)
    assert messages[1] == "MUG means product JAR instead of CUP, in this order alone."
    await match(stage, blocker, "CUP")
    assert not await ItemMatch.all().exists()
    await stage.evaluate()
    assert await shelf("CUP") == (9, 1)


async def test_an_item_without_sku_can_be_matched_alone(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9"})
    order = await stage.arrive(item(None, 1, asin="B01"))
    refused = await refusal_of(match(stage, await blocker_of(order), "CUP"))
    assert (type(refused), refused.path) == (InvalidInput, ("input", "remember"))
    assert await match(stage, await blocker_of(order), "CUP", remember=False) == Affected(1, (order.id,))
    await stage.evaluate()
    assert await imported(order) == [True]


async def test_only_what_is_about_a_product_can_be_matched(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    blocker = await blocker_of(await stage.arrive(address=None))
    for refused in (await refusal_of(match(stage, blocker, "MUG")), await refusal_of(create(stage, blocker))):
        assert isinstance(refused, ActionNotAllowed)
        assert (refused.path[-1], refused.current_status) == ("blockerId", "INVALID_ADDRESS")


async def test_a_sku_longer_than_any_names_no_product(stage: Stage) -> None:
    blocker = await blocker_of(await stage.arrive(item("MUG", 1)))
    refused = await refusal_of(match(stage, blocker, "X" * 5000))
    assert isinstance(refused, NotFound)
    assert refused.path == ("input", "product")


async def test_a_blocker_that_is_not_there_cannot_be_matched(stage: Stage) -> None:
    assert isinstance(await refusal_of(match(stage, Attention(id=999), "MUG")), NotFound)


async def test_a_pending_order_gets_its_stock_once_its_item_means_a_product(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "0"}, {"sku": "JAR", "quantity": "0"})
    blocked = await stage.arrive(item("MUG", 1))
    pending = await stage.arrive(item("MUG", 2), status="PENDING")
    blocker = await blocker_of(blocked)
    await match(stage, blocker, "CUP", remember=False)
    affected = await match(stage, blocker, "JAR")
    assert affected.count == 2
    await stage.evaluate()
    await stage.products({"sku": "JAR", "quantity": "5"})
    await stage.evaluate()
    assert await imported(blocked, pending) == [True, False]
    assert await shelf("JAR") == (5, 3)


async def test_goods_that_come_reach_a_pending_order_whose_item_alone_means_them(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "0"})
    order = await stage.arrive(item("MUG", 1))
    await match(stage, await blocker_of(order), "CUP", remember=False)
    order = await stage.change(order, status="PENDING")
    await stage.products({"sku": "CUP", "quantity": "5"})
    await stage.evaluate()
    assert await shelf("CUP") == (5, 1)


async def test_a_product_is_made_without_counting_its_stock_and_helps_all_of_its_asin(stage: Stage) -> None:
    mug, twin = await stage.arrive(item("MUG", 3, asin="B01")), await stage.arrive(item("OTHER", 1, asin="B01"))
    assert (await create(stage, await blocker_of(mug))).count == 2
    product = await Product.get(sku="MUG")
    assert (product.manages_stock, product.enabled, product.price_minor) == (False, True, None)
    await stage.evaluate()
    assert await imported(mug, twin) == [True, True]


async def test_what_the_item_means_by_now_is_used_as_it_is(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9"})
    order = await stage.arrive(item("MUG", 1))
    await match(stage, await blocker_of(order), "CUP")
    assert (await create(stage, await blocker_of(order))).count == 1
    assert await Product.all().count() == 1
    assert (await Match.get()).source == "MANUAL"


async def test_blanks_around_a_sku_do_not_make_another_product(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item(" MUG ", 1))
    assert (await create(stage, await blocker_of(order))).count == 1
    assert (await Match.get()).source == "SKU"
    await stage.evaluate()
    assert await imported(order) == [True]


async def test_an_item_without_sku_becomes_a_product_of_its_asin(stage: Stage) -> None:
    await stage.products({"sku": "one", "asin": "B01"}, {"sku": "two", "asin": "B01"})
    order = await stage.arrive(item(None, 1, asin="B01"))
    await create(stage, await blocker_of(order))
    assert (await ItemMatch.get()).product_id == (await Product.get(sku="B01")).id
    await stage.evaluate()
    assert await imported(order) == [True]


async def test_an_item_without_any_name_has_to_be_matched(stage: Stage) -> None:
    refused = await refusal_of(create(stage, await blocker_of(await stage.arrive(item(None, 1)))))
    assert isinstance(refused, ActionNotAllowed)
    assert "matchProduct" in refused.message


async def test_a_sku_that_is_none_of_ours_is_refused_with_the_way_out(stage: Stage) -> None:
    blocker = await blocker_of(await stage.arrive(item("MU\x01G", 1)))
    refused = await refusal_of(create(stage, blocker))
    assert (type(refused), refused.path) == (InvalidInput, ("blockerId",))
    assert refused.message.endswith("Match it to a product of another SKU with matchProduct.")
    refused = await refusal_of(create(stage, blocker, quantity=-1))
    assert refused.path in (("blockerId",), ("quantity",))
    assert not await Product.all().exists()


@pytest.mark.parametrize(
    ("facts", "price"),
    [
        ({"unit_price_minor": 500, "price_minor": 1500, "quantity_ordered": 3}, Money(500, "EUR")),
        ({"price_minor": 1500, "quantity_ordered": 3}, Money(500, "EUR")),
        ({"price_minor": 1501, "quantity_ordered": 3}, None),
        ({"price_minor": 1500, "quantity_ordered": 0}, None),
        ({"price_minor": None, "quantity_ordered": 3}, None),
        ({"unit_price_minor": -5, "quantity_ordered": 3}, None),
        ({"unit_price_minor": 500, "quantity_ordered": 3, "currency": None}, None),
        ({"unit_price_minor": 500, "quantity_ordered": 3, "currency": "XXQ"}, None),
    ],
)
async def test_the_price_of_one_is_exact_or_none(stage: Stage, facts: dict[str, Any], price: Money | None) -> None:
    assert price_of_one(AmazonItem(**({"currency": "EUR"} | facts))) == price


async def test_a_match_survives_that_amazon_changes_the_order(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "0"})
    order = await stage.arrive(item("MUG", 1))
    await match(stage, await blocker_of(order), "CUP", remember=False)
    seen = stage.seen[order.number]
    await stage.change(order, items=(replace(seen.items[0], title="Another title"),))
    assert (await items_of(order))[0].title == "Another title"
    assert [row.blocker_kind for row in await open_attention(order)] == ["OUT_OF_STOCK"]
