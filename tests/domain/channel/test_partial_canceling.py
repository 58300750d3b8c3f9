from datetime import timedelta
from typing import Any

import pytest

from domain.amazon.cancel_reasons import ADJUSTMENT_REASONS, CancelReason
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandState
from domain.channel.command_choices import give_up_command, retry_command
from domain.channel.partial_cancel import cancel_rest
from domain.channel.partial_rules import canceled_units, partial_refusal
from domain.channel.standing import standings
from domain.commerce.records import CreditMemo
from domain.errors import (
    ActionNotAllowed,
    DomainError,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    QuantityTooLarge,
    RequiredInput,
    StaleVersion,
)
from simulator.feeds.adjusting import REASONS
from tests.domain.channel.refunds import check_books, memos_of, part, refund, request
from tests.domain.channel.stage import CLERK, Stage, commerce_of, item, items_of, open_attention, package, shelf, told

MUG = {"ITEM": 5000, "SHIPPING": 500}


async def cancel(
    stage: Stage, order: AmazonOrder, *lines: tuple[int, int], key: str = "p", **arguments: Any
) -> Command:
    given: dict[str, Any] = {
        "lines": lines or None,
        "reason": CancelReason.NO_INVENTORY,
        "note": None,
        "restock": True,
        "expected_version": None,
    }
    return await cancel_rest(
        order_id=order.id, idempotency_key=key, now=stage.now, actor=CLERK, sealer=stage.sealer, **(given | arguments)
    )


async def taken(command: Command) -> None:
    await Command.filter(id=command.id).update(state=CommandState.ACCEPTED, due_at=None)


def five(shipped: int, *, left: int | None = None, ordered: int = 5, by: str | None = None, **facts: Any) -> Any:
    """Say what Amazon tells of the five mugs; the cup has not left."""
    rest = ordered - shipped if left is None else left
    mug = item("MUG", ordered, parts=MUG, quantity_shipped=shipped, quantity_unshipped=rest, canceled_by=by, **facts)
    return mug, item("CUP", 1, cents=700, quantity_unshipped=1)


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Five mugs for 55.00 with shipping and a cup, of which two mugs have left in Seller Central."""
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
    order = await stage.arrive(*five(0))
    return await stage.change(order, status="PARTIALLY_SHIPPED", items=five(2))


class TestTheRest:
    async def test_is_asked_for_and_nothing_else_changes(self, stage: Stage, order: AmazonOrder) -> None:
        mug, cup = await items_of(order)
        command = await cancel(stage, order)
        assert (command.kind, command.state, command.due_at) == (
            "PARTIAL_CANCEL", "QUEUED", stage.now + timedelta(seconds=10),
        )  # fmt: skip
        assert command.payload["items"] == [[mug.item_id, 3], [cup.item_id, 1]]
        assert (await told(order))[-1] == "CANCEL_REQUESTED"
        commerce, lines = await commerce_of(order)
        assert (commerce.state, [line.quantity_refunded for line in lines]) == ("PROCESSING", [0, 0])
        assert (await shelf(), await shelf("CUP")) == ((7, 3), (9, 1))
        refreshed = await AmazonOrder.get(id=order.id)
        assert refreshed.display_status == "PARTIALLY_SHIPPED"

    @pytest.mark.parametrize("lowered", [False, True])
    async def test_is_given_back_once_amazon_shows_it(self, stage: Stage, order: AmazonOrder, lowered: bool) -> None:
        await taken(await cancel(stage, order))
        if lowered:  # Amazon lists fewer, and the cup no longer
            seen: tuple[Any, ...] = (
                item("MUG", 2, parts={"ITEM": 2000, "SHIPPING": 200}, quantity_shipped=2, quantity_unshipped=0),
            )
        else:
            cup = item("CUP", 1, cents=700, quantity_unshipped=0, canceled_by="MERCHANT")
            seen = (five(2, left=0, by="MERCHANT")[0], cup)
        await stage.change(order, status="SHIPPED", items=seen)

        assert (await Command.get()).state is CommandState.CONFIRMED
        assert await memos_of(order) == [(3000 + 300 + 700, 300, 0, 0)]
        commerce, lines = await commerce_of(order)
        assert (commerce.state, [line.quantity_refunded for line in lines]) == ("COMPLETE", [3, 1])
        assert (await shelf(), await shelf("CUP")) == ((7, 0), (9, 0))
        memo = await CreditMemo.get()
        assert (memo.reason, memo.command_id, memo.restocked) == ("REST_CANCELED", (await Command.get()).id, True)
        assert await open_attention(order) == []
        await check_books(order)

    async def test_is_written_off_where_it_is_not_there(self, stage: Stage, order: AmazonOrder) -> None:
        mug, _ = await items_of(order)
        await taken(await cancel(stage, order, (mug.id, 3), restock=False, note="broken"))
        await stage.change(order, items=five(2, left=0, by="MERCHANT"))
        assert (await shelf(), await shelf("CUP")) == ((4, 0), (9, 1))
        memo = await CreditMemo.get()
        assert (memo.restocked, memo.note, memo.total_minor) == (False, "broken", 3300)
        commerce, _ = await commerce_of(order)
        assert commerce.state == "PROCESSING"

    async def test_of_one_line_leaves_the_others_to_be_shipped(self, stage: Stage, order: AmazonOrder) -> None:
        _, cup = await items_of(order)
        await taken(await cancel(stage, order, (cup.id, 1)))
        mug = five(2)[0]
        gone = item("CUP", 1, cents=700, quantity_unshipped=0, canceled_by="MERCHANT")
        await stage.change(order, items=(mug, gone))
        assert await memos_of(order) == [(700, 0, 0, 0)]
        await stage.ship(order, package())
        assert (await shelf(), await shelf("CUP")) == ((4, 0), (9, 0))

    async def test_that_was_given_back_before_gets_no_second_memo(self, stage: Stage, order: AmazonOrder) -> None:
        _, cup = await items_of(order)
        await refund(stage, order, request(part(cup.id, 1)))
        await taken(await cancel(stage, order, (cup.id, 1)))
        gone = item("CUP", 1, cents=700, quantity_unshipped=0, canceled_by="MERCHANT")
        await stage.change(order, items=(five(2)[0], gone))
        assert (await Command.get()).state is CommandState.CONFIRMED
        assert len(await memos_of(order)) == 1

    async def test_is_more_than_was_paid_only_on_paper(self, stage: Stage, order: AmazonOrder) -> None:
        _, cup = await items_of(order)
        await refund(stage, order, request(amount="57.00"))
        await taken(await cancel(stage, order, (cup.id, 1)))
        gone = item("CUP", 1, cents=700, quantity_unshipped=0, canceled_by="MERCHANT")
        await stage.change(order, items=(five(2)[0], gone))
        assert (await memos_of(order))[-1] == (500, 0, 0, 200)
        await check_books(order)


class TestTheFacts:
    async def test_that_show_less_confirm_nothing(self, stage: Stage, order: AmazonOrder) -> None:
        mug, _ = await items_of(order)
        await taken(await cancel(stage, order, (mug.id, 2)))
        await stage.change(order, items=five(2, left=2, by="MERCHANT"))
        assert (await Command.get()).state is CommandState.ACCEPTED
        (seen,) = await open_attention(order)
        assert (seen.kind, seen.facts) == ("CONFLICT", {"what": "quantity", "was": 5, "is": 4})

    async def test_that_all_has_shipped_refuse_it(self, stage: Stage, order: AmazonOrder) -> None:
        await taken(await cancel(stage, order))
        cup = item("CUP", 1, cents=700, quantity_shipped=1, quantity_unshipped=0)
        await stage.change(order, status="SHIPPED", items=(five(5)[0], cup))
        assert (await Command.get()).state is CommandState.REFUSED
        assert await memos_of(order) == []

    @pytest.mark.parametrize("status", ["SHIPPED", "UNFULFILLABLE"])
    async def test_that_come_first_withdraw_what_was_not_sent(
        self, stage: Stage, order: AmazonOrder, status: str
    ) -> None:
        await cancel(stage, order)
        cup = item("CUP", 1, cents=700, quantity_shipped=1, quantity_unshipped=0)
        await stage.change(order, status=status, items=(five(5)[0], cup))
        assert (await Command.get()).state is CommandState.WITHDRAWN

    async def test_that_the_whole_order_is_canceled_settle_it_as_a_whole(self, stage: Stage) -> None:
        await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
        order = await stage.arrive(*five(0))
        mug, _ = await items_of(order)
        await taken(await cancel(stage, order, (mug.id, 3)))
        await stage.change(order, status="CANCELED")
        assert (await Command.get()).state is CommandState.CONFIRMED
        assert await memos_of(order) == [(6200, 500, 0, 0)]
        assert (await CreditMemo.get()).reason == "CANCELED_ON_AMAZON"

    async def test_of_what_somebody_else_canceled_are_a_difference(self, stage: Stage, order: AmazonOrder) -> None:
        await stage.change(order, items=five(2, left=1, by="BUYER"))
        (seen,) = await open_attention(order)
        assert (seen.kind, seen.facts) == ("CONFLICT", {"what": "quantity", "was": 5, "is": 3})

    def test_are_read_either_way(self) -> None:
        def units(ordered: int, shipped: int, left: int | None, by: str | None = None) -> int:
            found = AmazonItem(
                quantity_ordered=ordered, quantity_shipped=shipped, quantity_unshipped=left, canceled_by=by
            )
            return canceled_units(found, ordered=5)

        assert units(5, 2, 3) == 0
        assert units(3, 2, 1) == 2
        assert units(5, 2, 1) == 2
        assert units(5, 0, 3, "MERCHANT") == 2
        assert units(5, 0, 3) == units(5, 0, None, "MERCHANT") == 0
        assert canceled_units(None, ordered=5) == 5


class TestItIsRefused:
    @pytest.mark.parametrize(
        ("facts", "because"),
        [
            ({"fulfillment_channel": "AMAZON"}, "Amazon sends the goods"),
            ({"status": "SHIPPED"}, "Amazon says the order is SHIPPED"),
            ({"status": "PENDING"}, "Amazon says the order is PENDING"),
        ],
    )
    async def test_where_the_order_does_not_allow_it(self, stage: Stage, facts: dict[str, Any], because: str) -> None:
        await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
        order = await stage.arrive(*five(0), **facts)
        with pytest.raises(ActionNotAllowed, match=because):
            await cancel(stage, order)
        assert await Command.all().count() == 0

    @pytest.mark.parametrize(("status", "has_whole"), [("UNSHIPPED", True), ("PARTIALLY_SHIPPED", False)])
    async def test_of_an_order_that_is_not_imported_with_a_way_out_that_works(
        self, stage: Stage, status: str, has_whole: bool
    ) -> None:
        order = await stage.arrive(*five(0), status=status)
        with pytest.raises(ActionNotAllowed, match="not imported") as refusal:
            await cancel(stage, order)
        assert "retryImport" in refusal.value.message
        assert ("cancelOrder" in refusal.value.message) is has_whole
        if has_whole:
            assert await stage.cancel(order)
        await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
        if not has_whole:
            await stage.evaluate()
            assert await cancel(stage, order)

    async def test_while_one_is_open(self, stage: Stage, order: AmazonOrder) -> None:
        mug, cup = await items_of(order)
        await cancel(stage, order, (mug.id, 1))
        with pytest.raises(ActionNotAllowed, match="of a part waits to be sent"):
            await cancel(stage, order, (cup.id, 1), key="other")
        with pytest.raises(ActionNotAllowed, match="of a part waits to be sent"):
            await stage.ship(order, package())

    async def test_of_what_is_in_our_packages(self, stage: Stage, order: AmazonOrder) -> None:
        mug, cup = await items_of(order)
        await stage.ship(order, package((mug.id, 2)))
        with pytest.raises(QuantityTooLarge, match="2 asked for, 1 left to cancel"):
            await cancel(stage, order, (mug.id, 2))
        await stage.ship(order, package((mug.id, 1), (cup.id, 1)), key="k2")
        with pytest.raises(ActionNotAllowed, match="Nothing is left to cancel"):
            await cancel(stage, order)

    @pytest.mark.parametrize(
        ("lines", "refusal", "path"),
        [
            ([], RequiredInput, ("input", "lines")),
            ([("cup", 1), ("cup", 1)], InvalidInput, ("input", "lines", "1", "itemId")),
            ([("cup", 0)], InvalidInput, ("input", "lines", "0", "quantity")),
            ([("cup", 2)], QuantityTooLarge, ("input", "lines", "0", "quantity")),
            ([("none", 1)], NotFound, ("input", "lines", "0", "itemId")),
        ],
    )
    async def test_with_bad_lines(
        self, stage: Stage, order: AmazonOrder, lines: Any, refusal: type[DomainError], path: tuple[str, ...]
    ) -> None:
        _, cup = await items_of(order)
        chosen = [(cup.id if name == "cup" else 999, quantity) for name, quantity in lines]
        with pytest.raises(refusal) as found:
            await cancel(stage, order, lines=chosen)
        assert found.value.path == path

    async def test_for_all_of_an_order_of_which_nothing_left(self, stage: Stage) -> None:
        await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
        order = await stage.arrive(*five(0))
        mug, cup = await items_of(order)
        with pytest.raises(RequiredInput, match="cancelOrder cancels the whole order"):
            await cancel(stage, order)
        with pytest.raises(InvalidInput, match="cancelOrder cancels the whole order"):
            await cancel(stage, order, (mug.id, 5), (cup.id, 1))
        single = await stage.arrive(item("CUP", 1, cents=700))
        with pytest.raises(ActionNotAllowed, match="one unit only"):
            await cancel(stage, single)

    async def test_while_the_commerce_order_is_on_hold(self, stage: Stage, order: AmazonOrder) -> None:
        commerce, _ = await commerce_of(order)
        await type(commerce).filter(id=commerce.id).update(state="ON_HOLD")
        with pytest.raises(ActionNotAllowed, match="on hold"):
            await cancel(stage, order)

    async def test_while_the_store_is_being_deleted(self, stage: Stage, order: AmazonOrder) -> None:
        await type(stage.store).filter(id=stage.store.id).update(state="DELETING")
        standing = (await standings([order]))[order.id]
        refusal = partial_refusal(standing)
        assert refusal is not None
        assert "being deleted" in refusal.message


class TestTheRequest:
    async def test_is_known_by_its_key(self, stage: Stage, order: AmazonOrder) -> None:
        mug, cup = await items_of(order)
        first = await cancel(stage, order, (mug.id, 1))
        assert (await cancel(stage, order, (mug.id, 1))).id == first.id
        with pytest.raises(IdempotencyKeyReused):
            await cancel(stage, order, (cup.id, 1))

    async def test_minds_the_version(self, stage: Stage, order: AmazonOrder) -> None:
        with pytest.raises(StaleVersion):
            await cancel(stage, order, expected_version=order.version + 7)
        with pytest.raises(NotFound):
            await cancel_rest(
                order_id=999, lines=None, reason=CancelReason.NO_INVENTORY, note=None, restock=True,
                expected_version=None, idempotency_key="k", now=stage.now, actor=CLERK, sealer=stage.sealer,
            )  # fmt: skip

    async def test_drops_one_that_was_refused(self, stage: Stage, order: AmazonOrder) -> None:
        first = await cancel(stage, order)
        await Command.filter(id=first.id).update(state="REFUSED")
        await cancel(stage, order, key="again")
        assert (await Command.get(id=first.id)).state is CommandState.WITHDRAWN

    async def test_is_sent_again_only_while_so_much_is_left(self, stage: Stage, order: AmazonOrder) -> None:
        command = await cancel(stage, order)
        await Command.filter(id=command.id).update(state="PARKED", in_doubt=True)
        with pytest.raises(RequiredInput, match="Nobody here knows"):
            await retry_command(command_id=command.id, now=stage.now, actor=CLERK)
        await stage.change(order, items=five(4))
        with pytest.raises(ActionNotAllowed, match="Fewer units are still to be shipped"):
            await retry_command(command_id=command.id, note="not done", now=stage.now, actor=CLERK)
        await give_up_command(command_id=command.id, note="asked anew", now=stage.now, actor=CLERK)
        assert (await Command.get()).state is CommandState.WITHDRAWN

    async def test_goes_out_again_with_a_persons_word(self, stage: Stage, order: AmazonOrder) -> None:
        command = await cancel(stage, order)
        await Command.filter(id=command.id).update(state="PARKED", in_doubt=True)
        again = await retry_command(command_id=command.id, note="not done", now=stage.now, actor=CLERK)
        assert (again.state, again.in_doubt) == ("QUEUED", False)


def test_every_reason_has_a_word_that_amazon_knows() -> None:
    assert set(ADJUSTMENT_REASONS) == set(CancelReason)
    assert set(ADJUSTMENT_REASONS.values()) <= REASONS
