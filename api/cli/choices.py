"""Words of the schema as options of a command: an unknown one is wrong usage, and the known ones are named."""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from api.cli.endings import CommandFailed, Exit

_AMOUNT: Final = re.compile(r"\d{1,15}(\.\d{1,10})?", re.ASCII)


def chosen_word(option: str, text: str, words: type[StrEnum], *, but: Collection[StrEnum] = ()) -> str:
    """Return a word as the schema spells it, whatever its case.

    Raises CommandFailed, with the words there are.
    """
    word, known = text.strip().upper(), [one.name for one in words if one not in but]
    if word not in known:
        raise CommandFailed(f"{option}: one of {', '.join(known)}.", code=Exit.WRONG_USAGE)
    return word


def plain_amount(option: str, text: str | None) -> str | None:
    """Return an amount as the schema takes it; raises CommandFailed for another form."""
    if text is not None and not _AMOUNT.fullmatch(text):
        raise CommandFailed(f"{option}: write a plain amount such as 19.90.", code=Exit.WRONG_USAGE)
    return text
