"""Which case of the sandbox a request is: every parameter that the case names has to be there, as the case says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from starlette.datastructures import QueryParams

from simulator.instants import parse_time
from simulator.static.models import Case

BODY: Final = "body"
ABSENT: Final = object()
LONGEST: Final = 80  # letters of a value that are told


def find_case(cases: Sequence[Case], *, path: Mapping[str, str], query: QueryParams, body: bytes) -> Case | None:
    """Return the case that says most about the request, the first of several.

    What the case does not name is allowed: clients add parameters of their own. Times match as moments, lists in any
    order and spelling.
    """
    given = _read(body)
    matching = [case for case in cases if not _wrong(case, path, query, given)]
    return max(matching, key=_names, default=None)


def nearest_case(cases: Sequence[Case], *, path: Mapping[str, str], query: QueryParams, body: bytes) -> str | None:
    """Return what the case that is nearest has in common with a request, and what not, for the journal.

    Nearest is the case of which most is given, then the one of which least is missing. The values are those of the
    case; what the request gives is not repeated.
    """
    given = _read(body)
    wrong = [(_wrong(case, path, query, given), case) for case in cases]
    if not wrong:
        return None
    names, case = min(wrong, key=lambda one: (len(one[0]) - len(one[1].parameters), len(one[0])))
    right = [f"{name}={_short(value)}" for name, value in case.parameters.items() if name not in names]
    missed = [_said(name, case.parameters[name], is_there=_is_there(name, path, query, given)) for name in names]
    return "; ".join((f"nearest case: {', '.join(right) or 'nothing of it is given'}", *missed))


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body) if body else ABSENT
    except orjson.JSONDecodeError:
        return ABSENT


def _wrong(case: Case, path: Mapping[str, str], query: QueryParams, body: Any) -> list[str]:
    """Return the parameters of the case that the request does not give as the case has them."""
    wrong = []
    for name, wanted in case.parameters.items():
        if name == BODY:
            matches = _has(body, wanted)
        elif name in path:
            matches = path[name] == _spell(wanted)
        else:
            matches = _is_given(query.getlist(name), wanted)
        if not matches:
            wrong.append(name)
    return wrong


def _is_there(name: str, path: Mapping[str, str], query: QueryParams, body: Any) -> bool:
    return body is not ABSENT if name == BODY else name in path or name in query


def _said(name: str, wanted: Any, *, is_there: bool) -> str:
    return f"{name} is not {_short(wanted)}" if is_there else f"{name}={_short(wanted)} was not given"


def _short(value: Any) -> str:
    text = ",".join(map(_spell, value)) if isinstance(value, list) else _spell(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


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
