"""Fonts of PDF papers: a wide one that comes along, and what this machine has for the characters that it lacks."""

import os
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

REGULAR: Final = "figo"
BOLD: Final = "figbo"
"""FiraGO (Open Font License): Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Georgian and Devanagari."""

REPLACEMENT: Final = "▯"

_WANTED: Final = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKjp-Regular.otf", "NotoSansJP-Regular.ttf", "NotoSansJP-Regular.otf",
    "DroidSansFallbackFull.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc", "ipaexg.ttf", "ipag.ttf", "NanumGothic.ttf",
    "YuGothR.ttc", "msgothic.ttc", "msyh.ttc", "malgun.ttf", "Arial Unicode.ttf", "AppleSDGothicNeo.ttc",
    "DejaVuSans.ttf", "NotoSansSymbols2-Regular.ttf", "NotoEmoji-Regular.ttf", "seguisym.ttf", "Symbola.ttf",
    "NotoSansBengali-Regular.ttf", "NotoSansTamil-Regular.ttf", "NotoSansTelugu-Regular.ttf",
)  # fmt: skip
"""Fonts that are looked for on the machine, the first that has a character gives it."""

_INVISIBLE: Final = ("Cf", "Mn", "Me")
"""Joiners, variation selectors and marks: without a font they are left out, since nothing of them stands alone."""


def own_font(name: str) -> bytes:
    """Return the file of a font that comes along."""
    from pymupdf_fonts import myfont

    font: bytes = myfont(name)
    return font


@cache
def own_characters() -> frozenset[int]:
    """Return the characters of the font that comes along."""
    return _characters(BytesIO(own_font(REGULAR)))


@cache
def machine_fonts() -> tuple[Path, ...]:
    """Return the fonts of this machine that may help out, in the order in which they are asked."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.name in _WANTED:
                found.setdefault(path.name, path)
    return tuple(found[name] for name in _WANTED if name in found)


def helping(characters: Iterable[int], fonts: Sequence[Path]) -> tuple[list[Path], frozenset[int]]:
    """Return which fonts are needed for characters, beside the one that comes along, and which nothing has."""
    missing, needed = frozenset(characters) - own_characters(), []
    for path in fonts:
        if not missing:
            break
        if missing & (covered := _characters_of(path)):
            needed.append(path)
            missing -= covered
    return needed, missing


def without(text: str, missing: Collection[int]) -> str:
    """Return a text with a replacement for each visible character that no font has."""
    if not missing:
        return text
    return "".join(one if ord(one) not in missing else _instead(one) for one in text)


def is_replaced(character: int) -> bool:
    """Return whether a character that no font has leaves a replacement behind."""
    return bool(_instead(chr(character)))


def _instead(character: str) -> str:
    return "" if unicodedata.category(character) in _INVISIBLE else REPLACEMENT


@cache
def _characters_of(path: Path) -> frozenset[int]:
    try:
        with path.open("rb") as file:
            return _characters(file)
    except Exception:  # a damaged font of somebody's machine raises anything; the others are asked
        return frozenset()


def _characters(file: BinaryIO) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True, fontNumber=0) as opened:
        return frozenset(opened.getBestCmap() or ())


def _folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",)
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    return (home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))
