import asyncio
from typing import Any

import pytest

from domain.amazon.command_words import content_of
from domain.amazon.records import AmazonOrder
from domain.channel.command_choices import retry_command
from domain.channel.confirm import accepted, refused
from domain.channel.hold import hold_order
from domain.commerce.records import Document, DocumentLine, Package, Shipment
from domain.commerce.workflow_records import HoldReason
from domain.errors import (
    ActionNotAllowed,
    IdempotencyKeyReused,
    MarketplaceRejected,
    RequiredInput,
    StaleVersion,
)
from domain.timeline import Event
from tests.domain.channel.stage import (
    CLERK,
    Stage,
    commands_of,
    item,
    items_of,
    mugs,
    open_attention,
    package,
    shelf,
    states,
    told,
)
from tests.domain.channel.tracks import ALL, ONE, TWO, accept, add, content, correct, number, refuse, seen, send


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))


async def shipped(stage: Stage, order: AmazonOrder, **facts: Any) -> AmazonOrder:
    """Let the order leave in one parcel, and Amazon take and show it."""
    await stage.ship(order)
    await accept(stage, (await commands_of(order))[0])
    listed = facts.pop("packages", (seen("7000", "JD0001", *ALL.items()),))
    return await stage.change(order, status="SHIPPED", items=mugs(3, cups=1), packages=listed, **facts)


async def test_what_is_not_sent_is_sent_with_the_new_number(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    stored = await correct(stage, order, number(" 1Z2 "))
    assert (stored.carrier_code, stored.carrier_name, stored.tracking_number) == ("UPS", None, "1Z2")
    assert await content(order) == [(ONE, "7000", "UPS", "1Z2", ALL)]
    assert await states(order) == ["QUEUED"]
    assert (await told(order))[-1] == "TRACK_CHANGED"
    event = await Event.filter(order_id=order.id).order_by("-sequence").first()
    assert event is not None
    assert event.message == "Package 7000 travels with UPS 1Z2, not with DHL JD0001."
    assert event.details == {"package": "7000", "carrier": "UPS", "tracking_number": "1Z2", "before": "JD0001"}
    assert await shelf() == (2, 0)


async def test_what_amazon_was_told_is_told_anew_with_the_same_reference(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    assert order.display_status == "COMPLETED"
    await correct(stage, order, number("B7", "custom", "Bike courier"))
    assert await states(order) == ["CONFIRMED", "QUEUED"]
    assert (await content(order))[1] == (TWO, "7000", "Bike courier", "B7", ALL)
    words = content_of((await commands_of(order))[1]) or ""
    assert words.endswith("by Bike courier, tracking number B7: 3 of item-MUG, 1 of item-CUP.")

    await accept(stage, (await commands_of(order))[1])
    await stage.evaluate()
    assert await states(order) == ["CONFIRMED", "ACCEPTED"]  # Amazon shows the old number yet
    after = await stage.change(order, packages=(seen("7000", "b-7 ", *ALL.items()),))
    assert await states(order) == ["CONFIRMED", "CONFIRMED"]
    assert (after.display_status, await Shipment.all().count()) == ("COMPLETED", 1)


async def test_amazon_that_lists_no_packages_is_believed_when_it_took_the_number(
    stage: Stage, order: AmazonOrder
) -> None:
    order = await shipped(stage, order, packages=())
    await correct(stage, order)
    await stage.evaluate()
    assert await states(order) == ["CONFIRMED", "QUEUED"]
    await accept(stage, (await commands_of(order))[1])
    await stage.evaluate()
    assert await states(order) == ["CONFIRMED", "CONFIRMED"]


async def test_a_number_follows_one_whose_answer_is_not_known(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    first = await send(stage, (await commands_of(order))[0])
    await correct(stage, order)
    await correct(stage, order, number("1Z3"))  # not sent yet, so it is said otherwise
    assert [one[3] for one in await content(order)] == ["JD0001", "1Z3"]
    assert await accepted(command_id=first.id, fence=first.fence, now=stage.now, request_id=None)
    await accept(stage, (await commands_of(order))[1])
    await correct(stage, order, number("1Z4"))
    await accept(stage, (await commands_of(order))[2])
    await stage.evaluate()
    assert await states(order) == ["ACCEPTED", "WITHDRAWN", "CONFIRMED"]  # Amazon lists nothing: the last one counts
    await stage.change(order, status="SHIPPED", packages=(seen("7000", "1Z4", *ALL.items()),))
    assert await states(order) == ["CONFIRMED", "WITHDRAWN", "CONFIRMED"]


async def test_a_refused_confirmation_goes_again_with_the_new_number(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    await refuse(stage, (await commands_of(order))[0])
    assert (await AmazonOrder.get(id=order.id)).display_status == "ERROR"
    await correct(stage, order)
    assert (await states(order), await content(order)) == (["QUEUED"], [(ONE, "7000", "UPS", "1Z2", ALL)])
    assert await open_attention(order) == []
    assert (await AmazonOrder.get(id=order.id)).display_status == "UNSHIPPED"


async def test_a_refused_number_is_shown_and_the_next_one_goes_in_its_place(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    await correct(stage, order)
    await refuse(stage, (await commands_of(order))[1])
    (entry,) = await open_attention(order)
    assert entry.kind == "COMMAND_REFUSED"
    assert "changed tracking information failed" in entry.message
    await correct(stage, order, number("1Z3"))
    assert (await states(order))[1] == "QUEUED"
    assert await open_attention(order) == []
    assert [one[3] for one in await content(order)] == ["JD0001", "1Z3"]


async def test_a_refused_number_that_amazon_shows_all_the_same_is_done(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    await correct(stage, order)
    await refuse(stage, (await commands_of(order))[1])
    await stage.change(order, packages=(seen("7000", None, *ALL.items()),))  # Amazon may leave the number out
    assert (await states(order), await open_attention(order)) == (["CONFIRMED", "CONFIRMED"], [])


async def test_a_number_that_a_later_one_replaced_is_not_sent_again(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    await correct(stage, order)
    second = await send(stage, (await commands_of(order))[1])
    await correct(stage, order, number("1Z3"))
    error = MarketplaceRejected("InvalidInput.")
    assert await refused(command_id=second.id, fence=second.fence, error=error, now=stage.now)
    with pytest.raises(ActionNotAllowed) as no:
        await retry_command(command_id=second.id, now=stage.now, actor=CLERK)
    assert no.value.message == "A later message (QUEUED) tells Amazon of package 7000."
    await accept(stage, (await commands_of(order))[2])
    await stage.evaluate()
    assert (await states(order), await open_attention(order)) == (["CONFIRMED", "WITHDRAWN", "ACCEPTED"], [])


async def test_what_amazon_cancels_is_tracked_no_more(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    await correct(stage, order)
    await stage.change(order, status="CANCELED")
    assert (await states(order))[1] == "WITHDRAWN"


async def test_the_same_number_again_changes_nothing(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    before = await told(order)
    await correct(stage, order, number(" JD0001 ", "DHL"))
    assert (await told(order), len(await commands_of(order))) == (before, 1)


async def test_a_hold_keeps_no_number_back(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 1)))
    await hold_order(
        order_id=order.id, reason=HoldReason.MANUAL, note=None, until=None, expected_version=None, now=stage.now,
        actor=CLERK,
    )  # fmt: skip
    await correct(stage, order)
    assert [one[3] for one in await content(order)] == ["1Z2"]


async def test_some_of_a_parcel_travels_in_a_further_one(stage: Stage, order: AmazonOrder) -> None:
    order = await shipped(stage, order)
    mug, cup = await items_of(order)
    further = await add(stage, order, (mug.id, 1), (cup.id, 1))
    first = await Package.get(package_reference="7000")
    assert (further.shipment_id, further.package_reference, further.tracking_number) == (
        first.shipment_id,
        "7001",
        "1Z2",
    )
    rows = await DocumentLine.filter(document=Document.PACKAGE).order_by("document_id", "line_id")
    assert [(row.document_id, row.quantity) for row in rows] == [(first.id, 2), (further.id, 1), (further.id, 1)]
    assert (await content(order))[1:] == [
        (TWO, "7000", "DHL", "JD0001", {"item-MUG": 2}),
        (TWO, "7001", "UPS", "1Z2", {"item-MUG": 1, "item-CUP": 1}),
    ]
    assert (await told(order))[-1] == "TRACK_CHANGED"

    for command in (await commands_of(order))[1:]:
        await accept(stage, command)
    fewer = seen("7000", "JD0001", ("item-MUG", 2))
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(2), packages=(fewer,))
    assert await states(order) == ["CONFIRMED", "CONFIRMED", "ACCEPTED"]
    both = (fewer, seen("7001", "1Z2", ("item-CUP", 1), ("item-MUG", 1)))
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1), packages=both)
    assert await states(order) == ["CONFIRMED"] * 3
    assert (order.display_status, await Shipment.all().count()) == ("COMPLETED", 1)
    assert (await open_attention(order), await shelf(), await shelf("CUP")) == ([], (2, 0), (4, 0))


async def test_a_parcel_that_is_not_told_yet_is_told_as_two(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    mug, _ = await items_of(order)
    await add(stage, order, (mug.id, 2))
    assert await content(order) == [
        (ONE, "7000", "DHL", "JD0001", {"item-MUG": 1, "item-CUP": 1}),
        (ONE, "7001", "UPS", "1Z2", {"item-MUG": 2}),
    ]
    with pytest.raises(RequiredInput) as which:
        await correct(stage, order)
    assert "(7000, 7001)" in which.value.message
    assert which.value.path == ("input", "packageId")
    second = await Package.get(package_reference="7001")
    await correct(stage, order, number("1Z9"), package_id=second.id)
    assert [one[3] for one in await content(order)] == ["JD0001", "1Z9"]


async def test_the_same_key_answers_with_the_first_result(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    mug, _ = await items_of(order)
    first = await correct(stage, order, number("A"), idempotency_key="k")
    await correct(stage, order, number("B"), idempotency_key="k2")
    assert (await correct(stage, order, number("A"), idempotency_key="k")).id == first.id
    assert [one[3] for one in await content(order)] == ["B"]
    with pytest.raises(IdempotencyKeyReused):
        await correct(stage, order, number("C"), idempotency_key="k")
    further = await asyncio.gather(*(add(stage, order, (mug.id, 1), idempotency_key="a") for _ in range(3)))
    assert {one.id for one in further} == {(await Package.get(package_reference="7001")).id}
    with pytest.raises(IdempotencyKeyReused):
        await add(stage, order, (mug.id, 2), idempotency_key="a")


async def test_somebody_who_saw_an_older_order_is_told(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    mug, _ = await items_of(order)
    now = await AmazonOrder.get(id=order.id)
    await correct(stage, order, expected_version=now.version)
    for act in (correct(stage, order, expected_version=now.version, idempotency_key="x"),
                add(stage, order, (mug.id, 1), expected_version=now.version)):  # fmt: skip
        with pytest.raises(StaleVersion):
            await act
