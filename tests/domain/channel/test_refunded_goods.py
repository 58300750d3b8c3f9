"""What becomes of goods that are given back, and who is told."""

import pytest

from domain.amazon.records import AmazonOrder, Command
from domain.buyers import Owner, keep, read
from domain.catalog.records import Reservation, StockMove
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import Mailing
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.commerce.refund_reasons import RefundReason
from domain.errors import ActionNotAllowed
from domain.timeline import Event
from tests.domain.channel.refunds import check_books, part, refund, rehearse, request
from tests.domain.channel.stage import Stage, check_shelves, commerce_of, item, items_of, mugs, package, shelf, told


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 3 mugs arrive, of 5 there are."""
    await stage.products({"sku": "MUG", "quantity": "5"})
    return await stage.arrive(item("MUG", 3))


async def mug_of(order: AmazonOrder) -> int:
    row_id: int = (await items_of(order))[0].id
    return row_id


@pytest.mark.parametrize(
    ("restock", "left", "restocked", "tells"),
    [
        (None, (5, 1), True, "STOCK_RELEASED"),
        (True, (5, 1), True, "STOCK_RELEASED"),
        (False, (3, 1), False, "STOCK_DEDUCTED"),
    ],
)
async def test_goods_that_never_left_are_free_for_others_unless_they_are_not_there(
    stage: Stage, order: AmazonOrder, restock: bool | None, left: tuple[int, int], restocked: bool, tells: str
) -> None:
    memo = await refund(stage, order, request(part(await mug_of(order), 2), restock=restock))
    assert (await shelf(), memo.restocked) == (left, restocked)
    assert (await told(order))[-2:] == [tells, "REFUNDED"]
    await stage.ship(order)
    assert await shelf() == (left[0] - 1, 0)
    assert [row.state for row in await Reservation.all()] == ["CONSUMED"]


@pytest.mark.parametrize(("restock", "left"), [(None, (2, 0)), (True, (4, 0)), (False, (2, 0))])
async def test_goods_that_had_left_come_back_where_that_is_said(
    stage: Stage, order: AmazonOrder, restock: bool | None, left: tuple[int, int]
) -> None:
    await stage.ship(order)
    order = await stage.change(order, status="SHIPPED")
    memo = await refund(stage, order, request(part(await mug_of(order), 2), restock=restock))
    assert (await shelf(), memo.restocked) == (left, bool(restock))
    moves = await StockMove.filter(reason="RETURNED")
    assert [(move.on_hand, move.reserved, move.actor_name) for move in moves] == ([(2, 0, "clerk")] if restock else [])
    events = await Event.filter(kind="STOCK_RETURNED")
    assert [event.message for event in events] == (["2 back on the shelf."] if restock else [])
    await refund(stage, order, request(restock=True), key="rest")
    assert await shelf() == (left[0] + 1, 0)
    await check_shelves()
    await check_books(order)


async def test_what_is_given_back_counts_first_against_what_was_not_sent(stage: Stage, order: AmazonOrder) -> None:
    mug = await mug_of(order)
    await stage.ship(order, package((mug, 2)))
    await refund(stage, order, request(part(mug, 2, restock=True)))
    assert await shelf() == (4, 0)  # one let go, one back
    assert (await told(order))[-3:] == ["STOCK_RELEASED", "STOCK_RETURNED", "REFUNDED"]
    await refund(stage, order, request(part(mug, 1, restock=False), restock=True), key="b")
    assert await shelf() == (4, 0)
    await check_shelves()


async def test_each_line_may_have_its_own_way(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    order = await stage.arrive(item("MUG", 3), item("CUP", 1))
    mug, cup = (one.id for one in await items_of(order))
    await refund(stage, order, request(part(mug, 1, restock=False), part(cup, 1)))
    assert (await shelf("MUG"), await shelf("CUP")) == ((4, 2), (5, 0))


async def test_goods_that_our_shelf_never_had_do_not_come_to_it(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    theirs = await stage.arrive(item("MUG", 2), status="SHIPPED", fulfillment_channel="AMAZON")
    memo = await refund(stage, theirs, request(restock=True))
    assert (await shelf(), memo.restocked) == ((5, 0), False)
    assert (await commerce_of(theirs))[0].state == "CLOSED"
    await stage.products({"sku": "FREE", "manages_stock": "no"})
    free = await stage.arrive(item("FREE", 2))
    memo = await refund(stage, free, request(restock=True), key="b")
    assert memo.restocked is False


async def test_what_had_left_before_the_import_does_not_come_back(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    await stage.settings(stock_rule="UNSHIPPED_ONLY")
    order = await stage.arrive(*mugs(2), status="PARTIALLY_SHIPPED")
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 1), (5, 1))
    await stage.ship(order)
    assert (await shelf("MUG"), await shelf("CUP")) == ((4, 0), (4, 0))
    await refund(stage, order, request(restock=True))
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 0), (5, 0))  # one of the three mugs left from here


async def test_a_cancellation_seen_later_gives_back_the_rest(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(part(await mug_of(order), 1, "5"), adjustment_refund="1"))
    order = await stage.change(order, status="CANCELED")
    commerce, (line,) = await commerce_of(order)
    assert (commerce.state, commerce.refunded_minor, line.quantity_refunded) == ("COMPLETE", 1990, 3)
    assert [memo.total_minor for memo in await CreditMemo.all().order_by("id")] == [600, 1390]
    assert await shelf() == (5, 0)
    await check_books(order)


async def test_a_cancellation_seen_after_everything_was_given_back_changes_nothing(
    stage: Stage, order: AmazonOrder
) -> None:
    await refund(stage, order, request())
    order = await stage.change(order, status="CANCELED")
    assert (await commerce_of(order))[0].state == "CLOSED"
    assert await CreditMemo.all().count() == 1
    assert order.display_status == "CANCELED"


async def test_amazon_is_told_if_wanted_and_what_it_refuses_is_refused(stage: Stage, order: AmazonOrder) -> None:
    wanted = request(part(await mug_of(order), 1), tell_amazon=True, reason=RefundReason.DAMAGED)
    for ask in (refund, rehearse):
        with pytest.raises(ActionNotAllowed, match="nothing of this order has left") as refused:
            await ask(stage, order, wanted)
        assert refused.value.path == ("input", "tellAmazon")
    assert await CreditMemo.all().count() == await Command.filter(kind="REFUND").count() == 0
    await stage.ship(order)
    order = await stage.change(order, status="SHIPPED", items=(item("MUG", 3, quantity_shipped=3),))
    memo = await refund(stage, order, wanted)
    command = await Command.get(kind="REFUND")
    assert (memo.command_id, command.payload["memo"], memo.total_minor) == (command.id, memo.number, 663)
    await rehearse(stage, order, wanted)
    assert await Command.filter(kind="REFUND").count() == 1
    local = await refund(stage, order, request(part(await mug_of(order), 1)), key="b")
    assert local.command_id is None


async def test_the_buyer_is_written_to_if_wanted_and_can_be(stage: Stage, order: AmazonOrder) -> None:
    wanted = request(amount="1", notify=True)
    with pytest.raises(ActionNotAllowed) as refused:
        await refund(stage, order, wanted)
    assert refused.value.path == ("input", "notify")
    assert await CreditMemo.all().count() == 0
    commerce = await CommerceOrder.get()
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, sealer=stage.sealer) or {}
    await keep(
        owner=Owner.COMMERCE_ORDER,
        owner_id=commerce.id,
        account_id=commerce.account_id,
        values={**kept, "buyer": {"email": "x1y2@marketplace.amazon.de"}},
        purge_at=None,
        sealer=stage.sealer,
    )
    mailing = Mailing(sender="shop@example.org", missing=None)
    memo = await refund(stage, order, wanted, mailing=mailing)
    mail = await MailMessage.get()
    assert (mail.kind, mail.document_id, mail.order_id) == ("CREDIT_MEMO", memo.id, commerce.id)
    await refund(stage, order, wanted, mailing=mailing)
    assert await MailMessage.all().count() == 1
