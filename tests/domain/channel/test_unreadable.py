from dataclasses import replace

from domain.amazon.facts import OrderFacts, Problem, UnreadableOrder
from domain.channel.records import Attention, AttentionState
from domain.channel.unreadable import note_unreadable
from domain.timeline import Event
from tests.domain.channel.stage import Stage

NUMBER = "902-0000000-0000001"


def unreadable(number: str | None = NUMBER) -> UnreadableOrder:
    return UnreadableOrder(amazon_order_id=number, problem=Problem("order", None, "Expected `object`, got `null`"))


async def note(stage: Stage, *orders: OrderFacts | UnreadableOrder) -> None:
    await note_unreadable(account_id=stage.store.account_id, store=stage.store, orders=orders, now=stage.now)


async def parked() -> list[Attention]:
    return await Attention.filter(state=AttentionState.OPEN).order_by("id")


async def told() -> list[str]:
    return [event.message for event in await Event.filter(kind__startswith="ATTENTION").order_by("id")]


async def test_an_order_that_cannot_be_read_is_shown_once_with_its_reason(stage: Stage) -> None:
    await note(stage, unreadable())
    await note(stage, unreadable())

    (row,) = await parked()
    assert (row.kind, row.store_id, row.order_id, row.opened_at) == ("UNREADABLE", stage.store.id, None, stage.now)
    assert row.facts == {"number": NUMBER, "field": "order", "reason": "Expected `object`, got `null`", "digest": None}
    assert await told() == [f"Amazon's order {NUMBER} could not be read."]


async def test_an_order_that_can_be_read_again_needs_nobody_any_more(stage: Stage) -> None:
    await note(stage, unreadable(), unreadable("902-0000000-0000002"))
    stage.later(minutes=5)
    await note(stage, stage.facts(number=NUMBER))
    await note(stage, stage.facts(number=NUMBER))

    assert [row.facts["number"] for row in await parked()] == ["902-0000000-0000002"]
    healed = await Attention.get(state=AttentionState.RESOLVED)
    assert (healed.resolved_at, healed.actor_kind) == (stage.now, "AMAZON")
    assert (await told())[2:] == [f"Resolved: Amazon's order {NUMBER} could not be read."]


async def test_an_answer_that_has_an_order_in_both_ways_leaves_it_parked(stage: Stage) -> None:
    await note(stage, unreadable())
    await note(stage, stage.facts(number=NUMBER), unreadable())
    assert len(await parked()) == 1
    assert len(await told()) == 1


async def test_an_order_without_a_readable_id_is_shown_too(stage: Stage) -> None:
    await note(stage, unreadable(None))
    (row,) = await parked()
    assert row.message == "Amazon's order without a readable id could not be read."


async def test_orders_without_a_readable_id_are_told_apart_by_their_content(stage: Stage) -> None:
    one, other = (replace(unreadable(None), digest=letter * 32) for letter in "ab")
    await note(stage, one, other)
    await note(stage, other, one)

    assert [row.message for row in await parked()] == [
        "Amazon's order without a readable id (content aaaaaaaa) could not be read.",
        "Amazon's order without a readable id (content bbbbbbbb) could not be read.",
    ]


async def test_what_was_dismissed_comes_back_only_with_another_content(stage: Stage) -> None:
    one, other = (replace(unreadable(), digest=letter * 32) for letter in "ab")
    await note(stage, one)
    await Attention.all().update(state=AttentionState.DISMISSED)
    await note(stage, one)
    assert await parked() == []

    await note(stage, other)
    (row,) = await parked()
    assert row.facts["digest"] == "b" * 32


async def test_what_was_dismissed_is_closed_without_a_word_once_it_can_be_read(stage: Stage) -> None:
    await note(stage, unreadable())
    await Attention.all().update(state=AttentionState.DISMISSED)
    await note(stage, stage.facts(number=NUMBER))

    assert (await Attention.get()).state == AttentionState.RESOLVED
    assert len(await told()) == 1


async def test_a_reason_of_any_length_is_kept_short(stage: Stage) -> None:
    await note(stage, replace(unreadable(), problem=Problem("order", None, "x" * 9_000)))
    (row,) = await parked()
    assert len(row.facts["reason"]) == 500


async def test_orders_that_can_be_read_tell_nothing(stage: Stage) -> None:
    await note(stage, stage.facts())
    await note(stage)
    assert await parked() == []
    assert await told() == []
