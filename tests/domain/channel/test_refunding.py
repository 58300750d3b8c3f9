import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.accounts.records import Store, StoreState
from domain.amazon.facts import Breakdown, BreakdownKind
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner
from domain.channel.refund import RefundRequest
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import CommerceOrder, CreditMemo, DocumentLine
from domain.commerce.refund_reasons import RefundReason
from domain.commerce.refundable import refundables
from domain.errors import (
    ActionNotAllowed,
    AmountTooLarge,
    DomainError,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    QuantityTooLarge,
    StaleVersion,
)
from domain.idempotency import IdempotencyKey
from domain.timeline import Event
from tests.domain.channel.refunds import check_books, memos_of, part, refund, rehearse, request
from tests.domain.channel.stage import Stage, commerce_of, euro, item, items_of, open_attention, package, shelf, told

MUG = {"ITEM": 3000, "SHIPPING": 600, "TAX": 100}
"""3 mugs: 31.00 without shipping, 37.00 with it."""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 3 mugs and a cup for 42.00 in all arrive."""
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3, parts=MUG), item("CUP", 1, cents=500))


async def ids(order: AmazonOrder) -> list[int]:
    return [one.id for one in await items_of(order)]


async def test_partial_memos_add_up_to_the_cent_and_the_last_unit_gets_the_rest(
    stage: Stage, order: AmazonOrder
) -> None:
    mug, _ = await ids(order)
    for number in range(3):
        await refund(stage, order, request(part(mug, 1), shipping="0"), key=str(number))
    assert await memos_of(order) == [(1033, 0, 0, 0), (1033, 0, 0, 0), (1034, 0, 0, 0)]
    await refund(stage, order, request(), key="rest")
    assert (await memos_of(order))[-1] == (1100, 600, 0, 0)
    commerce, lines = await commerce_of(order)
    assert (commerce.state, commerce.refunded_minor) == ("CLOSED", 4200)
    assert [line.quantity_refunded for line in lines] == [3, 1]
    await check_books(order)


async def test_everything_is_given_back_where_nothing_is_named(stage: Stage, order: AmazonOrder) -> None:
    memo = await refund(stage, order, request(note=" came back "), now=stage.later(minutes=1))
    assert await memos_of(order) == [(4200, 600, 0, 0)]
    assert (memo.number, memo.reason, memo.note, memo.restocked) == ("000000001", "BUYER_RETURN", "came back", True)
    assert memo.created_at == stage.now
    covered = await DocumentLine.filter(document="CREDIT_MEMO").order_by("id")
    assert [(one.quantity, one.amount_minor, one.shipping_minor) for one in covered] == [(3, 3100, 600), (1, 500, 0)]
    assert (await told(order))[-2:] == ["STOCK_RELEASED", "REFUNDED"]
    event = await Event.filter(kind="REFUNDED").get()
    assert (event.message, event.actor_name) == ("Credit memo 000000001 gives back 42.00 EUR.", "clerk")
    assert event.details == {"credit_memo_id": memo.id, "number": "000000001"}
    assert (await shelf("MUG"), await shelf("CUP")) == ((5, 0), (5, 0))
    kept = await BuyerRecord.get(owner=Owner.COMMERCE_ORDER)
    assert kept.purge_at == stage.now + timedelta(days=30)


async def test_shipping_starts_at_what_is_left_and_only_goes_down(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await ids(order)
    await refund(stage, order, request(part(cup, 1), shipping="2.50"), key="a")
    await refund(stage, order, request(part(mug, 1)), key="b")
    assert await memos_of(order) == [(750, 250, 0, 0), (1383, 350, 0, 0)]
    with pytest.raises(AmountTooLarge) as refused:
        await refund(stage, order, request(part(mug, 1), shipping="0.01"), key="c")
    assert (refused.value.path, refused.value.available) == (("input", "shipping"), 0)
    await check_books(order)


async def test_an_amount_stands_alone(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="5"))
    assert await memos_of(order) == [(500, 0, 500, 0)]
    _, lines = await commerce_of(order)
    assert [line.quantity_refunded for line in lines] == [0, 0]
    others = ({"lines": ()}, {"shipping": "0"}, {"adjustment_refund": "0"}, {"adjustment_fee": "0"})
    for other in others:
        with pytest.raises(InvalidInput) as refused:
            await refund(stage, order, request(amount="5", **other), key="b")
        assert refused.value.path == ("input", "amount")


async def test_money_of_a_line_alone_is_no_difference_to_amazon(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await ids(order)
    await refund(stage, order, request(part(mug, amount="10.50"), part(cup, 1, "4"), shipping="0"))
    assert await memos_of(order) == [(1450, 0, 0, 0)]
    order = await stage.change(order, service_level="Other")
    assert await open_attention(order) == []
    with pytest.raises(AmountTooLarge) as refused:
        await refund(stage, order, request(part(mug, amount="20.51"), shipping="0"), key="b")
    assert (refused.value.path, refused.value.requested, refused.value.available) == (
        ("input", "lines", "0", "amount"), 2051, 2050,
    )  # fmt: skip
    assert refused.value.message == "20.51 EUR asked for, 20.50 EUR left."
    await refund(stage, order, request(part(mug, 3), part(cup, amount="1"), shipping="0"), key="c")
    assert (await memos_of(order))[-1] == (2150, 0, 0, 0)
    await check_books(order)


async def test_adjustments_add_and_subtract_and_never_pass_what_was_paid(stage: Stage, order: AmazonOrder) -> None:
    _, cup = await ids(order)
    await refund(stage, order, request(part(cup, 1), shipping="1", adjustment_refund="3", adjustment_fee="0.99"))
    assert await memos_of(order) == [(801, 100, 300, 99)]
    with pytest.raises(AmountTooLarge) as refused:
        await refund(stage, order, request(lines=(), shipping="0", adjustment_refund="34.00"), key="b")
    assert (refused.value.path, refused.value.available) == (("input", "adjustmentRefund"), 3399)
    await refund(stage, order, request(lines=(), shipping="0", adjustment_refund="33.99"), key="c")
    commerce, _ = await commerce_of(order)
    assert (commerce.refunded_minor, commerce.state) == (4200, "PROCESSING")  # the mugs have still to be shipped
    await check_books(order)


async def test_lines_and_shipping_give_way_to_what_was_given_on_top(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await ids(order)
    await refund(stage, order, request(amount="10"))
    with pytest.raises(AmountTooLarge) as refused:
        await refund(stage, order, request(part(mug, 3), part(cup, 1), shipping="1"), key="b")
    assert (refused.value.path, refused.value.requested, refused.value.available) == (("input", "shipping"), 100, 0)
    with pytest.raises(AmountTooLarge) as refused:
        await refund(stage, order, request(part(mug, 3), part(cup, 1)), key="b")
    assert (refused.value.path, refused.value.requested, refused.value.available) == (("input", "lines"), 3600, 3200)
    await refund(stage, order, request(part(mug, 2)), key="c")  # shipping is what is left of all money
    assert (await memos_of(order))[-1] == (2667, 600, 0, 0)
    await refund(stage, order, request(), key="d")
    assert (await memos_of(order))[-1] == (533, 0, 0, 1000)
    commerce, _ = await commerce_of(order)
    assert (commerce.refunded_minor, commerce.state) == (4200, "CLOSED")
    await check_books(order)


async def test_what_is_left_of_an_order_includes_fees_kept_back_and_what_is_of_no_line(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    tip = Breakdown(BreakdownKind.DELIVERY_TIP, euro(200))
    order = await stage.arrive(item("MUG", 3, parts=MUG), breakdowns=(tip,), grand_total=euro(3900))
    mug, *_ = await ids(order)
    await refund(stage, order, request(part(mug, 1), shipping="0", adjustment_fee="1"))
    memo = await refund(stage, order, request(shipping="5", adjustment_fee="0.50"), key="b")
    assert await memos_of(order) == [(933, 0, 0, 100), (2817, 500, 300, 50)]
    assert memo.total_minor == 3900 - 933 - 100 - 50
    commerce, lines = await commerce_of(order)
    assert commerce.state == "PROCESSING"
    left = (await refundables([commerce], lines))[commerce.id]
    assert (left.money, left.shipping, left.goods) == (150, 100, 0)
    await refund(stage, order, request(adjustment_refund="0"), key="c")
    assert (await commerce_of(order))[0].state == "CLOSED"
    await check_books(order)


async def test_an_order_that_cost_less_than_its_lines_gives_back_what_was_paid(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    rebate = Breakdown(BreakdownKind.DISCOUNT, euro(-700))
    order = await stage.arrive(item("MUG", 3, parts=MUG), breakdowns=(rebate,), grand_total=euro(3000))
    (mug,) = await ids(order)
    await refund(stage, order, request(part(mug, 2), shipping="0"))
    with pytest.raises(AmountTooLarge) as refused:
        await refund(stage, order, request(part(mug, 1), shipping="0"), key="b")
    assert (refused.value.path, refused.value.available) == (("input", "lines"), 933)
    await refund(stage, order, request(), key="c")
    assert await memos_of(order) == [(2067, 0, 0, 0), (933, 600, 0, 700)]
    await check_books(order)


@pytest.mark.parametrize(
    ("values", "path", "error"),
    [
        ({"lines": ()}, ("input",), InvalidInput),
        ({"lines": (), "shipping": "0"}, ("input",), InvalidInput),
        ({"lines": (), "shipping": "0", "adjustment_fee": "1"}, ("input",), InvalidInput),
        ({"lines": (), "shipping": "1", "adjustment_fee": "1"}, ("input", "adjustmentFee"), AmountTooLarge),
        ({"adjustment_fee": "42"}, ("input", "adjustmentFee"), AmountTooLarge),
        ({"adjustment_refund": "0.01"}, ("input", "adjustmentRefund"), AmountTooLarge),
        ({"shipping": "6.01"}, ("input", "shipping"), AmountTooLarge),
        ({"amount": "42.01"}, ("input", "amount"), AmountTooLarge),
        ({"amount": "999999999999999"}, ("input", "amount"), AmountTooLarge),
        ({"amount": "1E+40"}, ("input", "amount"), InvalidInput),
        ({"amount": "NaN"}, ("input", "amount"), InvalidInput),
        ({"amount": "0"}, ("input", "amount"), InvalidInput),
        ({"amount": "-1"}, ("input", "amount"), InvalidInput),
        ({"amount": "1.001"}, ("input", "amount"), InvalidInput),
        ({"shipping": "0.005"}, ("input", "shipping"), InvalidInput),
        ({"shipping": "-0.01"}, ("input", "shipping"), InvalidInput),
        ({"adjustment_refund": "0.001"}, ("input", "adjustmentRefund"), InvalidInput),
        ({"adjustment_fee": "-2"}, ("input", "adjustmentFee"), InvalidInput),
        ({"reason": RefundReason.CANCELED_ON_AMAZON}, ("input", "reason"), InvalidInput),
        ({"reason": RefundReason.QUANTITY_LOWERED}, ("input", "reason"), InvalidInput),
        ({"reason": RefundReason.PRICE_LOWERED}, ("input", "reason"), InvalidInput),
        ({"note": "x" * 501}, ("input", "note"), InvalidInput),
    ],
)
async def test_bad_amounts_are_refused_and_nothing_is_stored(
    stage: Stage, order: AmazonOrder, values: dict[str, Any], path: tuple[str, ...], error: type[DomainError]
) -> None:
    before, events = await shelf(), await told(order)
    if values == {"lines": ()}:
        await refund(stage, order, request(lines=(), shipping="6"), key="shipping")
        events = await told(order)
    with pytest.raises(error) as refused:
        await refund(stage, order, request(**values))
    assert (refused.value.code, refused.value.path) == (error.code, path)
    assert (await shelf(), await told(order)) == (before, events)
    assert await IdempotencyKey.filter(key="r1").count() == 0
    await check_books(order)


@pytest.mark.parametrize(
    ("given", "path", "error"),
    [
        ((4, None), ("input", "lines", "0", "quantity"), QuantityTooLarge),
        ((2**62, None), ("input", "lines", "0", "quantity"), QuantityTooLarge),
        ((-1, None), ("input", "lines", "0", "quantity"), InvalidInput),
        ((0, None), ("input", "lines", "0", "quantity"), InvalidInput),
        ((0, "0"), ("input", "lines", "0", "quantity"), InvalidInput),
        ((1, "31.01"), ("input", "lines", "0", "amount"), AmountTooLarge),
        ((1, "-1"), ("input", "lines", "0", "amount"), InvalidInput),
        ((1, "0.001"), ("input", "lines", "0", "amount"), InvalidInput),
        ((0, "31.01"), ("input", "lines", "0", "amount"), AmountTooLarge),
    ],
)
async def test_bad_lines_are_refused(
    stage: Stage, order: AmazonOrder, given: tuple[int, str | None], path: tuple[str, ...], error: type[DomainError]
) -> None:
    mug, _ = await ids(order)
    with pytest.raises(error) as refused:
        await refund(stage, order, request(part(mug, *given)))
    assert (refused.value.code, refused.value.path) == (error.code, path)
    assert await CreditMemo.all().count() == 0


async def test_lines_that_are_unknown_or_named_twice_are_refused(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await ids(order)
    with pytest.raises(NotFound) as unknown:
        await refund(stage, order, request(part(mug, 1), part(999, 1)))
    with pytest.raises(InvalidInput) as twice:
        await refund(stage, order, request(part(mug, 1), part(mug, 1)))
    assert unknown.value.path == twice.value.path == ("input", "lines", "1", "itemId")
    with pytest.raises(QuantityTooLarge) as too_many:
        await refund(stage, order, request(part(mug, 4)))
    assert (too_many.value.requested, too_many.value.available) == (4, 3)


async def test_units_can_be_given_back_for_less_and_for_nothing(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await ids(order)
    await refund(stage, order, request(part(mug, 1, "0"), part(cup, 1, "4.99"), shipping="0"))
    assert await memos_of(order) == [(499, 0, 0, 0)]
    with pytest.raises(InvalidInput, match=r"would come to 0\.00 EUR"):
        await refund(stage, order, request(part(mug, 1, "0"), shipping="0"), key="b")


@pytest.mark.parametrize("state", CommerceOrderState)
async def test_every_state_allows_a_refund_or_says_why_not(
    stage: Stage, order: AmazonOrder, state: CommerceOrderState
) -> None:
    await CommerceOrder.all().update(state=state)
    if state in ("ON_HOLD", "PAYMENT_REVIEW", "CANCELED", "CLOSED"):
        with pytest.raises(ActionNotAllowed) as refused:
            await refund(stage, order, request())
        assert (refused.value.action, refused.value.current_status) == ("REFUND", "UNSHIPPED")
        assert refused.value.path == ("input", "orderId")
    else:
        await refund(stage, order, request(amount="1"))


async def test_orders_that_nothing_can_be_given_back_of_are_refused(stage: Stage, order: AmazonOrder) -> None:
    with pytest.raises(NotFound):
        await refund(stage, AmazonOrder(id=999), request())
    blocked = await stage.arrive(item("NONE"))
    with pytest.raises(ActionNotAllowed, match="not imported"):
        await refund(stage, blocked, request())
    await refund(stage, order, request(lines=(), adjustment_refund="36"), key="all")
    with pytest.raises(ActionNotAllowed, match="Nothing that was paid is left to refund"):
        await refund(stage, order, request())
    await Store.all().update(state=StoreState.DELETING)
    with pytest.raises(ActionNotAllowed, match="being deleted"):
        await refund(stage, order, request())


async def test_an_outdated_version_is_refused(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="1"), expected_version=order.version)
    with pytest.raises(StaleVersion) as refused:
        await refund(stage, order, request(amount="1"), key="b", expected_version=order.version)
    assert (refused.value.expected, refused.value.actual) == (order.version, order.version + 1)
    assert refused.value.path == ("input", "expectedVersion")


async def test_the_same_key_answers_with_the_same_memo_and_refuses_another_request(
    stage: Stage, order: AmazonOrder
) -> None:
    mug, _ = await ids(order)
    first = await refund(stage, order, request(part(mug, 1), shipping="1.5"))
    again = await refund(stage, order, request(part(mug, 1), shipping="1.50"))
    assert first.id == again.id
    others: list[RefundRequest] = [
        request(part(mug, 1), shipping="1.51"),
        request(part(mug, 2), shipping="1.5"),
        request(part(mug, 1, "1"), shipping="1.5"),
        request(part(mug, 1), shipping="1.5", restock=True),
        request(part(mug, 1), shipping="1.5", tell_amazon=True),
    ]
    for other in others:
        with pytest.raises(IdempotencyKeyReused):
            await refund(stage, order, other)
    assert await CreditMemo.all().count() == 1


async def test_of_two_refunds_of_the_last_cent_one_wins(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(amount="41.99"), key="before")
    both = await asyncio.gather(
        *(refund(stage, order, request(amount="0.01"), key=key) for key in ("a", "b")), return_exceptions=True
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [ActionNotAllowed]
    assert (await commerce_of(order))[0].refunded_minor == 4200
    await check_books(order)


async def test_of_two_refunds_of_the_last_unit_one_wins(stage: Stage, order: AmazonOrder) -> None:
    _, cup = await ids(order)
    both = await asyncio.gather(
        *(refund(stage, order, request(part(cup, 1), shipping="0"), key=key) for key in ("a", "b", "c")),
        return_exceptions=True,
    )
    assert [type(one) for one in both if isinstance(one, Exception)] == [QuantityTooLarge, QuantityTooLarge]
    await check_books(order)


async def test_a_rehearsal_says_all_and_stores_nothing(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await ids(order)
    wanted = request(part(mug, 2, restock=True), shipping="1", adjustment_refund="2", adjustment_fee="0.50")
    events, stock = await told(order), await shelf()
    tried = await rehearse(stage, order, wanted, expected_version=order.version)
    assert (tried.draft.goods, tried.draft.shipping, tried.draft.total, tried.left) == (2067, 100, 2317, 1883)
    with pytest.raises(AmountTooLarge):
        await rehearse(stage, order, request(amount="42.01"))
    with pytest.raises(StaleVersion):
        await rehearse(stage, order, wanted, expected_version=99)
    with pytest.raises(NotFound):
        await rehearse(stage, AmazonOrder(id=999), wanted)
    assert (await told(order), await shelf(), await CreditMemo.all().count()) == (events, stock, 0)
    await check_books(order)
    memo = await refund(stage, order, wanted)
    assert (memo.number, memo.total_minor) == ("000000001", 2317)


async def test_a_partly_shipped_order_stays_in_processing_until_the_rest_has_shipped(
    stage: Stage, order: AmazonOrder
) -> None:
    mug, cup = await ids(order)
    await stage.ship(order, package((mug, 1)))
    await refund(stage, order, request(part(mug, 1), shipping="0"), key="a")
    await refund(stage, order, request(part(cup, 1), shipping="0"), key="b")
    assert (await commerce_of(order))[0].state == "PROCESSING"
    await stage.ship(order, key="rest")
    order = await stage.change(order, status="SHIPPED")
    commerce, (mugs, _) = await commerce_of(order)
    assert (commerce.state, mugs.quantity_shipped) == ("COMPLETE", 2)
    kept = await BuyerRecord.get(owner=Owner.COMMERCE_ORDER)
    await refund(stage, order, request(), key="c", now=stage.later(days=3))
    assert (await commerce_of(order))[0].state == "CLOSED"
    assert (await BuyerRecord.get(owner=Owner.COMMERCE_ORDER)).purge_at == kept.purge_at  # not kept for longer
    await check_books(order)


async def test_money_in_decimals_of_its_currency(stage: Stage, order: AmazonOrder) -> None:
    for currency, smallest, too_fine in (("JPY", "1", "0.5"), ("KWD", "0.001", "0.0001"), ("EUR", "0.01", "0.001")):
        await CommerceOrder.all().update(currency=currency)
        memo = await refund(stage, order, request(amount=smallest), key=currency)
        assert (memo.total_minor, memo.currency) == (1, currency)
        with pytest.raises(InvalidInput, match="more decimals") as refused:
            await refund(stage, order, request(amount=too_fine), key="x")
        assert refused.value.path == ("input", "amount")
    left = 4200 - 3
    with pytest.raises(AmountTooLarge):
        await refund(stage, order, request(amount=str(Decimal(left + 1).scaleb(-2))), key="y")
    await refund(stage, order, request(amount=str(Decimal(left).scaleb(-2))), key="z")
