import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amazon.facts import (
    AddressFacts,
    AmazonOrderStatus,
    Breakdown,
    BreakdownKind,
    BuyerFacts,
    FulfillmentChannel,
    ItemFacts,
    OrderFacts,
    PackageFacts,
    Problem,
)
from domain.amazon.translation import breakdown_kind, facts_document, fulfillment_channel, instant, money, order_status
from domain.errors import InvalidInput
from domain.money import Money

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ITEM = Breakdown(BreakdownKind.ITEM, Money(1000, "EUR"))
TAX = Breakdown(BreakdownKind.TAX, Money(190, "EUR"))
FACTS = OrderFacts(
    amazon_order_id="902-3159896-1390916",
    marketplace_id="A1PA6795UKMFR9",
    created_at=AT,
    updated_at=AT,
    status=AmazonOrderStatus.UNSHIPPED,
    raw_status="UNSHIPPED",
    fulfillment_channel=FulfillmentChannel.MERCHANT,
    programs=("PRIME", "PREMIUM"),
    grand_total=Money(1190, "EUR"),
    breakdowns=(ITEM, TAX),
    items=(
        ItemFacts(order_item_id="2", quantity_ordered=1, breakdowns=(ITEM, TAX)),
        ItemFacts(order_item_id="1", quantity_ordered=2),
    ),
    packages=(PackageFacts(reference="b", items=(("2", 1), ("1", 2))), PackageFacts(reference="a", shipped_at=AT)),
    buyer=BuyerFacts(name="Grace Hopper"),
    address=AddressFacts(city="Arlington"),
    extra={"payment": {"b": 1, "a": [True, None]}},
)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("PENDING", "PENDING"),
        ("Pending", "PENDING"),
        ("PENDING_AVAILABILITY", "PENDING_AVAILABILITY"),
        ("PendingAvailability", "PENDING_AVAILABILITY"),
        ("UNSHIPPED", "UNSHIPPED"),
        ("Unshipped", "UNSHIPPED"),
        ("PARTIALLY_SHIPPED", "PARTIALLY_SHIPPED"),
        ("PartiallyShipped", "PARTIALLY_SHIPPED"),
        ("SHIPPED", "SHIPPED"),
        ("Shipped", "SHIPPED"),
        ("CANCELLED", "CANCELED"),
        ("CANCELED", "CANCELED"),
        ("Canceled", "CANCELED"),
        ("UNFULFILLABLE", "UNFULFILLABLE"),
        ("Unfulfillable", "UNFULFILLABLE"),
        ("INVOICE_UNCONFIRMED", "INVOICE_UNCONFIRMED"),
        ("InvoiceUnconfirmed", "INVOICE_UNCONFIRMED"),
        ("TELEPORTED", "UNKNOWN"),
        ("shipped", "UNKNOWN"),
        ("", "UNKNOWN"),
        (None, "UNKNOWN"),
    ],
)
def test_both_versions_words_for_a_status_mean_one_status(raw, status):
    assert order_status(raw) is AmazonOrderStatus(status)


@pytest.mark.parametrize(
    ("raw", "channel"),
    [
        ("MERCHANT", "MERCHANT"),
        ("MFN", "MERCHANT"),
        ("AMAZON", "AMAZON"),
        ("AFN", "AMAZON"),
        ("XYZ", None),
        (None, None),
    ],
)
def test_who_sends_the_goods_is_told_by_both_versions_words(raw, channel):
    assert fulfillment_channel(raw) == channel


@pytest.mark.parametrize("kind", BreakdownKind)
def test_a_kind_of_proceeds_keeps_amazons_word(kind):
    assert breakdown_kind(kind.value) is kind


@pytest.mark.parametrize("raw", ["LOYALTY_POINTS", "", None])
def test_a_kind_of_proceeds_we_do_not_know_is_other(raw):
    assert breakdown_kind(raw) is BreakdownKind.OTHER


def test_an_amount_is_read_exactly():
    assert money("34.99", "GBP", at="proceeds.grandTotal") == Money(3499, "GBP")


@pytest.mark.parametrize(
    ("amount", "currency", "field", "value"),
    [
        (None, "EUR", "proceeds.grandTotal.amount", None),
        ("1", None, "proceeds.grandTotal.currencyCode", None),
        (None, None, "proceeds.grandTotal.currencyCode", None),
        ("1.001", "EUR", "proceeds.grandTotal.amount", "1.001"),
        ("abc", "EUR", "proceeds.grandTotal.amount", "abc"),
        ("1", "BTC", "proceeds.grandTotal.currencyCode", "BTC"),
        ("9" * 60, "EUR", "proceeds.grandTotal.amount", "9" * 40),
    ],
)
def test_an_amount_that_cannot_be_used_is_a_problem_at_its_place(amount, currency, field, value):
    found = money(amount, currency, at="proceeds.grandTotal")
    assert isinstance(found, Problem)
    assert (found.field, found.value) == (field, value)
    assert found.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-08-22T10:15:00Z", datetime(2026, 8, 22, 10, 15, tzinfo=UTC)),
        ("2026-08-22T10:15:00.5Z", datetime(2026, 8, 22, 10, 15, 0, 500000, tzinfo=UTC)),
        ("2026-08-22T10:15:00.123Z", datetime(2026, 8, 22, 10, 15, 0, 123000, tzinfo=UTC)),
        ("2026-08-22T10:15:00.123999999Z", datetime(2026, 8, 22, 10, 15, 0, 123000, tzinfo=UTC)),
        ("2026-08-22T10:15:00+02:00", datetime(2026, 8, 22, 8, 15, tzinfo=UTC)),
        ("2026-08-22T10:15:00-0130", datetime(2026, 8, 22, 11, 45, tzinfo=UTC)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_time_with_its_offset_is_read_as_utc_to_the_millisecond(text, expected):
    read = instant(text, at="createdTime")
    assert read == expected
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-22T10:15:00",
        "2026-08-22",
        "2026-08-22 10:15:00Z",
        "",
        "yesterday",
        "2026-02-30T10:15:00Z",
        "2026-08-22T24:15:00Z",
        "2026-08-22T10:15:60Z",
        "2026-08-22T10:15:00.1234567890Z",
        "0001-01-01T00:00:00+14:00",
        "٢٠٢٦-08-22T10:15:00Z",
        "2026-08-22T10:15:00Z\n",
    ],
)
def test_a_time_without_offset_or_that_does_not_exist_is_refused_and_says_where(text):
    with pytest.raises(InvalidInput, match="orders\\[0\\]\\.createdTime"):
        instant(text, at="orders[0].createdTime")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_every_time_is_read_whatever_its_offset(naive, minutes):
    local = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert instant(local.isoformat(), at="x") == local


def test_the_document_holds_everything_amazon_said():
    document = json.loads(facts_document(FACTS))
    assert document["amazon_order_id"] == "902-3159896-1390916"
    assert document["created_at"] == "2026-03-02T09:00:00+00:00"
    assert document["grand_total"] == {"minor": 1190, "currency": "EUR"}
    assert document["extra"] == {"payment": {"a": [True, None], "b": 1}}
    assert document["packages"][0]["shipped_at"] == "2026-03-02T09:00:00+00:00"
    assert set(document) == set(OrderFacts.__dataclass_fields__)


def test_the_same_facts_give_the_same_document_in_whatever_order_amazon_lists_them():
    first, second = FACTS.items
    shuffled = replace(
        FACTS,
        programs=("PREMIUM", "PRIME"),
        breakdowns=(TAX, ITEM),
        items=(second, replace(first, breakdowns=(TAX, ITEM))),
        packages=(FACTS.packages[1], replace(FACTS.packages[0], items=(("1", 2), ("2", 1)))),
        created_at=AT.astimezone(timezone(timedelta(hours=2))),
        extra=MappingProxyType({"payment": MappingProxyType({"a": [True, None], "b": 1})}),
    )
    assert facts_document(shuffled) == facts_document(FACTS)


@pytest.mark.parametrize(
    "changes",
    [
        {"updated_at": AT + timedelta(milliseconds=1)},
        {"status": AmazonOrderStatus.SHIPPED},
        {"raw_status": "Unshipped"},
        {"grand_total": Money(1190, "USD")},
        {"buyer": None},
        {"buyer": BuyerFacts(name="Ada Lovelace")},
        {"address": AddressFacts(city="Arlington", line3="")},
        {"items": FACTS.items[:1]},
        {"packages": ()},
        {"problems": (Problem("x", None, "wrong"),)},
        {"extra": {"payment": {"b": 1, "a": [1, None]}}},
    ],
)
def test_any_other_fact_gives_another_document(changes):
    assert facts_document(replace(FACTS, **changes)) != facts_document(FACTS)


def test_what_is_no_fact_is_refused_loudly():
    with pytest.raises(TypeError, match="A set is not part"):
        facts_document(replace(FACTS, extra={"x": {1}}))
