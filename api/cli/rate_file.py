"""A CSV file of currency rates: its lines, or what is wrong with them."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from api.cli.endings import CommandFailed, Exit
from api.cli.product_text import opened_text

_NEEDED: Final = ("currency", "base_currency", "rate", "valid_from")
_COLUMNS: Final = (*_NEEDED, "note")
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_RATE: Final = re.compile(r"-?\d{1,8}(\.\d{1,7})?|-?\d{1,5}(\.\d{1,10})?", re.ASCII)
_DAY: Final = re.compile(r"[1-9]\d{3}-\d\d-\d\d", re.ASCII)


class RateLine(NamedTuple):
    """A line of the file, and its rate as the API takes it."""

    number: int
    rate: dict[str, str]


def read_rates(file: Path, *, encoding: str | None) -> tuple[list[RateLine], list[tuple[int, str]]]:
    """Return the rates of a file, and by line what is written wrongly.

    Raises CommandFailed for another form than the file should have, and for one without rates.
    """
    if not file.is_file():
        raise CommandFailed(f"{file} is no file.", code=Exit.WRONG_USAGE)
    lines: list[RateLine] = []
    wrong: list[tuple[int, str]] = []
    with opened_text(file, encoding=encoding) as (text, _):
        rows = csv.reader(text, strict=True)
        try:
            header = _header(file, next(rows, []))
            for row in rows:
                if any(field.strip() for field in row):
                    fields = dict(zip(header, (field.strip() for field in row), strict=False))
                    problem = _problem(fields) if len(row) == len(header) else "It has more or fewer fields than heads."
                    if problem:
                        wrong.append((rows.line_num, problem))
                    else:
                        lines.append(RateLine(rows.line_num, _rate(fields)))
        except csv.Error as error:
            raise CommandFailed(f"{file}, line {rows.line_num}: {error}.", code=Exit.WRONG_USAGE) from None
    if not lines and not wrong:
        raise CommandFailed(f"{file} has no rates.", code=Exit.WRONG_USAGE)
    return lines, wrong


def _header(file: Path, row: list[str]) -> list[str]:
    header = [column.strip().lower() for column in row]
    if not set(_NEEDED) <= set(header) <= set(_COLUMNS) or len(set(header)) < len(header):
        raise CommandFailed(
            f"{file}: its first line has to be {','.join(_NEEDED)}, and may have note.", code=Exit.WRONG_USAGE
        )
    return header


def _problem(fields: Mapping[str, str]) -> str | None:
    for column in ("currency", "base_currency"):
        if not _CURRENCY.fullmatch(fields[column]):
            return f"{column}: {fields[column][:20]!r} is no code such as EUR."
    if not _RATE.fullmatch(fields["rate"]):
        return f"rate: {fields['rate'][:40]!r} is no plain decimal such as 0.92, of at most 10 decimals and 15 digits."
    return None if _is_day(fields["valid_from"]) else f"valid_from: {fields['valid_from'][:20]!r} is no day."


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rate(fields: Mapping[str, str]) -> dict[str, str]:
    given = {
        "currency": fields["currency"],
        "baseCurrency": fields["base_currency"],
        "rate": fields["rate"],
        "validFrom": fields["valid_from"],
    }
    return given | ({"note": fields["note"]} if fields.get("note") else {})
