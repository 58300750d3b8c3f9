from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amazon.facts import AddressFacts, Breakdown, BreakdownKind, Problem
from domain.channel.blockers import BlockerKind
from domain.channel.checks import AmountLine, address_flaws, amount_flaws, currency_flaws, problem_flaws
from domain.money import NO_DECIMALS, THREE_DECIMALS, TWO_DECIMALS, Money

ADDRESS = AddressFacts(line1="1 Example Street", city="Sampleton", region="CA", postal_code="90210", country_code="US")
Kind = BreakdownKind


def part(kind, minor, currency="EUR"):
    return Breakdown(kind, Money(minor, currency))


def line(total, *parts, item_id=1, quantity=1, currency="EUR"):
    return AmountLine(item_id, None if total is None else Money(total, currency), parts, quantity)


def flaws_of(grand_total, *lines, order_parts=(), currency="EUR"):
    total = None if grand_total is None else Money(grand_total, currency)
    return amount_flaws(grand_total=total, order_parts=order_parts, lines=lines)


def parts_of(address):
    return [flaw.facts["part"] for flaw in address_flaws(address)]


def test_a_full_address_has_no_flaw_even_without_a_name():
    assert address_flaws(ADDRESS) == ()


@pytest.mark.parametrize("missing", [None, "", "  "])
@pytest.mark.parametrize("field", ["line1", "city", "region", "postal_code", "country_code"])
def test_each_missing_part_is_named_and_nothing_else_of_the_address(field, missing):
    (flaw,) = address_flaws(replace(ADDRESS, **{field: missing}))
    assert flaw.kind is BlockerKind.INVALID_ADDRESS
    assert flaw.facts == {"part": field}
    assert flaw.field == f"address.{field}"
    assert "Sampleton" not in flaw.message


def test_several_missing_parts_are_several_flaws():
    assert parts_of(AddressFacts(country_code="US")) == ["line1", "city", "region", "postal_code"]


def test_no_address_at_all_is_one_flaw():
    assert parts_of(None) == ["address"]


@pytest.mark.parametrize(
    ("country", "parts"),
    [
        ("US", ["region", "postal_code"]),
        ("jp", ["region", "postal_code"]),
        ("IN", ["region", "postal_code"]),
        ("DE", ["postal_code"]),
        ("PR", ["postal_code"]),
        ("SG", ["postal_code"]),
        ("AE", []),
        ("IE", []),
    ],
)
def test_region_and_postal_code_are_asked_for_where_the_country_uses_them(country, parts):
    assert parts_of(AddressFacts(line1="1", city="X", country_code=country)) == parts


@pytest.mark.parametrize("country", ["Germany", "D", "D1", "ДЕ", "D "])
def test_a_country_that_is_no_code_is_unreadable(country):
    assert parts_of(AddressFacts(line1="1", city="X", country_code=country)) == ["country_code"]


def test_amounts_that_add_up_have_no_flaw():
    assert flaws_of(1190, line(1190, part(Kind.ITEM, 1000), part(Kind.TAX, 190))) == ()


def test_a_discount_counts_as_amazon_signs_it():
    assert flaws_of(900, line(900, part(Kind.ITEM, 1000), part(Kind.DISCOUNT, -100))) == ()


def test_an_order_without_any_breakdown_is_its_lines():
    assert flaws_of(19940, line(5980, currency="JPY"), line(13960, item_id=2, currency="JPY"), currency="JPY") == ()


def test_the_orders_own_parts_repeat_those_of_its_items_and_only_the_others_are_added():
    lines = (
        line(10000, part(Kind.ITEM, 9998), part(Kind.TAX, 2)),
        line(4999, part(Kind.ITEM, 4999), item_id=2),
    )
    order_parts = (part(Kind.ITEM, 14997), part(Kind.TAX, 2), part(Kind.DELIVERY_TIP, 500))
    assert flaws_of(15499, *lines, order_parts=order_parts) == ()
    (flaw,) = flaws_of(14999, *lines, order_parts=order_parts)
    assert flaw.facts == {"stated": "149.99 EUR", "added_up": "154.99 EUR"}


def test_an_item_without_parts_may_carry_every_kind_but_the_tip():
    order_parts = (part(Kind.ITEM, 1000), part(Kind.SHIPPING, 100), part(Kind.DELIVERY_TIP, 50))
    assert flaws_of(1150, line(1100), order_parts=order_parts) == ()


def test_the_price_of_the_goods_is_never_the_orders_alone():
    order_parts = (part(Kind.ITEM, 1000), part(Kind.SHIPPING, 100))
    (flaw,) = flaws_of(1100, line(100, part(Kind.SHIPPING, 100)), order_parts=order_parts)
    assert flaw.facts == {"stated": "11.00 EUR", "added_up": "1.00 EUR"}


def test_a_line_whose_parts_do_not_add_up_is_told_with_both_sums():
    (flaw,) = flaws_of(1000, line(1000, part(Kind.ITEM, 999)))
    assert (flaw.kind, flaw.item_id, flaw.field) == (
        BlockerKind.MARKETPLACE_DATA_INVALID,
        1,
        "proceeds.proceedsTotal",
    )
    assert flaw.facts == {"stated": "10.00 EUR", "added_up": "9.99 EUR"}


def test_a_total_that_the_lines_do_not_make_is_told_with_both_sums():
    (flaw,) = flaws_of(1001, line(500), line(500, item_id=2))
    assert (flaw.item_id, flaw.field) == (None, "proceeds.grandTotal")
    assert flaw.facts == {"stated": "10.01 EUR", "added_up": "10.00 EUR"}
    assert flaw.message == "The amounts of the order do not add up: Amazon states 10.01 EUR, the parts make 10.00 EUR"


def test_proceeds_that_are_missing_are_told_for_the_order_and_each_line():
    found = flaws_of(None, line(None), line(100, item_id=2), line(None, item_id=3))
    assert [(flaw.field, flaw.item_id) for flaw in found] == [
        ("proceeds.grandTotal", None),
        ("proceeds.proceedsTotal", 1),
        ("proceeds.proceedsTotal", 3),
    ]


def test_a_missing_line_total_is_one_flaw_and_not_a_wrong_sum_too():
    assert [flaw.item_id for flaw in flaws_of(1000, line(400), line(None, item_id=2))] == [2]


def test_several_currencies_are_one_flaw_and_are_never_added():
    found = flaws_of(1000, line(1000, part(Kind.ITEM, 1000, "USD")))
    assert [flaw.message for flaw in found] == ["The amounts are in several currencies: EUR, USD"]


def test_a_currency_of_the_orders_own_parts_counts_too():
    assert len(flaws_of(100, line(100), order_parts=(part(Kind.DELIVERY_TIP, 1, "USD"),))) == 1


def test_a_negative_quantity_is_a_flaw_of_its_line():
    (flaw,) = flaws_of(1000, line(1000, quantity=-1))
    assert (flaw.item_id, flaw.facts) == (1, {"quantity": -1})


def test_a_line_of_quantity_zero_is_left_out_with_its_amounts():
    assert flaws_of(1000, line(1000), line(None, item_id=2, quantity=0)) == ()
    assert flaws_of(1000, line(1000), line(300, item_id=2, quantity=0)) == ()


amounts = st.integers(-(10**6), 10**6)
kinds = st.sampled_from(BreakdownKind)


@given(
    st.sampled_from(sorted(NO_DECIMALS | TWO_DECIMALS | THREE_DECIMALS)),
    st.lists(st.lists(st.tuples(kinds, amounts), min_size=1, max_size=4), min_size=1, max_size=4),
    amounts,
    amounts.filter(bool),
)
def test_line_totals_that_make_the_order_total_pass_in_every_currency_and_any_other_total_does_not(
    currency, items, tip, wrong
):
    items = [[(kind, minor) for kind, minor in item if kind is not Kind.DELIVERY_TIP] for item in items]
    items = [item or [(Kind.ITEM, 1)] for item in items]
    lines = [
        line(
            sum(minor for _, minor in item),
            *(part(kind, minor, currency) for kind, minor in item),
            item_id=item_id,
            currency=currency,
        )
        for item_id, item in enumerate(items)
    ]
    order_parts = tuple(part(kind, minor, currency) for item in items for kind, minor in item)
    order_parts += (part(Kind.DELIVERY_TIP, tip, currency),)
    total = sum(minor for item in items for _, minor in item) + tip

    assert flaws_of(total, *lines, order_parts=order_parts, currency=currency) == ()
    (flaw,) = flaws_of(total + wrong, *lines, order_parts=order_parts, currency=currency)
    assert flaw.facts == {"stated": str(Money(total + wrong, currency)), "added_up": str(Money(total, currency))}


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", None])
def test_a_known_currency_or_none_has_no_flaw(currency):
    assert currency_flaws(currency) == ()


@pytest.mark.parametrize("currency", ["XXX", "eur", "BTC", ""])
def test_a_currency_we_do_not_know_is_a_flaw(currency):
    (flaw,) = currency_flaws(currency)
    assert flaw.kind is BlockerKind.CURRENCY_NOT_CONFIGURED
    assert flaw.facts == {"value": currency}


def test_what_could_not_be_used_in_amazons_answer_is_a_flaw_at_its_place():
    amount = Problem("orderItems[0].proceeds.proceedsTotal.amount", "1.001", "too many decimals")
    currency = Problem("proceeds.grandTotal.currencyCode", "BTC", "not a currency")
    missing = Problem("proceeds.grandTotal.currencyCode", None, "The currency is missing.")
    found = problem_flaws([amount, currency, missing])
    assert [flaw.kind for flaw in found] == [
        BlockerKind.MARKETPLACE_DATA_INVALID,
        BlockerKind.CURRENCY_NOT_CONFIGURED,
        BlockerKind.MARKETPLACE_DATA_INVALID,
    ]
    assert [flaw.field for flaw in found] == [amount.field, currency.field, missing.field]
    assert found[0].facts == {"value": "1.001"}
