"""Texts that people search for."""

from typing import Final

from domain.errors import InvalidInput, LimitExceeded

LONGEST_TEXT: Final = 200


def searchable(text: str, *, path: tuple[str, ...]) -> str:
    """Return a text to search for; raises LimitExceeded if it is too long, InvalidInput for control characters."""
    if len(text) > LONGEST_TEXT:
        raise LimitExceeded(f"A text to search for has at most {LONGEST_TEXT} characters.", path=path)
    if "\0" in text or not text.isprintable():
        raise InvalidInput("A text to search for has no control characters.", path=path)
    return text
