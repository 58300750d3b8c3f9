"""Feeds as tab-separated text: names of columns in the first row, then records."""

from collections.abc import Sequence
from typing import Final

from simulator.feeds.messages import UNREADABLE, WRONG_DOCUMENT, Fault

MOST_COLUMNS: Final = 200

Row = dict[str, str]


def read_rows(contents: bytes, columns: Sequence[str]) -> list[tuple[int, Row]]:
    """Return the records with their numbers; the first row must name these columns, and none of them twice.

    Records count from 1 at the row after the names; empty rows count but say nothing. A cell that is missing, or whose
    column is not named, is an empty text. Raises Fault if the document as a whole cannot be used.
    """
    heads, *lines = _decode(contents).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    names = [name.strip().lower() for name in heads.split("\t", MOST_COLUMNS)[:MOST_COLUMNS]]
    named = [name for name in names if name]
    if len(set(named)) < len(named) or not set(columns) <= set(named):
        raise Fault(WRONG_DOCUMENT, f"The first row does not name the columns {', '.join(columns)}, each once.")
    rows = [(number, _row(names, line)) for number, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise Fault(WRONG_DOCUMENT, "The document has no records.")
    return rows


def _decode(contents: bytes) -> str:
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Fault(UNREADABLE, "The document is not text in UTF-8.") from error


def _row(names: Sequence[str], line: str) -> Row:
    cells = [cell.strip() for cell in line.split("\t")]
    return dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
