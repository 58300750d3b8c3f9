from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.accounts.records import Store, StoreState
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder
from domain.channel.hold import BATCH, end_holds_over, hold_order, unhold_order
from domain.commerce.records import CommerceOrder
from domain.commerce.workflow_records import HoldReason, OrderHold
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound, StaleVersion
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, Stage, commerce_of, item, shelf, states, told


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"})
    return await stage.arrive(item("MUG", 2))


async def hold(stage: Stage, order: AmazonOrder, **arguments: Any) -> OrderHold:
    given: dict[str, Any] = {"reason": HoldReason.FRAUD, "note": None, "until": None, "expected_version": None}
    return await hold_order(order_id=order.id, now=stage.now, actor=CLERK, **(given | arguments))


async def unhold(stage: Stage, order: AmazonOrder, **arguments: Any) -> OrderHold:
    given: dict[str, Any] = {"note": None, "expected_version": None}
    return await unhold_order(order_id=order.id, now=stage.now, actor=CLERK, **(given | arguments))


async def stands(order: AmazonOrder) -> tuple[str, str]:
    commerce, _ = await commerce_of(order)
    return commerce.state.value, commerce.status


async def refused(work: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        await work
    return raised.value


async def test_a_hold_remembers_state_and_status_and_gives_them_back(stage: Stage, order: AmazonOrder) -> None:
    await CommerceOrder.all().update(status="fraud")
    placed = await hold(stage, order, note=" ask first ")
    assert await stands(order) == ("ON_HOLD", "holded")
    assert (placed.reason, placed.note, placed.state_before, placed.status_before) == (
        "FRAUD",
        "ask first",
        "PROCESSING",
        "fraud",
    )

    stage.later(hours=2)
    await unhold(stage, order, note="it is fine")

    assert await stands(order) == ("PROCESSING", "fraud")
    ended = await OrderHold.get(id=placed.id)
    assert (ended.ended_at, ended.ending, ended.ended_by_name) == (stage.now, "LIFTED", "clerk")
    assert (await told(order))[-2:] == ["HELD", "RELEASED"]
    lines = await Event.filter(order_id=order.id, kind__in=("HELD", "RELEASED")).order_by("id")
    assert [line.message for line in lines] == ["Put on hold: fraud.", "The hold was lifted."]
    assert [line.details["note"] for line in lines] == ["ask first", "it is fine"]


async def test_an_order_is_on_hold_once_at_a_time_in_the_documented_words(stage: Stage, order: AmazonOrder) -> None:
    refusal = await refused(unhold(stage, order))
    assert (type(refusal), refusal.message) == (ActionNotAllowed, "You cannot remove the hold.")
    await hold(stage, order)
    refusal = await refused(hold(stage, order, reason=HoldReason.STOCK))
    assert (type(refusal), refusal.message) == (ActionNotAllowed, "A hold action is not available.")
    await unhold(stage, order)
    await hold(stage, order, reason=HoldReason.STOCK)
    assert [row.reason.value for row in await OrderHold.all().order_by("id")] == ["FRAUD", "STOCK"]


async def test_nothing_is_shipped_or_canceled_from_here_while_it_is_held(stage: Stage, order: AmazonOrder) -> None:
    await hold(stage, order)
    for work in (stage.ship(order), stage.cancel(order, reason=CancelReason.NO_INVENTORY)):
        assert "hold" in (await refused(work)).message
    assert await shelf() == (5, 2)
    await unhold(stage, order)
    await stage.ship(order)
    assert await shelf() == (3, 0)


async def test_what_amazon_was_asked_to_cancel_is_not_held_any_more(stage: Stage, order: AmazonOrder) -> None:
    await stage.cancel(order)
    refusal = await refused(hold(stage, order))
    assert "A cancellation waits to be sent" in refusal.message


async def test_an_order_that_is_not_imported_cannot_be_held(stage: Stage) -> None:
    order = await stage.arrive(item("NEW"))
    refusal = await refused(hold(stage, order))
    assert isinstance(refusal, ActionNotAllowed)
    assert (refusal.action, refusal.path) == ("HOLD", ("orderId",))
    assert "not imported" in refusal.message
    order.id += 1
    assert isinstance(await refused(hold(stage, order)), NotFound)


async def test_who_saw_an_older_version_changes_nothing(stage: Stage, order: AmazonOrder) -> None:
    await hold(stage, order, expected_version=order.version)
    for work in (hold, unhold):
        assert isinstance(await refused(work(stage, order, expected_version=order.version)), StaleVersion)
    assert (await stands(order))[0] == "ON_HOLD"


async def test_what_cannot_be_said_is_refused(stage: Stage, order: AmazonOrder) -> None:
    now = stage.now
    for arguments, path in (
        ({"note": "x" * 501}, ("note",)),
        ({"until": now}, ("until",)),
        ({"until": datetime(2099, 1, 1)}, ("until",)),  # noqa: DTZ001
    ):
        refusal = await refused(hold(stage, order, **arguments))
        assert (type(refusal), refusal.path) == (InvalidInput, path)
    assert not await OrderHold.exists()


async def test_a_hold_with_an_end_lifts_itself_then_and_not_before(stage: Stage, order: AmazonOrder) -> None:
    placed = await hold(stage, order, until=stage.now + timedelta(hours=1))
    assert await end_holds_over(now=stage.later(minutes=59)) == 0
    assert (await stands(order))[0] == "ON_HOLD"
    assert await end_holds_over(now=stage.later(minutes=1)) == 1
    assert await stands(order) == ("PROCESSING", "processing")
    ended = await OrderHold.get(id=placed.id)
    assert (ended.ending, ended.ended_by_kind) == ("EXPIRED", "SYSTEM")
    assert await end_holds_over(now=stage.later(days=1)) == 0
    assert BATCH > 1


async def test_what_shipped_at_amazon_is_complete_whatever_was_held_here(stage: Stage, order: AmazonOrder) -> None:
    await hold(stage, order)
    order = await stage.change(order, status="SHIPPED", items=(item("MUG", 2, quantity_shipped=2),))
    assert (await stands(order), order.display_status) == (("COMPLETE", "complete"), "COMPLETED")
    (past,) = await OrderHold.all()
    assert (past.ending, past.reason, past.ended_by_kind) == ("OVERTAKEN", "FRAUD", "AMAZON")
    lifted = await Event.get(order_id=order.id, kind=EventKind.RELEASED)
    assert lifted.message == "Amazon shows the order as SHIPPED, so it is no longer on hold."
    assert await shelf() == (3, 0)
    assert (await refused(unhold(stage, order))).message == "You cannot remove the hold."


async def test_what_was_canceled_at_amazon_is_given_back_whatever_was_held_here(
    stage: Stage, order: AmazonOrder
) -> None:
    await hold(stage, order, until=stage.now + timedelta(days=3))
    order = await stage.change(order, status="CANCELED", items=())
    commerce, (line,) = await commerce_of(order)
    assert (commerce.state, commerce.refunded_minor, line.quantity_refunded) == ("COMPLETE", commerce.total_minor, 2)
    assert (await OrderHold.all())[0].ending == "OVERTAKEN"
    assert await shelf() == (5, 0)
    assert await end_holds_over(now=stage.later(days=4)) == 0


async def test_what_left_in_part_at_amazon_stays_held_and_goes_on_from_there(stage: Stage, order: AmazonOrder) -> None:
    await CommerceOrder.all().update(state="NEW", status="pending")
    await hold(stage, order)
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=(item("MUG", 2, quantity_shipped=1),))
    assert (await stands(order))[0] == "ON_HOLD"
    await unhold(stage, order)
    assert await stands(order) == ("PROCESSING", "processing")  # new, with work begun


async def test_a_package_that_left_before_is_told_to_amazon_all_the_same(stage: Stage, order: AmazonOrder) -> None:
    (row,) = (await commerce_of(order))[1]
    assert row.quantity_ordered == 2
    await stage.ship(order, key="half")
    await CommerceOrder.all().update(state="PROCESSING", status="processing")
    await hold(stage, order)
    assert await states(order) == ["QUEUED"]


async def test_nothing_is_held_in_a_store_that_is_being_deleted(stage: Stage, order: AmazonOrder) -> None:
    await Store.all().update(state=StoreState.DELETING)
    assert "being deleted" in (await refused(hold(stage, order))).message
