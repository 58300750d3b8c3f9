from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schema.enums import described
from api.schema.ids import NodeId, parse_id, typed_id
from api.schema.scalars import SCALARS
from api.schema.user_errors import user_error
from domain.errors import DomainError, InsufficientStock, InvalidInput

INSTANT: Any = SCALARS[datetime]
DECIMAL: Any = SCALARS[Decimal]
FIRST, LAST = datetime(1000, 1, 3, tzinfo=UTC), datetime(9999, 12, 28, tzinfo=UTC)


@given(st.sampled_from(["Store", "AmazonOrder"]), st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_an_id_is_read_as_it_was_written(type_name: str, account_id: int, row_id: int) -> None:
    written = NodeId(type_name, account_id, row_id)

    assert parse_id(str(written)) == typed_id(str(written), type_name) == written


@given(st.text(max_size=30))
def test_any_other_text_is_refused_as_an_id(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_id(text)


@given(st.datetimes(min_value=FIRST.replace(tzinfo=None), max_value=LAST.replace(tzinfo=None)), st.integers(-840, 840))
def test_an_instant_of_any_zone_goes_out_in_utc(naive: datetime, minutes: int) -> None:
    given_ = naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=timezone(timedelta(minutes=minutes)))

    read = INSTANT.parse_value(given_.isoformat())

    assert read == given_
    assert read.tzinfo is UTC
    assert INSTANT.serialize(read).endswith("Z")
    assert INSTANT.parse_value(INSTANT.serialize(read)) == given_


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_a_decimal_goes_out_as_it_came_in(amount: Decimal) -> None:
    assert DECIMAL.parse_value(DECIMAL.serialize(amount)) == amount


def test_a_decimal_never_has_an_exponent() -> None:
    assert [DECIMAL.serialize(Decimal(text)) for text in ("1E+2", "1E-7", "-0.50")] == ["100", "0.0000001", "-0.50"]


def test_a_refusal_that_nobody_listed_is_raised_again() -> None:
    class Unheard(DomainError):
        """A new kind."""

    with pytest.raises(Unheard):
        user_error(Unheard("What?"))


def test_a_lack_of_stock_carries_what_was_asked_and_what_is_there() -> None:
    error = user_error(InsufficientStock("Too few.", path=("input",), product_id=4, requested=3, available=1))

    assert (type(error).__name__, error.path) == ("InsufficientStockError", ["input"])
    assert (error.product_id, error.requested, error.available) == (4, 3, 1)  # type: ignore[attr-defined]


def test_an_enum_without_all_its_descriptions_is_refused() -> None:
    class Light(StrEnum):
        RED = "RED"
        GREEN = "GREEN"

    for values in ({"RED": "Stop."}, {"RED": "Stop.", "GREEN": "Go.", "BLUE": "What?"}):
        with pytest.raises(ValueError):
            described(Light, description="A light.", values=values)
