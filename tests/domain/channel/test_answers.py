from datetime import timedelta

import pytest

from domain.amazon.commands import take
from domain.amazon.records import AmazonOrder, Command
from domain.channel.confirm import accepted, postponed, refused
from domain.channel.retry import retry_import
from domain.errors import (
    ActionNotAllowed,
    MarketplaceError,
    MarketplaceRejected,
    MarketplaceThrottled,
    MarketplaceUnavailable,
    MarketplaceUnreached,
    NotFound,
)
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item, open_attention, told


@pytest.fixture
async def sent(stage: Stage) -> Command:
    """Give a shipment confirmation that a worker has just taken."""
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.ship(await stage.arrive())
    return await retaken(stage)


async def retaken(stage: Stage) -> Command:
    command = await Command.get()
    taken = await take(command_id=command.id, now=stage.now, machine_ms=command.fence * 1000, lease_ms=500)
    assert taken is not None
    return taken


async def order_of(command: Command) -> AmazonOrder:
    return await AmazonOrder.get(id=command.order_id)


async def test_an_accepted_command_waits_for_its_fact(stage: Stage, sent: Command) -> None:
    assert await accepted(command_id=sent.id, fence=sent.fence, now=stage.now, request_id="rid")
    command = await Command.get()
    assert (command.state, command.accepted_at, command.request_id) == ("ACCEPTED", stage.now, "rid")
    assert (command.due_at, command.lease_until) == (None, None)
    order = await order_of(command)
    assert (order.display_status, (await told(order))[-1]) == ("UNSHIPPED", "MARKETPLACE_ACCEPTED")
    event = await Event.get(kind="MARKETPLACE_ACCEPTED")
    assert (event.message, event.actor_kind) == ("Tracking information has been submitted to Amazon.", "AMAZON")


async def test_a_refused_command_is_shown_to_a_person(stage: Stage, sent: Command) -> None:
    error = MarketplaceRejected("Package is invalid.", amazon_code="InvalidInput", request_id="rid")
    assert await refused(command_id=sent.id, fence=sent.fence, error=error, now=stage.now)
    command = await Command.get()
    assert (command.state, command.error_code, command.error_message) == (
        "REFUSED",
        "InvalidInput",
        "Package is invalid.",
    )
    order = await order_of(command)
    (shown,) = await open_attention(order)
    assert (shown.kind, shown.command_id, order.display_status) == ("COMMAND_REFUSED", command.id, "ERROR")
    assert "Please add tracking directly within Amazon Seller Central. Amazon says: Package" in shown.message
    assert shown.facts == {"command": "CONFIRM_SHIPMENT", "package": "7000", "amazon_code": "InvalidInput"}
    assert (await told(order))[-2:] == ["MARKETPLACE_REJECTED", "ATTENTION_OPENED"]


async def test_a_command_that_is_refused_again_is_shown_once_with_the_latest_words(stage: Stage, sent: Command) -> None:
    await refused(command_id=sent.id, fence=sent.fence, error=MarketplaceRejected("No."), now=stage.now)
    (shown,) = await open_attention(await order_of(sent))
    await Command.all().update(state="QUEUED", due_at=stage.now)
    again = await retaken(stage)
    stage.later(minutes=1)
    await refused(command_id=again.id, fence=again.fence, error=MarketplaceRejected("Never."), now=stage.now)
    (still,) = await open_attention(await order_of(sent))
    assert (still.id, still.last_checked_at) == (shown.id, stage.now)
    assert still.message.endswith("Never.")
    assert (await told(await order_of(sent))).count("ATTENTION_OPENED") == 1


async def test_a_refused_command_that_is_sent_again_and_taken_needs_nobody_any_more(
    stage: Stage, sent: Command
) -> None:
    await refused(command_id=sent.id, fence=sent.fence, error=MarketplaceRejected("No."), now=stage.now)
    await Command.all().update(state="QUEUED", due_at=stage.now)
    again = await retaken(stage)
    assert await accepted(command_id=again.id, fence=again.fence, now=stage.now, request_id=None)
    order = await order_of(again)
    assert (await open_attention(order), order.display_status) == ([], "UNSHIPPED")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (MarketplaceThrottled("Slow."), "QUEUED"),
        (MarketplaceUnreached("No way."), "QUEUED"),
        (MarketplaceUnavailable("Lost."), "SENT"),
    ],
)
async def test_a_command_without_an_answer_is_due_again_later(
    stage: Stage, sent: Command, error: MarketplaceError, state: str
) -> None:
    retry_at = stage.now + timedelta(seconds=30)
    arguments = {"command_id": sent.id, "fence": sent.fence, "error": error, "retry_at": retry_at, "now": stage.now}
    assert await postponed(**arguments)
    command = await Command.get()
    assert (command.state, command.due_at, command.lease_until) == (state, retry_at, None)
    assert (command.error_code, command.error_retryable) == (error.code, True)
    assert (await told(await order_of(command)))[-1] == "MARKETPLACE_RETRIED"


async def test_a_command_that_may_have_arrived_is_not_queued_again_by_a_busy_amazon(
    stage: Stage, sent: Command
) -> None:
    async def postpone(command: Command, error: MarketplaceError) -> str:
        await postponed(command_id=command.id, fence=command.fence, error=error, retry_at=stage.now, now=stage.now)
        return (await Command.get()).state.value

    assert await postpone(sent, MarketplaceThrottled("Slow.")) == "QUEUED"
    assert await postpone(await retaken(stage), MarketplaceThrottled("Slow.")) == "QUEUED"
    assert await postpone(await retaken(stage), MarketplaceUnavailable("Lost.")) == "SENT"
    assert await postpone(await retaken(stage), MarketplaceThrottled("Slow.")) == "SENT"
    assert await postpone(await retaken(stage), MarketplaceUnreached("No way.")) == "SENT"
    order = await stage.change(await order_of(sent), status="CANCELED")
    assert (await Command.get()).state == "REFUSED"
    assert [row.kind for row in await open_attention(order)] == ["COMMAND_REFUSED"]


async def test_a_command_whose_worker_died_may_have_arrived(stage: Stage, sent: Command) -> None:
    again = await retaken(stage)
    error = MarketplaceThrottled("Slow.")
    await postponed(command_id=again.id, fence=again.fence, error=error, retry_at=stage.now, now=stage.now)
    assert (await Command.get()).state == "SENT"


async def test_a_command_out_of_attempts_is_dead_and_shown_to_a_person(stage: Stage, sent: Command) -> None:
    command = sent
    for attempt in range(1, 21):
        assert command.attempts == attempt
        error = MarketplaceUnavailable("Lost.")
        await postponed(command_id=command.id, fence=command.fence, error=error, retry_at=stage.now, now=stage.now)
        if attempt < 20:
            command = await retaken(stage)
    dead = await Command.get()
    assert (dead.state, dead.due_at) == ("DEAD", None)
    order = await order_of(dead)
    (shown,) = await open_attention(order)
    assert (shown.kind, order.display_status) == ("COMMAND_PARKED", "ERROR")
    assert (await told(order))[-2:] == ["MARKETPLACE_PARKED", "ATTENTION_OPENED"]


async def test_a_command_that_amazon_is_too_busy_for_waits_as_long_as_it_takes(stage: Stage, sent: Command) -> None:
    command = sent
    for _ in range(30):
        error = MarketplaceThrottled("Slow.")
        await postponed(command_id=command.id, fence=command.fence, error=error, retry_at=stage.now, now=stage.now)
        command = await retaken(stage)
    assert (command.state, command.attempts) == ("SENT", 31)
    assert await open_attention(await order_of(command)) == []


async def test_an_answer_to_an_attempt_that_was_taken_over_is_void(stage: Stage, sent: Command) -> None:
    later = await retaken(stage)
    assert later.fence == sent.fence + 1
    stale = {"command_id": sent.id, "fence": sent.fence, "now": stage.now}
    events = await told(await order_of(sent))
    assert not await accepted(**stale, request_id=None)
    assert not await refused(**stale, error=MarketplaceRejected("No."))
    assert not await postponed(**stale, error=MarketplaceUnavailable("Lost."), retry_at=stage.now)
    assert (await Command.get()).state == "SENT"
    assert await told(await order_of(sent)) == events


async def test_an_answer_that_comes_after_the_fact_changes_nothing(stage: Stage, sent: Command) -> None:
    await stage.change(await order_of(sent), status="SHIPPED")
    assert (await Command.get()).state == "CONFIRMED"
    assert not await accepted(command_id=sent.id, fence=sent.fence, now=stage.now, request_id=None)
    assert (await Command.get()).state == "CONFIRMED"


async def test_retrying_marks_orders_due_and_says_which_cannot_be(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    imported = await stage.arrive()
    blocked = await stage.arrive(item("NEW"))
    stage.later(seconds=10)
    answers = await retry_import(order_ids=[blocked.id, imported.id, 987654], now=stage.now, actor=CLERK)

    assert answers[blocked.id] is None
    assert isinstance(answers[imported.id], ActionNotAllowed)
    assert isinstance(answers[987654], NotFound)
    assert (await AmazonOrder.get(id=blocked.id)).evaluate_due == stage.now
    assert (await told(blocked))[-1] == "RETRY_REQUESTED"
    assert (await stage.evaluate()).blocked == 1


async def test_retrying_nothing_is_no_fault(stage: Stage) -> None:
    assert await retry_import(order_ids=[], now=stage.now, actor=CLERK) == {}
