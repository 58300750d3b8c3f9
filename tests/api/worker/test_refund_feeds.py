import httpx2
import pytest

from domain.accounts.records import Account
from domain.amazon.records import AmazonOrder, Command, CommandKind, FeedState, FeedSubmission
from domain.channel.command_choices import give_up_command, retry_command
from domain.channel.confirm_by_hand import confirm_command
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.errors import RequiredInput
from domain.timeline import SYSTEM, Event
from tests.api.wire_between import loses_the_answer, operation_of
from tests.api.worker.conftest import US
from tests.api.worker.feeding import feeds_at_amazon, let_pass, over, states
from tests.api.worker.refunding import at_amazon, cancel_part, check_refunds, imported, ledger, refund, ship_units
from tests.api.worker.test_deliver import ship, stock_up
from tests.domain.channel.refunds import request

ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"


async def loses_the_request(sent, forward):
    raise httpx2.ReadError("connection reset", request=sent)


@pytest.fixture
async def shop(bench):
    await bench.connect()
    await stock_up(bench)
    return bench


@pytest.fixture
async def refunding(shop):
    """Three orders, each to be paid back in full; Amazon is not told yet."""
    shop.numbers = await imported(shop, 3)
    for number in shop.numbers:
        await refund(shop, number)
    return shop


async def fault(bench, effect, **more):
    await bench.control("/faults", {"effect": effect, "operation": ADJUSTMENT, "times": 1, **more})


async def others_feed(bench):
    """Let another program send a feed of the same type for the account."""
    account, feeds = await Account.get(), bench.worker.amazon.feeds
    seller = bench.worker.seller(account)
    place = await feeds.create_feed_document(seller)
    await feeds.upload(place, b"<AmazonEnvelope/>")
    await feeds.create_feed(seller, feed_type=ADJUSTMENT, marketplace_ids=[US], document_id=place.feed_document_id)


async def hours_pass(bench, hours):
    """Let hours pass in five steps: so often a feed is looked at before a person is asked."""
    for _ in range(5):
        await let_pass(bench, hours=hours / 5)


async def looked_at(bench):
    """Return the kinds of what people are asked to look at."""
    entries = await Attention.filter(state=AttentionState.OPEN, command_id__isnull=False)
    return {entry.kind.value for entry in entries}


class TestARefund:
    async def test_of_all_is_paid_by_amazon_to_the_cent(self, refunding):
        await let_pass(refunding, seconds=11)
        assert await states() == {"SENT": 3}
        await let_pass(refunding, seconds=100)

        assert await check_refunds(refunding) == {"CONFIRMED": 3}
        totals = {order.channel_number: order.total_minor for order in await CommerceOrder.all()}
        paid = {
            number: sum(minor for each in refunds for _, minor in each)
            for number, refunds in (await ledger(refunding)).items()
        }
        assert paid == totals
        feed = await FeedSubmission.get()
        assert (feed.feed_type, feed.messages, feed.state) == (ADJUSTMENT, 3, FeedState.DONE)
        said = await Event.filter(kind="MARKETPLACE_CONFIRMED").values_list("message", flat=True)
        assert set(said) == {"Amazon has taken the refund and pays the buyer."}

    async def test_follows_the_one_before_it_of_its_order_in_the_next_feed(self, shop):
        (number,) = await imported(shop)
        await refund(shop, number, request(amount="1.00", tell_amazon=True), key="a")
        await refund(shop, number, request(amount="2.00", tell_amazon=True), key="b")
        await let_pass(shop, seconds=11)
        assert await states() == {"SENT": 1, "QUEUED": 1}
        await over(shop, minutes=4)
        assert await check_refunds(shop) == {"CONFIRMED": 2}

    async def test_that_waits_holds_up_no_shipment(self, shop):
        (number,) = await imported(shop, shipped=False, items=await two_lines(shop))
        await ship_units(shop, number, at0=1)
        await let_pass(shop, minutes=6)
        await fault(shop, "FEED_STUCK")
        await refund(shop, number, request(amount="1.00", tell_amazon=True))
        await let_pass(shop, seconds=11)
        shop.worker.service.new_reference()  # Amazon has counted to 1 as well
        await ship(shop, number)
        await over(shop, minutes=8)
        assert {command.kind.value: command.state.value for command in await Command.all()} == {
            "REFUND": "SENT",
            "CONFIRM_SHIPMENT": "CONFIRMED",
        }

    async def test_that_amazon_refuses_is_shown_with_its_words_and_can_go_again(self, refunding):
        number = refunding.numbers[0]
        await refunding.control(f"/orders/{number}/refund", {})
        await let_pass(refunding, seconds=11)
        await let_pass(refunding, seconds=100)

        assert await check_refunds(refunding) == {"CONFIRMED": 2, "REFUSED": 1}
        command = await Command.get(state="REFUSED")
        assert not command.in_doubt
        entry = await Attention.get(kind=AttentionKind.COMMAND_REFUSED)
        assert entry.message.startswith("Amazon refused the refund. Amazon says: More would be refunded")
        now = refunding.clock.now()
        again = await retry_command(command_id=command.id, now=now, actor=SYSTEM)
        assert again.state == "QUEUED"
        await give_up_command(command_id=command.id, note="paid by hand", now=now, actor=SYSTEM)
        assert await check_refunds(refunding) == {"CONFIRMED": 2, "WITHDRAWN": 1}
        assert (await AmazonOrder.get(number=number)).display_status == "COMPLETED"


class TestALostAnswer:
    async def test_after_its_effect_is_found_in_the_list(self, refunding):
        refunding.wire.happens("createFeed", loses_the_answer)
        await let_pass(refunding, seconds=11)
        assert (await FeedSubmission.get()).state is FeedState.POSTED
        await over(refunding, minutes=10)
        assert await check_refunds(refunding) == {"CONFIRMED": 3}
        assert len(refunding.wire.made("createFeed")) == 1

    async def test_is_not_looked_for_among_feeds_that_another_program_sends(self, refunding):
        async def somebody_elses_arrives(sent, forward):
            await others_feed(refunding)
            await loses_the_request(sent, forward)

        await others_feed(refunding)
        await refunding.pass_by(hours=1)
        refunding.wire.happens("createFeed", somebody_elses_arrives)
        await let_pass(refunding, seconds=11)
        await over(refunding, minutes=10)
        assert await check_refunds(refunding) == {"PARKED": 3}
        feed = await FeedSubmission.get()
        assert (feed.state, feed.feed_id) == (FeedState.PARKED, None)
        (why,) = set(await Command.all().values_list("error_message", flat=True))
        assert "another program" in why
        assert (await feeds_at_amazon(refunding))[-1]["feedId"] in why

    async def test_before_its_effect_asks_a_person_whose_word_alone_sends_it_again(self, refunding):
        refunding.wire.happens("createFeed", loses_the_request)
        await let_pass(refunding, seconds=11)
        await hours_pass(refunding, 3)
        assert await check_refunds(refunding) == {"PARKED": 3}
        assert await looked_at(refunding) == {"COMMAND_PARKED"}
        now = refunding.clock.now()
        for command in await Command.all():
            with pytest.raises(RequiredInput):
                await retry_command(command_id=command.id, now=now, actor=SYSTEM)
            await retry_command(command_id=command.id, note="nothing is paid", now=now, actor=SYSTEM)
        await over(refunding, minutes=4)
        assert await check_refunds(refunding) == {"CONFIRMED": 3}
        assert await looked_at(refunding) == set()


class TestAFeed:
    @pytest.mark.parametrize("messages", [0, 2])
    async def test_that_amazon_gives_up_is_never_sent_again_by_itself(self, refunding, messages):
        await fault(refunding, "FEED_FATAL", messages=messages)
        await let_pass(refunding, seconds=11)
        await hours_pass(refunding, 3)

        assert await check_refunds(refunding) == {"PARKED": 3}
        assert len(refunding.wire.made("createFeed")) == 1
        assert sum(map(len, (await ledger(refunding)).values())) == messages
        assert (await FeedSubmission.get()).state is FeedState.FAILED

    async def test_that_hangs_is_parked_and_a_person_says_what_became_of_it(self, refunding):
        await fault(refunding, "FEED_STUCK")
        await let_pass(refunding, seconds=11)
        await hours_pass(refunding, 7)
        assert await check_refunds(refunding) == {"PARKED": 3}
        now, (first, *_) = refunding.clock.now(), await Command.all().order_by("id")
        done = await confirm_command(command_id=first.id, note="seen there", now=now, actor=SYSTEM)
        assert (done.state, done.confirmed_at, done.in_doubt) == ("CONFIRMED", now, False)
        event = (await Event.filter(order_id=first.order_id).order_by("-sequence"))[1]
        assert event.message == "The refund is done at Amazon: seen there"

    async def test_speaks_of_components_in_xml(self, refunding):
        await let_pass(refunding, seconds=11)
        (upload,) = [call for call in refunding.wire.calls if operation_of(call) == "upload"]
        text = upload.content.decode()
        assert "<MessageType>OrderAdjustment</MessageType>" in text
        assert text.count("<ActionType>Refund</ActionType>") == 3
        assert "<Type>Principal</Type>" in text
        assert "<AdjustmentReason>CustomerReturn</AdjustmentReason>" in text


class TestTheCancellationOfAPart:
    async def test_is_taken_seen_and_given_back(self, shop):
        (number,) = await imported(shop, shipped=False, items=await two_lines(shop))
        await ship_units(shop, number, at0=2)
        await let_pass(shop, minutes=6)
        await cancel_part(shop, number)
        await let_pass(shop, seconds=11)
        await let_pass(shop, seconds=100)
        assert await states() == {"ACCEPTED": 1}
        assert await CreditMemo.all().count() == 0
        await over(shop, minutes=8)

        assert await states() == {"CONFIRMED": 1}
        order = await AmazonOrder.get()
        assert (order.amazon_status, order.display_status) == ("SHIPPED", "COMPLETED")
        memo = await CreditMemo.get()
        assert (memo.reason, memo.command_id) == ("REST_CANCELED", (await Command.get()).id)
        assert not any((await ledger(shop)).values())
        told = (await at_amazon(shop, number))["orderItems"]
        assert [item["cancellation"]["cancellationExecution"]["cancelReason"] for item in told] == ["NoInventory"] * 2

    async def test_that_comes_too_late_is_refused(self, shop):
        (number,) = await imported(shop, shipped=False, items=await two_lines(shop))
        await ship_units(shop, number, at0=2)
        await let_pass(shop, minutes=6)
        await cancel_part(shop, number)
        await shop.control(f"/orders/{number}/ship", {})
        await let_pass(shop, seconds=11)
        await let_pass(shop, seconds=100)
        assert await states() == {"REFUSED": 1}
        entry = await Attention.get(kind=AttentionKind.COMMAND_REFUSED)
        assert entry.message.startswith("Amazon refused the cancellation of a part. Amazon says: An order that is SHIP")
        await over(shop, minutes=8)
        assert await Command.filter(kind=CommandKind.PARTIAL_CANCEL, state="REFUSED").count() == 1
        assert await CreditMemo.all().count() == 0


async def two_lines(bench):
    """Return the wish for five of one product and two of another."""
    known = (await bench.http.get("http://amazon.test/_sim/state")).json()["sellers"][0]["catalog"]
    return [
        {"sku": known[0]["sku"], "quantity": 5, "price": "10.01", "shipping": "3.33"},
        {"sku": known[1]["sku"], "quantity": 2, "price": "7.77"},
    ]
