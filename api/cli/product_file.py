"""A CSV file of products, read as far as its form goes; what the fields mean is the catalog's business."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.cli.endings import CommandFailed, Exit
from domain.catalog.product_rows import ProductRow

COLUMNS: Final = ("sku", "name", "price", "currency", "quantity", "enabled", "manages_stock", "asin")


def read_products(path: Path, *, misshapen: list[tuple[int, str]]) -> Iterator[ProductRow]:
    """Read the rows of a UTF-8 file with a header line, one at a time, each with its line in the file.

    Lines whose fields do not fit the header are noted in `misshapen` and left out.
    Raises CommandFailed for another encoding, broken quotes, or a header with unknown columns or without sku.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        try:
            columns = _columns(next(lines, []), path)
            for fields in lines:
                if len(fields) > len(columns):
                    misshapen.append((lines.line_num, f"{len(fields)} fields under {len(columns)} columns"))
                elif any(field.strip() for field in fields):
                    yield _row(columns, fields, line=lines.line_num)
        except UnicodeDecodeError:
            raise CommandFailed(
                f"{path} is not UTF-8 (after line {lines.line_num}); save it as UTF-8 and try again.",
                code=Exit.WRONG_USAGE,
            ) from None
        except csv.Error as error:
            raise CommandFailed(f"{path}, line {lines.line_num}: {error}.", code=Exit.WRONG_USAGE) from None


def _columns(header: list[str], path: Path) -> list[str]:
    columns = [column.strip().lower() for column in header]
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        _refuse(path, f"the header has columns that are not known: {', '.join(map(repr, unknown))}")
    if "sku" not in columns:
        _refuse(path, "the header lacks the column 'sku'")
    if len(set(columns)) < len(columns):
        _refuse(path, "the header names a column twice")
    return columns


def _refuse(path: Path, why: str) -> None:
    raise CommandFailed(f"{path}: {why}. Known columns: {', '.join(COLUMNS)}.", code=Exit.WRONG_USAGE)


def _row(columns: list[str], fields: list[str], *, line: int) -> ProductRow:
    values = dict(zip(columns, fields, strict=False))
    return ProductRow(
        line=line,
        sku=values.get("sku"),
        name=values.get("name"),
        price=values.get("price"),
        currency=values.get("currency"),
        quantity=values.get("quantity"),
        enabled=values.get("enabled"),
        manages_stock=values.get("manages_stock"),
        asin=values.get("asin"),
    )
