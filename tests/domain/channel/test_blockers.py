import pytest

from domain.amazon.facts import AddressFacts, Problem
from domain.amazon.records import AmazonOrder
from domain.channel.records import Attention
from domain.timeline import Event
from tests.domain.channel.stage import ADDRESS, Stage, commerce_of, decision_of, euro, item, open_attention, shelf, told


async def latest_note(order: AmazonOrder) -> str:
    event = await Event.filter(order_id=order.id).order_by("-sequence").first()
    assert event is not None
    return event.message


async def test_an_unmatched_product_blocks_until_it_is_there(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", asin="B01"))
    (blocker,) = await open_attention(order)
    assert (order.import_state, order.display_status) == ("BLOCKED", "ERROR")
    assert (blocker.kind, blocker.blocker_kind, blocker.seller_sku) == ("BLOCKER", "PRODUCT_NOT_MATCHED", "MUG")
    assert (blocker.facts["asin"], blocker.due_by) == ("B01", order.latest_ship_at)
    assert await latest_note(order) == 'Cannot create sales order: Product "MUG" does not exist'
    assert order.evaluate_due is not None
    assert (order.evaluate_due - stage.now).total_seconds() == 300
    opened = await Event.get(order_id=order.id, kind="BLOCKER_OPENED")
    assert opened.details["attention_id"] == blocker.id

    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.evaluate()
    order = await AmazonOrder.get(id=order.id)
    assert (order.import_state, order.display_status) == ("IMPORTED", "UNSHIPPED")
    resolved = await Attention.get(id=blocker.id)
    assert (resolved.state, resolved.resolved_at, resolved.actor_kind) == ("RESOLVED", stage.now, "SYSTEM")
    assert "BLOCKER_RESOLVED" in await told(order)


async def test_a_product_is_found_by_asin_if_only_one_has_it(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", asin="B01"))
    await stage.products({"sku": "one", "quantity": "5", "asin": "B01"})
    await stage.evaluate()
    assert [line.sku for line in (await commerce_of(order))[1]] == ["one"]

    await stage.products({"sku": "two", "quantity": "5", "asin": "B01"})
    other = await stage.arrive(item("CUP", asin="B01"))
    assert other.import_state == "BLOCKED"


async def test_a_disabled_product_blocks_until_it_is_enabled(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5", "enabled": "no"})
    order = await stage.arrive()
    (blocker,) = await open_attention(order)
    assert (blocker.blocker_kind, blocker.product_id is not None) == ("PRODUCT_DISABLED", True)
    assert await latest_note(order) == 'Cannot create sales order: Product "MUG" in order is not salable'

    await stage.products({"sku": "MUG", "enabled": "yes"})
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"


async def test_too_little_stock_blocks_and_says_how_much_is_missing(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("MUG", 3))
    (blocker,) = await open_attention(order)
    assert blocker.facts == {"required": 3, "available": 1, "short_by": 2}
    assert await shelf() == (1, 0)

    await stage.products({"sku": "MUG", "quantity": "2"})
    await stage.evaluate()
    (again,) = await open_attention(order)
    assert (again.id, again.facts["short_by"]) == (blocker.id, 1)

    await stage.products({"sku": "MUG", "quantity": "3"})
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"
    assert await shelf() == (3, 3)


async def test_a_product_that_does_not_manage_stock_never_runs_out(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "manages_stock": "no"})
    order = await stage.arrive(item("MUG", 3))
    assert (order.import_state, await shelf()) == ("IMPORTED", (0, 0))


async def test_every_line_has_its_own_blocker(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "3"}, {"sku": "OFF", "quantity": "3", "enabled": "false"})
    order = await stage.arrive(
        item("MUG", 2, item_id="1"), item("MUG", 2, item_id="2"), item("OFF"), item("NEW"), item(None, item_id="5")
    )
    found = [(row.blocker_kind, row.seller_sku) for row in await open_attention(order)]
    assert sorted(found, key=str) == sorted(
        [
            ("PRODUCT_NOT_MATCHED", "NEW"),
            ("PRODUCT_NOT_MATCHED", None),
            ("PRODUCT_DISABLED", "OFF"),
            ("OUT_OF_STOCK", "MUG"),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (None, {"address"}),
        (AddressFacts(line1="x", city="Berlin", country_code="DE"), {"postal_code"}),
        (AddressFacts(line1=" ", city="", postal_code="1", country_code="DE"), {"line1", "city"}),
    ],
)
async def test_a_bad_address_blocks_with_a_name_for_each_part(
    stage: Stage, address: AddressFacts | None, parts: set[str]
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(address=address)
    rows = await open_attention(order)
    assert {row.blocker_kind for row in rows} == {"INVALID_ADDRESS"}
    assert {row.facts["part"] for row in rows} == parts

    order = await stage.change(order, address=ADDRESS)
    assert order.import_state == "IMPORTED"


async def test_amounts_that_do_not_add_up_block_with_both_sums(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item(cents=1990), grand_total=euro(2000))
    (blocker,) = await open_attention(order)
    assert blocker.blocker_kind == "MARKETPLACE_DATA_INVALID"
    assert (blocker.facts["stated"], blocker.facts["added_up"]) == ("20.00 EUR", "19.90 EUR")


async def test_missing_proceeds_and_an_unknown_currency_block(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    problem = Problem("proceeds.grandTotal.currencyCode", "XXX", "XXX is not a currency.")
    order = await stage.arrive(item(cents=None), grand_total=None, problems=(problem,))
    kinds = {row.blocker_kind for row in await open_attention(order)}
    assert kinds == {"MARKETPLACE_DATA_INVALID", "CURRENCY_NOT_CONFIGURED"}


async def test_looking_again_at_a_blocked_order_tells_nothing_new(stage: Stage) -> None:
    order = await stage.arrive()
    (opened,) = await open_attention(order)
    events, version = await told(order), order.version
    for _ in range(3):
        stage.later(minutes=5)
        result = await stage.evaluate()
        assert (result.evaluated, result.blocked) == (1, 1)
    (still,) = await open_attention(order)
    assert (still.id, still.opened_at, still.last_checked_at) == (opened.id, opened.opened_at, stage.now)
    assert await told(order) == events
    assert (await AmazonOrder.get(id=order.id)).version == version
    assert (await decision_of(order)).evaluated_at == stage.now


async def test_what_a_person_dismissed_stays_dismissed_while_it_lasts_and_comes_back_after(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5", "enabled": "no"})
    order = await stage.arrive()
    await Attention.filter(order_id=order.id).update(state="DISMISSED")
    stage.later(minutes=5)
    await stage.evaluate()
    assert await open_attention(order) == []

    await stage.change(order, status="PENDING")
    assert (await Attention.get(order_id=order.id)).state == "RESOLVED"
    await stage.change(order, status="UNSHIPPED")
    assert len(await open_attention(order)) == 1
    assert (await told(order)).count("BLOCKER_RESOLVED") == 0


async def test_a_blocked_order_keeps_what_it_held_while_pending(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(status="PENDING")
    order = await stage.change(order, status="UNSHIPPED", address=AddressFacts(country_code="DE"))
    assert (order.import_state, await shelf()) == ("BLOCKED", (1, 1))
    rival = await stage.arrive()
    assert rival.import_state == "BLOCKED"
    order = await stage.change(order, address=ADDRESS)
    assert (order.import_state, await shelf()) == ("IMPORTED", (1, 1))
