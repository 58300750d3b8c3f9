"""Papers as one PDF, each on pages of its own with their numbers."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api.documents.fonts import BOLD, REGULAR, helping, is_replaced, own_font, without
from api.documents.papers import Paper, Party, Sum, Table
from api.documents.sheet import FAMILY, LINE, MARGIN, WIDTH, Sheet

_INSTALL: Final = (
    "Open the paper in a browser to read them, or install a font that has them, such as Noto Sans CJK, "
    "where the service runs."
)


def pdf_of(papers: Sequence[Paper], *, fonts: Sequence[Path]) -> bytes:
    """Return papers as one PDF; `fonts` are asked for what the font that comes along lacks.

    What no font has is replaced, and a note on the paper says so. Takes about 10 ms a page, so run it beside the loop.
    """
    needed, missing = helping({ord(one) for paper in papers for text in _texts(paper) for one in text}, fonts)
    with TemporaryDirectory() as folder:
        sheet = Sheet(missing=missing)
        for style, name in (("", REGULAR), ("B", BOLD)):
            path = Path(folder, f"{name}.ttf")
            path.write_bytes(own_font(name))
            sheet.add_font(FAMILY, style, path)
        for number, path in enumerate(needed):
            sheet.add_font(f"help{number}", "", path)
        sheet.set_fallback_fonts([f"help{number}" for number in range(len(needed))], exact_match=False)
        for paper in papers:
            _write(sheet, paper)
        sheet.set_title(papers[0].name if len(papers) == 1 else f"{len(papers)} papers")
        return bytes(sheet.output())


def _write(sheet: Sheet, paper: Paper) -> None:
    first = sheet.begin(paper.name)
    _head(sheet, paper)
    top = bottom = sheet.get_y()
    for place, party in enumerate(paper.parties):
        sheet.set_y(top)
        bottom = max(bottom, _party(sheet, party, left=MARGIN + place * WIDTH / 2))
    sheet.set_y(bottom + LINE)
    for table in paper.tables:
        _table(sheet, table)
    for one in paper.sums:
        _sum(sheet, one)
    lost = sorted({ord(one) for text in _texts(paper) for one in text if ord(one) in sheet.missing})
    for note in (*paper.notes, *_note_of(lost)):
        sheet.note(note)
    sheet.number_pages(first, paper.name)


def _head(sheet: Sheet, paper: Paper) -> None:
    sheet.set_font(FAMILY, "B", 16)
    sheet.paragraph(paper.name, width=WIDTH, height=8)
    sheet.set_font(FAMILY, "", 9)
    for line in paper.seller:
        sheet.paragraph(line, width=WIDTH)
    sheet.set_y(sheet.get_y() + LINE)
    for label, value in paper.facts:
        sheet.set_x(MARGIN)
        sheet.words(f"{label}:", 45)
        sheet.set_x(MARGIN + 45)
        sheet.paragraph(value, width=WIDTH - 45, left=MARGIN + 45)
    sheet.set_y(sheet.get_y() + LINE)


def _party(sheet: Sheet, party: Party, *, left: float) -> float:
    sheet.set_font(FAMILY, "B", 9)
    sheet.paragraph(party.title, width=WIDTH / 2 - 4, left=left)
    sheet.set_font(FAMILY, "", 9)
    for line in party.lines:
        sheet.paragraph(line, width=WIDTH / 2 - 4, left=left)
    return sheet.get_y()


def _table(sheet: Sheet, table: Table) -> None:
    heads = tuple(column.head for column in table.columns)

    def head() -> None:
        sheet.set_font(FAMILY, "B", 8)
        sheet.row(table.columns, heads, on_new_page=None)
        sheet.rule()
        sheet.set_font(FAMILY, "", 8)

    sheet.make_room(4 * LINE)
    head()
    for row in table.rows:
        sheet.row(table.columns, row, on_new_page=head)
    sheet.rule()
    sheet.set_y(sheet.get_y() + LINE / 2)


def _sum(sheet: Sheet, one: Sum) -> None:
    sheet.make_room(LINE)
    sheet.set_font(FAMILY, "B" if one.is_total else "", 9)
    sheet.set_x(MARGIN + WIDTH - 90)
    sheet.words(one.label, 45)
    sheet.set_x(MARGIN + WIDTH - 45)
    sheet.words(one.amount, 45, is_number=True)
    sheet.set_y(sheet.get_y() + LINE)


def _note_of(lost: Sequence[int]) -> tuple[str, ...]:
    lost = [character for character in lost if is_replaced(character)]
    if not lost:
        return ()
    codes = ", ".join(f"U+{character:04X}" for character in lost[:12]) + (", …" if len(lost) > 12 else "")
    stands = without(chr(lost[0]), lost)
    return (f"{stands} stands for a character that no font here has ({codes}). {_INSTALL}",)


def _texts(paper: Paper) -> list[str]:
    parties = chain.from_iterable((party.title, *party.lines) for party in paper.parties)
    cells = chain.from_iterable(row for table in paper.tables for row in table.rows)
    facts = chain.from_iterable(paper.facts)
    return [paper.name, *paper.seller, *facts, *parties, *cells, *paper.notes]
