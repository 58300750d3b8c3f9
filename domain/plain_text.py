"""What people may write: any script, its blanks and joiners, but nothing that would break or turn round a line."""

import unicodedata
from typing import Final

_BREAKING: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether a text can stand anywhere as it is: without control characters, in lines but for tabs and line feeds.

    Blanks that are no space (of French, of Japanese, of Word) and joiners (of Persian, of emoji) are letters as others
    are; `str.isprintable` refuses them. Characters that embed, override or isolate a direction would show other text
    than there is (Unicode UAX 9, 2; Unicode UTR 36, 2.5).
    """
    return all((lines and letter in "\n\t") or not _is_odd(letter) for letter in text)


def _is_odd(letter: str) -> bool:
    return unicodedata.category(letter) in _BREAKING or unicodedata.bidirectional(letter) in _TURNING
