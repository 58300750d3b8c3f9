"""What people may write."""

import pytest

from domain.plain_text import is_plain

PLAIN = (
    "Merci\N{NARROW NO-BREAK SPACE}! À\N{NO-BREAK SPACE}bientôt",
    "東京都\N{IDEOGRAPHIC SPACE}千代田区",
    "می\N{ZERO WIDTH NON-JOINER}خواهم",
    "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    "שלום\N{RIGHT-TO-LEFT MARK}!",
    "Donau\N{SOFT HYPHEN}dampf",
)
ODD = (
    "\0",
    "\x1b[2J",
    "\x85",
    "\N{LINE SEPARATOR}",
    "\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe",
    "\N{FIRST STRONG ISOLATE}x",
    "\ud800",
)


@pytest.mark.parametrize("text", PLAIN)
def test_every_script_has_its_blanks_and_joiners(text: str) -> None:
    assert is_plain(text)
    assert is_plain(text, lines=True)


@pytest.mark.parametrize("text", ODD)
def test_nothing_breaks_a_line_or_turns_it_round(text: str) -> None:
    assert not is_plain(f"a{text}b")
    assert not is_plain(f"a{text}b", lines=True)


def test_only_texts_of_several_lines_have_line_feeds_and_tabs() -> None:
    assert is_plain("a\n\tb", lines=True)
    assert not is_plain("a\nb")
    assert not is_plain("a\tb")
    assert not is_plain("a\r\nb", lines=True)
