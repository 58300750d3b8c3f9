import pytest

from domain.accounts.order_settings import PendingOrderStock
from domain.amazon.records import AmazonOrder
from domain.catalog.records import MoveReason, Reservation, ReservationState, StockMove
from domain.catalog.stock import expire_reservations
from domain.channel.evaluate import CHECK_AGAIN
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item, shelf

NOT_ENOUGH = "Unable to reserve inventory as the quantity is not available."


async def notes(order: AmazonOrder) -> list[str]:
    told = await Event.filter(order_id=order.id, kind="STOCK_NOT_RESERVED").order_by("sequence")
    return [event.message for event in told]


async def moves(order: AmazonOrder) -> list[tuple[str, int, int]]:
    kept = StockMove.filter(order_id=order.id).order_by("id")
    return [(move.reason.value, move.on_hand, move.reserved) for move in await kept]


async def test_a_pending_order_notes_once_that_the_quantity_is_not_available(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    version = order.version
    for _ in range(3):
        stage.later(minutes=5)
        await stage.evaluate(only=[order.id])
    assert await notes(order) == [NOT_ENOUGH]
    assert ((await AmazonOrder.get(id=order.id)).version, await shelf(), await moves(order)) == (version, (1, 0), [])


async def test_a_pending_order_notes_which_product_cannot_be_found_and_which_is_disabled(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 2), item("CUP", 1), status="PENDING")
    assert await notes(order) == [
        'Unable to reserve inventory as we cannot find the product "MUG" in the catalog',
    ]
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5", "enabled": "no"})
    await stage.evaluate()
    await stage.products({"sku": "CUP", "enabled": "yes", "quantity": "0"})
    await stage.evaluate()
    assert (await notes(order))[1:] == ['Unable to reserve inventory as the product "CUP" is disabled.', NOT_ENOUGH]
    await stage.products({"sku": "CUP", "quantity": "1"})
    await stage.evaluate()
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 2), (1, 1))


async def test_a_pending_order_that_lacks_stock_takes_what_another_order_lets_go_of(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    first = await stage.arrive(item("MUG", 2))
    second = await stage.arrive(item("MUG", 1), status="PENDING")
    assert (second.evaluate_due, await shelf()) == (stage.now + CHECK_AGAIN, (2, 2))
    await stage.change(first, status="CANCELED")
    stage.later(minutes=5)
    await stage.evaluate()
    holding = await AmazonOrder.get(id=second.id)
    assert (holding.evaluate_due, await shelf(), await moves(second)) == (None, (2, 1), [("RESERVED", 0, 1)])


async def test_what_is_not_to_be_reserved_is_not_noted_as_missing(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    by_amazon = await stage.arrive(item("MUG", 9), status="PENDING", fulfillment_channel="AMAZON")
    held = await stage.arrive(item("MUG", 1), status="PENDING")
    stage.later(days=14)
    await expire_reservations(now=stage.now)
    await stage.evaluate(only=[held.id])
    await stage.settings(pending_order_stock=PendingOrderStock.DO_NOT_RESERVE)
    unwanted = await stage.arrive(item("MUG", 9), status="PENDING")
    assert (await notes(by_amazon), await notes(held), await notes(unwanted)) == ([], [], [])


async def test_a_pending_order_keeps_what_it_holds_when_its_product_is_disabled(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    await stage.products({"sku": "MUG", "enabled": "no"})
    await stage.evaluate(only=[order.id])
    assert (await shelf(), await notes(order)) == ((5, 2), [])
    blocked = await stage.change(order, status="UNSHIPPED")
    assert (blocked.import_state, await shelf()) == ("BLOCKED", (5, 2))
    await stage.products({"sku": "MUG", "enabled": "yes"})
    await stage.evaluate()
    assert ((await AmazonOrder.get(id=order.id)).import_state, await shelf()) == ("IMPORTED", (5, 2))


async def test_a_reservation_is_made_reused_and_deducted_at_shipment(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3), status="PENDING")
    (first,) = await Reservation.all()
    order = await stage.change(order, status="UNSHIPPED")
    (reused,) = await Reservation.all()
    assert (first.id, reused.expires_at) == (reused.id, None)
    await stage.ship(order)
    (consumed,) = await Reservation.all()
    assert (consumed.id, consumed.quantity, consumed.state) == (first.id, 0, ReservationState.CONSUMED)
    assert await moves(order) == [("RESERVED", 0, 3), ("SHIPPED", -3, -3)]
    assert await shelf() == (2, 0)
    shipped = await StockMove.get(reason=MoveReason.SHIPPED)
    assert (shipped.actor_kind, shipped.actor_name, shipped.at) == ("USER", CLERK.name, stage.now)
    assert (shipped.account_id, shipped.item_id) == (order.account_id, consumed.item_id)


@pytest.mark.parametrize("status", ["PENDING", "UNSHIPPED"])
async def test_a_cancellation_gives_back_what_was_held(stage: Stage, status: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3), status=status)
    order = await stage.change(order, status="CANCELED")
    assert (await moves(order), await shelf()) == ([("RESERVED", 0, 3), ("RELEASED", 0, -3)], (5, 0))


async def test_a_reservation_that_runs_out_says_so_in_the_history(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3), status="PENDING")
    stage.later(days=14)
    await expire_reservations(now=stage.now)
    assert await moves(order) == [("RESERVED", 0, 3), ("EXPIRED", 0, -3)]


async def test_a_reservation_follows_the_quantity_and_the_product(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2, item_id="1"), status="PENDING")
    for sku, quantity in (("MUG", 4), ("MUG", 1), ("CUP", 3)):
        order = await stage.change(order, items=(item(sku, quantity, item_id="1"),))
    assert await moves(order) == [
        ("RESERVED", 0, 2),
        ("RESERVED", 0, 2),
        ("RELEASED", 0, -3),
        ("RELEASED", 0, -1),
        ("RESERVED", 0, 3),
    ]
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 0), (5, 3))


async def test_of_too_few_the_order_that_ships_first_gets_them(stage: Stage) -> None:
    late = await stage.arrive(item("MUG", 2))
    stage.later(days=-1)
    soon = await stage.arrive(item("MUG", 2))
    assert soon.latest_ship_at < late.latest_ship_at
    stage.later(days=1, minutes=1)
    await stage.products({"sku": "MUG", "quantity": "3"})
    await stage.evaluate()
    assert (await AmazonOrder.get(id=soon.id)).import_state == "IMPORTED"
    assert (await AmazonOrder.get(id=late.id)).import_state == "BLOCKED"
    assert (await shelf(), await moves(late)) == ((3, 2), [])


@pytest.mark.parametrize("status", ["PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELED"])
async def test_what_amazon_sends_never_moves_our_stock(stage: Stage, status: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3), status=status, fulfillment_channel="AMAZON")
    for following in ("UNSHIPPED", "SHIPPED"):
        order = await stage.change(order, status=following)
    assert order.import_state == ("IMPORTED" if status != "CANCELED" else order.import_state)
    assert (await moves(order), await Reservation.all().count(), await shelf()) == ([], 0, (5, 0))


@pytest.mark.parametrize("status", ["PARTIALLY_SHIPPED", "SHIPPED"])
async def test_an_order_first_seen_when_some_of_it_had_left_reserves_all_of_it(stage: Stage, status: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3, quantity_shipped=1), status=status)
    assert (await moves(order))[0] == ("RESERVED", 0, 3)
    assert (await moves(order))[1:] == ([] if status == "PARTIALLY_SHIPPED" else [("SHIPPED", -3, -3)])
