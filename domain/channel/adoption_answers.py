"""What becomes of each wish of a takeover: which are taken, which change or take back one before, which are refused."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import DomainError, Duplicate, InvalidInput

_AMAZON_NUMBER: Final = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
_NUMBER: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Wish:
    """An Amazon order, by its number, and what the other system calls the order that it made of it.

    Without a number what was said of the order is taken back.
    """

    amazon_number: str
    number: str | None


class Adopted(StrEnum):
    """What became of a wish."""

    LINKED = "LINKED"  # the order is known here and is evaluated at once
    EXPECTED = "EXPECTED"  # the order is linked once Amazon shows it
    CORRECTED = "CORRECTED"  # another number replaces the one said before
    WITHDRAWN = "WITHDRAWN"  # what was said before is taken back
    UNCHANGED = "UNCHANGED"  # it was said before


Answer = Adopted | DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about the orders and numbers of the wishes."""

    orders: Collection[str]  # those known here, by Amazon's number
    made: Mapping[str, str]  # the numbers of commerce orders here, by Amazon's number
    adopted: Mapping[str, str]  # what was said before, by Amazon's number
    numbers: Collection[str]  # taken by orders that were made here


def misshapen(wish: Wish) -> InvalidInput | None:
    """Return what is wrong with the form of a wish."""
    if _AMAZON_NUMBER.fullmatch(wish.amazon_number) is None:
        return InvalidInput("Amazon's numbers look like 902-3159896-1390916.", path=("amazonOrderId",))
    if wish.number is not None and _NUMBER.fullmatch(wish.number) is None:
        return InvalidInput("A number has 1 to 64 printable ASCII characters, no spaces at its ends.", path=("number",))
    return None


def answers_of(wishes: Sequence[Wish], known: Known, *, replace: bool) -> tuple[Answer, ...]:
    """Return what becomes of each wish; with `replace` they may change and take back what was said before.

    A number is free for another order once its own order's wish gives it up, so that a shifted list can be put right.
    """
    formed = [wish for wish in wishes if misshapen(wish) is None]
    named = Counter(wish.amazon_number for wish in formed)
    named.update(f"#{wish.number}" for wish in formed if wish.number is not None)
    freed = {known.adopted[wish.amazon_number] for wish in wishes if wish.amazon_number in known.adopted}
    while True:  # fewer are freed each time, as a wish that is refused gives up nothing
        taken = (set(known.adopted.values()) - freed) | set(known.numbers)
        answers = tuple(_answer(wish, known, named, taken, replace=replace) for wish in wishes)
        given_up = {
            known.adopted[wish.amazon_number]
            for wish, answer in zip(wishes, answers, strict=True)
            if answer in (Adopted.CORRECTED, Adopted.WITHDRAWN)
        }
        if given_up == freed:
            return answers
        freed = given_up


def _answer(wish: Wish, known: Known, named: Counter[str], taken: Collection[str], *, replace: bool) -> Answer:
    if (wrong := misshapen(wish)) is not None:
        return wrong
    if named[wish.amazon_number] > 1:
        return Duplicate("This Amazon order stands here several times.", path=("amazonOrderId",))
    made, before = known.made.get(wish.amazon_number), known.adopted.get(wish.amazon_number)
    if wish.number is not None and wish.number in (made, before):
        return Adopted.UNCHANGED
    if made is not None:
        return Duplicate(f"It was imported here already, as commerce order {made}.", path=("amazonOrderId",))
    if wish.number is None:
        return _withdrawal(before, replace=replace)
    return _with_number(wish, known, named, taken, replace=replace)


def _withdrawal(before: str | None, *, replace: bool) -> Answer:
    if not replace:
        return InvalidInput("Give it a number; only with `replace` none takes back what was said.", path=("number",))
    return Adopted.UNCHANGED if before is None else Adopted.WITHDRAWN


def _with_number(wish: Wish, known: Known, named: Counter[str], taken: Collection[str], *, replace: bool) -> Answer:
    before = known.adopted.get(wish.amazon_number)
    if before is not None and not replace:
        return Duplicate(
            f"It is linked with {before} already; `replace` lets another number take its place.",
            path=("amazonOrderId",),
        )
    if wish.number in taken or named[f"#{wish.number}"] > 1:
        return Duplicate("Another order has this number.", path=("number",))
    if before is not None:
        return Adopted.CORRECTED
    return Adopted.LINKED if wish.amazon_number in known.orders else Adopted.EXPECTED
