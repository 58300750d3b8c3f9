"""A JSON file of products: a list of objects with the names that a CSV file has as columns."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from api.cli.endings import CommandFailed, Exit
from api.cli.product_file import COLUMNS, BadLine
from api.cli.product_text import opened_text
from domain.catalog.product_rows import ProductRow


def read_entries(path: Path, *, encoding: str | None, bad: list[BadLine]) -> Iterator[ProductRow]:
    """Read the entries of a file, counted from 1; those of another form are noted in `bad` and left out.

    A price may be a number or a text; it never passes through a float.
    Raises CommandFailed if the file as a whole is no list in JSON.
    """
    with opened_text(path, encoding=encoding) as (text, _):
        content = text.read()
    try:
        entries = msgspec.json.Decoder(list[Any], float_hook=str).decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        raise CommandFailed(f"{path} is no list of products in JSON: {error}.", code=Exit.WRONG_USAGE) from None
    for line, entry in enumerate(entries, 1):
        if refused := _misshapen(line, entry):
            bad.append(refused)
        else:
            yield ProductRow(line=line, **{name: _text(value) for name, value in entry.items()})


def _misshapen(line: int, entry: Any) -> BadLine | None:
    if not isinstance(entry, dict):
        return BadLine(line, "", "This is no object with the fields of a product.")
    for name, value in entry.items():
        if name not in COLUMNS:
            return BadLine(line, name[:40], f"This field is not known. Known fields: {', '.join(COLUMNS)}.")
        if not (value is None or isinstance(value, (str, int))):
            return BadLine(line, name, "This is neither a text nor a number nor true or false.")
    return None


def _text(value: str | int | bool | None) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
