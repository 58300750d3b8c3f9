"""The sheets of a PDF: words in a box, rows of a table that go on on the next page, page numbers."""

import unicodedata
from collections.abc import Callable, Collection, Sequence
from itertools import zip_longest
from typing import Final

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from api.documents.fonts import without
from api.documents.papers import Column

FAMILY: Final = "paper"
MARGIN: Final = 10.0
WIDTH: Final = 190.0
LINE: Final = 4.5
_BOTTOM: Final = 280.0
_FOOT: Final = 285.0
_GAP: Final = 2.0


class Sheet(FPDF):
    """A4 pages, in millimetres; `missing` are the characters that none of the fonts has."""

    def __init__(self, *, missing: Collection[int]) -> None:
        super().__init__(format="A4", unit="mm")
        self.missing = missing
        self._name = ""
        self.set_margin(MARGIN)
        self.set_auto_page_break(False)
        self.c_margin = 0

    def begin(self, name: str) -> int:
        """Begin a paper on a page of its own, and return the page's number."""
        self._name = name
        self.set_font(FAMILY, "", 9)
        self.add_page()
        return self.page

    def make_room(self, height: float) -> bool:
        """Go on on the next page if so much does not fit on this one; return whether it is a new one."""
        if self.get_y() + height <= _BOTTOM:
            return False
        style, size = self.font_style, self.font_size_pt
        self.add_page()
        self.set_font(FAMILY, style, size)
        return True

    def words(self, text: str, width: float, *, is_number: bool = False) -> None:
        """Write one line into a box, and stay on it."""
        text = without(text, self.missing)
        self._shape(text)
        self.cell(width, LINE, text, align="R" if is_number else "L")

    def paragraph(self, text: str, *, width: float, left: float = MARGIN, height: float = LINE) -> None:
        """Write a text into as many lines as it needs, and go below it."""
        for line in self.lines(text, width):
            self.make_room(height)
            self.set_x(left)
            self._shape(line)
            self.cell(width, height, line)
            self.set_y(self.get_y() + height)

    def lines(self, text: str, width: float) -> list[str]:
        """Return a text cut into lines that fit."""
        text = without(text, self.missing)
        self._shape(text)
        if self.get_string_width(text) <= width:
            return [text]
        cut = self.multi_cell(width, LINE, text, dry_run=True, output=MethodReturnValue.LINES, align="L")
        return [str(line) for line in cut] if isinstance(cut, list) else [text]

    def row(self, columns: Sequence[Column], texts: Sequence[str], *, on_new_page: Callable[[], None] | None) -> None:
        """Write a row whose cells may have many lines; one that is higher than a page goes on on the next."""
        cells = [self.lines(text, column.width - _GAP) for column, text in zip(columns, texts, strict=True)]
        height = LINE * max(len(lines) for lines in cells)
        if height < _BOTTOM / 2 and self.make_room(height) and on_new_page:
            on_new_page()
        for lines in zip_longest(*cells, fillvalue=""):
            if self.make_room(LINE) and on_new_page:
                on_new_page()
            left = MARGIN
            for column, line in zip(columns, lines, strict=True):
                self.set_x(left)
                self.words(line, column.width - _GAP, is_number=column.is_number)
                left += column.width
            self.set_y(self.get_y() + LINE)

    def rule(self) -> None:
        """Draw a line across the page."""
        self.set_line_width(0.1)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())

    def note(self, text: str) -> None:
        """Write something in small letters."""
        self.set_font(FAMILY, "", 7)
        self.paragraph(text, width=WIDTH)

    def number_pages(self, first: int, name: str) -> None:
        """Write under each page of a paper which one it is, and how many there are."""
        last = self.page
        for page in range(first, last + 1):
            self.page = page
            self.set_font(FAMILY, "", 7)
            self.set_xy(MARGIN, _FOOT)
            self.words(f"{name}: page {page - first + 1} of {last - first + 1}", WIDTH, is_number=True)
        self.page = last

    def _shape(self, text: str) -> None:
        """Shape letters only where their script asks for it: it takes ten times as long."""
        self.set_text_shaping(any(_needs_shaping(one) for one in text if ord(one) > 0x2FF))


def _needs_shaping(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL", "AN") or unicodedata.category(character) in ("Mn", "Mc")
