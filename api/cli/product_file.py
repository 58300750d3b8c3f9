"""A file of products, CSV or JSON, read as far as its form goes; what the fields mean is the catalog's business."""

import csv
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from api.cli.endings import CommandFailed, Exit
from api.cli.product_text import opened_text
from domain.catalog.product_rows import ProductRow, Wish, read_row
from domain.errors import DomainError

COLUMNS: Final = ("sku", "name", "price", "currency", "quantity", "enabled", "manages_stock", "asin")
_JSON: Final = ".json"


class BadLine(NamedTuple):
    """Why a line cannot be taken, and because of which field where it is one."""

    line: int
    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.field}: {self.why}" if self.field else self.why


class ProductFile:
    """A file that is read once, line by line; `position` of `size` bytes are read, `bad` are the lines left out."""

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.size = path.stat().st_size
        self.position = 0
        self.bad: list[BadLine] = []
        self._path = path
        self._encoding = encoding

    def wishes(self) -> Iterator[Wish]:
        """Read the lines that can be taken, each SKU once in the whole file.

        Raises CommandFailed for another encoding, broken quotes or brackets, a header or a name that is not known.
        """
        lines: dict[str, int] = {}
        for row in self._rows():
            try:
                wish = read_row(row)
            except DomainError as error:
                self.bad.append(bad_line(row.line, error))
                continue
            if (first := lines.setdefault(wish.sku, wish.line)) == wish.line:
                yield wish
            else:
                why = f"This SKU stands in line {first} already; give each once."
                self.bad.append(BadLine(wish.line, "sku", why))

    def _rows(self) -> Iterator[ProductRow]:
        if self._path.suffix.lower() == _JSON:
            from api.cli.product_json import read_entries

            yield from read_entries(self._path, encoding=self._encoding, bad=self.bad)
            self.position = self.size
            return
        with opened_text(self._path, encoding=self._encoding) as (text, binary):
            for number, row in enumerate(_rows_of(text, self._path, self.bad)):
                if number % 1_000 == 0:
                    self.position = binary.tell()
                yield row
            self.position = self.size


def bad_line(line: int, error: DomainError) -> BadLine:
    """Return what a refusal says of a line."""
    *_, field = ("", *error.path)
    return BadLine(line, field, error.message)


def _rows_of(text: Iterable[str], path: Path, bad: list[BadLine]) -> Iterator[ProductRow]:
    lines = csv.reader(text, strict=True)
    try:
        columns = _columns(next(lines, []), path)
        places = [columns.index(column) if column in columns else -1 for column in COLUMNS]
        in_order, blanks = itemgetter(*places), [""] * (len(columns) + 1)  # the last one is of columns that lack
        for fields in lines:
            if len(fields) > len(columns):
                bad.append(BadLine(lines.line_num, "", f"{len(fields)} fields under {len(columns)} columns"))
            elif any(map(str.strip, fields)):
                yield ProductRow(lines.line_num, *in_order(fields + blanks[len(fields) :]))
    except csv.Error as error:
        raise CommandFailed(f"{path}, line {lines.line_num}: {error}.", code=Exit.WRONG_USAGE) from None


def _columns(header: list[str], path: Path) -> list[str]:
    columns = [column.strip().lower() for column in header]
    if len(columns) == 1 and (found := next((sign for sign in ";\t|" if sign in columns[0]), None)):
        _refuse(path, f"fields are separated by commas, not by {found!r}")
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        _refuse(path, f"the header has columns that are not known: {', '.join(column[:40] for column in unknown)!r}")
    if "sku" not in columns:
        _refuse(path, "the header lacks the column 'sku'")
    if len(set(columns)) < len(columns):
        _refuse(path, "the header names a column twice")
    return columns


def _refuse(path: Path, why: str) -> None:
    raise CommandFailed(f"{path}: {why}. Known columns: {', '.join(COLUMNS)}.", code=Exit.WRONG_USAGE)
