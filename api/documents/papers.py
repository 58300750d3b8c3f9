"""What stands on a paper, in words that are ready to print."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from domain.money import Money

LONGEST_TEXT: Final = 2000
"""The most characters of one text that are printed; Amazon's titles have at most 500."""

_JOINERS: Final = frozenset("‌‍")
"""Zero width joiner and non-joiner, which Persian, Indian scripts and emoji are written with."""


class PaperKind(StrEnum):
    """The papers of a commerce order that can be printed."""

    INVOICE = "INVOICE"
    SHIPMENT = "SHIPMENT"  # the packing slip
    CREDIT_MEMO = "CREDIT_MEMO"


class PaperId(NamedTuple):
    """Which paper: its kind and its row."""

    kind: PaperKind
    row_id: int


class Column(NamedTuple):
    """A column of a table; widths are in millimetres, on a page with 190 of them."""

    head: str
    width: int
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under their columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Party:
    """Who is billed or gets the goods; where that is not known, the lines say why."""

    title: str
    lines: tuple[str, ...] = field(repr=False)
    is_known: bool = True


class Sum(NamedTuple):
    """A line below the table: what it is, and how much with its currency."""

    label: str
    amount: str
    is_total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One invoice, packing slip or credit memo."""

    kind: PaperKind
    title: str
    number: str
    seller: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    parties: tuple[Party, ...]
    tables: tuple[Table, ...]
    sums: tuple[Sum, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it, e.g. Invoice 000000012."""
        return f"{self.title} {self.number}"


def clean(text: str) -> str:
    """Return a text on one line, without control characters and what would turn the direction of others around."""
    kept = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in text if not _hides(one))
    words = " ".join(kept.split())
    return words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"


def day(instant: datetime) -> str:
    """Return a day (UTC), e.g. 2 March 2026."""
    return f"{instant.day} {instant:%B %Y}"


def plain_amount(minor: int, currency: str) -> str:
    """Return an amount with its currency's decimals, and without the currency: for columns."""
    return f"{Money(minor, currency).amount:f}"


def amount(minor: int, currency: str) -> str:
    """Return an amount with its currency, e.g. 19.90 EUR."""
    return str(Money(minor, currency))


def _hides(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cs", "Co") and character not in _JOINERS
