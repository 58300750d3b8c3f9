from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from domain.catalog.picking import Pick, Taking, pick

LYING = {1: {"default": 2, "berlin": 3, "cork": 5}}


def taking(item_id: int, quantity: int, **chosen: int) -> Taking:
    return Taking(item_id=item_id, product_id=1, quantity=quantity, chosen=chosen)


def test_goods_come_from_the_first_source_where_any_lie() -> None:
    assert pick([taking(7, 2)], LYING) == [Pick(7, 1, "default", 2)]


def test_one_item_is_taken_from_several_sources_where_one_has_too_few() -> None:
    assert pick([taking(7, 6)], LYING) == [
        Pick(7, 1, "default", 2),
        Pick(7, 1, "berlin", 3),
        Pick(7, 1, "cork", 1),
    ]


def test_what_is_chosen_is_taken_first_even_if_another_item_stands_before() -> None:
    picks = pick([taking(7, 4), taking(8, 3, berlin=2)], LYING)
    assert picks == [
        Pick(8, 1, "berlin", 2),
        Pick(7, 1, "default", 2),
        Pick(7, 1, "berlin", 1),
        Pick(7, 1, "cork", 1),
        Pick(8, 1, "cork", 1),
    ]


def test_the_rest_from_a_chosen_source_is_one_pick_with_it() -> None:
    assert pick([taking(7, 5, default=1, berlin=3)], LYING) == [
        Pick(7, 1, "default", 2),
        Pick(7, 1, "berlin", 3),
    ]


def test_what_lies_nowhere_is_asked_of_the_default_source_that_refuses_it() -> None:
    assert pick([taking(7, 11)], LYING) == [
        Pick(7, 1, "default", 3),
        Pick(7, 1, "berlin", 3),
        Pick(7, 1, "cork", 5),
    ]


codes = st.sampled_from(["default", "berlin", "cork", "dover"])


@given(
    lying=st.dictionaries(st.integers(1, 2), st.dictionaries(codes, st.integers(0, 9), min_size=1), min_size=2),
    wanted=st.lists(st.tuples(st.integers(1, 2), st.integers(1, 6)), max_size=5),
)
def test_everything_is_picked_and_nothing_twice(
    lying: Mapping[int, Mapping[str, int]], wanted: list[tuple[int, int]]
) -> None:
    takings = [Taking(item_id=at, product_id=one, quantity=many) for at, (one, many) in enumerate(wanted)]
    picks = pick(takings, lying)
    of_items: Counter[int] = Counter()
    at_places: Counter[tuple[int, str]] = Counter()
    for one in picks:
        assert one.quantity > 0
        of_items[one.item_id] += one.quantity
        at_places[one.product_id, one.source] += one.quantity
    assert of_items == {one.item_id: one.quantity for one in takings}
    for product_id, places in lying.items():
        asked = sum(one.quantity for one in takings if one.product_id == product_id)
        over = max(0, asked - sum(places.values()))
        assert all(
            at_places[product_id, code] <= there + (over if code == "default" else 0) for code, there in places.items()
        )
        assert over or not at_places[product_id, "default"] or "default" in places
