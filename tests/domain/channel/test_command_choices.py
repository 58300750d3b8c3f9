import pytest

from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import change
from domain.channel.attention import open_all
from domain.channel.command_choices import give_up_command, give_up_refusal, retry_command, retry_refusal
from domain.channel.confirm import accepted
from domain.channel.proofs import refused_concern
from domain.channel.standing import standings
from domain.errors import ActionNotAllowed, InvalidInput, NotFound, RequiredInput
from domain.timeline import SYSTEM, Event
from tests.domain.channel.stage import CLERK, Stage, item, items_of, open_attention, package, states, told


async def failed(stage: Stage, order: AmazonOrder, command: Command, state: str) -> None:
    await Command.filter(id=command.id).update(state=state, due_at=None, attempts=7, submission_id=3, message_id=4)
    async with change(now=stage.now, actor=SYSTEM) as unit:
        await open_all(unit, [(order, refused_concern(command, "Refused."))])


async def last_event(order: AmazonOrder) -> Event:
    return (await Event.filter(order_id=order.id).order_by("-sequence"))[0]


@pytest.mark.parametrize("state", ["REFUSED", "PARKED", "DEAD"])
async def test_a_failed_confirmation_is_sent_again_with_the_same_reference(
    stage: Stage, order: AmazonOrder, state: str
) -> None:
    await stage.ship(order)
    command = await Command.get()
    await failed(stage, order, command, state)
    await Command.all().update(in_doubt=True)
    stage.later(hours=1)

    again = await retry_command(command_id=command.id, now=stage.now, actor=CLERK)

    assert (again.id, again.state, again.attempts, again.due_at) == (command.id, "QUEUED", 0, stage.now)
    assert (again.package_reference, again.payload) == (command.package_reference, command.payload)
    assert (again.submission_id, again.message_id) == (None, None)
    assert again.in_doubt
    assert await open_attention(order) == []
    assert "MARKETPLACE_RETRIED" in (await told(order))[-2:]
    after = await AmazonOrder.get(id=order.id)
    assert (after.display_status, after.evaluate_due) == ("UNSHIPPED", stage.now)


async def test_a_late_answer_to_an_attempt_before_does_not_count(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    command = await Command.get()
    await failed(stage, order, command, "DEAD")
    again = await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    assert not await accepted(command_id=command.id, fence=command.fence, now=stage.now, request_id=None)
    assert await accepted(command_id=command.id, fence=again.fence, now=stage.now, request_id=None)


@pytest.mark.parametrize("state", ["REFUSED", "PARKED", "DEAD"])
async def test_a_failed_cancellation_is_sent_again_while_the_order_is_unshipped(
    stage: Stage, order: AmazonOrder, state: str
) -> None:
    command = await stage.cancel(order)
    await failed(stage, order, command, state)
    again = await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    assert (again.state, again.due_at) == ("QUEUED", stage.now)
    assert (await AmazonOrder.get(id=order.id)).display_status == "CANCEL_REQUESTED"
    assert "CANCEL_REQUESTED" in (await told(order))[-2:]


async def test_a_cancellation_is_sent_again_for_what_is_ordered_now(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order, restock=False)
    await failed(stage, order, command, "REFUSED")
    await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=500)))
    again = await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    assert again.payload == command.payload | {"items": [["item-MUG", 2], ["item-CUP", 1]]}


async def test_a_cancellation_is_not_sent_again_once_the_order_ships(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order)
    await failed(stage, order, command, "REFUSED")
    await stage.ship(order)
    with pytest.raises(ActionNotAllowed, match="Its goods have left") as refused:
        await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    assert (refused.value.action, refused.value.current_status) == ("RETRY_COMMAND", "REFUSED")
    assert await states(order) == ["REFUSED", "QUEUED"]


async def test_a_confirmation_is_not_sent_again_once_amazon_canceled_the_order(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    await Command.all().update(state="ACCEPTED")
    order = await stage.change(order, status="CANCELED")
    command = await Command.get()
    assert command.state == "REFUSED"
    with pytest.raises(ActionNotAllowed, match="the order is CANCELED; give the confirmation up"):
        await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    await give_up_command(command_id=command.id, note="the parcel comes back", now=stage.now, actor=CLERK)
    assert (await states(order), await open_attention(order)) == (["WITHDRAWN"], [])


async def test_other_kinds_are_sent_again_whatever_the_order_does(stage: Stage, order: AmazonOrder) -> None:
    standing = (await standings([order]))[order.id]
    stock = Command(kind=CommandKind.UPDATE_STOCK, state=CommandState.REFUSED)
    assert retry_refusal(stock, standing) is None


@pytest.mark.parametrize("state", ["QUEUED", "HELD", "SENT", "ACCEPTED", "CONFIRMED", "WITHDRAWN"])
async def test_only_what_failed_is_sent_again(stage: Stage, order: AmazonOrder, state: str) -> None:
    await stage.cancel(order)
    await Command.all().update(state=state)
    events = await told(order)
    command = await Command.get()
    with pytest.raises(ActionNotAllowed, match=f"It is {state}"):
        await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    assert (await states(order), await told(order)) == ([state], events)


@pytest.mark.parametrize("state", ["QUEUED", "HELD", "REFUSED", "PARKED", "DEAD"])
async def test_what_failed_or_waits_can_be_given_up(stage: Stage, order: AmazonOrder, state: str) -> None:
    command = await stage.cancel(order)
    await failed(stage, order, command, state)
    given_up = await give_up_command(command_id=command.id, note=" the buyer wants it ", now=stage.now, actor=CLERK)
    assert (given_up.state, given_up.due_at) == ("WITHDRAWN", None)
    event = await Event.get(order_id=order.id, kind="MARKETPLACE_WITHDRAWN")
    assert event.message == "The cancellation is given up: the buyer wants it"
    assert (event.details["note"], event.actor_name) == ("the buyer wants it", "clerk")
    assert await open_attention(order) == []
    after = await AmazonOrder.get(id=order.id)
    assert (after.display_status, after.evaluate_due) == ("UNSHIPPED", stage.now)


async def test_a_queued_cancellation_is_given_up_to_ship_after_all(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order)
    with pytest.raises(ActionNotAllowed, match="giveUpCommand withdraws it"):
        await stage.ship(order)
    await give_up_command(command_id=command.id, note="found it", now=stage.now, actor=CLERK)
    await stage.ship(order)
    assert await states(order) == ["WITHDRAWN", "QUEUED"]


@pytest.mark.parametrize(
    ("state", "because"), [("SENT", "on its way"), ("ACCEPTED", "on its way"), ("CONFIRMED", "nothing left to give up")]
)
async def test_what_is_at_amazon_or_settled_cannot_be_given_up(
    stage: Stage, order: AmazonOrder, state: str, because: str
) -> None:
    await stage.ship(order)
    await Command.all().update(state=state)
    command = await Command.get()
    with pytest.raises(ActionNotAllowed, match=because) as refused:
        await give_up_command(command_id=command.id, note="x", now=stage.now, actor=CLERK)
    assert (refused.value.action, refused.value.current_status) == ("GIVE_UP_COMMAND", state)
    assert await states(order) == [state]


async def test_giving_up_twice_is_refused_the_second_time(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order, package(((await items_of(order))[0].id, 1)))
    command = await Command.get()
    await give_up_command(command_id=command.id, note="lost", now=stage.now, actor=CLERK)
    assert (await last_event(order)).message == "The shipping confirmation of package 7000 is given up: lost"
    assert give_up_refusal(await Command.get()) is not None
    with pytest.raises(ActionNotAllowed, match="It is WITHDRAWN"):
        await give_up_command(command_id=command.id, note="lost", now=stage.now, actor=CLERK)


async def test_messages_of_other_kinds_are_given_up_by_that_name(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order)
    await Command.all().update(kind="UPDATE_STOCK")
    await give_up_command(command_id=command.id, note="no", now=stage.now, actor=CLERK)
    assert (await last_event(order)).message == "The message is given up: no"


async def test_bad_input_changes_nothing(stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order)
    with pytest.raises(NotFound):
        await retry_command(command_id=999, now=stage.now, actor=CLERK)
    with pytest.raises(NotFound):
        await give_up_command(command_id=999, note="x", now=stage.now, actor=CLERK)
    with pytest.raises(RequiredInput) as missing:
        await give_up_command(command_id=command.id, note="  ", now=stage.now, actor=CLERK)
    with pytest.raises(InvalidInput) as long:
        await give_up_command(command_id=command.id, note="n" * 501, now=stage.now, actor=CLERK)
    assert (missing.value.path, long.value.path) == (("note",), ("note",))
    assert await states(order) == ["QUEUED"]
