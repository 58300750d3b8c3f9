"""Writing a list of orders into a CSV file, by the same mutation and link that everybody uses."""

import json as json_text
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import httpx2
from cyclopts import Parameter

from api.cli.asking import Asker, asking, is_new
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.output import tell
from domain.amazon.display import DisplayStatus
from domain.commerce.lifecycle import CommerceOrderState

_EXPORT: Final = """mutation Export($input: ExportOrdersInput!) { exportOrders(input: $input) {
  path expiresAt errors { code message path } } }"""
_VIEWS: Final = "query Views($list: ListKind) { savedViews(list: $list) { id name } }"
_NOT_WHOLE: Final = "The service broke off; nothing was written."


@dataclass(frozen=True)
class Source:
    """Where orders come from: who is asked, and how a file is fetched."""

    asker: Asker
    fetch: Callable[[str], AsyncIterator[bytes]]


async def export_orders(
    *,
    output: Annotated[str, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)],
    commerce: bool = False,
    where: str | None = None,
    status: Annotated[list[str], Parameter(negative=())] | None = None,
    search: str | None = None,
    view: str | None = None,
    column: Annotated[list[str], Parameter(negative=())] | None = None,
    bom: bool = False,
    url: str | None = None,
) -> None:
    """Write orders into a CSV file, the newest first, however many there are.

    Times are UTC, amounts are decimals with their currency in a column of its own. A text that a spreadsheet would take
    for a formula gets an apostrophe before it.

    Parameters
    ----------
    output
        The file; it appears once it is whole. `-` writes to stdout.
    commerce
        Commerce orders instead of Amazon orders.
    where
        Only orders like these: an AmazonOrderWhere, or a CommerceOrderWhere with --commerce, as JSON.
    status
        Only those shown as this, e.g. UNSHIPPED, or with --commerce in this state, e.g. PROCESSING; may be given
        several times.
    search
        A part of a number, a SKU or a title, or how a buyer's name begins.
    view
        The name of a saved view: its filter holds besides, and its columns are taken unless some are given.
    column
        A column, e.g. TOTAL; may be given several times, in the order of the file.
    bom
        Begin with a byte order mark, by which Excel knows that the file is UTF-8.
    url
        Ask the service that runs there, instead of the configured database.
    """
    wanted: dict[str, Any] = {
        "where": _condition(where, status, search, commerce=commerce),
        "columns": _columns(column, commerce=commerce) if column else None,
    }
    async with from_there(url) if url else from_here() as source:
        if view is not None:
            wanted["view"] = await _view(source.asker, view, commerce=commerce)
        given = {name: value for name, value in wanted.items() if value is not None}
        chosen = {"commerceOrders" if commerce else "amazonOrders": given}
        payload = await source.asker.payload("exportOrders", _EXPORT, {"input": {"list": chosen, "byteOrderMark": bom}})
        await _write(source.fetch(payload["path"]), output)


def _condition(where: str | None, status: list[str] | None, search: str | None, *, commerce: bool) -> Any:
    parts = [] if where is None else [_read(where)]
    if status and commerce:
        parts.append({"state": {"oneOf": [chosen_word("--status", word, CommerceOrderState) for word in status]}})
    elif status:
        parts.append({"displayStatus": {"oneOf": [chosen_word("--status", word, DisplayStatus) for word in status]}})
    if search:
        parts.append({"search": search})
    return parts[0] if len(parts) == 1 else {"AND": parts} if parts else None


def _columns(names: list[str], *, commerce: bool) -> list[str]:
    from api.schema.list_columns import AmazonOrderColumn, CommerceOrderColumn

    known = CommerceOrderColumn if commerce else AmazonOrderColumn
    return [chosen_word("--column", name, known) for name in names]


def _read(where: str) -> dict[str, Any]:
    try:
        read = json_text.loads(where)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise CommandFailed(
            """--where: a filter as JSON, e.g. '{"sku": {"startsWith": "MUG"}}'.""", code=Exit.WRONG_USAGE
        )
    return read


async def _view(asker: Asker, name: str, *, commerce: bool) -> str:
    kind = "COMMERCE_ORDERS" if commerce else "AMAZON_ORDERS"
    views = (await asker.data(_VIEWS, {"list": kind}))["savedViews"]
    found = [one["id"] for one in views if one["name"].casefold() == name.strip().casefold()]
    if not found:
        raise CommandFailed(f"There is no view {name!r}; there are {', '.join(one['name'] for one in views)}.")
    return str(found[0])


async def _write(pieces: AsyncIterator[bytes], output: str) -> None:
    """Write a file beside its place, and put it there once it is whole."""
    if output == "-":
        await _copy(pieces, sys.stdout.buffer)
        return
    target = Path(output)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            lines = await _copy(pieces, file)
        part.replace(target)
    except OSError as error:
        raise CommandFailed(f"{target}: {error.strerror or error}.") from None
    finally:
        part.unlink(missing_ok=True)
    tell(f"{lines - 1} orders in {target}.")


async def _copy(pieces: AsyncIterator[bytes], file: BinaryIO) -> int:
    lines = 0
    async for piece in pieces:
        file.write(piece)
        lines += piece.count(b"\r\n")
    file.flush()
    return lines


@asynccontextmanager
async def from_there(url: str) -> AsyncIterator[Source]:
    """Let orders come from the service at a URL; raises CommandFailed if it is none."""
    base = url.removesuffix("/").removesuffix("/graphql")
    async with asking(url) as asker, httpx2.AsyncClient(base_url=base, timeout=60) as http:

        async def fetch(path: str) -> AsyncIterator[bytes]:
            try:
                async with http.stream("GET", path) as response:
                    if response.status_code != 200:
                        raise CommandFailed((await response.aread()).decode(errors="replace"))
                    async for piece in response.aiter_bytes():
                        yield piece
            except httpx2.TransportError:
                raise CommandFailed(_NOT_WHOLE, code=Exit.UNREACHABLE) from None

        yield Source(asker, fetch)


@asynccontextmanager
async def from_here() -> AsyncIterator[Source]:
    """Let orders come from the configured database, and the file from this process, which reads it piece by piece."""
    from api.app import create_app, running
    from api.configuration import load_settings
    from api.exporting.endpoint import fetched, ticket_in

    settings = load_settings().settings
    async with running(settings, migrate=is_new(settings.database_url)) as joined:
        transport = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:

            async def fetch(path: str) -> AsyncIterator[bytes]:
                export = await fetched(joined.service, ticket_in(path))
                assert export is not None, "nobody else has its ticket"
                async for piece in export.pieces():
                    yield piece

            yield Source(Asker(http), fetch)
