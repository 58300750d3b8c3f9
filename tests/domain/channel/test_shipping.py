import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.amazon.commands import PackageConfirmation, enqueue
from domain.amazon.records import AmazonOrder, Command, CommandKind
from domain.catalog.records import Reservation
from domain.change import change
from domain.channel.ship import PackageRequest, ship_refusal
from domain.commerce.records import CommerceOrder, DocumentLine, Package, Shipment
from domain.errors import (
    ActionNotAllowed,
    DomainError,
    ErrorCode,
    IdempotencyKeyReused,
    NotFound,
    QuantityTooLarge,
    StaleVersion,
)
from domain.timeline import SYSTEM, Event
from tests.domain.channel.stage import Stage, commands_of, commerce_of, item, items_of, package, shelf, told


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500))


async def test_the_rest_is_shipped_unless_lines_are_given(stage: Stage, order: AmazonOrder) -> None:
    shipment = await stage.ship(order)

    commerce, lines = await commerce_of(order)
    assert (shipment.number, shipment.source, shipment.shipped_at) == ("000000001", "COMMERCE", stage.now)
    assert [line.quantity_shipped for line in lines] == [3, 1]
    assert commerce.state == "PROCESSING"
    assert (await shelf("MUG"), await shelf("CUP")) == ((2, 0), (4, 0))
    assert await Reservation.filter(state="CONSUMED").count() == 2
    (command,) = await commands_of(order)
    assert (command.kind, command.state, command.package_reference) == ("CONFIRM_SHIPMENT", "QUEUED", "7000")
    assert PackageConfirmation.of(command.payload) == PackageConfirmation(
        carrier_code="DHL",
        shipping_method="Std DE Dom",
        tracking_number="JD0001",
        shipped_at=stage.now,
        items=(("item-MUG", 3), ("item-CUP", 1)),
    )
    stored = await Package.get(id=command.package_id)
    assert (stored.package_reference, stored.tracking_number, stored.carrier_code) == ("7000", "JD0001", "DHL")
    covered = await DocumentLine.filter(document__in=["SHIPMENT", "PACKAGE"]).order_by("id")
    assert [(row.document, row.quantity) for row in covered] == [
        ("SHIPMENT", 3),
        ("SHIPMENT", 1),
        ("PACKAGE", 3),
        ("PACKAGE", 1),
    ]
    after = await AmazonOrder.get(id=order.id)
    assert (after.amazon_status, after.display_status) == ("UNSHIPPED", "UNSHIPPED")
    assert (await told(order))[-2:] == ["STOCK_DEDUCTED", "SHIPPED"]
    shown = await Event.get(order_id=order.id, kind="SHIPPED")
    assert (shown.actor_name, shown.details["packages"]) == ("clerk", ["7000"])


async def test_a_part_can_be_shipped_in_several_packages_and_the_rest_later(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    await stage.ship(order, package((mug.id, 1)), package((mug.id, 1), (cup.id, 1), carrier_code="Hermes"))
    (line, _) = (await commerce_of(order))[1]
    assert line.quantity_shipped == 2
    assert (await shelf("MUG"), await shelf("CUP")) == ((3, 1), (4, 0))

    await stage.ship(order, key="k2")
    first, second, third = await commands_of(order)
    assert [command.order_seq for command in (first, second, third)] == [1, 2, 3]
    assert len({command.package_reference for command in (first, second, third)}) == 3
    assert (second.payload["carrier_code"], second.payload["carrier_name"]) == ("Other", "Hermes")
    assert third.payload["items"] == [["item-MUG", 1]]
    assert await Shipment.all().order_by("id").values_list("number", flat=True) == ["000000001", "000000002"]


async def test_goods_without_managed_stock_leave_without_being_counted(stage: Stage) -> None:
    await stage.products({"sku": "PDF", "manages_stock": "no"})
    order = await stage.arrive(item("PDF", 2))
    await stage.ship(order)
    assert (await shelf("PDF"), (await told(order))[-1]) == ((0, 0), "SHIPPED")


async def test_one_package_may_take_what_the_others_leave(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package(), package((mug.id, 1)))
    rest, named = await commands_of(order)
    assert rest.payload["items"] == [["item-MUG", 2], ["item-CUP", 1]]
    assert named.payload["items"] == [["item-MUG", 1]]


async def test_a_carrier_is_amazons_code_or_a_name(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    await stage.ship(
        order,
        package((mug.id, 1), carrier_code=" FedEX "),
        package((mug.id, 1), carrier_code="Other", carrier_name="Bike courier"),
        package((mug.id, 1), carrier_code="ups", carrier_name="UPS Germany"),
        package((cup.id, 1), carrier_code="usps", shipping_method="Priority"),
    )
    sent = [PackageConfirmation.of(command.payload) for command in await commands_of(order)]
    assert [(one.carrier_code, one.carrier_name) for one in sent] == [
        ("FedEx", None),
        ("Other", "Bike courier"),
        ("UPS", "UPS Germany"),
        ("USPS", None),
    ]
    assert sent[3].shipping_method == "Priority"


async def test_the_same_key_answers_with_the_first_shipment(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    first = await stage.ship(order, package((mug.id, 1)), expected_version=order.version)
    stage.later(minutes=3)
    again = await stage.ship(order, package((mug.id, 1)), expected_version=order.version)
    assert again.id == first.id
    assert len(await commands_of(order)) == 1
    assert await shelf() == (4, 2)
    with pytest.raises(IdempotencyKeyReused):
        await stage.ship(order, package((mug.id, 2)))
    with pytest.raises(IdempotencyKeyReused):
        await stage.ship(await stage.arrive(), package((mug.id, 1)))


async def test_the_same_request_twice_at_once_ships_once(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    shipments = await asyncio.gather(*(stage.ship(order, package((mug.id, 1))) for _ in range(4)))
    assert len({shipment.id for shipment in shipments}) == 1
    assert len(await commands_of(order)) == 1
    assert await shelf() == (4, 2)


async def test_requests_at_once_never_ship_more_than_is_left(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    requests = (stage.ship(order, package((mug.id, 2)), key=f"k{at}") for at in range(3))
    answers = await asyncio.gather(*requests, return_exceptions=True)
    assert sum(isinstance(answer, QuantityTooLarge) for answer in answers) == 2
    assert ((await commerce_of(order))[1][0].quantity_shipped, await shelf()) == (2, (3, 1))


async def test_somebody_who_saw_an_older_order_is_told(stage: Stage, order: AmazonOrder) -> None:
    with pytest.raises(StaleVersion) as stale:
        await stage.ship(order, expected_version=order.version - 1)
    assert (stale.value.actual, stale.value.path) == (order.version, ("input", "expectedVersion"))


async def refusal_of(stage: Stage, order: AmazonOrder, *packages: Any, **arguments: Any) -> DomainError:
    before = (await shelf(), await Command.all().count(), await told(order))
    with pytest.raises(DomainError) as refused:
        await stage.ship(order, *packages, **arguments)
    assert (await shelf(), await Command.all().count(), await told(order)) == before
    assert await Shipment.all().count() == 0
    return refused.value


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("tracking_number", " ", ErrorCode.REQUIRED),
        ("tracking_number", "9" * 201, ErrorCode.INVALID),
        ("carrier_code", "", ErrorCode.REQUIRED),
        ("carrier_code", "c" * 101, ErrorCode.INVALID),
        ("carrier_name", "c" * 201, ErrorCode.INVALID),
        ("shipping_method", "c" * 101, ErrorCode.INVALID),
    ],
)
async def test_texts_are_checked(stage: Stage, order: AmazonOrder, field: str, text: str, code: ErrorCode) -> None:
    first, *rest = field.split("_")
    name = first + "".join(word.capitalize() for word in rest)
    refused = await refusal_of(stage, order, package(**{field: text}))
    assert (refused.code, refused.path) == (code, ("input", name))
    mug, cup = await items_of(order)
    refused = await refusal_of(stage, order, package((mug.id, 1)), package((cup.id, 1), **{field: text}))
    assert (refused.code, refused.path) == (code, ("input", "packages", "1", name))


async def test_quantities_are_checked(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    too_many = await refusal_of(stage, order, package((cup.id, 1), (mug.id, 4)))
    assert isinstance(too_many, QuantityTooLarge)
    assert (too_many.requested, too_many.available) == (4, 3)
    assert too_many.path == ("input", "lines", "1", "quantity")
    none = await refusal_of(stage, order, package((mug.id, 0)))
    assert (none.code, none.path) == (ErrorCode.INVALID, ("input", "lines", "0", "quantity"))
    twice = await refusal_of(stage, order, package((mug.id, 1), (mug.id, 1)))
    assert (twice.code, twice.path) == (ErrorCode.INVALID, ("input", "lines", "1", "itemId"))
    spread = await refusal_of(stage, order, package((mug.id, 2)), package((mug.id, 2)))
    assert (spread.code, spread.path) == (
        ErrorCode.QUANTITY_TOO_LARGE,
        ("input", "packages", "1", "lines", "0", "quantity"),
    )


async def test_lines_have_to_be_the_orders_own(stage: Stage, order: AmazonOrder) -> None:
    (foreign,) = await items_of(await stage.arrive())
    for item_id in (foreign.id, 987654):
        refused = await refusal_of(stage, order, package((item_id, 1)))
        assert (refused.code, refused.path) == (ErrorCode.NOT_FOUND, ("input", "lines", "0", "itemId"))


async def test_a_shipment_needs_packages_with_something_in_them(stage: Stage, order: AmazonOrder) -> None:
    with pytest.raises(DomainError) as refused:
        await stage.ship(order, packages=())
    assert (refused.value.code, refused.value.path) == (ErrorCode.REQUIRED, ("input", "packages"))
    assert isinstance(await refusal_of(stage, order, package(), package()), ActionNotAllowed)


async def test_a_package_without_lines_names_the_lines(stage: Stage, order: AmazonOrder) -> None:
    empty = PackageRequest(lines=(), carrier_code="UPS", tracking_number="1Z")
    refused = await refusal_of(stage, order, package(), empty)
    assert (refused.code, refused.path) == (ErrorCode.REQUIRED, ("input", "packages", "1", "lines"))


async def test_a_tracking_number_is_one_line(stage: Stage, order: AmazonOrder) -> None:
    for text in ("1Z\n2", "1Z\x00"):
        refused = await refusal_of(stage, order, PackageRequest(carrier_code="UPS", tracking_number=text))
        assert (refused.code, refused.path) == (ErrorCode.INVALID, ("input", "trackingNumber"))


async def test_an_order_that_amazon_sends_says_so_before_it_is_imported(stage: Stage) -> None:
    order = await stage.arrive(item("NEW"))
    await AmazonOrder.filter(id=order.id).update(fulfillment_channel="AMAZON")
    with pytest.raises(ActionNotAllowed, match="Amazon sends"):
        await stage.ship(order)


@pytest.mark.parametrize(
    "shipped_at",
    [
        datetime(2026, 3, 2, 9, 0),  # noqa: DTZ001 - the point of the case
        "late",
        "early",
    ],
)
async def test_the_time_of_shipment_is_checked(stage: Stage, order: AmazonOrder, shipped_at: Any) -> None:
    times = {"late": stage.now + timedelta(minutes=6), "early": order.purchased_at - timedelta(seconds=1)}
    refused = await refusal_of(stage, order, shipped_at=times.get(shipped_at, shipped_at))
    assert (refused.code, refused.path) == (ErrorCode.INVALID, ("input", "shippedAt"))


async def test_a_clock_a_little_ahead_is_no_reason_to_refuse(stage: Stage, order: AmazonOrder) -> None:
    ahead = stage.now + timedelta(minutes=5)
    assert (await stage.ship(order, shipped_at=ahead)).shipped_at == ahead


async def test_a_clock_behind_amazons_does_not_keep_an_order_from_being_shipped(
    stage: Stage, order: AmazonOrder
) -> None:
    purchased_at = stage.now + timedelta(hours=1)
    await AmazonOrder.filter(id=order.id).update(purchased_at=purchased_at)
    assert (await stage.ship(order)).shipped_at == purchased_at


async def test_an_unknown_order_is_refused(stage: Stage, order: AmazonOrder) -> None:
    with pytest.raises(NotFound) as refused:
        await stage.ship(order, order_id=987654)
    assert refused.value.path == ("input", "orderId")


async def test_a_key_is_needed(stage: Stage, order: AmazonOrder) -> None:
    assert (await refusal_of(stage, order, key=" ")).path == ("input", "idempotencyKey")


async def test_an_order_that_was_not_imported_cannot_be_shipped(stage: Stage) -> None:
    order = await stage.arrive(item("NEW"))
    with pytest.raises(ActionNotAllowed) as refused:
        await stage.ship(order)
    assert (refused.value.action, refused.value.current_status) == ("SHIP", "UNSHIPPED")
    assert "blockers say why" in refused.value.message


@pytest.mark.parametrize(("state", "words"), [("ON_HOLD", "On Hold"), ("CANCELED", "Canceled")])
async def test_a_state_that_forbids_shipping_is_named(stage: Stage, order: AmazonOrder, state: str, words: str) -> None:
    await CommerceOrder.all().update(state=state)
    refused = await refusal_of(stage, order)
    assert isinstance(refused, ActionNotAllowed)
    assert words in refused.message


async def test_a_new_order_is_in_processing_once_something_of_it_left(stage: Stage, order: AmazonOrder) -> None:
    await CommerceOrder.all().update(state="NEW", status="pending")
    await stage.ship(order)
    commerce, _ = await commerce_of(order)
    assert (commerce.state, commerce.status) == ("PROCESSING", "processing")


async def test_nothing_is_shipped_twice(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    with pytest.raises(ActionNotAllowed, match="Nothing is left"):
        await stage.ship(order, key="k2")


async def test_an_order_that_is_being_canceled_is_not_shipped(stage: Stage, order: AmazonOrder) -> None:
    async with change(now=stage.now, actor=SYSTEM) as unit:
        unit.quiet()
        await enqueue(unit=unit, order=order, kind=CommandKind.CANCEL, payload={})
    with pytest.raises(ActionNotAllowed, match="waits to be sent; giveUpCommand withdraws it"):
        await stage.ship(order)


async def test_what_amazon_says_counts(stage: Stage, order: AmazonOrder) -> None:
    commerce, lines = await commerce_of(order)
    known = {one.id: one for one in await items_of(order)}
    assert ship_refusal(order, commerce, lines, items=known) is None
    await AmazonOrder.filter(id=order.id).update(amazon_status="SHIPPED")
    with pytest.raises(ActionNotAllowed) as refused:
        await stage.ship(order)
    assert refused.value.current_status == "SHIPPED"
    await AmazonOrder.filter(id=order.id).update(amazon_status="UNSHIPPED", fulfillment_channel="AMAZON")
    with pytest.raises(ActionNotAllowed, match="Amazon sends"):
        await stage.ship(order)


async def test_what_amazon_took_off_the_order_is_not_shipped(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 2),))
    mug = (await items_of(order))[0]
    with pytest.raises(QuantityTooLarge) as refused:
        await stage.ship(order, package((mug.id, 3)))
    assert refused.value.available == 2
    await stage.ship(order)
    (command,) = await commands_of(order)
    assert command.payload["items"] == [["item-MUG", 2]]
