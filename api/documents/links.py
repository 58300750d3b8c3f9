"""Links to papers: signed, so that nobody guesses one, and good until the end of the next day."""

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from api.documents.papers import PaperId, PaperKind
from domain.sealing import Sealer

PAGE: Final = "/documents/print.html"
PDF: Final = "/documents/print.pdf"
MOST_PAPERS: Final = 300

_PURPOSE: Final = "papers"
_LETTERS: Final = MappingProxyType({"i": PaperKind.INVOICE, "s": PaperKind.SHIPMENT, "c": PaperKind.CREDIT_MEMO})
_LETTER_OF: Final = MappingProxyType({kind: letter for letter, kind in _LETTERS.items()})
_PAPER: Final = re.compile(r"([isc])([1-9]\d{0,17})", re.ASCII)


def link_to(path: str, papers: Sequence[PaperId], *, now: datetime, sealer: Sealer) -> str:
    """Return the link to papers: a path on this service, the same for all who ask on one day (UTC).

    It names rows, never a person, and its key is of no use for other papers.
    """
    named = ",".join(f"{_LETTER_OF[paper.kind]}{paper.row_id}" for paper in papers)
    until = f"{now.astimezone(UTC) + timedelta(days=1):%Y%m%d}"
    query = urlencode({"papers": named, "until": until, "key": _key(named, until, sealer)}, safe=",")
    return f"{path}?{query}"


def papers_named(papers: str, until: str, key: str, *, now: datetime, sealer: Sealer) -> list[PaperId] | None:
    """Return the papers that a link names; None if its key is wrong or its time is over."""
    if not hmac.compare_digest(_key(papers, until, sealer).encode(), key.encode()):
        return None
    if f"{now.astimezone(UTC):%Y%m%d}" > until:
        return None
    found = [_PAPER.fullmatch(one) for one in papers.split(",")]
    return [PaperId(_LETTERS[one[1]], int(one[2])) for one in found if one]


def _key(papers: str, until: str, sealer: Sealer) -> str:
    return sealer.digest(_PURPOSE, f"{until} {papers}")[:32]
