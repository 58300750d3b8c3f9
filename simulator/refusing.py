"""What a refusal says of a body: where it is wrong, and what would be right there."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec import inspect

PLACE: Final = re.compile(r" - at `(?:key` in `)?\$[.]?([^`]*)`$")
STEP: Final = re.compile(r"\[([^\]]*)\]|[.]?([^.\[]+)")
UNKNOWN_FIELD: Final = re.compile(r"unknown field `(.*)`$", re.DOTALL)
UNKNOWN_WORD: Final = re.compile(r"^Invalid enum value (.*)$", re.DOTALL)
LONGEST: Final = 60  # letters of what was given that are said again


def refusal_of(error: msgspec.ValidationError, kind: Any) -> tuple[str, str]:
    """Return why a value was not taken for one of this type, with the way out, and the path to what is wrong."""
    said = str(error)
    place = PLACE.search(said)
    path = place[1] if place else ""
    message = said[: place.start()] if place else said
    for shape, known in ((UNKNOWN_FIELD, _fields), (UNKNOWN_WORD, _words)):
        found = shape.search(message)
        if found is not None:
            given = found[1].strip("'\"")
            return message.replace(given, _cut(given)) + instead(given, known(_types_at(kind, path))), path
    return message, path


def instead(given: str, known: Iterable[str]) -> str:
    """Return the end of a refusal: which word was perhaps meant, or which there are."""
    words = list(known)
    near = nearest(given, words)
    return f"; did you mean {near}?" if near else f"; there are {', '.join(words)}" if words else ""


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Return the word that comes closest, in whatever letters it is written, if one is close."""
    folded = {word.lower(): word for word in known}
    found = get_close_matches(given[:LONGEST].lower(), folded, n=1)
    return folded[found[0]] if found else None


def _cut(given: str) -> str:
    return given if len(given) <= LONGEST else f"{given[:LONGEST]}…"


def _types_at(kind: Any, path: str) -> list[inspect.Type]:
    """Return the types that may stand at a path: several, where the value may be of one type or another."""
    found = list(_each(inspect.type_info(kind)))
    for index, name in STEP.findall(path):
        found = [inner for outer in found for inner in _within(outer, name or index)]
    return found


def _each(found: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(found, inspect.Metadata):
        yield from _each(found.type)
    elif isinstance(found, inspect.UnionType):
        for one in found.types:
            yield from _each(one)
    else:
        yield found


def _within(outer: inspect.Type, name: str) -> Iterator[inspect.Type]:
    if isinstance(outer, inspect.StructType):
        for field in outer.fields:
            if field.encode_name == name:
                yield from _each(field.type)
    elif isinstance(outer, inspect.ListType):
        yield from _each(outer.item_type)
    elif isinstance(outer, inspect.DictType):
        yield from _each(outer.value_type)


def _fields(types: list[inspect.Type]) -> list[str]:
    return [field.encode_name for one in types if isinstance(one, inspect.StructType) for field in one.fields]


def _words(types: list[inspect.Type]) -> list[str]:
    values: list[Any] = []
    for one in types:
        if isinstance(one, inspect.LiteralType):
            values += one.values
        elif isinstance(one, inspect.EnumType):
            values += [member.value for member in one.cls]
    return [str(value) for value in values if value is not None]
