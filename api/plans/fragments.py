"""Pieces of SQL with their parameters, put together without ever quoting a value."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

_LETTER: Final = re.compile("[a-z]")
_UPPER: Final = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


class Fragment(NamedTuple):
    """A condition, safe to join with others, and the values of its question marks."""

    sql: str
    parameters: tuple[str | int, ...] = ()


EVERYTHING: Final = Fragment("1 = 1")
NOTHING: Final = Fragment("1 = 0")


def all_of(parts: Iterable[Fragment]) -> Fragment:
    """Join conditions that all have to hold; none at all holds."""
    return _joined(list(parts), " AND ", EVERYTHING)


def any_of(parts: Iterable[Fragment]) -> Fragment:
    """Join conditions of which one has to hold; none at all does not."""
    return _joined(list(parts), " OR ", NOTHING)


def negated(part: Fragment) -> Fragment:
    """Turn a condition round; what it could not say of a missing value becomes true."""
    return Fragment(f"(({part.sql}) IS NOT TRUE)", part.parameters)


def equal(column: str, value: str | int) -> Fragment:
    """Return a condition on one value."""
    return Fragment(f"{column} = ?", (value,))


def one_of(column: str, values: Sequence[str | int]) -> Fragment:
    """Return a condition on some values; no row fulfils it if there are none."""
    if not values:
        return NOTHING
    return Fragment(f"{column} IN ({', '.join('?' * len(values))})", tuple(values))


def at_least(column: str, value: str | int) -> Fragment:
    """Return a lower bound, itself included."""
    return Fragment(f"{column} >= ?", (value,))


def below(column: str, value: str | int) -> Fragment:
    """Return an upper bound, itself excluded."""
    return Fragment(f"{column} < ?", (value,))


def starting_with(column: str, text: str) -> Fragment:
    """Return a condition on the beginning of a text, whatever the case of its ASCII letters."""
    return _like(column, f"{_literal(text)}%")


def containing(column: str, text: str) -> Fragment:
    """Return a condition on a part of a text, whatever the case of its ASCII letters."""
    return _like(column, f"%{_literal(text)}%")


def within(sql: str, part: Fragment) -> Fragment:
    """Put a condition in the place of {} in a piece of SQL without parameters of its own."""
    return Fragment(sql.format(part.sql), part.parameters)


def folded(text: str) -> str:
    """Lower the ASCII letters, as the database's LOWER does on every dialect."""
    return text.translate(_UPPER)


def _like(column: str, pattern: str) -> Fragment:
    # Lowering every row's text takes as long as looking into it; a number has no letters to lower.
    looked_into = f"LOWER({column})" if _LETTER.search(pattern) else column
    return Fragment(f"{looked_into} LIKE ? ESCAPE '!'", (pattern,))


def _literal(text: str) -> str:
    return folded(text).replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _joined(parts: list[Fragment], word: str, nothing: Fragment) -> Fragment:
    if not parts:
        return nothing
    if len(parts) == 1:
        return parts[0]
    parameters = tuple(value for part in parts for value in part.parameters)
    return Fragment("(" + word.join(part.sql for part in parts) + ")", parameters)
