"""What a scenario wants to find, and how a difference is told."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenarios.comparing import differences, mistake
from simulator.scenarios.durations import read_duration, spell_duration
from simulator.scenarios.references import NothingThere, find, resolve

ORDER = {
    "orderId": "1",
    "items": [{"sku": "A", "quantity": 2}, {"sku": "B", "quantity": 1}],
    "isReturned": False,
    "note": None,
}


@pytest.mark.parametrize(
    "wanted",
    [
        {"orderId": "1"},
        {"items.0.sku": "A", "items.-1.sku": "B"},
        {"items": {"length": 2}},
        {"items": {"length": {"at-least": 1, "at-most": 2}}},
        {"items": {"each": {"quantity": {"at-least": 1}}}},
        {"items": {"some": {"sku": "B", "quantity": 1}}},
        {"items": {"contains": {"sku": "B"}}},
        {"items": {"lacks": {"sku": "C"}}},
        {"items": [{"sku": "A"}, {"quantity": 1}]},
        {"isReturned": False},
        {"note": None, "nothing": None},
        {"nothing": {"absent": True}, "orderId": {"absent": False}},
        {"orderId": {"one-of": ["1", "2"]}},
        {"orderId": {"not": "2"}},
        {"orderId": {"is": "1"}},
        {"items.0": {"sku": "A"}},
    ],
)
def test_what_is_so_makes_no_difference(wanted: Any):
    assert mistake(wanted) is None
    assert differences(wanted, ORDER) == []


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"orderId": "2"}, "orderId: expected '2', found '1'"),
        ({"orderId": 1}, "orderId: expected 1, found '1'"),
        ({"isReturned": 0}, "isReturned: expected 0, found False"),
        ({"items.5.sku": "A"}, "items.5.sku: expected 'A', found nothing"),
        ({"items": []}, "items: expected [], found a list of 2"),
        ({"items": {"length": 3}}, "items: expected length 3, found a list of 2"),
        ({"items": {"each": {"sku": "A"}}}, "items.1.sku: expected 'A', found 'B'"),
        ({"orderId": {"each": "1"}}, "orderId: expected each '1', found '1'"),
        ({"items": [{"sku": "A"}, {"sku": "C"}]}, "items.1.sku: expected 'C', found 'B'"),
        ({"orderId": {"at-least": 1}}, "orderId: expected at-least 1, found '1'"),
        ({"isReturned": {"at-most": 1}}, "expected at-most 1, found False"),
        ({"nothing": {"absent": False}}, "nothing: expected absent False, found nothing"),
        ({"items.0": "A"}, "items.0: expected 'A', found a mapping of sku, quantity"),
    ],
)
def test_a_difference_is_told_with_its_path(wanted: Any, said: str):
    [told] = differences(wanted, ORDER)
    assert said in told


def test_a_difference_never_shows_a_buyer():
    found = {"order": {"recipient": {"deliveryAddress": {"name": "Ann"}}, "buyer": {"buyerName": "Ann"}}}
    for wanted in (
        {"order.recipient.deliveryAddress.name": "Bob"},
        {"order.recipient": {"absent": True}},
        {"order": "nothing"},
        {"order.buyer": {"deliveryAddress": "x"}},
    ):
        assert "Ann" not in str(differences(wanted, found))


@given(st.lists(st.integers() | st.text(), max_size=6), st.randoms())
def test_same_is_the_same_in_any_order(entries: list[Any], random: Any):
    shuffled = entries[:]
    random.shuffle(shuffled)
    assert differences({"same": entries}, shuffled) == []
    assert differences({"same": [*entries, "more"]}, shuffled) != []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=8))
def test_every_value_is_as_itself(value: Any):
    assert differences(value, value) == []


@given(st.integers(min_value=0, max_value=90 * 86_400_000))
def test_a_span_of_time_is_spelt_as_it_is_read(milliseconds: int):
    assert read_duration(spell_duration(milliseconds)) == milliseconds


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "1m1h", "-5m", "1.5m", "5M", "1h 5m", "٣m", "9999999s"])
def test_what_is_no_span_of_time(text: str):
    assert read_duration(text) is None


KNOWN = {
    "order": {"orderIds": ["1", "2"], "http": 201},
    "feed": {"feedId": "7"},
    "plain": {"http": 200},
    "now": "2026-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${order}", "1"),
        ("${order.orderIds}", ["1", "2"]),
        ("${order.orderIds.1}", "2"),
        ("${feed}", "7"),
        ("${plain}", {"http": 200}),
        ("${now}", "2026-01-01T00:00:00Z"),
        ("order ${order.orderIds.1}, feed ${feed}", "order 2, feed 7"),
        ({"${order}": ["${feed}"]}, {"1": ["7"]}),
        ("$order {order}", "$order {order}"),
    ],
)
def test_a_reference_stands_for_what_was_answered(text: Any, value: Any):
    assert resolve(text, KNOWN) == value


@pytest.mark.parametrize("text", ["${other}", "${order.orderIds.2}", "${order.feedId}", "${feed.feedId.x}"])
def test_a_reference_that_leads_nowhere_is_told(text: str):
    with pytest.raises(NothingThere, match=r"\$\{"):
        resolve(text, KNOWN)


def test_a_path_takes_no_odd_number():
    assert find([1], "0") == 1
    for odd in ("²", "1e0", "9" * 5_000, "--1", ""):
        assert find([1], odd) != 1
