"""Texts that people search for."""

import re
from typing import Final

from domain.errors import InvalidInput, LimitExceeded
from domain.plain_text import is_plain

LONGEST_TEXT: Final = 200
_AMAZON_NUMBER: Final = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)


def searchable(text: str, *, path: tuple[str, ...]) -> str:
    """Return a text to search for; raises LimitExceeded if it is too long, InvalidInput for control characters."""
    if len(text) > LONGEST_TEXT:
        raise LimitExceeded(f"A text to search for has at most {LONGEST_TEXT} characters.", path=path)
    if not is_plain(text):
        raise InvalidInput("A text to search for has no control characters.", path=path)
    return text


def is_amazon_number(text: str) -> bool:
    """Whether a text is a whole order number of Amazon's: then nothing else can be meant, and no other is read."""
    return _AMAZON_NUMBER.fullmatch(text) is not None
