from typing import Any

import pytest

from domain.amazon import feeds
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.feed_messages import AdjustedItem, Adjustment, adjustments_of
from domain.amazon.feed_report import FeedReport, MessageResult
from domain.amazon.feed_types import ADJUSTMENT
from domain.amazon.records import AmazonOrder, Command, CommandState, FeedSubmission
from domain.channel import feed_results
from domain.channel.partial_cancel import cancel_rest
from domain.channel.records import Attention, AttentionState
from domain.channel.refund_commands import LINGER
from domain.channel.refund_rules import refund_refusal
from domain.channel.resolutions import resolutions_of
from domain.channel.standing import standings
from domain.commerce.records import CommerceOrderLine
from domain.commerce.refund_reasons import RefundReason
from domain.errors import RequiredInput
from tests.domain.channel.refunds import refund, request
from tests.domain.channel.stage import CLERK, Stage, euro, item
from tests.domain.channel.test_resolutions import apply


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Three mugs, one of which has left."""
    await stage.products({"sku": "MUG", "quantity": "9"})
    mugs = item("MUG", 3, cents=6000, quantity_shipped=1, quantity_unshipped=2)
    return await stage.arrive(mugs, status="PARTIALLY_SHIPPED")


async def cancel_two(stage: Stage, order: AmazonOrder) -> Command:
    return await cancel_rest(
        order_id=order.id, lines=None, reason=CancelReason.PRICING_ERROR, note=None, restock=False,
        expected_version=None, idempotency_key="p", now=stage.now, actor=CLERK, sealer=stage.sealer,
    )  # fmt: skip


async def sent(stage: Stage, *, status: str = "DONE") -> FeedSubmission:
    """Send what waits, up to the moment at which its report is there."""
    stage.now += LINGER
    account_id = stage.store.account_id
    feed = await feeds.collect(account_id=account_id, feed_type=ADJUSTMENT, document_id="d", now=stage.now)
    assert feed is not None
    await feeds.posting(submission_id=feed.id, at=stage.now, now=stage.now)
    await feeds.submitted(submission_id=feed.id, feed_id="77", now=stage.now)
    await feeds.processed(submission_id=feed.id, status=status, result_document_id="r", now=stage.now)
    return feed


async def report(stage: Stage, feed: FeedSubmission, *results: MessageResult, **counts: Any) -> Command:
    told = FeedReport(results=results, **counts)
    await feed_results.apply_report(submission_id=feed.id, report=told, now=stage.now)
    return await Command.all().order_by("-id").first()  # type: ignore[return-value]


async def entry() -> Attention:
    return await Attention.get(state=AttentionState.OPEN)


async def ways() -> list[tuple[str, bool]]:
    """Return the ways out of the only entry, and whether each needs a word."""
    told = await entry()
    return [(one.id, bool(one.needs_input)) for one in (await resolutions_of([told]))[told.id]]


async def test_messages_say_what_is_paid_and_what_is_canceled(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="5.00", reason=RefundReason.OTHER, tell_amazon=True))
    feed = await sent(stage)
    paid = AdjustedItem(item_id="item-MUG", components=(("Goodwill", euro(500)),))
    number = order.number
    assert await adjustments_of(feed) == [
        Adjustment(message_id=1, number=number, is_cancellation=False, reason="Other", items=(paid,))
    ]
    await report(stage, feed)
    await cancel_two(stage, order)
    canceled = AdjustedItem(item_id="item-MUG", canceled=2)
    assert await adjustments_of(await sent(stage)) == [
        Adjustment(message_id=1, number=number, is_cancellation=True, reason="PriceError", items=(canceled,))
    ]


async def test_a_refund_that_the_report_does_not_complain_of_is_done(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="5.00", tell_amazon=True))
    command = await report(stage, await sent(stage), processed=1, successful=1)
    assert (command.state, command.accepted_at, command.confirmed_at) == ("CONFIRMED", stage.now, stage.now)
    assert not await AmazonOrder.filter(id=order.id, display_status="ERROR").exists()


@pytest.mark.parametrize(
    ("status", "state", "in_doubt"), [("DONE", CommandState.REFUSED, False), ("FATAL", CommandState.PARKED, True)]
)
async def test_what_amazon_says_of_the_whole_feed_counts_only_when_it_came_to_its_end(
    stage: Stage, order: AmazonOrder, status: str, state: CommandState, in_doubt: bool
) -> None:
    await refund(stage, order, request(amount="5.00", tell_amazon=True))
    broken = MessageResult(message_id=None, is_error=True, code="5000", words="Not readable.")
    command = await report(stage, await sent(stage, status=status), broken, processed=0, successful=0)
    assert (command.state, command.in_doubt) == (state, in_doubt)


async def test_a_refund_in_doubt_is_settled_by_a_persons_word(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="5.00", tell_amazon=True))
    await report(stage, await sent(stage, status="FATAL"))
    assert await ways() == [("CONFIRM_COMMAND", True), ("RETRY_COMMAND", True), ("GIVE_UP_COMMAND", True)]
    with pytest.raises(RequiredInput) as missing:
        await apply(stage, await entry(), "RETRY_COMMAND")
    assert missing.value.path == ("input", "note")
    await apply(stage, await entry(), "CONFIRM_COMMAND", note="seen")
    assert (await Command.get()).state is CommandState.CONFIRMED


async def test_a_refund_that_is_surely_not_done_goes_out_again_as_it_is(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="5.00", tell_amazon=True))
    no = MessageResult(message_id=1, is_error=True, code="6035", words="Too much.")
    await report(stage, await sent(stage), no)
    assert await ways() == [("RETRY_COMMAND", False), ("CONFIRM_COMMAND", True), ("GIVE_UP_COMMAND", True)]
    await apply(stage, await entry(), "RETRY_COMMAND")
    assert (await Command.get()).state is CommandState.QUEUED


async def test_the_cancellation_of_a_part_is_not_confirmed_by_hand(stage: Stage, order: AmazonOrder) -> None:
    await cancel_two(stage, order)
    command = await report(stage, await sent(stage, status="FATAL"))
    assert (command.state, command.in_doubt) == ("PARKED", True)
    assert await ways() == [("RETRY_COMMAND", True), ("GIVE_UP_COMMAND", True)]


async def test_goods_that_nobody_holds_are_only_given_back(stage: Stage, order: AmazonOrder) -> None:
    for restock in (True, False):
        await stage.products({"sku": f"CUP{restock}", "manages_stock": "false"})
        parts = item(f"CUP{restock}", 2, quantity_shipped=1, quantity_unshipped=1)
        other = await stage.arrive(parts, status="PARTIALLY_SHIPPED")
        await cancel_rest(
            order_id=other.id, lines=None, reason=CancelReason.NO_INVENTORY, note=None, restock=restock,
            expected_version=None, idempotency_key=f"p{restock}", now=stage.now, actor=CLERK, sealer=stage.sealer,
        )  # fmt: skip
        gone = item(f"CUP{restock}", 2, quantity_shipped=1, quantity_unshipped=0, canceled_by="MERCHANT")
        await stage.change(other, status="SHIPPED", items=(gone,))
        assert (await Command.get(order_id=other.id)).state is CommandState.CONFIRMED


async def test_a_failed_shipment_is_not_dropped_for_it(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    await Command.all().update(state="REFUSED")
    parcel = await Command.get()
    await CommerceOrderLine.all().update(quantity_shipped=2)
    await cancel_two(stage, order)
    assert (await Command.get(id=parcel.id)).state is CommandState.REFUSED


async def test_nothing_is_told_of_an_order_whose_store_goes(stage: Stage, order: AmazonOrder) -> None:
    await type(stage.store).filter(id=stage.store.id).update(state="DELETING")
    refusal = refund_refusal((await standings([order]))[order.id])
    assert refusal is not None
    assert "being deleted" in refusal.message
