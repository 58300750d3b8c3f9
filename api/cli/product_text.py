"""The text of a file of products: in which encoding it is, never guessed in silence."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Final

from api.cli.endings import CommandFailed, Exit

_MARKS: Final = (  # the longer ones first: UTF-32 begins as UTF-16 does
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_UTF_8: Final = "utf-8"


def codec_of(name: str | None) -> str:
    """Return the codec to read with: UTF-8 unless another one is named; a byte order mark does no harm.

    Raises CommandFailed for a name that is no encoding of text.
    """
    try:
        codec = codecs.lookup(name or _UTF_8).name
        "x".encode(codec)  # refuses codecs that are not of text
    except (LookupError, ValueError):
        raise CommandFailed(
            f"--encoding: {(name or '')[:40]!r} is no encoding of text; write one such as windows-1252 or utf-16.",
            code=Exit.WRONG_USAGE,
        ) from None
    return "utf-8-sig" if codec == _UTF_8 else codec


@contextmanager
def opened_text(path: Path, *, encoding: str | None) -> Iterator[tuple[TextIOWrapper, BufferedReader]]:
    """Open a file with its line ends as they are; gives its text, and the bytes that it is read from.

    Raises CommandFailed when it turns out to be in another encoding, with the line and, where a mark or the bytes tell
    it, the name of that encoding.
    """
    codec = codec_of(encoding)
    if encoding is None and (marked := _mark(path)):
        raise _not_utf_8(f"{path} is not UTF-8 but {marked}", hint=marked.lower())
    with path.open("rb") as binary, TextIOWrapper(binary, encoding=codec, newline="") as text:
        try:
            yield text, binary
        except UnicodeDecodeError:
            raise _undecodable(path, codec, is_named=encoding is not None) from None
        except UnicodeError:  # a codec that wants a byte order mark says no more
            raise CommandFailed(
                f"{path} is not {codec}: it lacks the byte order mark; name an encoding such as {codec}-le.",
                code=Exit.WRONG_USAGE,
            ) from None


def _mark(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(4)
    named = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if named is None and len(start) == 4 and start.count(0) >= 2:  # every other byte of plain letters is 0
        return "UTF-16-LE" if start[0] else "UTF-16-BE"
    return named


def _undecodable(path: Path, codec: str, *, is_named: bool) -> CommandFailed:
    content = path.read_bytes()
    try:
        content.decode(codec)
    except UnicodeDecodeError as error:
        line, sign = content.count(b"\n", 0, error.start) + 1, content[error.start]
    else:  # it was changed meanwhile
        return CommandFailed(f"{path} changed while it was read.")
    where = f"(line {line}, byte 0x{sign:02X})"
    if is_named:
        return CommandFailed(f"{path} is not {codec} {where}; name its encoding.", code=Exit.WRONG_USAGE)
    return _not_utf_8(f"{path} is not UTF-8 {where}", hint="windows-1252")


def _not_utf_8(words: str, *, hint: str) -> CommandFailed:
    return CommandFailed(
        f"{words}; save it as UTF-8, or say what it is, for example --encoding {hint}.", code=Exit.WRONG_USAGE
    )
