from datetime import UTC, datetime
from typing import Any

import pytest
from strawberry import ID

from api.plans.fragments import EVERYTHING, NOTHING, all_of, any_of, containing, equal, negated
from api.plans.keyset import page_request
from api.plans.where import compile_where
from api.schema.filters import DateTimeRange
from api.schema.order_filters import AmazonOrderWhere
from domain.errors import InvalidInput, LimitExceeded
from domain.sealing import Sealer

SEALER = Sealer(bytes(32))


def test_no_filter_lets_everything_through() -> None:
    assert compile_where(None, SEALER) == compile_where(AmazonOrderWhere(), SEALER) == EVERYTHING
    assert (all_of([]), any_of([])) == (EVERYTHING, NOTHING)


def test_values_never_become_sql() -> None:
    nasty = "'; DROP TABLE amazon_order; --"
    parts = all_of([equal("number", nasty), negated(containing("number", nasty))])

    assert "DROP" not in parts.sql
    assert parts.sql.count("?") == len(parts.parameters) == 2


def test_the_wildcards_of_like_are_taken_as_they_are() -> None:
    assert containing("number", "50%_!A").parameters == ("%50!%!_!!a%",)


def test_a_bound_between_two_stored_instants_is_rounded_up() -> None:
    between = datetime(2026, 3, 2, 9, 0, 0, 500, tzinfo=UTC)
    bound = compile_where(AmazonOrderWhere(purchased_at=DateTimeRange(gte=between)), SEALER).parameters[0]

    assert "2026-03-02T09:00:00.000Z" < str(bound) < "2026-03-02T09:00:00.001Z"


@pytest.mark.parametrize(
    "asked",
    [{"first": 1, "last": 1}, {"first": -1}, {"first": 101}, {"last": -1}, {"last": 101}, {"first": 0, "last": 0}],
)
def test_a_page_is_read_from_one_side_and_has_a_bound(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        page_request(**asked)


def test_a_page_has_twenty_rows_unless_a_number_is_given() -> None:
    assert [page_request().size, page_request(first=0).size, page_request(last=100).size] == [20, 0, 100]


def test_a_filter_has_a_depth_and_a_size() -> None:
    deep = AmazonOrderWhere()
    for _ in range(5):
        deep = AmazonOrderWhere(negated=deep)
    for where in (deep, AmazonOrderWhere(any_of=[AmazonOrderWhere()] * 50), AmazonOrderWhere(ids=[ID("x")] * 101)):
        with pytest.raises(LimitExceeded):
            compile_where(where, SEALER)
