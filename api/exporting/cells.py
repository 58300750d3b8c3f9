"""Values as the cells of a CSV file, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from domain.instant import to_text
from domain.money import Money

Cell: TypeAlias = str | int | Decimal | datetime | bool | None

BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULAS: Final = tuple("=+-@\t\r\n＝＋－＠")


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as RFC 4180 has them: commas, lines that end with CR LF, quotes where they are needed."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_text(cell) for cell in row] for row in rows)
    return written.getvalue()


def amount(minor: int | None, currency: str | None) -> Decimal | None:
    """Return an amount with exactly its currency's decimals."""
    return None if minor is None or currency is None else Money(minor, currency).amount


def _text(cell: Cell) -> str:
    if isinstance(cell, str):  # as most are
        return _harmless(cell)
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return to_text(cell)
    return str(cell)


def _harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula (OWASP, CSV Injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULAS) else text
