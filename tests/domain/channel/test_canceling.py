import asyncio
from typing import Any

import pytest

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandKind, CommandState
from domain.change import change
from domain.channel.cancel import LINGER, cancel_in, cancel_refusal, cancel_refusals
from domain.channel.command_choices import give_up_command
from domain.channel.records import Attention
from domain.channel.standing import Standing
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import CommerceOrder
from domain.errors import (
    ActionNotAllowed,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequiredInput,
    StaleVersion,
)
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, commands_of, commerce_of, item, shelf, states, told


async def test_a_request_to_cancel_changes_nothing_but_what_is_shown(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order, note=" sold out \n", restock=False)

    after = await AmazonOrder.get(id=order.id)
    assert (after.amazon_status, after.display_status) == ("UNSHIPPED", "CANCEL_REQUESTED")
    assert (command.kind, command.state, command.due_at) == ("CANCEL", "QUEUED", stage.now + LINGER)
    assert command.payload == {
        "reason": "NO_INVENTORY",
        "items": [["item-MUG", 3], ["item-CUP", 1]],
        "restock": False,
        "note": "sold out",
    }
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 3), (5, 1))
    assert (await commerce_of(order))[0].state == "PROCESSING"
    event = await Event.filter(order_id=order.id).order_by("-sequence").first()
    assert event is not None
    assert (event.kind, event.actor_name) == ("CANCEL_REQUESTED", "clerk")
    assert event.message == "Cancellation asked for: no inventory."
    assert event.details == {
        "command_id": command.id,
        "reason": "NO_INVENTORY",
        "restock": False,
        "note": "sold out",
    }
    assert after.version == order.version + 1
    assert after.evaluate_due == stage.now


async def test_a_blocked_order_is_canceled_before_it_is_imported(stage: Stage) -> None:
    order = await stage.arrive(item("NEW", 2))
    assert order.import_state == "BLOCKED"
    await stage.cancel(order)
    await stage.evaluate()
    order = await AmazonOrder.get(id=order.id)
    assert (order.import_state, order.display_status) == ("WAITING", "CANCEL_REQUESTED")
    assert await Attention.filter(state="OPEN").count() == 0


async def test_an_order_is_canceled_with_importing_disabled(stage: Stage) -> None:
    await stage.settings(import_enabled=False)
    order = await stage.arrive(item("NEW", 2))
    assert (await stage.cancel(order)).state is CommandState.QUEUED
    order = await stage.change(order, status="CANCELED")
    assert (order.display_status, await states(order)) == ("CANCELED", ["WITHDRAWN"])


async def test_the_same_key_answers_with_the_first_command(stage: Stage, order: AmazonOrder) -> None:
    first = await stage.cancel(order, expected_version=order.version)
    stage.later(minutes=3)
    again = await stage.cancel(order, expected_version=order.version)
    assert again.id == first.id
    assert len(await commands_of(order)) == 1
    for other in ({"restock": False}, {"note": "x"}, {"reason": CancelReason.PRICING_ERROR}):
        with pytest.raises(IdempotencyKeyReused):
            await stage.cancel(order, **other)


@pytest.mark.parametrize(
    ("given", "error", "path"),
    [
        ({"order_id": 999}, NotFound, ("input", "orderId")),
        ({"expected_version": 77}, StaleVersion, ("input", "expectedVersion")),
        ({"key": " "}, RequiredInput, ("input", "idempotencyKey")),
        ({"key": "k" * 201}, InvalidInput, ("input", "idempotencyKey")),
        ({"note": "n" * 501}, InvalidInput, ("input", "note")),
        ({"note": "a\x00b"}, InvalidInput, ("input", "note")),
    ],
)
async def test_what_cannot_be_asked_for_leaves_nothing_behind(
    stage: Stage, order: AmazonOrder, given: dict[str, Any], error: type[NotFound], path: tuple[str, ...]
) -> None:
    events = await told(order)
    with pytest.raises(error) as refused:
        await stage.cancel(order, **given)
    assert refused.value.path == path
    assert (await commands_of(order), await told(order)) == ([], events)


async def test_an_order_is_not_canceled_twice(stage: Stage, order: AmazonOrder) -> None:
    await stage.cancel(order)
    with pytest.raises(ActionNotAllowed, match="giveUpCommand withdraws it"):
        await stage.cancel(order, key="c2")


async def test_another_cancellation_takes_the_place_of_one_that_was_refused(stage: Stage, order: AmazonOrder) -> None:
    refused = await stage.cancel(order)
    await Command.filter(id=refused.id).update(state="REFUSED")
    shown = await Attention.create(
        account_id=order.account_id,
        store_id=order.store_id,
        kind="COMMAND_REFUSED",
        subject="COMMAND_REFUSED:1:command:1",
        order_id=order.id,
        command_id=refused.id,
        message="Refused.",
        opened_at=stage.now,
        last_checked_at=stage.now,
    )
    await stage.cancel(order, key="c2", reason=CancelReason.BUYER_CANCELED)
    assert await states(order) == ["WITHDRAWN", "QUEUED"]
    assert (await Attention.get(id=shown.id)).state == "RESOLVED"
    assert (await told(order))[-3:] == ["MARKETPLACE_WITHDRAWN", "ATTENTION_RESOLVED", "CANCEL_REQUESTED"]


async def test_a_cancellation_that_was_given_up_can_be_asked_for_again(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order)
    await give_up_command(command_id=command.id, note="wait", now=stage.now, actor=CLERK)
    await stage.cancel(order, key="c2")
    assert await states(order) == ["WITHDRAWN", "QUEUED"]
    assert (await told(order)).count("MARKETPLACE_WITHDRAWN") == 1


async def test_of_two_people_who_ask_at_once_one_cancels(stage: Stage, order: AmazonOrder) -> None:
    answers = await asyncio.gather(
        stage.cancel(order, key="mine"), stage.cancel(order, key="yours"), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["ActionNotAllowed", "Command"]
    assert await states(order) == ["QUEUED"]


async def test_of_a_cancellation_and_a_shipment_asked_for_at_once_one_is_done(stage: Stage, order: AmazonOrder) -> None:
    answers = await asyncio.gather(stage.ship(order), stage.cancel(order), return_exceptions=True)
    assert sum(isinstance(answer, ActionNotAllowed) for answer in answers) == 1
    assert len(await commands_of(order)) == 1


async def test_gone_items_and_items_of_which_none_is_ordered_are_left_out(stage: Stage, order: AmazonOrder) -> None:
    await stage.change(order, items=(item("MUG", 3), item("CUP", 0, cents=0)))
    assert (await stage.cancel(order)).payload["items"] == [["item-MUG", 3]]


async def test_the_refusals_of_many_orders_are_found_at_once(stage: Stage, order: AmazonOrder) -> None:
    pending = await stage.arrive(item("MUG", 1), status="PENDING")
    refusals = await cancel_refusals([order, pending])
    assert refusals[order.id] is None
    assert isinstance(refusals[pending.id], ActionNotAllowed)


async def test_within_another_change_it_is_refused_the_same_way(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    with pytest.raises(ActionNotAllowed):
        async with change(now=stage.now, actor=CLERK) as unit:
            await cancel_in(unit, order, reason=CancelReason.NO_INVENTORY, note=None, restock=True)


def standing(*commands: Command, commerce: CommerceOrderState | None = None, items: int = 1, **facts: Any) -> Standing:
    given = {"amazon_status": AmazonOrderStatus.UNSHIPPED, "fulfillment_channel": "MERCHANT"} | facts
    return Standing(
        order=AmazonOrder(id=1, **given),
        commerce=CommerceOrder(state=commerce) if commerce else None,
        items=[AmazonItem(item_id=str(at), quantity_ordered=1) for at in range(items)],
        commands=commands,
    )


@pytest.mark.parametrize("commerce", [None, "NEW", "PENDING_PAYMENT", "PROCESSING"])
def test_an_unshipped_order_can_be_canceled_whether_imported_or_not(commerce: str | None) -> None:
    assert cancel_refusal(standing(commerce=CommerceOrderState(commerce) if commerce else None)) is None


@pytest.mark.parametrize(
    ("status", "way_out"),
    [
        ("PENDING", "until the order is UNSHIPPED it can be canceled in Seller Central"),
        ("PENDING_AVAILABILITY", "until it is UNSHIPPED it can be canceled in Seller Central"),
        ("PARTIALLY_SHIPPED", "cancel the rest with cancelRest"),
        ("SHIPPED", "returns and exchanges are handled in Seller Central"),
        ("INVOICE_UNCONFIRMED", "returns and exchanges are handled in Seller Central"),
        ("CANCELED", "canceled already"),
        ("UNFULFILLABLE", "cancel it where it was placed"),
        ("UNKNOWN", "read it again with syncNow"),
    ],
)
def test_any_other_status_is_refused_with_the_way_out(status: str, way_out: str) -> None:
    for channel in ("MERCHANT", None):
        refusal = cancel_refusal(standing(amazon_status=AmazonOrderStatus(status), fulfillment_channel=channel))
        assert refusal is not None
        assert way_out in refusal.message
        assert (refusal.action, refusal.current_status, refusal.path) == ("CANCEL", status, ("input", "orderId"))


def test_what_amazon_sends_is_canceled_at_amazon() -> None:
    refusal = cancel_refusal(standing(fulfillment_channel="AMAZON"))
    assert refusal is not None
    assert "Seller Central only" in refusal.message
    unclear = cancel_refusal(standing(fulfillment_channel=None))
    assert unclear is not None
    assert "read it again" in unclear.message


@pytest.mark.parametrize(
    ("kind", "state", "way_out"),
    [
        ("CONFIRM_SHIPMENT", "QUEUED", "about to be told"),
        ("CONFIRM_SHIPMENT", "HELD", "as soon as messages are sent again"),
        ("CONFIRM_SHIPMENT", "SENT", "wait until it shows"),
        ("CONFIRM_SHIPMENT", "ACCEPTED", "wait until it shows"),
        ("CONFIRM_SHIPMENT", "CONFIRMED", "knows the package"),
        ("CONFIRM_SHIPMENT", "REFUSED", "retryCommand"),
        ("CONFIRM_SHIPMENT", "PARKED", "retryCommand"),
        ("CONFIRM_SHIPMENT", "DEAD", "retryCommand"),
        ("CONFIRM_SHIPMENT", "WITHDRAWN", "in Seller Central if its goods have not left"),
        ("CANCEL", "QUEUED", "giveUpCommand"),
        ("CANCEL", "HELD", "giveUpCommand"),
        ("CANCEL", "SENT", "wait for its answer"),
        ("CANCEL", "ACCEPTED", "wait until it shows"),
        ("CANCEL", "PARKED", "retryCommand or drop it with giveUpCommand"),
        ("PARTIAL_CANCEL", "SENT", "wait for its answer"),
    ],
)
def test_what_is_under_way_already_is_refused_with_the_way_out(kind: str, state: str, way_out: str) -> None:
    refusal = cancel_refusal(standing(Command(kind=CommandKind(kind), state=CommandState(state))))
    assert refusal is not None
    assert way_out in refusal.message


@pytest.mark.parametrize("state", ["REFUSED", "DEAD", "WITHDRAWN", "CONFIRMED"])
def test_a_cancellation_that_came_to_nothing_does_not_stop_another_one(state: str) -> None:
    assert cancel_refusal(standing(Command(kind=CommandKind.CANCEL, state=CommandState(state)))) is None


@pytest.mark.parametrize(
    ("state", "way_out"),
    [
        ("ON_HOLD", "lift the hold"),
        ("PAYMENT_REVIEW", "finish that first"),
        ("COMPLETE", "cancel the Amazon order in Seller Central"),
        ("CLOSED", "cancel the Amazon order in Seller Central"),
        ("CANCELED", "cancel the Amazon order in Seller Central"),
    ],
)
def test_a_commerce_order_that_is_held_or_has_ended_is_refused_with_the_way_out(state: str, way_out: str) -> None:
    refusal = cancel_refusal(standing(commerce=CommerceOrderState(state)))
    assert refusal is not None
    assert way_out in refusal.message


def test_without_items_there_is_nothing_to_cancel() -> None:
    refusal = cancel_refusal(standing(items=0))
    assert refusal is not None
    assert "syncNow" in refusal.message
