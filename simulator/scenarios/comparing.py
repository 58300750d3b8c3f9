"""Whether something is as it is wanted: a value, a list, a comparison, or a mapping of paths."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, Final

from simulator.scenarios.references import MISSING, find

LONGEST: Final = 200
COMPARES: Final = re.compile(r"[a-z]+(-[a-z]+)+", re.ASCII)  # no path has a hyphen between letters
PRIVATE: Final = frozenset({"buyer", "recipient", "BuyerInfo", "ShippingAddress"})  # never shown in a message


def differences(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Return how something differs from what is wanted, in words; nothing if it does not.

    A mapping of comparisons (``at-least: 2``) is a comparison; any other mapping goes down its paths. A list wants the
    same number of entries in the same order.
    """
    if isinstance(wanted, Mapping):
        if wanted and wanted.keys() <= COMPARISONS.keys():
            return _compare(wanted, found, path)
        return _go_down(wanted, found, path)
    if isinstance(wanted, list):
        return _list(wanted, found, path)
    return [] if _is_same(wanted, found) else [_says(path, f"expected {show(wanted)}", found)]


def mistake(wanted: Any) -> str | None:
    """Return what is wrong with a wish itself, for the check of a file: no such comparison, or nothing to compare."""
    if isinstance(wanted, list):
        return next((found for entry in wanted if (found := mistake(entry))), None)
    if not isinstance(wanted, Mapping):
        return None
    if wanted.keys() & COMPARISONS.keys() or any(COMPARES.fullmatch(key) for key in wanted):
        unknown = [key for key in wanted if key not in COMPARISONS]
        if unknown:
            near = get_close_matches(unknown[0], COMPARISONS, n=1) or list(COMPARISONS)
            return f"{unknown[0]!r} is no comparison; there is {', '.join(near)}"
        for key, kinds in OPERANDS.items():
            if key in wanted and not isinstance(wanted[key], kinds):
                return f"{key} compares with a {kinds[0].__name__}, not with {show(wanted[key])}"
    return next((found for entry in wanted.values() if (found := mistake(entry))), None)


def show(value: Any) -> str:
    """Show a value in a message: of a mapping only its keys, and nothing longer than a line."""
    if value is MISSING:
        return "nothing"
    if isinstance(value, Mapping):
        text = f"a mapping of {', '.join(map(str, value)) or 'nothing'}"
    elif isinstance(value, list) and any(isinstance(entry, (Mapping, list)) for entry in value):
        text = f"a list of {len(value)}"
    else:
        text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _go_down(wanted: Mapping[str, Any], found: Any, path: str) -> list[str]:
    return [
        said
        for key, entry in wanted.items()
        for said in differences(entry, find(found, key), f"{path}.{key}" if path else key)
    ]


def _list(wanted: list[Any], found: Any, path: str) -> list[str]:
    if not isinstance(found, list) or len(found) != len(wanted):
        return [_says(path, f"expected {show(wanted)}", found)]
    pairs = enumerate(zip(wanted, found, strict=True))
    return [said for number, (one, other) in pairs for said in differences(one, other, f"{path}.{number}")]


def _compare(wanted: Mapping[str, Any], found: Any, path: str) -> list[str]:
    if "each" in wanted and isinstance(found, list):  # says which of them is not
        told = _list([wanted["each"]] * len(found), found, path)
        return told + _compare({word: value for word, value in wanted.items() if word != "each"}, found, path)
    unmet = [f"{word} {show(value)}" for word, value in wanted.items() if not COMPARISONS[word](value, found)]
    return [_says(path, f"expected {' and '.join(unmet)}", found)] if unmet else []


def _says(path: str, expected: str, found: Any) -> str:
    is_private = not PRIVATE.isdisjoint(path.split(".")) and found is not MISSING
    return f"{path or 'it'}: {expected}, found {'something else' if is_private else show(found)}"


def _is_same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    return bool(wanted == found) or (wanted is None and found is MISSING)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _at_least(wanted: Any, found: Any) -> bool:
    return _is_number(wanted) and _is_number(found) and found >= wanted


def _at_most(wanted: Any, found: Any) -> bool:
    return _is_number(wanted) and _is_number(found) and found <= wanted


def _length(wanted: Any, found: Any) -> bool:
    return isinstance(found, (list, str, Mapping)) and not differences(wanted, len(found))


def _contains(wanted: Any, found: Any) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted in found
    entries = wanted if isinstance(wanted, list) else [wanted]
    return isinstance(found, list) and all(_is_among(entry, found) for entry in entries)


def _same(wanted: Any, found: Any) -> bool:
    if not isinstance(wanted, list) or not isinstance(found, list) or len(wanted) != len(found):
        return False
    return sorted(map(repr, wanted)) == sorted(map(repr, found))


def _is_among(wanted: Any, found: list[Any]) -> bool:
    return any(not differences(wanted, entry) for entry in found)


COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "is": lambda wanted, found: not differences(wanted, found),
    "not": lambda wanted, found: bool(differences(wanted, found)),
    "at-least": _at_least,
    "at-most": _at_most,
    "length": _length,
    "contains": _contains,  # a part of a text, or one or more entries of a list
    "lacks": lambda wanted, found: not _contains(wanted, found),
    "same": _same,  # a list with these entries in any order
    "one-of": lambda wanted, found: isinstance(wanted, list) and _is_among(found, wanted),
    "each": lambda wanted, found: isinstance(found, list),  # what its entries are is compared one by one
    "some": lambda wanted, found: isinstance(found, list) and _is_among(wanted, found),
    "absent": lambda wanted, found: (found is MISSING) is wanted,
}
OPERANDS: Final[dict[str, tuple[type, ...]]] = {
    "at-least": (int, float),
    "at-most": (int, float),
    "same": (list, str),  # a text may refer to a list
    "one-of": (list, str),
    "absent": (bool,),
}
