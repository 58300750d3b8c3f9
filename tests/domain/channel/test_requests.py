from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.amazon.records import AmazonOrder, Command, CommandState
from domain.channel.command_choices import give_up_command
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, Stage, euro, item, mugs, open_attention, told

ASKED: Any = {"cancel_requested": True}


async def entries(order: AmazonOrder) -> list[str]:
    found = Attention.filter(order_id=order.id, kind=AttentionKind.BUYER_CANCELLATION)
    return [row.state.value for row in await found.order_by("id")]


async def asked(order: AmazonOrder) -> list[tuple[str, str]]:
    events = await Event.filter(order_id=order.id, kind=EventKind.CANCEL_REQUESTED)
    return [(event.actor_kind.value, event.message) for event in events]


async def test_a_buyers_request_is_told_once_as_the_buyers_and_asks_a_person(stage: Stage, order: AmazonOrder) -> None:
    wants = (replace(mugs(0)[0], **ASKED), mugs(0)[1])
    order = await stage.change(order, items=wants)
    order = await stage.change(order, service_level="Exp DE Dom")

    assert await asked(order) == [("BUYER", "The buyer asks to cancel the order.")]
    assert order.cancel_requested_at == stage.now - timedelta(minutes=1)
    (entry,) = await open_attention(order)
    assert (entry.kind, entry.due_by) == ("BUYER_CANCELLATION", order.latest_ship_at)
    assert entry.message == "The buyer asks to cancel the order: cancel it, or ship it all the same."
    assert (order.amazon_status, order.import_state) == ("UNSHIPPED", "IMPORTED")


async def test_a_request_that_comes_with_the_order_is_told_after_it_was_seen(stage: Stage) -> None:
    order = await stage.arrive(item("NEW", 1, **ASKED))
    assert (await told(order))[:2] == ["SEEN", "CANCEL_REQUESTED"]
    assert {row.kind.value for row in await open_attention(order)} == {"BLOCKER", "BUYER_CANCELLATION"}


async def test_nobody_is_asked_while_the_cancellation_is_under_way(stage: Stage, order: AmazonOrder) -> None:
    wants = (replace(mugs(0)[0], **ASKED), mugs(0)[1])
    order = await stage.change(order, items=wants)
    command = await stage.cancel(order)
    await stage.evaluate()
    assert await entries(order) == ["RESOLVED"]

    await give_up_command(command_id=command.id, note="We ship it.", now=stage.now, actor=CLERK)
    await stage.evaluate()
    assert await entries(order) == ["RESOLVED", "OPEN"]


async def test_a_request_put_aside_stays_so_while_a_cancellation_is_under_way(stage: Stage, order: AmazonOrder) -> None:
    wants = (replace(mugs(0)[0], **ASKED), mugs(0)[1])
    order = await stage.change(order, items=wants)
    await Attention.filter(order_id=order.id).update(state=AttentionState.DISMISSED)
    await stage.cancel(order)
    await stage.evaluate()
    assert await entries(order) == ["DISMISSED"]


@pytest.mark.parametrize("status", ["PENDING", "PENDING_AVAILABILITY", "UNKNOWN"])
async def test_orders_that_wait_are_asked_about_too(stage: Stage, status: str) -> None:
    order = await stage.arrive(item("MUG", 1, **ASKED), status=status)
    assert await entries(order) == ["OPEN"]


@pytest.mark.parametrize("end", ["CANCELED", "SHIPPED"])
async def test_a_request_is_settled_once_the_order_is_canceled_or_shipped(stage: Stage, end: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 1, **ASKED))
    assert await entries(order) == ["OPEN"]
    order = await stage.change(order, status=end)
    assert await entries(order) == ["RESOLVED"]


async def test_a_request_is_settled_once_all_of_it_was_shipped_here(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 1, **ASKED))
    await stage.ship(order)
    await stage.evaluate(only=[order.id])
    assert await entries(order) == ["RESOLVED"]


async def test_what_a_person_decided_to_ship_is_not_asked_again_for_the_same_request(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 1, **ASKED))
    await Attention.all().update(state=AttentionState.DISMISSED)
    order = await stage.change(order, service_level="Exp DE Dom")
    await stage.settings(import_enabled=False)
    await stage.evaluate(only=[order.id])

    assert await entries(order) == ["DISMISSED"]
    order = await stage.change(order, status="SHIPPED")
    assert await entries(order) == ["RESOLVED"]
    assert "ATTENTION_RESOLVED" not in await told(order)


async def test_amazon_answers_for_its_own_orders_and_nobody_for_those_only_looked_at(stage: Stage) -> None:
    ours = await stage.arrive(item("NEW", 1, **ASKED))
    sent_by_amazon = await stage.arrive(item("NEW", 1, **ASKED), fulfillment_channel="AMAZON")
    await stage.settings(import_enabled=False)
    await stage.evaluate(only=[ours.id])
    looked_at = await stage.arrive(item("NEW", 1, **ASKED))

    assert await entries(sent_by_amazon) == []
    assert await entries(looked_at) == []
    assert len(await asked(looked_at)) == 1
    assert await entries(ours) == ["OPEN"]


async def test_an_order_whose_blockers_are_all_put_aside_waits_for_a_change(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1), item("CUP", 1, cents=500))
    assert order.evaluate_due == stage.now + timedelta(minutes=5)
    first, second = await open_attention(order)
    await Attention.filter(id=first.id).update(state=AttentionState.DISMISSED)
    stage.later(minutes=5)
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).evaluate_due == stage.now + timedelta(minutes=5)

    await Attention.filter(id=second.id).update(state=AttentionState.DISMISSED)
    stage.later(minutes=5)
    await stage.evaluate()
    order = await AmazonOrder.get(id=order.id)
    assert (order.evaluate_due, order.import_state, order.display_status) == (None, "BLOCKED", "ERROR")
    stage.later(days=1)
    assert (await stage.evaluate()).evaluated == 0

    items = (item("MUG", 1), item("CUP", 1, cents=500), item("PEN", 1))
    order = await stage.change(order, items=items, grand_total=euro(4480))
    (opened,) = await open_attention(order)
    assert (opened.seller_sku, order.evaluate_due) == ("PEN", stage.now + timedelta(minutes=5))


async def test_a_fix_imports_what_was_put_aside(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    await Attention.all().update(state=AttentionState.DISMISSED)
    stage.later(minutes=5)
    await stage.evaluate()
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.evaluate()

    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"
    assert [row.state for row in await Attention.all()] == [AttentionState.RESOLVED]


async def test_a_request_opens_again_once_its_cancellation_failed_though_the_import_is_off(stage: Stage) -> None:
    await stage.settings(import_enabled=False)
    order = await stage.arrive(item("MUG", 1, **ASKED))
    command = await stage.cancel(order)
    await stage.evaluate(only=[order.id])
    assert await entries(order) == []

    await Command.filter(id=command.id).update(state=CommandState.REFUSED, due_at=None)
    await stage.evaluate(only=[order.id])
    assert await entries(order) == ["OPEN"]
