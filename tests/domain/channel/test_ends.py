"""How orders end: once, with the time of the first end, and with a line that says so."""

import pytest

from domain.amazon.records import AmazonOrder
from domain.commerce.records import CreditMemo
from domain.timeline import Event
from tests.domain.channel.refunds import check_books, refund, request
from tests.domain.channel.stage import Stage, check_shelves, commerce_of, item, told


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 3 mugs arrive, of 5 there are."""
    await stage.products({"sku": "MUG", "quantity": "5"})
    return await stage.arrive(item("MUG", 3))


async def test_an_order_that_a_refund_closes_keeps_the_time_at_which_it_was_complete(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    order = await stage.change(order, status="SHIPPED")
    complete_at = stage.now
    stage.later(days=3)
    await refund(stage, order, request())
    commerce, _ = await commerce_of(order)
    assert (commerce.state, commerce.completed_at) == ("CLOSED", complete_at)
    assert (await AmazonOrder.get(id=order.id)).completed_at == complete_at


async def test_an_order_that_a_refund_ends_has_that_time(stage: Stage, order: AmazonOrder) -> None:
    stage.later(days=1)
    await refund(stage, order, request())
    commerce, _ = await commerce_of(order)
    assert (commerce.state, commerce.completed_at) == ("CLOSED", stage.now)


async def test_an_order_that_was_given_back_already_is_canceled_all_the_same(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request())
    await check_books(order)
    order = await stage.change(order, status="CANCELED", items=())
    commerce, _ = await commerce_of(order)
    assert (commerce.state, order.display_status) == ("CLOSED", "CANCELED")  # nothing follows on closed
    assert await CreditMemo.all().count() == 1
    canceled = await Event.get(order_id=order.id, kind="CANCELED")
    assert (canceled.message, canceled.actor_kind) == ("Status updated to canceled.", "AMAZON")

    events = await told(order)
    order = await stage.change(order, service_level="Other")
    await stage.evaluate(only=[order.id])
    assert [kind for kind in await told(order) if kind != "CHANGED"] == events
    await check_shelves()
