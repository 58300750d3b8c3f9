import asyncio

import pytest

from domain.amazon.commands import PackageConfirmation
from domain.amazon.facts import FulfillmentChannel
from domain.amazon.records import AmazonOrder, Command, CommandState
from domain.channel.command_choices import give_up_command, retry_command
from domain.channel.standing import standings
from domain.channel.track_rules import track_refusal
from domain.commerce.records import Package
from domain.errors import (
    ActionNotAllowed,
    DomainError,
    ErrorCode,
    InvalidInput,
    NotFound,
    QuantityTooLarge,
    RequiredInput,
)
from tests.domain.channel.stage import (
    CLERK,
    Stage,
    commands_of,
    item,
    items_of,
    package,
)
from tests.domain.channel.tracks import ALL, ONE, TWO, add, content, correct, number, send


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))


async def test_tracking_that_amazon_does_not_take_is_refused(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    for track, field, code in (
        (number(""), "trackingNumber", ErrorCode.REQUIRED),
        (number("1", " "), "carrierCode", ErrorCode.REQUIRED),
        (number("1", "custom"), "carrierName", ErrorCode.REQUIRED),
        (number("1", "Other", " "), "carrierName", ErrorCode.REQUIRED),
        (number("1\n2"), "trackingNumber", ErrorCode.INVALID),
        (number("1" * 201), "trackingNumber", ErrorCode.INVALID),
    ):
        with pytest.raises(DomainError) as no:
            await correct(stage, order, track, idempotency_key="k")
        assert (no.value.path, no.value.code) == (("input", field), code)
        assert ("canadapost" in no.value.message) == (field.startswith("carrier"))
    assert [one[3] for one in await content(order)] == ["JD0001"]


async def test_a_further_parcel_takes_only_what_is_there_and_leaves_something(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    await stage.ship(order, package((mug.id, 2)))
    for lines, refusal, path in (
        ((), RequiredInput, ("input", "lines")),
        (((cup.id, 1),), NotFound, ("input", "lines", "0", "itemId")),
        (((mug.id, 1), (mug.id, 1)), InvalidInput, ("input", "lines", "1", "itemId")),
        (((mug.id, 0),), InvalidInput, ("input", "lines", "0", "quantity")),
        (((mug.id, 3),), QuantityTooLarge, ("input", "lines", "0", "quantity")),
        (((mug.id, 2),), InvalidInput, ("input", "lines")),
    ):
        with pytest.raises(refusal) as no:
            await add(stage, order, *lines)
        assert no.value.path == path
    assert await Package.all().count() == 1


async def refusal_of(order: AmazonOrder) -> ActionNotAllowed | None:
    order = await AmazonOrder.get(id=order.id)
    return track_refusal((await standings([order]))[order.id])


async def no_track(stage: Stage, order: AmazonOrder) -> str:
    """Return why the tracking cannot be changed, after checking that the rule and the request agree."""
    with pytest.raises(ActionNotAllowed) as no:
        await correct(stage, order, idempotency_key="no")
    rule = await refusal_of(order)
    assert rule is not None
    assert (rule.message, rule.action) == (no.value.message, "TRACK")
    assert (rule.action, rule.current_status) == (no.value.action, no.value.current_status)
    return no.value.message


async def test_only_what_left_from_here_and_is_at_amazon_is_tracked(stage: Stage, order: AmazonOrder) -> None:
    assert (await no_track(stage, order)).startswith("No parcel of it was told to Amazon from here")
    blocked = await stage.arrive(item("JUG"))
    assert (await no_track(stage, blocked)).startswith("The order is not imported")
    await stage.ship(order)
    assert await refusal_of(order) is None
    await AmazonOrder.filter(id=order.id).update(amazon_status="UNFULFILLABLE")
    assert await no_track(stage, order) == "Amazon says the order is UNFULFILLABLE."
    await AmazonOrder.filter(id=order.id).update(fulfillment_channel=FulfillmentChannel.AMAZON)
    assert await no_track(stage, order) == "Amazon sends the goods of this order."


async def test_a_parcel_that_nobody_knows_of_has_to_be_settled_first(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    (command,) = await commands_of(order)
    await Command.filter(id=command.id).update(state=CommandState.DEAD, in_doubt=True)
    assert (await no_track(stage, order)).startswith("It is not clear whether Amazon knows package 7000")
    await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
    await correct(stage, order)  # what may have arrived stays as it was sent, and the new number follows
    assert await content(order) == [(ONE, "7000", "DHL", "JD0001", ALL), (TWO, "7000", "UPS", "1Z2", ALL)]


async def test_a_parcel_that_was_given_up_is_tracked_no_more(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 1)))
    await stage.ship(order, package((mug.id, 1)), key="k2")
    first, second = await commands_of(order)
    await give_up_command(command_id=first.id, note="lost", now=stage.now, actor=CLERK)
    await correct(stage, order)  # the only one that is told
    assert (await Package.get(package_reference="7001")).tracking_number == "1Z2"
    lost = await Package.get(package_reference="7000")
    with pytest.raises(ActionNotAllowed) as no:
        await correct(stage, order, number("1Z3"), package_id=lost.id)
    assert no.value.path == ("input", "packageId")
    with pytest.raises(NotFound):
        await correct(stage, order, number("1Z3"), package_id=lost.id + 100)
    await Command.filter(id=second.id).update(state=CommandState.REFUSED)
    await AmazonOrder.filter(id=order.id).update(amazon_status="SHIPPED")
    assert await no_track(stage, order) == "Amazon says the order is SHIPPED; give the confirmation up instead."


async def test_whoever_is_just_sending_it_is_followed(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    (command,) = await commands_of(order)
    taken, _ = await asyncio.gather(send(stage, command), correct(stage, order))
    after = await commands_of(order)
    kinds = [one.kind for one in after]
    said = PackageConfirmation.of(taken.payload).tracking_number
    assert (said, kinds) in (("1Z2", [ONE]), ("JD0001", [ONE, TWO]))
