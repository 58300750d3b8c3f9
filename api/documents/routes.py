"""The addresses of papers: a page for the browser, and a PDF."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.documents.gathering import papers_of
from api.documents.links import PAGE, PDF, papers_named
from api.documents.papers import Paper
from api.schema.reading import reading
from api.service import Service

PRIVATE: Final[Mapping[str, str]] = MappingProxyType(
    {"cache-control": "no-store", "cross-origin-resource-policy": "same-origin", "x-robots-tag": "noindex"}
)
"""Papers hold buyer data: nobody keeps a copy on the way, and no other site embeds one."""

_NOT_VALID: Final = (
    "This link is not valid, or no longer: it is good until the end of the next day. Ask for a new one.\n"
)
_GONE: Final = "There are no such papers any more.\n"
_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]+")


def document_routes(service: Service) -> list[Route]:
    """Return the routes that answer links to papers."""

    async def page(request: Request) -> Response:
        papers = await _papers(request, service)
        if isinstance(papers, Response):
            return papers
        from api.documents.page import HEADERS, page_of

        return HTMLResponse(page_of(papers), headers={**PRIVATE, **HEADERS})

    async def pdf(request: Request) -> Response:
        papers = await _papers(request, service)
        if isinstance(papers, Response):
            return papers
        body = await asyncio.to_thread(_pdf, papers)
        named = {"content-disposition": f'inline; filename="{file_name(papers)}"'}
        return Response(body, media_type="application/pdf", headers={**PRIVATE, **named})

    return [Route(PAGE, page), Route(PDF, pdf)]


def file_name(papers: Sequence[Paper]) -> str:
    """Return what a PDF is called when it is saved."""
    name = papers[0].name if len(papers) == 1 else "papers"
    return f"{_PLAIN.sub('-', name).strip('-').lower()}.pdf"


async def _papers(request: Request, service: Service) -> list[Paper] | Response:
    """Return the papers that the request may see, or the answer that says why there are none."""
    given = (request.query_params.get(name, "") for name in ("papers", "until", "key"))
    named = papers_named(*given, now=service.clock.now(), sealer=service.sealer)
    if named is None:
        return PlainTextResponse(_NOT_VALID, status_code=403, headers=PRIVATE)
    with reading():
        papers = await papers_of(named, sealer=service.sealer)
    return papers or PlainTextResponse(_GONE, status_code=404, headers=PRIVATE)


def _pdf(papers: Sequence[Paper]) -> bytes:
    # Loaded when the first PDF is asked for: the library takes longer to import than the whole service.
    from api.documents.fonts import machine_fonts
    from api.documents.pdf import pdf_of

    return pdf_of(papers, fonts=machine_fonts())
