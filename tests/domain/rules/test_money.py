from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.money import (
    NO_DECIMALS,
    THREE_DECIMALS,
    TWO_DECIMALS,
    InvalidAmount,
    Money,
    UnknownCurrency,
    decimals_of,
)

CURRENCIES = sorted(NO_DECIMALS | TWO_DECIMALS | THREE_DECIMALS)
currencies = st.sampled_from(CURRENCIES)
minors = st.integers(-(10**14), 10**14)


def test_no_currency_is_listed_twice():
    assert len(CURRENCIES) == len(NO_DECIMALS) + len(TWO_DECIMALS) + len(THREE_DECIMALS)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("34.99", "GBP", 3499),
        ("5980", "JPY", 5980),
        ("5980.00", "JPY", 5980),
        ("1.234", "KWD", 1234),
        ("-4.5", "EUR", -450),
        ("0", "EUR", 0),
        ("-0.00", "EUR", 0),
        ("19.9000000000", "EUR", 1990),
        ("999999999999999", "USD", 99999999999999900),
    ],
)
def test_an_amount_is_read_to_the_minor_unit(amount, currency, minor):
    assert Money.parse(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "amount",
    ["", " 1", "1 ", "1.", ".5", "1,00", "1e3", "NaN", "Infinity", "+1", "--1", "0x1", "1.00000000000", "١", "1" * 16],
)
def test_text_that_is_no_plain_decimal_is_refused(amount):
    with pytest.raises(InvalidAmount, match="is not an amount"):
        Money.parse(amount, "EUR")


@pytest.mark.parametrize(("amount", "currency"), [("1.001", "EUR"), ("0.5", "JPY"), ("1.2345", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused_and_never_rounded(amount, currency):
    with pytest.raises(InvalidAmount, match="more decimals"):
        Money.parse(amount, currency)


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "BTC"])
def test_a_code_that_is_no_currency_is_refused(currency):
    with pytest.raises(UnknownCurrency):
        Money.parse("1", currency)


@given(minors, currencies)
def test_what_is_printed_is_read_back_the_same(minor, currency):
    money = Money(minor, currency)
    amount, printed_currency = str(money).split(" ")
    assert Money.parse(amount, printed_currency) == money


@given(minors, currencies)
def test_the_decimal_has_exactly_the_decimals_of_the_currency(minor, currency):
    amount = Money(minor, currency).amount
    assert -int(amount.as_tuple().exponent) == decimals_of(currency)
    assert amount * 10 ** decimals_of(currency) == Decimal(minor)


@given(st.lists(minors, max_size=9), currencies)
def test_a_sum_is_exact_in_every_order(parts, currency):
    forth = Money.sum((Money(part, currency) for part in parts), currency=currency)
    back = Money.sum((Money(part, currency) for part in reversed(parts)), currency=currency)
    assert forth == back == Money(sum(parts), currency)


@given(minors, minors, currencies)
def test_taking_away_undoes_adding(one, two, currency):
    a, b = Money(one, currency), Money(two, currency)
    assert a + b - b == a
    assert a + -a == Money.zero(currency)


def test_amounts_of_different_currencies_never_meet():
    for wrong in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: Money.sum([b], currency=a.currency)):
        with pytest.raises(InvalidInput, match="EUR and USD cannot be added"):
            wrong(Money(1, "EUR"), Money(1, "USD"))


@pytest.mark.parametrize(("minor", "quantity", "unit"), [(1000, 3, 333), (2000, 3, 667), (5, 2, 3), (-5, 2, -3)])
def test_a_unit_price_is_rounded_half_up_for_showing(minor, quantity, unit):
    assert Money(minor, "EUR").per_unit(quantity) == Money(unit, "EUR")


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_unit_price_needs_a_quantity(quantity):
    with pytest.raises(InvalidInput, match="quantity of at least 1"):
        Money(1, "EUR").per_unit(quantity)
