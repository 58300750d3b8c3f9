"""The control plane's side of scripted failures: plan rules, see how far they are, take them back."""

from difflib import get_close_matches
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from simulator.control.bodies import Body, ControlError, Name, Nothing, Time, read_body
from simulator.control.controls import Control
from simulator.envelopes import json_answer
from simulator.faults.gate import REFUSALS
from simulator.faults.rules import EVERYTHING, Effect, Rule
from simulator.feeds.queue import FeedType
from simulator.instants import to_milliseconds, wire_time
from simulator.notifications.subscriptions import ORDER_CHANGE
from simulator.orders.documents import Document
from simulator.reports.queue import ReportType
from simulator.world import World

MOST_RULES: Final = 1_000
SLOWEST: Final = 600  # real seconds
LATEST: Final = 30 * 24 * 60 * 60  # virtual seconds

Text = Annotated[str, Meta(min_length=1, max_length=500)]
Number = Annotated[int, Meta(ge=1, le=1_000_000)]
Words = Annotated[list[Text], Meta(min_length=1, max_length=100)]


class PlannedFault(Body):
    """A rule: what goes wrong, where, and when. See ``Rule`` for what each condition means."""

    effect: Effect
    operation: Text | Words = EVERYTHING
    seller: Name | None = None
    order_id: Text | None = None
    feed_type: Text | None = None
    included_data: Text | None = None
    query: Annotated[dict[Text, Text | None], Meta(max_length=20)] = msgspec.field(default_factory=dict)
    nth: Number | None = None
    every: Number | None = None
    since: Time | UnsetType = msgspec.field(name="from", default=UNSET)
    until: Time | UnsetType = UNSET
    probability: Annotated[float, Meta(gt=0, le=1)] | None = None
    times: Number | None = None
    status: Annotated[int, Meta(ge=400, le=599)] | None = None
    code: Text | None = None
    message: Text | None = None
    seconds: Annotated[float, Meta(gt=0, le=LATEST)] | None = None
    messages: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    field: Text | None = None
    value: Text | None = None


class PlannedFaults(Body):
    """Several rules, tried in this order."""

    rules: Annotated[list[PlannedFault], Meta(min_length=1, max_length=MOST_RULES)]


# What each effect takes beside its conditions.
OF_FEEDS: Final = frozenset({Effect.FEED_STUCK, Effect.FEED_FATAL})
OF_MESSAGES: Final = frozenset({Effect.MESSAGE_DUPLICATED, Effect.MESSAGE_DELAYED, Effect.MESSAGE_SWAPPED})
FEED_TYPES: Final = frozenset(FeedType)
OF_TYPES: Final[dict[Effect, tuple[frozenset[str], str, str]]] = dict.fromkeys(
    OF_FEEDS, (FEED_TYPES | frozenset(ReportType), "feed or report", FeedType.FULFILLMENT)
) | dict.fromkeys(OF_MESSAGES, (frozenset({ORDER_CHANGE}), "notification", ORDER_CHANGE))
DETAILS: Final[dict[str, frozenset[Effect]]] = {
    "status": frozenset(REFUSALS),
    "code": frozenset(REFUSALS),
    "message": frozenset(REFUSALS),
    "seconds": frozenset({Effect.SLOW, Effect.LATE, Effect.MESSAGE_DELAYED}),
    "messages": frozenset({Effect.FEED_FATAL}),
    "field": frozenset({Effect.UNKNOWN_VALUE, Effect.UNKNOWN_FIELD}),
    "value": frozenset({Effect.UNKNOWN_VALUE, Effect.UNKNOWN_FIELD}),
}
NEEDED: Final = frozenset({"seconds"})


async def plan_faults(world: World, request: Request) -> Response:
    """Plan one rule or several, all or none, and answer their ids."""
    is_list, planned = await _read(request)
    now = world.catch_up()
    known = request.app.state.operations
    for number, fault in enumerate(planned):
        problem = _problem(fault, known)
        if problem is not None:
            field, message = problem
            raise ControlError(422, "INVALID", message, f"rules[{number}].{field}" if is_list else field)
    if len(list(world.faults)) + len(planned) > MOST_RULES:
        raise ControlError(409, "CONFLICT", f"a world has up to {MOST_RULES} rules; take some back")
    rules = [world.faults.plan(fault.effect, **_conditions(fault)) for fault in planned]
    return json_answer({"ids": [rule.rule_id for rule in rules], "now": wire_time(now)}, 201)


async def show_faults(world: World, request: Request) -> Response:
    """Answer all rules, how often each has struck, and which requests."""
    now = world.catch_up()
    return json_answer({"faults": [fault_entry(rule, now=now) for rule in world.faults]})


async def clear_faults(world: World, request: Request) -> Response:
    """Take all rules back."""
    await read_body(request, Nothing)
    world.catch_up()
    return json_answer({"removed": world.faults.clear()})


async def remove_fault(world: World, request: Request) -> Response:
    """Take one rule back."""
    await read_body(request, Nothing)
    world.catch_up()
    if not world.faults.remove(request.path_params["rule_id"]):
        raise ControlError(404, "NOT_FOUND", "there is no such rule", "id")
    return json_answer({"removed": 1})


def fault_entry(rule: Rule, *, now: int) -> Document:
    """Return a rule as the control plane shows it: as it was planned, and how far it is."""
    operations = list(rule.operations)
    shown: Document = {
        "id": rule.rule_id,
        "effect": rule.effect,
        "operation": operations[0] if len(operations) == 1 else operations,
        "seller": rule.seller,
        "orderId": rule.order_id,
        "feedType": rule.feed_type,
        "includedData": rule.included_data,
        "query": rule.query or None,
        "nth": rule.nth,
        "every": rule.every,
        "from": None if rule.since is None else wire_time(rule.since),
        "until": None if rule.until is None else wire_time(rule.until),
        "probability": rule.probability,
        "times": rule.times,
        "status": rule.status,
        "code": rule.code,
        "message": rule.message,
        "seconds": rule.seconds or None,
        "messages": rule.messages if rule.effect is Effect.FEED_FATAL else None,
        "field": rule.field,
        "value": rule.value,
    }
    progress = {"seen": rule.seen, "hits": rule.hits, "spent": rule.is_spent(now=now), "requests": rule.requests}
    return {name: value for name, value in shown.items() if value is not None} | progress


async def _read(request: Request) -> tuple[bool, list[PlannedFault]]:
    """Read one rule, or a list of them under ``rules``. Raises ControlError."""
    try:
        given = msgspec.json.decode(await request.body() or b"{}", type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        given = {}  # the reading below says what is wrong
    if "rules" in given:
        return True, (await read_body(request, PlannedFaults)).rules
    return False, [await read_body(request, PlannedFault)]


def _problem(fault: PlannedFault, known: frozenset[str]) -> tuple[str, str] | None:
    """Return the field that is wrong, and why."""
    return _wrong_detail(fault) or _wrong_place(fault, known) or _wrong_time(fault)


def _wrong_detail(fault: PlannedFault) -> tuple[str, str] | None:
    for name, effects in DETAILS.items():
        is_given = getattr(fault, name) is not None
        if is_given and fault.effect not in effects:
            return name, f"{fault.effect} takes no {name}"
        if not is_given and name in NEEDED and fault.effect in effects:
            return name, f"{fault.effect} needs {name}"
    if fault.effect is Effect.SLOW and (fault.seconds or 0) > SLOWEST:
        return "seconds", f"an answer is up to {SLOWEST} real seconds slow"
    return None


def _wrong_place(fault: PlannedFault, known: frozenset[str]) -> tuple[str, str] | None:
    is_of_request = fault.effect not in OF_MESSAGES | OF_FEEDS
    if not is_of_request and (fault.included_data or fault.query):
        return ("includedData" if fault.included_data else "query"), f"{fault.effect} is not about a request"
    allowed = known if is_of_request else OF_TYPES[fault.effect][0]
    wrong = next((name for name in _operations(fault) if name not in allowed and name != EVERYTHING), None)
    if wrong is not None:
        return "operation", _no_operation(fault.effect, wrong, allowed)
    if fault.feed_type is not None and fault.feed_type not in FEED_TYPES:
        return "feedType", "there is no such feed type" + _near(fault.feed_type, FEED_TYPES)
    return None


def _no_operation(effect: Effect, wrong: str, allowed: frozenset[str]) -> str:
    near = _near(wrong, allowed)
    if effect not in OF_TYPES:
        return f"there is no such operation{near}"
    _, kind, example = OF_TYPES[effect]
    return f"the operation of {effect} is the type of a {kind}" + (near or f", for example {example}")


def _near(word: str, known: frozenset[str]) -> str:
    near = get_close_matches(word[:100], sorted(known), n=1)
    return f": {near[0]} is one" if near else ""


def _wrong_time(fault: PlannedFault) -> tuple[str, str] | None:
    if fault.since is not UNSET and fault.until is not UNSET and fault.until <= fault.since:
        return "until", "the rule ends before it begins"
    if fault.effect is Effect.DUPLICATE_PAGE and fault.times is None and fault.nth is None:
        return "times", "a page that is answered for ever is never passed: say how often"
    return None


def _operations(fault: PlannedFault) -> tuple[str, ...]:
    return (fault.operation,) if isinstance(fault.operation, str) else tuple(dict.fromkeys(fault.operation))


def _conditions(fault: PlannedFault) -> dict[str, Any]:
    given = msgspec.structs.asdict(fault)
    given |= {"operations": _operations(fault), "seconds": fault.seconds or 0.0, "messages": fault.messages or 0}
    for name in ("since", "until"):
        given[name] = None if given[name] is UNSET else to_milliseconds(given[name])
    return {name: value for name, value in given.items() if name not in ("effect", "operation")}


CONTROLS: Final[tuple[Control, ...]] = (
    Control("POST", "/faults", plan_faults),
    Control("GET", "/faults", show_faults),
    Control("DELETE", "/faults", clear_faults),
    Control("DELETE", "/faults/{rule_id}", remove_fault),
)
