"""The features that the specification lists, where it is at hand: it is no part of the project."""

import os
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pytest

ALSO_CALLED: Final = MappingProxyType(
    {
        "Amazon block in Payment & Shipping": "Amazon block in Payment and Shipping",
        "Buyer/Amazon cancel inbound": "Buyer or Amazon cancel inbound",
        "Edit order / reorder / archive / transactions": "Reorder, archive, transactions",
    }
)
"""What the specification calls features that have another name here."""

_SECTION: Final = "## 10. FEATURE TABLE"
_COLUMNS: Final = 4


@dataclass(frozen=True)
class Row:
    """A row of the specification's table of features."""

    name: str
    is_must: bool


def rows() -> list[Row]:
    """Read the table, or skip the test where the specification is not at hand."""
    shared = os.environ.get("ORDERLANE_SHARED")
    if shared is None:
        pytest.skip("ORDERLANE_SHARED is not set: the specification is not at hand.")
    text = Path(shared, "spec", "channel.md").read_text("utf-8").partition(_SECTION)[2]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if "|" in line]
    return [
        Row(ALSO_CALLED.get(row[0], row[0]), row[-1].startswith("yes")) for row in cells[2:] if len(row) == _COLUMNS
    ]
