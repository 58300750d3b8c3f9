"""What earlier steps answered, where a later one names it: ``${name}`` and ``${name.path.0.more}``."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

REFERENCE: Final = re.compile(r"\$\{([^{}]*)\}")
GIVEN: Final = frozenset({"start", "now"})  # the times at which the run began and at which the step happens
LONGEST: Final = 100_000
MISSING: Final = object()


class NothingThere(LookupError):
    """A reference or path that leads nowhere."""


def references(value: Any) -> Iterator[str]:
    """Yield what a value refers to, however deep, without the braces."""
    if isinstance(value, str):
        yield from REFERENCE.findall(value)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from references(key)
            yield from references(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from references(entry)


def name_of(reference: str) -> str:
    """Return the step that a reference names."""
    return reference.partition(".")[0]


def resolve(value: Any, known: Mapping[str, Any]) -> Any:
    """Return a value with its references put in; one that stands alone keeps its kind. Raises NothingThere."""
    if isinstance(value, str):
        return _resolve_text(value, known)
    if isinstance(value, Mapping):
        return {str(_resolve_text(key, known)): resolve(entry, known) for key, entry in value.items()}
    if isinstance(value, list):
        return [resolve(entry, known) for entry in value]
    return value


def find(value: Any, path: str) -> Any:
    """Return what lies at a path such as ``orderItems.0.sku``, or MISSING."""
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part, MISSING)
        elif isinstance(value, list) and part.removeprefix("-").isdecimal() and len(part) < 9:
            index = int(part)
            value = value[index] if -len(value) <= index < len(value) else MISSING
        else:
            return MISSING
    return value


def _resolve_text(text: str, known: Mapping[str, Any]) -> Any:
    alone = REFERENCE.fullmatch(text)
    if alone is not None:
        return _look_up(alone[1], known)
    resolved = REFERENCE.sub(lambda found: str(_look_up(found[1], known)), text)
    if len(resolved) > LONGEST:
        raise NothingThere(f"a text with references in it has {len(resolved)} characters; it may have {LONGEST}")
    return resolved


def _look_up(reference: str, known: Mapping[str, Any]) -> Any:
    name, _, path = reference.partition(".")
    if name not in known:
        raise NothingThere(f"${{{reference}}}: no step before this is named {name!r}")
    answer = known[name]
    found = find(answer, path) if path else _brief(answer)
    if found is MISSING:
        raise NothingThere(f"${{{reference}}}: the answer of {name!r} has nothing there")
    return found


def _brief(answer: Any) -> Any:
    """Return what an answer is about: the first order or the feed that it names, or all of it."""
    if isinstance(answer, Mapping):
        for key in ("orderIds", "ids"):
            if isinstance(answer.get(key), list) and answer[key]:
                return answer[key][0]
        for key in ("feedId", "orderId", "id"):
            if isinstance(answer.get(key), str):
                return answer[key]
    return answer
