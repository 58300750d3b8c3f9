from typing import Any

import pytest

from domain.accounts.order_statuses import OrderStatus
from domain.channel.hold import hold_order
from domain.commerce.lifecycle import DEFAULT_STATUS, CommerceOrderState
from domain.commerce.records import CommerceOrder
from domain.commerce.statuses import (
    PREDEFINED,
    all_statuses,
    assign_status,
    change_status,
    create_status,
    find_statuses,
    unassign_status,
)
from domain.commerce.workflow_records import HoldReason
from domain.errors import ActionNotAllowed, DomainError, Duplicate, InvalidInput, NotFound, RequiredInput
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, Stage, item

State = CommerceOrderState


async def define(stage: Stage, code: str = "packing", **words: Any) -> None:
    given: dict[str, Any] = {"label": "Packing", "state": State.PROCESSING, "is_visible": True}
    await create_status(code=code, now=stage.now, actor=CLERK, **(given | words))


async def assign(stage: Stage, code: str, state: CommerceOrderState) -> None:
    await assign_status(code=code, state=state, now=stage.now, actor=CLERK)


async def unassign(stage: Stage, code: str) -> None:
    await unassign_status(code=code, now=stage.now, actor=CLERK)


async def refused(work: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        await work
    return raised.value


def test_each_state_has_one_default_and_it_came_with_the_service() -> None:
    defaults = {status.state: code for code, status in PREDEFINED.items() if status.is_default}
    assert defaults == dict(DEFAULT_STATUS)


@pytest.mark.parametrize("code", ["packing", "A", "Pick_2", "x" * 64])
async def test_a_code_is_a_letter_then_letters_digits_and_underscores(stage: Stage, code: str) -> None:
    await define(stage, code)
    assert (await all_statuses())[-1].code == code
    assert [event.details for event in await Event.filter(kind=EventKind.STATUS_DEFINED)] == [{"code": code}]


@pytest.mark.parametrize("code", ["", "2pick", "_pick", "pick-up", "pick up", "päck", "x" * 65, "pick\n", "pick٣"])
async def test_another_code_is_refused(stage: Stage, code: str) -> None:
    refusal = await refused(define(stage, code))
    assert (type(refusal), refusal.path) == (InvalidInput, ("input", "code"))


@pytest.mark.parametrize("code", ["packing", "PACKING", "processing", "Holded"])
async def test_a_code_is_taken_whatever_its_letters_case(stage: Stage, code: str) -> None:
    await define(stage)
    assert isinstance(await refused(define(stage, code)), Duplicate)
    assert await OrderStatus.all().count() == 1


@pytest.mark.parametrize(
    ("label", "kind"), [(" ", RequiredInput), ("x" * 101, InvalidInput), ("two\nlines", InvalidInput)]
)
async def test_a_label_is_one_line(stage: Stage, label: str, kind: type) -> None:
    assert type(await refused(define(stage, label=label))) is kind


async def test_a_label_and_whether_buyers_see_it_can_change(stage: Stage) -> None:
    await define(stage)
    await change_status(code="packing", label=" At the bench ", is_visible=None, now=stage.now, actor=CLERK)
    changed = await change_status(code="packing", label=None, is_visible=False, now=stage.now, actor=CLERK)
    assert (changed.label, changed.is_visible, changed.state) == ("At the bench", False, State.PROCESSING)
    assert await find_statuses(["packing", "fraud", "nobodys"]) == {"fraud": PREDEFINED["fraud"], "packing": changed}


async def test_a_status_is_assigned_taken_away_and_never_deleted(stage: Stage) -> None:
    await define(stage, state=None)
    await assign(stage, "packing", State.PROCESSING)
    await assign(stage, "packing", State.PROCESSING)
    await unassign(stage, "packing")
    assert [status.state for status in await all_statuses() if status.is_custom] == [None]


async def test_what_came_with_the_service_stays_and_what_nobody_defined_is_not_found(stage: Stage) -> None:
    assert isinstance(await refused(unassign(stage, "fraud")), ActionNotAllowed)
    assert isinstance(await refused(assign(stage, "processing", State.COMPLETE)), ActionNotAllowed)
    for nobodys in ("nobodys", "x" * 65):
        assert isinstance(await refused(unassign(stage, nobodys)), NotFound)


async def test_a_status_that_is_used_stays_where_it_is(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await define(stage)
    order = await stage.arrive(item("MUG"))

    await stage.settings(initial_status_mode="CUSTOM", initial_status="packing")
    assert "settings of a store" in (await refused(unassign(stage, "packing"))).message
    await stage.settings(initial_status="fraud")

    await CommerceOrder.all().update(status="packing")
    assert "orders have it" in (await refused(assign(stage, "packing", State.COMPLETE))).message
    await hold_order(
        order_id=order.id, reason=HoldReason.OTHER, note=None, until=None, expected_version=None,
        now=stage.now, actor=CLERK,
    )  # fmt: skip
    assert "orders on hold go back to it" in (await refused(unassign(stage, "packing"))).message
    assert (await OrderStatus.get(code="packing")).state == "PROCESSING"
