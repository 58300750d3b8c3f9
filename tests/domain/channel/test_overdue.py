from datetime import timedelta

import pytest

from domain.accounts.stores import pause_store, resume_store
from domain.amazon.commands import enqueue, take
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import change
from domain.channel.attention import resolve
from domain.channel.command_choices import give_up_command
from domain.channel.confirm import accepted, refused
from domain.channel.overdue import PATIENCE, note_overdue
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.resolutions import resolutions_of
from domain.errors import ActionNotAllowed, MarketplaceRejected
from domain.timeline import SYSTEM
from tests.domain.channel.stage import CLERK, Stage, commands_of, mugs, open_attention, package, parcel, states, told


async def sent(stage: Stage, order: AmazonOrder) -> Command:
    queued = next(one for one in await commands_of(order) if one.state is CommandState.QUEUED)
    taken = await take(command_id=queued.id, now=stage.now, machine_ms=0, lease_ms=0)
    assert taken is not None
    return taken


async def taken_by_amazon(stage: Stage, order: AmazonOrder) -> Command:
    command = await sent(stage, order)
    await accepted(command_id=command.id, fence=command.fence, now=stage.now, request_id=None)
    return command


async def shipped(stage: Stage, order: AmazonOrder) -> Command:
    await stage.ship(order)
    return await taken_by_amazon(stage, order)


async def look(stage: Stage, **later: float) -> int:
    stage.later(**later)
    return await note_overdue(now=stage.now)


async def entries(**which: object) -> list[tuple[str, str]]:
    rows = await Attention.filter(kind__startswith="COMMAND", **which).order_by("id")
    return [(row.kind.value, row.state.value) for row in rows]


async def dismiss(stage: Stage) -> None:
    await Attention.filter(state=AttentionState.OPEN).update(state=AttentionState.DISMISSED)


async def test_nothing_is_late_while_nobody_looks_because_the_store_is_paused(stage: Stage, order: AmazonOrder) -> None:
    await shipped(stage, order)
    await pause_store(store_id=stage.store.id, now=stage.now, actor=CLERK)
    assert await look(stage, days=3) == 0
    await resume_store(store_id=stage.store.id, now=stage.now, actor=CLERK)
    assert await look(stage) == 1


async def test_what_amazon_took_and_does_not_show_within_a_day_is_told_of_once(
    stage: Stage, order: AmazonOrder
) -> None:
    command = await shipped(stage, order)
    assert await look(stage, hours=23, minutes=59) == 0
    assert await look(stage, minutes=1) == 1
    assert await look(stage, days=3) == 0

    (entry,) = await open_attention(order)
    assert (entry.kind, entry.command_id, entry.due_by) == ("COMMAND_OVERDUE", command.id, order.latest_ship_at)
    assert entry.facts == {"command": "CONFIRM_SHIPMENT", "package": command.package_reference}
    assert entry.message == (
        f"Amazon's answer is overdue (confirm shipment of package {command.package_reference}): Amazon took it more "
        "than a day ago and does not show it yet. Look into Seller Central."
    )
    assert [way.kind.value for way in (await resolutions_of([entry]))[entry.id]] == ["READ_AGAIN", "DISMISS"]
    assert (await told(order)).count("ATTENTION_OPENED") == 1
    assert await states(order) == ["ACCEPTED"]


async def test_the_fact_clears_what_was_overdue(stage: Stage, order: AmazonOrder) -> None:
    await shipped(stage, order)
    await look(stage, days=1)
    await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))

    assert await states(order) == ["CONFIRMED"]
    assert await entries() == [("COMMAND_OVERDUE", "RESOLVED")]


async def test_what_was_dismissed_is_not_told_again_until_amazon_takes_it_anew(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    command = await sent(stage, order)
    await look(stage, days=1)
    assert "nobody knows what became of it" in (await open_attention(order))[0].message
    await dismiss(stage)
    assert await look(stage, days=1) == 0

    await accepted(command_id=command.id, fence=command.fence, now=stage.now, request_id=None)
    assert await look(stage, hours=23) == 0
    assert await look(stage, hours=1) == 1
    assert await entries() == [("COMMAND_OVERDUE", "DISMISSED"), ("COMMAND_OVERDUE", "OPEN")]


async def test_amazons_late_no_takes_the_place_of_what_was_overdue(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    command = await sent(stage, order)
    await look(stage, days=1)
    no = MarketplaceRejected("No such item.", amazon_code="InvalidInput")
    await refused(command_id=command.id, fence=command.fence, error=no, now=stage.now)

    assert await entries() == [("COMMAND_OVERDUE", "RESOLVED"), ("COMMAND_REFUSED", "OPEN")]


async def test_a_cancellation_that_amazon_agreed_to_is_overdue_too_and_ends_with_the_fact(
    stage: Stage, order: AmazonOrder
) -> None:
    async with change(now=stage.now, actor=CLERK) as unit:
        unit.quiet()
        await enqueue(unit=unit, order=order, kind=CommandKind.CANCEL, payload={})
    await taken_by_amazon(stage, order)
    await look(stage, days=1)
    (entry,) = await open_attention(order)
    assert entry.message.startswith("Amazon's answer is overdue (cancel): Amazon took it")

    await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    assert await entries() == [("COMMAND_OVERDUE", "RESOLVED"), ("COMMAND_REFUSED", "OPEN")]


@pytest.mark.parametrize("was_dismissed", [False, True])
async def test_a_cancellation_that_amazon_never_carries_out_can_be_given_up_once_it_is_overdue(
    stage: Stage, order: AmazonOrder, was_dismissed: bool
) -> None:
    command = await stage.cancel(order)
    await taken_by_amazon(stage, order)
    given = {"command_id": command.id, "note": "Amazon did not cancel it.", "actor": CLERK}
    with pytest.raises(ActionNotAllowed, match="cannot be called back"):
        await give_up_command(now=stage.now, **given)
    await look(stage, days=1)
    (entry,) = await open_attention(order)
    kinds = [way.kind.value for way in (await resolutions_of([entry]))[entry.id]]
    assert kinds == ["GIVE_UP_COMMAND", "READ_AGAIN", "DISMISS"]
    if was_dismissed:
        await dismiss(stage)
    await give_up_command(now=stage.now, **given)
    assert (await states(order), await entries()) == (["WITHDRAWN"], [("COMMAND_OVERDUE", "RESOLVED")])
    await stage.ship(order)
    assert await states(order) == ["WITHDRAWN", "QUEUED"]


@pytest.mark.parametrize("was_dismissed", [False, True])
async def test_a_package_that_amazon_took_and_never_lists_is_parked_once_all_has_shipped(
    stage: Stage, order: AmazonOrder, was_dismissed: bool
) -> None:
    command = await shipped(stage, order)
    await look(stage, days=1)
    if was_dismissed:
        await dismiss(stage)
    order = await stage.change(
        order, status="SHIPPED", items=mugs(3, cups=1), packages=(parcel("other", ("item-MUG", 3)),)
    )
    assert await states(order) == ["ACCEPTED"]

    assert await look(stage, minutes=1) == 1

    assert await states(order) == ["PARKED"]
    assert await entries() == [("COMMAND_OVERDUE", "RESOLVED"), ("COMMAND_PARKED", "OPEN")]
    (entry,) = await open_attention(order)
    assert f"but not package {command.package_reference} that it took" in entry.message
    assert "MARKETPLACE_PARKED" in await told(order)
    await stage.evaluate(only=[order.id])
    assert await states(order) == ["PARKED"]
    assert await look(stage, days=2) == 0


async def test_a_parked_package_is_confirmed_when_amazon_lists_it_after_all(stage: Stage, order: AmazonOrder) -> None:
    command = await shipped(stage, order)
    await stage.change(order, status="SHIPPED", packages=(parcel("other", ("item-MUG", 3)),))
    await look(stage, days=1)
    listed = parcel(command.package_reference or "", ("item-MUG", 3))
    await stage.change(order, packages=(parcel("other", ("item-CUP", 1)), listed))

    assert await states(order) == ["CONFIRMED"]
    assert await entries() == [("COMMAND_PARKED", "RESOLVED")]


async def test_what_the_facts_prove_already_is_evaluated_instead_of_told(stage: Stage, order: AmazonOrder) -> None:
    await shipped(stage, order)
    stage.later(days=1)
    await stage.see(stage.facts(*mugs(3, cups=1), number=order.number, status="SHIPPED"))
    assert await note_overdue(now=stage.now) == 0
    assert await entries() == []

    await stage.evaluate()
    assert await states(order) == ["CONFIRMED"]


async def test_no_more_than_a_batch_is_looked_at_together(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order, package((1, 1)))
    await taken_by_amazon(stage, order)
    await stage.ship(order, key="k2")
    await taken_by_amazon(stage, order)
    stage.later(hours=PATIENCE / timedelta(hours=1))

    assert [await note_overdue(now=stage.now, limit=1) for _ in range(3)] == [1, 1, 0]
    async with change(now=stage.now, actor=SYSTEM) as unit:
        await resolve(unit, order, await open_attention(order))
    assert await note_overdue(now=stage.now) == 0
    assert await Attention.filter(kind=AttentionKind.COMMAND_OVERDUE).count() == 2
