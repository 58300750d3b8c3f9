from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commerce.base_amounts import base_of_paper, in_base
from domain.commerce.records import CommerceOrder
from domain.errors import InvalidInput
from domain.exchange import convert, exact_rate, rate_text
from domain.money import decimals_of
from tests.counted import rounds

CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "VND", "TND"])  # 2, 2, 0, 3, 0 and 3 decimals
RATES = st.decimals("0.0000000001", "9999999.9999999999", places=10)
AMOUNTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("minor", "source", "target", "rate", "expected"),
    [
        (1999, "USD", "EUR", "0.92", 1839),  # 18.3908
        (5, "USD", "EUR", "0.5", 2),  # half a cent, to the even one: 2.5 is 2
        (7, "USD", "EUR", "0.5", 4),  # 3.5 is 4
        (-5, "USD", "EUR", "0.5", -2),
        (-7, "USD", "EUR", "0.5", -4),
        (1999, "EUR", "JPY", "163.25", 3263),  # 3263.3675
        (3263, "JPY", "EUR", "0.0061256", 1999),  # 19.9878...
        (1, "KWD", "JPY", "500", 0),  # half a yen
        (3, "KWD", "JPY", "500", 2),  # one and a half
        (100, "EUR", "KWD", "0.3345", 334),  # 334.5
        (0, "EUR", "USD", "1.1", 0),
    ],
)
def test_amounts_are_rounded_half_to_even_in_the_other_currency(minor, source, target, rate, expected):
    assert convert(minor, source=source, target=target, rate=Decimal(rate)) == expected


@settings(max_examples=rounds(300))
@given(minor=AMOUNTS, source=CURRENCIES, target=CURRENCIES, rate=RATES)
def test_conversion_is_exact_decimal_arithmetic_rounded_once(minor, source, target, rate):
    with localcontext(prec=60):
        exact = Decimal(minor).scaleb(-decimals_of(source)) * rate
        expected = int(exact.scaleb(decimals_of(target)).quantize(Decimal(1), ROUND_HALF_EVEN))
    assert convert(minor, source=source, target=target, rate=rate) == expected


@settings(max_examples=rounds(300))
@given(minors=st.lists(AMOUNTS, min_size=2, max_size=5), source=CURRENCIES, target=CURRENCIES, rate=RATES)
def test_more_never_becomes_less(minors, source, target, rate):
    converted = [convert(minor, source=source, target=target, rate=rate) for minor in sorted(minors)]
    assert converted == sorted(converted)


@pytest.mark.parametrize(
    ("given_rate", "kept"),
    [("0.92", "0.92"), ("0.9200", "0.92"), ("100", "100"), ("1E+2", "100"), ("0.0000000001", "0.0000000001"),
     ("0.10000000000", "0.1"), ("9999999.9999999999", "9999999.9999999999")],
)  # fmt: skip
def test_a_rate_is_kept_plain_and_whole(given_rate, kept):
    assert rate_text(exact_rate(Decimal(given_rate))) == kept


@pytest.mark.parametrize("rate", ["0", "-1", "-0.0000000001", "0.00000000001", "1.00000000001", "10000000", "NaN",
                                  "Infinity", "-Infinity"])  # fmt: skip
def test_what_is_no_rate_is_refused(rate):
    with pytest.raises(InvalidInput) as refusal:
        exact_rate(Decimal(rate))
    assert refusal.value.path == ("rate",)


def paper(order: CommerceOrder, *, before: int, amount: int) -> int:
    part = base_of_paper(order, before=before, amount=amount)
    assert part is not None
    return part


def order_of(total, currency, base, rate):
    order = CommerceOrder(currency=currency, base_currency=base, base_rate=rate_text(rate), total_minor=total)
    order.base_total_minor = in_base(order, total)
    return order


@settings(max_examples=rounds(500))
@given(
    bills=st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    shares=st.lists(st.integers(1, 10**9), max_size=8),
    currency=CURRENCIES,
    base=CURRENCIES,
    rate=RATES,
)
def test_papers_in_base_net_to_nothing_once_all_is_given_back(bills, shares, currency, base, rate):
    """Whatever the steps: bills make the order's total, and what is given back is never more than was billed."""
    order = order_of(sum(bills), currency, base, rate)
    billed = paid = 0
    for bill in bills:
        billed += paper(order, before=paid, amount=bill)
        paid += bill
    assert billed == order.base_total_minor

    given_back = refunded = 0
    for share in [*shares, paid]:
        amount = min(share, paid - refunded)
        part = paper(order, before=refunded, amount=amount)
        given_back += part
        refunded += amount
        assert part >= 0
        assert given_back <= billed
    assert given_back == billed


def test_an_order_without_a_rate_has_no_amounts_in_base():
    order = CommerceOrder(currency="EUR", total_minor=1)
    assert in_base(order, 1) is None
    assert base_of_paper(order, before=0, amount=1) is None
