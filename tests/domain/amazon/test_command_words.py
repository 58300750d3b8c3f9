from datetime import UTC, datetime

import pytest

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.command_words import content_of
from domain.amazon.commands import PackageConfirmation
from domain.amazon.records import Command, CommandKind
from domain.channel.partial_cancel import cancel_rest
from tests.domain.channel.refunds import part, refund, request
from tests.domain.channel.stage import CLERK, Stage, commands_of, connected, item, items_of, package


@pytest.fixture
async def stage(database, now, sealer) -> Stage:
    return await connected(now, sealer)


async def test_each_message_says_what_amazon_is_told(stage: Stage):
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
    shipped = await stage.arrive(item("MUG", 3, parts={"ITEM": 3000, "SHIPPING": 600}), item("CUP", 1, cents=500))
    mug, cup = await items_of(shipped)
    await stage.ship(shipped, package((mug.id, 2), (cup.id, 1), carrier_code="Other", carrier_name="Bote"))
    await cancel_rest(
        order_id=shipped.id,
        lines=None,
        reason=CancelReason.MERCHANDISE_NOT_RECEIVED,
        note="Ask Ada.",
        restock=True,
        expected_version=None,
        idempotency_key="p",
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )
    assert [content_of(command) for command in await commands_of(shipped)] == [
        "Package 7000 left 2026-03-02 09:00 UTC by Bote, tracking number JD0001: 2 of item-MUG, 1 of item-CUP.",
        "Cancel a part (CouldNotShip): 1 of item-MUG.",
    ]
    canceled = await stage.arrive(item("MUG", 2))
    assert content_of(await stage.cancel(canceled, note="Ask Ada.")) == "Cancel the order (NoInventory): 2 of item-MUG."


async def test_a_refund_says_each_components_amount_and_the_whole(stage: Stage):
    await stage.products({"sku": "MUG", "quantity": "9"})
    charged = item("MUG", 1, parts={"ITEM": 3000, "SHIPPING": 600}, quantity_shipped=1)
    order = await stage.arrive(charged, status="SHIPPED")
    (mug,) = await items_of(order)
    await refund(stage, order, request(part(mug.id, 1), adjustment_fee="1.50", note="Ask Ada.", tell_amazon=True))
    assert content_of(await Command.get()) == (
        "Pay back 34.50 EUR (CustomerReturn): item-MUG Shipping 6.00 EUR, Principal 30.00 EUR, RestockingFee -1.50 EUR."
    )


def test_other_tracking_is_told_as_a_package_is():
    payload = PackageConfirmation(
        carrier_code="UPS",
        tracking_number="1Z2",
        shipped_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        items=(("item-1", 2),),
    ).payload()
    later = Command(kind=CommandKind.UPDATE_TRACKING, package_reference="7000", payload=payload)
    assert content_of(later) == "Package 7000 left 2026-03-02 09:00 UTC by UPS, tracking number 1Z2: 2 of item-1."


def test_of_a_kind_that_is_not_told_so_nothing_is_known():
    assert content_of(Command(kind=CommandKind.UPDATE_STOCK, payload={})) is None
