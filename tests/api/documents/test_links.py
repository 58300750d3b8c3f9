from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from api.documents.links import PAGE, link_to, papers_named
from api.documents.papers import PaperId, PaperKind
from domain.sealing import Sealer

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
PAPERS = [PaperId(PaperKind.INVOICE, 12), PaperId(PaperKind.SHIPMENT, 7), PaperId(PaperKind.CREDIT_MEMO, 1)]


def read(
    link: str, sealer: Sealer, *, now: datetime = NOW, other: dict[str, str] | None = None
) -> list[PaperId] | None:
    given = dict(parse_qsl(urlsplit(link).query)) | (other or {})
    return papers_named(given["papers"], given["until"], given["key"], now=now, sealer=sealer)


def test_a_link_names_its_papers(sealer: Sealer):
    link = link_to(PAGE, PAPERS, now=NOW, sealer=sealer)
    assert link.startswith("/documents/print.html?papers=i12,s7,c1&until=20260303&key=")
    assert read(link, sealer) == PAPERS


def test_a_link_is_the_same_all_day_and_good_until_the_end_of_the_next(sealer: Sealer):
    link = link_to(PAGE, PAPERS, now=NOW, sealer=sealer)
    assert link == link_to(PAGE, PAPERS, now=NOW - timedelta(hours=23), sealer=sealer)
    assert read(link, sealer, now=NOW + timedelta(hours=24)) == PAPERS
    assert read(link, sealer, now=NOW + timedelta(hours=24, minutes=30)) is None


@pytest.mark.parametrize(
    "other",
    [
        {"papers": "i13,s7,c1"},
        {"papers": "i12"},
        {"until": "20260304"},
        {"until": "99999999"},
        {"key": "0" * 32},
        {"key": ""},
        {"key": "ä"},
        {"papers": ""},
    ],
)
def test_nobody_guesses_a_link(sealer: Sealer, other: dict[str, str]):
    assert read(link_to(PAGE, PAPERS, now=NOW, sealer=sealer), sealer, other=other) is None


def test_another_service_signs_otherwise(sealer: Sealer):
    assert read(link_to(PAGE, PAPERS, now=NOW, sealer=Sealer(b"x" * 32)), sealer) is None
