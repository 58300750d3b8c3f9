"""What goes wrong with a whole call: refused, dropped, slow, or done and not answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import msgspec
from starlette.requests import ClientDisconnect

from simulator.envelopes import DENIED, NOT_VALID, WireError
from simulator.faults.closing import ConnectionClosed
from simulator.faults.rules import Effect, Faults, Occasion, Rule

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request

Sleep = Callable[[float], Awaitable[None]]

REFUSALS: Final[dict[Effect, tuple[int, str, str, str | None]]] = {
    Effect.THROTTLED: (429, "QuotaExceeded", "You exceeded your quota for the requested resource.", ""),
    Effect.FAILED: (500, "InternalFailure", "We encountered an internal error. Please try again.", None),
    Effect.UNAVAILABLE: (503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again.", None),
    Effect.DENIED: (403, "Unauthorized", DENIED, ""),
    Effect.INVALID: (400, "InvalidInput", NOT_VALID, None),
}
BEFORE: Final = frozenset({*REFUSALS, Effect.DROPPED})


class FeedTyped(msgspec.Struct, rename="camel"):
    """The one thing of a body that a rule can be about."""

    feed_type: str


async def occasion_of(request: Request, operation: str, *, seller: str | None, at: int) -> Occasion:
    """Return what a rule can be about in a request."""
    query = request.query_params
    order_id = request.path_params.get("order_id")
    named = {order_id} if order_id else {one for one in query.get("AmazonOrderIds", "").split(",") if one}
    return Occasion(
        operation=operation,
        seller=seller,
        at=at,
        order_ids=frozenset(named),
        feed_type=await _feed_type(request) if operation == "createFeed" else None,
        query=_values(query),
        request_id=request.scope["state"].get("request_id", ""),
    )


def meet(faults: Faults, occasion: Occasion, request: Request) -> None:
    """Let a call go wrong before anything is done. Raises WireError and ConnectionClosed."""
    rule = struck(faults, {*BEFORE}, occasion, request)
    if rule is None:
        return
    if rule.effect is Effect.DROPPED:
        raise ConnectionClosed(None)
    status, code, message, details = REFUSALS[rule.effect]
    raise WireError(rule.status or status, rule.code or code, rule.message or message, details)


async def part(faults: Faults, occasion: Occasion, request: Request, *, status: int, sleep: Sleep) -> None:
    """Let the answer of a call that was done come late, or not at all. Raises ConnectionClosed."""
    slow = struck(faults, {Effect.SLOW}, occasion, request)
    lost = struck(faults, {Effect.LOST}, occasion, request)
    if slow is not None:
        await sleep(slow.seconds)
    if lost is not None:
        raise ConnectionClosed(status)


def struck(
    faults: Faults,
    effects: set[Effect],
    occasion: Occasion,
    request: Request,
    applies: Callable[[Rule], bool] = lambda rule: True,
) -> Rule | None:
    """Strike, and note the rule for the journal."""
    rule = faults.strike_any(effects, occasion, applies=applies)
    if rule is not None:
        note(request, rule)
    return rule


def note(request: Request, rule: Rule) -> None:
    """Note for the journal that a rule struck the request."""
    request.scope["state"].setdefault("struck", []).append({"id": rule.rule_id, "effect": rule.effect.value})


def _values(query: QueryParams) -> dict[str, frozenset[str]]:
    return {name: frozenset(one for text in query.getlist(name) for one in text.split(",")) for name in query}


async def _feed_type(request: Request) -> str | None:
    try:
        return msgspec.json.decode(await request.body(), type=FeedTyped).feed_type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ClientDisconnect):
        return None
