import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.exporting.cells import amount, csv_text

FORMULAS = "=+-@\t\r\n＝＋－＠"


def test_each_kind_of_value_has_one_form() -> None:
    at = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))
    row = [None, True, False, -7, Decimal("-0.50"), Decimal("1E+2"), at, 'a "b", c', "Grüße"]
    assert csv_text([row]) == ',yes,no,-7,-0.50,100,2026-03-02T09:00:00.000Z,"a ""b"", c",Grüße\r\n'


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "=HYPERLINK('x')", "＝1", "－1"]
)
def test_what_a_spreadsheet_would_run_is_made_a_text(text: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_text([[text]]), newline=""))
    assert row == [f"'{text}"]


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=3), max_size=4))
def test_texts_come_back_as_they_were_and_never_begin_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))
    assert [[text.removeprefix("'") for text in row] for row in read] == [
        [text.removeprefix("'") for text in row] for row in rows
    ]
    assert not any(text.lstrip(" ").startswith(tuple(FORMULAS)) for row in read for text in row)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [(1990, "EUR", "19.90"), (-5, "USD", "-0.05"), (1990, "JPY", "1990"), (1, "KWD", "0.001"), (None, "EUR", "")],
)
def test_amounts_have_the_decimals_of_their_currency(minor: int | None, currency: str, text: str) -> None:
    assert csv_text([["", amount(minor, currency)]]) == f",{text}\r\n"
    assert amount(1, None) is None


def test_nothing_is_written_of_no_rows() -> None:
    assert csv_text([]) == ""
    assert csv_text([[datetime(2026, 1, 1, tzinfo=UTC)]]) == "2026-01-01T00:00:00.000Z\r\n"
