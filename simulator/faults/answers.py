"""What goes wrong with an answer: words, fields and headers that no model foresees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
import orjson
from starlette.responses import Response

from simulator.faults.gate import struck
from simulator.faults.rules import Effect, Faults, Occasion, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

ENUMS: Final = ("fulfillmentStatus", "OrderStatus", "processingStatus", "status")  # the first that an answer has
NEW_WORD: Final = "NOT_IN_THE_MODEL"
NEW_FIELD: Final = "notInTheModel"
WITH_INCLUDED_DATA: Final = frozenset({"searchOrders", "getOrder"})
ORDER_IDS: Final = ("orderId", "AmazonOrderId")


def altered(faults: Faults, occasion: Occasion, request: Request, response: Response) -> Response:
    """Return the answer as the rules leave it."""
    effects = {Effect.NULL_MESSAGE} if response.status_code >= 400 else {Effect.UNKNOWN_VALUE, Effect.UNKNOWN_FIELD}
    if not faults.armed(effects, at=occasion.at) or not _is_json(response):
        return response
    body = orjson.loads(response.body)
    if response.status_code >= 400:
        _silence(faults, occasion, request, body)
    else:
        _disfigure(faults, occasion, request, body)
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(orjson.dumps(body), response.status_code, headers=headers)


def shows_rate(faults: Faults, occasion: Occasion, request: Request) -> bool:
    """Say whether an answer that carries the rate of its usage plan may do so."""
    return struck(faults, {Effect.NO_RATE_HEADER}, occasion, request) is None


def _is_json(response: Response) -> bool:
    return response.headers.get("content-type") == "application/json" and bool(response.body)


def _silence(faults: Faults, occasion: Occasion, request: Request, body: Any) -> None:
    errors = body.get("errors", [])
    if errors and struck(faults, {Effect.NULL_MESSAGE}, occasion, request) is not None:
        for error in errors:
            error["message"] = None


def _disfigure(faults: Faults, occasion: Occasion, request: Request, body: Any) -> None:
    named = {node[name] for node in _objects(body) for name in ORDER_IDS if isinstance(node.get(name), str)}
    wide = msgspec.structs.replace(occasion, order_ids=occasion.order_ids | named)
    rule = struck(faults, {Effect.UNKNOWN_VALUE}, wide, request, lambda rule: bool(_enums(rule, body)))
    if rule is not None:
        for node, name in _enums(rule, body):
            node[name] = rule.value or NEW_WORD
    elif named and occasion.operation in WITH_INCLUDED_DATA:
        _say_what_is_missing(faults, wide, request, body)
    rule = struck(faults, {Effect.UNKNOWN_FIELD}, wide, request, lambda rule: bool(_places(rule, body)))
    if rule is not None:
        for node in _places(rule, body):
            node[rule.field or NEW_FIELD] = rule.value or NEW_WORD


def _say_what_is_missing(faults: Faults, occasion: Occasion, request: Request, body: Any) -> None:
    """Tell the journal of a rule that is about the answer, and cannot strike as the field was not asked for."""
    for rule in faults.armed({Effect.UNKNOWN_VALUE}, at=occasion.at):
        if rule.covers(occasion) and not _enums(rule, body):
            hint = f"{rule.rule_id} finds no {rule.field or ENUMS[0]} to change: includedData may have to ask for it"
            request.state.hint = "; ".join(filter(None, (request.state.hint, hint)))
            return


def _enums(rule: Rule, body: Any) -> list[tuple[dict[str, Any], str]]:
    """Return the objects and the name of the field whose word is to be changed."""
    nodes = _places(rule, body)
    for name in (rule.field,) if rule.field else ENUMS:
        found = [(node, name) for node in nodes if isinstance(node.get(name), str)]
        if found:
            return found
    return []


def _places(rule: Rule, body: Any) -> list[dict[str, Any]]:
    """Return every object of the answer, or of the one order that the rule is about."""
    if rule.order_id is None:
        return list(_objects(body))
    return [
        inner
        for node in _objects(body)
        if rule.order_id in (node.get(ORDER_IDS[0]), node.get(ORDER_IDS[1]))
        for inner in _objects(node)
    ]


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(inner)
