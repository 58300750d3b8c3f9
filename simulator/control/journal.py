"""The control plane's side of the journal: show it, or tell it as a scenario."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from simulator.control.bodies import ControlError
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.journal import LONGEST, Entry, NoSuchEntry, shown
from simulator.telling import NothingToTell, tell
from simulator.world import World

COUNT: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
STATUS: Final = re.compile(r"[1-5][0-9]{2}|None", re.ASCII)
FILTERS: Final = frozenset({"operation", "status", "seller", "since", "last"})


async def show_journal(world: World, request: Request) -> Response:
    """Answer the requests that are asked for, oldest first."""
    return json_answer({"requests": [shown(entry) for entry in _asked_for(world, request)]})


async def show_scenario(world: World, request: Request) -> Response:
    """Answer the journal as a scenario in YAML: the client's writes are expected, or as far as possible replayed."""
    writes = request.query_params.get("writes", "expect")
    if writes not in ("expect", "replay") or request.query_params.keys() - {"writes"}:
        raise ControlError(422, "INVALID", "writes is expect or replay, and there is nothing else to say", "writes")
    try:
        text = tell(world, replays_writes=writes == "replay")
    except NothingToTell as error:
        raise ControlError(409, "CONFLICT", str(error)) from error
    return Response(text, media_type="application/yaml")


def _asked_for(world: World, request: Request) -> list[Entry]:
    query = request.query_params
    for name in query:
        if name not in FILTERS:
            raise ControlError(422, "INVALID", f"the journal is filtered by {', '.join(sorted(FILTERS))}", name)
    try:
        return world.journal.entries(
            operations=_words(request, "operation"),
            statuses=_words(request, "status", STATUS),
            sellers=_words(request, "seller"),
            since=query.get("since"),
            last=_last(query.get("last")),
        )
    except NoSuchEntry as error:
        raise ControlError(404, "NOT_FOUND", "no entry of the journal has this requestId", "since") from error


def _words(request: Request, name: str, shape: re.Pattern[str] | None = None) -> frozenset[str]:
    words = frozenset(word for text in request.query_params.getlist(name) for word in text.split(","))
    if shape is not None and not all(map(shape.fullmatch, words)):
        raise ControlError(422, "INVALID", "not a status such as 429", name)
    return words


def _last(text: str | None) -> int | None:
    if text is None:
        return None
    if not COUNT.fullmatch(text) or int(text) > LONGEST:
        raise ControlError(422, "INVALID", f"a whole number up to {LONGEST}", "last")
    return int(text)


CONTROLS: Final[tuple[Control, ...]] = (
    Control("GET", "/journal", show_journal),
    Control("GET", "/journal/scenario", show_scenario),
)
