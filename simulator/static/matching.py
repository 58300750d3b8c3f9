"""Which case of the sandbox a request is: every parameter that the case names has to be there, as the case says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from starlette.datastructures import QueryParams

from simulator.instants import parse_time
from simulator.static.models import Case

BODY: Final = "body"
ABSENT: Final = object()


def find_case(cases: Sequence[Case], *, path: Mapping[str, str], query: QueryParams, body: bytes) -> Case | None:
    """Return the case that says most about the request, the first of several.

    What the case does not name is allowed: clients add parameters of their own. Times match as moments, lists in any
    order and spelling.
    """
    given = _read(body)
    matching = [case for case in cases if _matches(case, path, query, given)]
    return max(matching, key=_names, default=None)


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else ABSENT
    except orjson.JSONDecodeError:
        return ABSENT


def _matches(case: Case, path: Mapping[str, str], query: QueryParams, body: Any) -> bool:
    for name, wanted in case.parameters.items():
        if name == BODY:
            matches = _has(body, wanted)
        elif name in path:
            matches = path[name] == _spell(wanted)
        else:
            matches = _is_given(query.getlist(name), wanted)
        if not matches:
            return False
    return True


def _has(given: Any, wanted: Any) -> bool:
    """Say whether the body holds all that is wanted; an empty object is only matched by itself."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return (bool(wanted) or not given) and all(
            key in given and _has(given[key], value) for key, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(given, list):
        return len(wanted) == len(given) and all(_has(one, other) for one, other in zip(given, wanted, strict=True))
    return bool(given == wanted) or (isinstance(given, str) and isinstance(wanted, str) and _same_moment(given, wanted))


def _is_given(given: Sequence[str], wanted: Any) -> bool:
    words = [word for value in given for word in value.split(",")]
    if isinstance(wanted, list):
        return sorted(words) == sorted(_spell(one) for one in wanted)
    return len(given) == 1 and (given[0] == _spell(wanted) or _same_moment(given[0], _spell(wanted)))


def _same_moment(one: str, other: str) -> bool:
    moment = parse_time(one)
    return moment is not None and moment == parse_time(other)


def _spell(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _names(case: Case) -> int:
    """Count what the case says about a request."""
    return sum(_count(value) for value in case.parameters.values())


def _count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(_count(one) for one in value.values())
    return 1
