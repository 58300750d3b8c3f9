from datetime import timedelta

import pytest

from domain.amazon.records import AmazonOrder
from domain.channel.dismiss import dismiss_blocker
from domain.channel.records import Attention, AttentionState
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound, RequiredInput
from tests.domain.channel.stage import CLERK, Stage, item, open_attention, told


async def dismiss(stage: Stage, attention_id: int, note: str = "not ours") -> None:
    affected = await dismiss_blocker(attention_id=attention_id, note=note, now=stage.now, actor=CLERK)
    assert affected.count == 0


async def test_what_is_left_is_no_longer_looked_at_by_the_clock(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1), item("CUP", 1))
    first, second = await open_attention(order)
    assert order.evaluate_due == stage.now + timedelta(minutes=5)

    await dismiss(stage, first.id)
    assert (await AmazonOrder.get(id=order.id)).evaluate_due == order.evaluate_due
    await dismiss(stage, second.id)

    assert (await AmazonOrder.get(id=order.id)).evaluate_due is None
    stage.later(minutes=10)
    assert (await stage.evaluate()).evaluated == 0
    entry = await Attention.get(id=first.id)
    assert (entry.state, entry.actor_name) == (AttentionState.DISMISSED, "clerk")
    assert (await told(order))[-2:] == ["ATTENTION_DISMISSED", "ATTENTION_DISMISSED"]


async def test_a_change_of_the_order_looks_at_it_again_and_leaves_what_was_left(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    (entry,) = await open_attention(order)
    await dismiss(stage, entry.id)

    order = await stage.change(order, service_level="Next")

    assert (order.import_state, order.evaluate_due) == ("BLOCKED", None)
    assert await open_attention(order) == []


async def test_a_look_that_is_due_already_is_not_lost(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    (entry,) = await open_attention(order)
    await AmazonOrder.filter(id=order.id).update(evaluate_due=stage.now)
    await dismiss(stage, entry.id)
    assert (await AmazonOrder.get(id=order.id)).evaluate_due == stage.now


async def test_another_cause_at_the_same_item_is_shown_again(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0", "asin": "B01"})
    order = await stage.arrive(item("X", 1, asin="B01"))
    (entry,) = await open_attention(order)
    await dismiss(stage, entry.id)
    await stage.products({"sku": "X", "quantity": "0"})
    order = await stage.change(order, service_level="Next")

    (fresh,) = await open_attention(order)

    assert (fresh.blocker_kind, fresh.subject, fresh.cause != entry.cause) == ("OUT_OF_STOCK", entry.subject, True)
    assert (await Attention.get(id=entry.id)).state is AttentionState.RESOLVED


@pytest.mark.parametrize(
    ("note", "refusal", "path"),
    [(" ", RequiredInput, ("note",)), ("x" * 501, InvalidInput, ("note",))],
)
async def test_why_it_is_left_has_to_be_said(
    stage: Stage, note: str, refusal: type[DomainError], path: tuple[str, ...]
) -> None:
    (entry,) = await open_attention(await stage.arrive(item("MUG", 1)))
    with pytest.raises(refusal) as refused:
        await dismiss(stage, entry.id, note)
    assert refused.value.path == path
    assert (await Attention.get(id=entry.id)).state is AttentionState.OPEN


async def test_it_is_left_once(stage: Stage) -> None:
    (entry,) = await open_attention(await stage.arrive(item("MUG", 1)))
    await dismiss(stage, entry.id)
    with pytest.raises(ActionNotAllowed) as refused:
        await dismiss(stage, entry.id)
    assert refused.value.message.startswith("It was dismissed already, since")
    with pytest.raises(NotFound):
        await dismiss(stage, 999)
