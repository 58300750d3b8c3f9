"""Words of the schema as options of a command: an unknown one is wrong usage, and the known ones are named."""

from enum import StrEnum

from api.cli.endings import CommandFailed, Exit


def chosen_word(option: str, text: str, words: type[StrEnum]) -> str:
    """Return a word as the schema spells it, whatever its case.

    Raises CommandFailed, with the words there are.
    """
    word = text.strip().upper()
    if word not in words.__members__:
        raise CommandFailed(f"{option}: one of {', '.join(words.__members__)}.", code=Exit.WRONG_USAGE)
    return word
