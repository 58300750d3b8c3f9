"""What a writing request was about, for the journal: enough to follow it, and nothing of a buyer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from simulator.orders.documents import Document

LARGEST: Final = 100_000  # bytes of a body that is summed up
LONGEST: Final = 200
MOST: Final = 1_000
DEEPEST: Final = 50
REDACTED: Final = frozenset(
    {
        "address", "buyer", "buyeremail", "buyername", "clientsecret", "credentials", "customizedurl",
        "deliveryaddress", "email", "giftmessage", "giftoption", "password", "phone", "recipient", "refreshtoken",
        "secret", "shippingaddress", "taxregistrations", "token",
    }
)  # fmt: skip


async def summary_of(request: Request, operation: str, response: Response) -> Document | None:
    """Return what a call of an operation wrote, or wanted to; nothing for one that reads."""
    sum_up = SUMMARIES.get(operation)
    body = None if sum_up is None else await read_lenient(request)
    if sum_up is None or not isinstance(body, dict):
        return None
    summary = sum_up(body, request)
    for name in ANSWERED.get(operation, ()) if response.status_code < 300 else ():
        summary[name] = _word(orjson.loads(response.body).get(name))
    return {name: value for name, value in summary.items() if value is not None}


async def control_summary(request: Request) -> Any:
    """Return the body of a control act without buyers and secrets; nothing if it is large or no JSON."""
    is_empty = not request.headers.get("content-length", "0").strip("0") and "transfer-encoding" not in request.headers
    return {} if is_empty else redacted(await read_lenient(request))


def answered_ids(response: Response) -> Document | None:
    """Return the ids that a control act answered, by which later acts call what it made."""
    if response.status_code >= 300 or len(response.body) > LARGEST:
        return None
    body = orjson.loads(response.body) if response.headers.get("content-type") == "application/json" else None
    if not isinstance(body, dict):
        return None
    return {name: body[name] for name in ("orderIds", "ids") if name in body} or None


async def read_lenient(request: Request) -> Any:
    """Return the JSON of a body, or nothing if it is large, or no JSON."""
    try:
        body = await request.body()
        return orjson.loads(body) if 0 < len(body) <= LARGEST else None
    except (orjson.JSONDecodeError, ClientDisconnect, RecursionError):
        return None


def redacted(value: Any, depth: int = 0) -> Any:
    """Return a value without whatever tells of a buyer, without secrets, and without what is nested too deeply."""
    if depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return {name: redacted(inner, depth + 1) for name, inner in value.items() if _bare(name) not in REDACTED}
    return [redacted(inner, depth + 1) for inner in value] if isinstance(value, list) else value


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _confirmation(body: Document, request: Request) -> Document:
    detail = _mapping(body.get("packageDetail"))
    return {
        "orderId": request.path_params.get("order_id"),
        "packageReferenceId": _word(detail.get("packageReferenceId")),
        "carrierCode": _word(detail.get("carrierCode")),
        "items": [
            {"orderItemId": _word(item.get("orderItemId")), "quantity": _word(item.get("quantity"))}
            for item in map(_mapping, _sequence(detail.get("orderItems")))
        ],
    }


def _feed(body: Document, request: Request) -> Document:
    return {name: _word(body.get(name)) for name in ("feedType", "inputFeedDocumentId")}


def _feed_document(body: Document, request: Request) -> Document:
    return {"contentType": _word(body.get("contentType"))}


def _report(body: Document, request: Request) -> Document:
    return {name: _word(body.get(name)) for name in ("reportType", "dataStartTime", "dataEndTime")}


def _subscription(body: Document, request: Request) -> Document:
    return {"destinationId": _word(body.get("destinationId")), "payloadVersion": _word(body.get("payloadVersion"))}


def _destination(body: Document, request: Request) -> Document:
    return {"name": _word(body.get("name"))}


def _patch(body: Document, request: Request) -> Document:
    return {
        "productType": _word(body.get("productType")),
        "patches": [
            {"op": _word(patch.get("op")), "path": _word(patch.get("path")), "quantity": _quantity(patch)}
            for patch in map(_mapping, _sequence(body.get("patches")))
        ],
    }


def _quantity(patch: Document) -> Any:
    values = [_mapping(value).get("quantity") for value in _sequence(patch.get("value"))]
    return next((_word(one) for one in values if one is not None), None)


def _status(body: Document, request: Request) -> Document:
    return {"orderId": request.path_params.get("order_id"), "shipmentStatus": _word(body.get("shipmentStatus"))}


def _mapping(value: Any) -> Document:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> list[Any]:
    return value[:MOST] if isinstance(value, list) else []


def _word(value: Any) -> Any:
    """Return a short text or a number as it is, and nothing of anything else."""
    return value[:LONGEST] if isinstance(value, str) else value if isinstance(value, int) else None


SUMMARIES: Final[dict[str, Callable[[Document, Request], Document]]] = {
    "confirmShipment": _confirmation,
    "createFeed": _feed,
    "createFeedDocument": _feed_document,
    "createReport": _report,
    "createSubscription": _subscription,
    "createDestination": _destination,
    "patchListingsItem": _patch,
    "updateShipmentStatus": _status,
}
ANSWERED: Final = {
    "createFeed": ("feedId",),
    "createFeedDocument": ("feedDocumentId",),
    "createReport": ("reportId",),
    "patchListingsItem": ("submissionId", "status"),
}
