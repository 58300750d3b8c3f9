from typing import Any

import pytest

from domain.amazon.facts import Breakdown, BreakdownKind
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandKind, CommandState
from domain.change import change
from domain.channel.command_choices import retry_refusal
from domain.channel.confirm_by_hand import confirm_command
from domain.channel.refund_commands import queue_refund
from domain.channel.standing import standings
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.errors import ActionNotAllowed, NotFound, RequiredInput
from domain.timeline import Event
from tests.domain.channel.refunds import check_books, part, refund, request
from tests.domain.channel.stage import CLERK, Stage, euro, item, items_of

MUG = {"ITEM": 3000, "SHIPPING": 600, "TAX": 100}


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Three mugs for 37.00 with 6.00 shipping, and a cup for 5.00; all has left."""
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    items = (item("MUG", 3, parts=MUG, quantity_shipped=3), item("CUP", 1, cents=500, quantity_shipped=1))
    return await stage.arrive(*items, status="SHIPPED")


async def payloads() -> list[dict[str, dict[str, int]]]:
    """Return what Amazon is asked to pay: by item and component."""
    commands = await Command.filter(kind=CommandKind.REFUND).order_by("id")
    return [{item_id: dict(parts) for item_id, parts in command.payload["items"]} for command in commands]


class TestAMemo:
    async def test_goes_to_amazon_as_it_was_charged(self, stage: Stage, order: AmazonOrder) -> None:
        memo = await refund(stage, order, request(tell_amazon=True))
        assert await payloads() == [{"item-MUG": {"Shipping": 600, "Principal": 3100}, "item-CUP": {"Principal": 500}}]
        command = await Command.get()
        assert memo.command_id == command.id
        assert (command.payload["memo"], command.payload["reason"]) == (memo.number, "CustomerReturn")
        event = await Event.get(order_id=order.id, kind="REFUND_REQUESTED")
        assert event.message == f"Amazon is asked to pay 42.00 EUR back to the buyer (credit memo {memo.number})."
        await check_books(order)

    async def test_is_split_where_it_belongs_to_no_line(self, stage: Stage, order: AmazonOrder) -> None:
        _, cup = await items_of(order)
        wanted = request(part(cup.id, 1), shipping="0", adjustment_refund="1.00", tell_amazon=True)
        await refund(stage, order, wanted)
        await refund(stage, order, request(amount="2.00", tell_amazon=True), key="b")
        assert await payloads() == [
            {"item-CUP": {"Principal": 500}, "item-MUG": {"Goodwill": 100}},
            {"item-MUG": {"Goodwill": 200}},
        ]

    async def test_with_a_fee_pays_that_much_less(self, stage: Stage, order: AmazonOrder) -> None:
        mug, cup = await items_of(order)
        wanted = request(part(cup.id, 1), part(mug.id, 1), shipping="6", adjustment_fee="7", tell_amazon=True)
        await refund(stage, order, wanted)
        (told,) = await payloads()
        assert told["item-MUG"]["RestockingFee"] == -700
        assert sum(sum(parts.values()) for parts in told.values()) == (await CreditMemo.get()).total_minor

    async def test_names_no_item_of_which_the_fee_leaves_nothing(self, stage: Stage, order: AmazonOrder) -> None:
        mug, cup = await items_of(order)
        wanted = request(part(cup.id, 1), part(mug.id, 0, "1.00"), shipping="0", adjustment_fee="2", tell_amazon=True)
        await refund(stage, order, wanted)
        assert await payloads() == [{"item-CUP": {"Principal": 500, "RestockingFee": -100}}]

    async def test_of_an_order_with_money_beside_its_lines(self, stage: Stage) -> None:
        await stage.products({"sku": "MUG", "quantity": "5"})
        alone = (Breakdown(BreakdownKind.ITEM, euro(1990)), Breakdown(BreakdownKind.SHIPPING, euro(300)))
        order = await stage.arrive(item(quantity_shipped=1), status="SHIPPED", breakdowns=alone, grand_total=euro(2290))
        assert (await CommerceOrder.get(channel_order_id=order.id)).shipping_minor == 300
        with pytest.raises(ActionNotAllowed, match="of the order it can give back"):
            await refund(stage, order, request(tell_amazon=True))
        await refund(stage, order, request(part((await items_of(order))[0].id, 1), shipping="0", tell_amazon=True))
        assert await payloads() == [{"item-MUG": {"Principal": 1990}}]

    async def test_leaves_out_what_was_free(self, stage: Stage) -> None:
        await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "GIFT", "quantity": "5"})
        items = (item("MUG", 1, quantity_shipped=1), item("GIFT", 1, cents=0, quantity_shipped=1))
        order = await stage.arrive(*items, status="SHIPPED")
        await refund(stage, order, request(tell_amazon=True))
        assert await payloads() == [{"item-MUG": {"Principal": 1990}}]

    async def test_goes_once(self, stage: Stage, order: AmazonOrder) -> None:
        memo = await refund(stage, order, request(amount="1.00", tell_amazon=True))
        with pytest.raises(ActionNotAllowed, match="told of this credit memo already"):
            async with change(now=stage.now, actor=CLERK) as unit:
                await queue_refund(unit, order=order, memo=memo)
        assert await Command.all().count() == 1


class TestAmazonIsNotTold:
    @pytest.mark.parametrize(
        ("facts", "because"),
        [
            ({"status": "UNSHIPPED"}, "nothing of this order has left"),
            ({"status": "SHIPPED", "fulfillment_channel": "AMAZON"}, "pays its refunds itself"),
        ],
    )
    async def test_of_what_it_did_not_charge_for_us(self, stage: Stage, facts: dict[str, Any], because: str) -> None:
        await stage.products({"sku": "MUG", "quantity": "5"})
        order = await stage.arrive(item(), **facts)
        with pytest.raises(ActionNotAllowed, match=because) as found:
            await refund(stage, order, request(tell_amazon=True))
        assert (found.value.action, found.value.path) == ("REFUND", ("input", "tellAmazon"))
        assert await CreditMemo.all().count() == 0

    async def test_of_units_that_did_not_leave(self, stage: Stage, order: AmazonOrder) -> None:
        await stage.products({"sku": "MUG", "quantity": "5"})
        part_sent = await stage.arrive(
            item("MUG", 3, parts=MUG, quantity_shipped=1, quantity_unshipped=2), status="PARTIALLY_SHIPPED"
        )
        (mug,) = await items_of(part_sent)
        with pytest.raises(ActionNotAllowed, match="of MUG"):
            await refund(stage, part_sent, request(part(mug.id, 2), tell_amazon=True))
        await refund(stage, part_sent, request(part(mug.id, 1), shipping="0", tell_amazon=True))
        with pytest.raises(ActionNotAllowed, match="of the order it can give back"):
            await refund(stage, part_sent, request(amount="3.00", tell_amazon=True), key="more")

    async def test_of_an_item_that_it_no_longer_lists(self, stage: Stage, order: AmazonOrder) -> None:
        _, cup = await items_of(order)
        await AmazonItem.filter(id=cup.id).update(gone_at=stage.now)
        with pytest.raises(ActionNotAllowed, match="of CUP"):
            await refund(stage, order, request(part(cup.id, 1), tell_amazon=True))

    async def test_in_another_currency(self, stage: Stage, order: AmazonOrder) -> None:
        await AmazonOrder.all().update(currency="USD")
        with pytest.raises(ActionNotAllowed, match="in USD, and the credit memo in EUR"):
            await refund(stage, order, request(tell_amazon=True))

    async def test_of_nothing(self, stage: Stage, order: AmazonOrder) -> None:
        commerce = await CommerceOrder.get()
        memo = await CreditMemo.create(
            order_id=commerce.id, account_id=commerce.account_id, store_view="x", number="1", currency="EUR",
            total_minor=0, reason="OTHER", created_at=stage.now,
        )  # fmt: skip
        with pytest.raises(ActionNotAllowed, match="gives no money back"):
            async with change(now=stage.now, actor=CLERK) as unit:
                await queue_refund(unit, order=order, memo=memo)

    async def test_of_a_store_that_goes(self, stage: Stage, order: AmazonOrder) -> None:
        await refund(stage, order, request(amount="1.00", tell_amazon=True))
        await type(stage.store).filter(id=stage.store.id).update(state="DELETING")
        await Command.all().update(state="REFUSED")
        standing = (await standings([order]))[order.id]
        refusal = retry_refusal(standing.commands[0], standing)
        assert refusal is not None
        assert "being deleted" in refusal.message

    async def test_again_of_what_is_refused_counts_no_longer(self, stage: Stage, order: AmazonOrder) -> None:
        _, cup = await items_of(order)
        await refund(stage, order, request(part(cup.id, 1), shipping="0", tell_amazon=True))
        await Command.all().update(state=CommandState.REFUSED)
        await refund(stage, order, request(amount="37.00", tell_amazon=True), key="b")
        assert (await payloads())[1] == {"item-MUG": {"Goodwill": 3700}}


class TestAPersonsWord:
    async def test_settles_what_failed(self, stage: Stage, order: AmazonOrder) -> None:
        await refund(stage, order, request(amount="1.00", tell_amazon=True))
        command = await Command.get()
        with pytest.raises(ActionNotAllowed, match="It is QUEUED"):
            await confirm_command(command_id=command.id, note="seen", now=stage.now, actor=CLERK)
        await Command.all().update(state="DEAD")
        with pytest.raises(RequiredInput):
            await confirm_command(command_id=command.id, note=" ", now=stage.now, actor=CLERK)
        with pytest.raises(NotFound):
            await confirm_command(command_id=999, note="seen", now=stage.now, actor=CLERK)
        done = await confirm_command(command_id=command.id, note="seen", now=stage.now, actor=CLERK)
        assert done.state is CommandState.CONFIRMED

    async def test_does_not_stand_for_what_amazons_order_shows(self, stage: Stage) -> None:
        await stage.products({"sku": "MUG", "quantity": "5"})
        order = await stage.arrive()
        command = await stage.cancel(order)
        await Command.all().update(state="PARKED")
        with pytest.raises(ActionNotAllowed, match="read it again with syncNow"):
            await confirm_command(command_id=command.id, note="seen", now=stage.now, actor=CLERK)
