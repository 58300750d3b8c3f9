import io
import logging
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from api.documents.fonts import REPLACEMENT, helping, own_characters
from api.documents.papers import LONGEST_TEXT, clean
from api.documents.pdf import pdf_of
from api.logs import log_to
from tests.api.documents.printed import pages_of, paper
from tests.counted import rounds


@pytest.fixture
def kanji(tmp_path: Path) -> Path:
    """A font of two characters, as a machine may have one."""
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((250, 700))
    pen.closePath()
    glyph = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "east", "capital"])
    builder.setupCharacterMap({ord("東"): "east", ord("京"): "capital"})
    builder.setupGlyf({".notdef": glyph, "east": glyph, "capital": glyph})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "east", "capital"), (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2()
    builder.setupNameTable({"familyName": "Kanji", "styleName": "Regular"})
    builder.setupPost()
    path = tmp_path / "Kanji.ttf"
    builder.save(path)
    return path


def test_a_paper_says_what_it_is_about():
    (page,) = pages_of(pdf_of([paper("A fine mug")], fonts=()))
    for words in (
        "Invoice 000000012",
        "Sold on Amazon.de",
        "902-0000000-0000001",
        "A fine mug",
        "20.90 EUR",
        "A note.",
    ):
        assert words in page
    assert "page 1 of 1" in page


def test_letters_of_the_own_font_stay():
    names = ["Łukasz Żółć", "Ελένη", "Дмитрий", "Gülşen Yıldız", "สมชาย", "Straße № 1 – “x” €₹₺"]
    (page,) = pages_of(pdf_of([paper(*names)], fonts=()))
    assert [name for name in names if name not in page] == []
    assert REPLACEMENT not in page


def test_arabic_letters_are_joined_and_nothing_is_lost():
    name = "محمد"
    (page,) = pages_of(pdf_of([paper("Mug", name=name)], fonts=()))
    assert name in page or name[::-1] in page
    assert "no font" not in page


def test_what_no_font_has_is_replaced_and_the_paper_says_so():
    first, second = pages_of(pdf_of([paper("Mug", name="東京 太郎"), paper("Mug")], fonts=()))
    assert REPLACEMENT * 2 in first
    assert "U+4EAC, U+592A, U+6771, U+90CE" in first
    assert "no font" not in second


def test_a_font_of_the_machine_helps_out(kanji: Path):
    (page,) = pages_of(pdf_of([paper("Mug", name="東京")], fonts=(kanji,)))
    assert "東京" in page
    assert "no font" not in page
    assert helping([ord("東"), ord("太")], [kanji]) == ([kanji], frozenset([ord("太")]))
    assert helping([ord("A")], [kanji]) == ([], frozenset())


def test_a_damaged_font_is_passed_over(tmp_path: Path, kanji: Path):
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"not a font")
    assert helping([ord("東")], [damaged, kanji]) == ([kanji], frozenset())


def test_an_emoji_without_a_font_leaves_one_mark_only():
    (page,) = pages_of(pdf_of([paper("Love ❤️ it")], fonts=()))
    assert f"Love {REPLACEMENT} it" in page
    assert "(U+2764)" in page


def test_long_papers_repeat_their_heads_and_number_their_pages():
    lines = rounds(592)
    pages = pages_of(pdf_of([paper(*["A mug with a title that needs more than one line, " * 2] * lines)], fonts=()))
    assert len(pages) > 2
    assert all("Unit price" in page for page in pages[:-1])
    assert [f"page {at} of {len(pages)}" in page for at, page in enumerate(pages, start=1)] == [True] * len(pages)
    assert all(any(f"SKU-{line}\n" in page + "\n" or f"SKU-{line} " in page for page in pages) for line in (1, lines))


def test_one_line_may_be_longer_than_a_page():
    pages = pages_of(pdf_of([paper("x" * 5000, "Short")], fonts=()))
    assert sum(page.count("x") for page in pages) >= LONGEST_TEXT - 1
    assert "Short" in pages[-1]


def test_each_paper_of_many_counts_its_own_pages():
    pages = pages_of(pdf_of([paper(*["Mug"] * 80, number="1"), paper("Mug", number="2")], fonts=()))
    assert [page.splitlines()[-1] for page in pages] == [
        "Invoice 1: page 1 of 2",
        "Invoice 1: page 2 of 2",
        "Invoice 2: page 1 of 1",
    ]


def test_what_would_turn_or_break_a_line_is_taken_out():
    assert clean("a\x00b\nc\u202edef\u2066g\u200b") == "a b cdefg"
    assert clean("می‌خواهم") == "می‌خواهم"
    assert clean("x" * (LONGEST_TEXT + 1)) == "x" * (LONGEST_TEXT - 1) + "…"


def test_nothing_of_what_is_printed_is_logged():
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    log_to(stream)
    try:
        pdf_of([paper("Mug", name="Ada 東京 محمد")], fonts=())
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert stream.getvalue() == ""


def test_the_own_font_has_the_scripts_of_the_marketplaces():
    assert {ord(letter) for letter in "AzäßŁőşЯΩمשไहქ€₹₺"} <= own_characters()
