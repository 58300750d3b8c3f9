import pytest

from domain.amazon.records import AmazonOrder
from domain.channel.command_choices import give_up_command
from domain.commerce.records import Package
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, Stage, commands_of, item, items_of, mugs
from tests.domain.channel.tracks import ALL, ONE, TWO, accept, add, content, correct, number, refuse, seen


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Return an order that left in one parcel, which Amazon took and shows."""
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))
    await stage.ship(order)
    await accept(stage, (await commands_of(order))[0])
    listed = (seen("7000", "JD0001", *ALL.items()),)
    return await stage.change(order, status="SHIPPED", items=mugs(3, cups=1), packages=listed)


async def given_up(stage: Stage, order: AmazonOrder) -> None:
    """Let Amazon refuse the second message, and a person give it up."""
    second = (await commands_of(order))[1]
    await refuse(stage, second)
    await give_up_command(command_id=second.id, note="typo", now=stage.now, actor=CLERK)


async def test_a_number_that_amazon_was_never_told_can_be_said_again(stage: Stage, order: AmazonOrder) -> None:
    await correct(stage, order)
    await given_up(stage, order)
    await correct(stage, order, idempotency_key="again")
    assert (await content(order))[-1] == (TWO, "7000", "UPS", "1Z2", ALL)
    event = await Event.filter(order_id=order.id, kind=EventKind.TRACK_CHANGED).order_by("-id").first()
    assert event is not None
    assert event.message == "Package 7000 travels with UPS 1Z2, which Amazon is told again."


async def test_a_later_number_tells_of_what_the_parcel_still_holds(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    await add(stage, order, (mug.id, 1), (cup.id, 1))
    await given_up(stage, order)
    parcel = await Package.get(package_reference="7000")
    await correct(stage, order, number("1Z77"), package_id=parcel.id)
    told = await content(order)
    assert told[0] == (ONE, "7000", "DHL", "JD0001", ALL)
    assert told[-1][1:4] == ("7000", "UPS", "1Z77")
    assert [one[4] for one in told[-2:]] == [{"item-MUG": 1, "item-CUP": 1}, {"item-MUG": 2}]


async def test_the_first_number_is_told_again_since_amazon_may_have_taken_what_was_given_up(
    stage: Stage, order: AmazonOrder
) -> None:
    await correct(stage, order)
    await given_up(stage, order)
    await correct(stage, order, number("JD0001", "DHL"))
    assert (await Package.get(package_reference="7000")).tracking_number == "JD0001"
    assert (await content(order))[-1] == (TWO, "7000", "DHL", "JD0001", ALL)
