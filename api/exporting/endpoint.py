"""Where files of lists are fetched: `GET /exports/orders.csv?ticket=…`, once."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from api.exporting.pieces import Export, export_of
from api.schema.exporting import LINK
from api.schema.shipping import USER
from api.schema.tickets import Asked
from api.service import Service
from domain.errors import DomainError
from domain.export_tickets import redeem

PATH: Final = LINK.partition("?")[0]
_GONE: Final = "There is no such export: a link works once, within five minutes. Ask for it anew (exportOrders).\n"
_HEADERS: Final = {
    "content-disposition": 'attachment; filename="orders.csv"',
    "cache-control": "no-store",
}


def ticket_in(path: str) -> str:
    """Return the ticket that a link holds."""
    return path.removeprefix(LINK)


async def fetched(service: Service, ticket: str) -> Export | None:
    """Return the file that a ticket stands for, to the first who comes in time; None to everybody else.

    Raises InvalidInput or LimitExceeded for what this version would refuse.
    """
    asked = await redeem(token=ticket, now=service.clock.now(), actor=USER, sealer=service.sealer)
    return export_of(Asked.from_bytes(asked), service.sealer) if asked is not None else None


def exports(service: Service) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers requests for files."""

    async def answer(request: Request) -> Response:
        if request.method != "GET":  # a look at the headers alone must not use the ticket up
            return PlainTextResponse("Fetch it with GET.\n", status_code=405, headers={"allow": "GET"})
        try:
            export = await fetched(service, request.query_params.get("ticket", ""))
        except DomainError as refusal:
            return PlainTextResponse(f"{refusal.message}\n", status_code=400)
        if export is None:
            return PlainTextResponse(_GONE, status_code=404)
        return StreamingResponse(export.pieces(), media_type="text/csv; charset=utf-8", headers=_HEADERS)

    return answer
