"""Scalars that take one form only: instants, exact decimals, currencies, links, free JSON."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.instant import to_text

CurrencyCode = NewType("CurrencyCode", str)
Link = NewType("Link", str)
FreeJson = NewType("FreeJson", object)

_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY: Final = re.compile(r"[1-9]\d{3}-\d\d-\d\d", re.ASCII)
_DECIMAL: Final = re.compile(r"-?(\d{1,15})(\.\d{1,10})?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_DIGITS: Final = 15
_FIRST_YEAR: Final = 1000  # stored instants have years of four digits, and sort as text


def _read_instant(value: object) -> datetime:
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("An instant is RFC 3339 text with its zone, e.g. 2026-08-22T10:15:00Z.")
    try:
        read = datetime.fromisoformat(f"{found[1]}{(found[2] or '')[:7]}{found[3]}".upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("There is no such instant; write e.g. 2026-08-22T10:15:00Z.") from None
    if read.year < _FIRST_YEAR:
        raise ValueError(f"Nothing here is from before the year {_FIRST_YEAR}.")
    return read


def _read_decimal(value: object) -> Decimal:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError('An exact decimal is text without exponent, e.g. "19.90".')
    if sum(letter.isdigit() for letter in value) > _DIGITS:
        raise ValueError(f"An exact decimal has at most {_DIGITS} digits.")
    return Decimal(value)


def _write_decimal(value: Decimal) -> str:
    return f"{value:f}"


def _read_currency(value: object) -> str:
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise ValueError("A currency is a code of ISO 4217, e.g. EUR.")
    return value


def _read_day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("A day is text such as 2026-08-22.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("There is no such day; write e.g. 2026-08-22.") from None


def _only_out(value: object) -> Any:
    raise ValueError("This is never an input.")


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 instant, always UTC on the way out, e.g. 2026-08-22T10:15:00.000Z. "
        "On the way in any zone is taken, but it has to be there.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=to_text,
        parse_value=_read_instant,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='Exact decimal as text of at most 15 digits, e.g. "19.90". Never a float, never an exponent.',
        serialize=_write_decimal,
        parse_value=_read_decimal,
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="ISO 4217 code, e.g. EUR.",
        serialize=str,
        parse_value=_read_currency,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day, e.g. 2026-08-22.",
        serialize=date.isoformat,
        parse_value=_read_day,
    ),
    Link: strawberry.scalar(name="URL", description="An absolute web address.", serialize=str, parse_value=_only_out),
    FreeJson: strawberry.scalar(
        name="JSON",
        description="Facts in a form of their own: any JSON value.",
        serialize=lambda value: value,
        parse_value=_only_out,
    ),
}
