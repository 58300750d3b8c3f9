from datetime import timedelta

from domain.amazon.records import AmazonOrder
from domain.catalog.records import Reservation
from domain.catalog.stock import expire_reservations
from tests.domain.channel.stage import Stage, decision_of, item, open_attention, shelf, told


async def state_of(order: AmazonOrder) -> tuple[str, str]:
    return (await AmazonOrder.get(id=order.id)).import_state.value, (await decision_of(order)).code


async def test_a_pending_order_holds_stock_until_it_is_paid_and_keeps_its_reservation(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    assert await state_of(order) == ("WAITING", "PENDING")
    assert (order.evaluate_due, order.display_status) == (None, "PENDING")
    assert await shelf() == (5, 2)
    (held,) = await Reservation.all()
    assert held.expires_at == stage.now + timedelta(days=14)

    order = await stage.change(order, status="UNSHIPPED")
    assert order.import_state == "IMPORTED"
    (kept,) = await Reservation.all()
    assert (kept.id, kept.quantity, kept.expires_at) == (held.id, 2, None)
    assert (await told(order)).count("STOCK_RESERVED") == 1


async def test_looking_again_at_a_pending_order_does_not_prolong_its_reservation(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(status="PENDING")
    (held,) = await Reservation.all()
    stage.later(days=1)
    await stage.evaluate(only=[order.id])
    (still,) = await Reservation.all()
    assert (still.reserved_at, still.expires_at) == (held.reserved_at, held.expires_at)


async def test_a_pending_order_holds_all_its_lines_or_none(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "0"})
    order = await stage.arrive(item("MUG", 2), item("CUP", 1), status="PENDING")
    assert (await state_of(order))[0] == "WAITING"
    assert await shelf("MUG") == (5, 0)


async def test_a_pending_order_that_grows_beyond_the_shelf_lets_go(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    order = await stage.change(order, items=(item("MUG", 4),))
    assert await shelf() == (5, 4)
    order = await stage.change(order, items=(item("MUG", 6),))
    assert await shelf() == (5, 0)
    assert (await told(order))[-2:] == ["STOCK_RELEASED", "STOCK_NOT_RESERVED"]


async def test_an_item_that_is_gone_gives_its_stock_back(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2), item("CUP", 1), status="PENDING")
    await stage.change(order, items=(item("MUG", 2),))
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 2), (5, 0))


async def test_nothing_is_held_for_pending_orders_if_the_store_does_not_want_it(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(status="PENDING")
    await stage.settings(pending_order_stock="DO_NOT_RESERVE")
    await stage.evaluate()
    assert await shelf() == (5, 0)
    assert await state_of(order) == ("WAITING", "PENDING")


async def test_what_is_held_too_long_is_given_back_once_and_not_taken_again_while_pending(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    stage.later(days=14)
    assert await expire_reservations(now=stage.now) == 1
    assert await expire_reservations(now=stage.now) == 0
    assert await shelf() == (5, 0)
    await stage.evaluate(only=[order.id])
    assert await shelf() == (5, 0)
    assert (await told(order)).count("STOCK_RELEASED") == 1

    order = await stage.change(order, status="UNSHIPPED")
    assert (order.import_state, await shelf()) == ("IMPORTED", (5, 2))


async def test_a_canceled_pending_order_gives_its_stock_back_and_is_skipped(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(status="PENDING")
    order = await stage.change(order, status="CANCELED")
    assert await state_of(order) == ("SKIPPED", "CANCELED")
    assert (order.display_status, await shelf()) == ("CANCELED", (5, 0))


async def test_a_pre_order_waits_without_stock(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(status="PENDING_AVAILABILITY")
    assert await state_of(order) == ("WAITING", "PENDING_AVAILABILITY")
    assert await shelf() == (5, 0)


async def test_orders_from_before_the_integration_are_never_imported(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(created_at=stage.store.cutoff_at - timedelta(seconds=1))
    assert await state_of(order) == ("SKIPPED", "BEFORE_INTEGRATION")


async def test_a_store_that_does_not_import_shows_its_orders_only(stage: Stage) -> None:
    await stage.settings(import_enabled=False)
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive()
    assert await state_of(order) == ("SKIPPED", "IMPORT_DISABLED")
    await stage.settings(import_enabled=True)
    await stage.evaluate()
    assert await state_of(order) == ("IMPORTED", "IMPORTED")


async def test_an_order_without_items_waits_for_them(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 0))
    assert await state_of(order) == ("WAITING", "ITEMS_MISSING")


async def test_a_status_that_is_not_known_is_shown_to_a_person_until_it_is(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(status="UNKNOWN", raw_status="Sparkling")
    assert await state_of(order) == ("WAITING", "UNKNOWN_STATUS")
    (shown,) = await open_attention(order)
    assert (shown.kind, shown.facts) == ("UNKNOWN_STATUS", {"raw_status": "Sparkling"})

    order = await stage.change(order, status="UNSHIPPED")
    assert (order.import_state, await open_attention(order)) == ("IMPORTED", [])
    assert (await told(order))[-5:] == ["DECISION", "ATTENTION_RESOLVED", "STOCK_RESERVED", "IMPORTED", "INVOICED"]
