from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.merge_patch import difference, merge
from tests.counted import rounds

NAMES = st.sampled_from("abcd")
VALUES = st.recursive(
    st.integers(0, 2) | st.sampled_from(["", "x"]),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)


@settings(max_examples=rounds(500), deadline=None)
@given(OBJECTS, OBJECTS)
def test_a_difference_makes_one_object_into_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    patch = difference(before, after)
    assert (patch == {}) == (before == after)
    merge(before, patch)
    assert before == after


@settings(max_examples=rounds(300), deadline=None)
@given(st.lists(OBJECTS, min_size=2, max_size=6))
def test_differences_one_after_the_other_lead_to_the_last_object(versions: list[dict[str, Any]]) -> None:
    patches = [difference(before, after) for before, after in pairwise(versions)]
    target = deepcopy(versions[0])
    for patch in patches:
        merge(target, patch)
    assert target == versions[-1]


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [  # those of RFC 7396, appendix A, that are objects
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_patch_is_applied_as_the_standard_says(target, patch, result) -> None:
    merge(target, patch)
    assert target == result
