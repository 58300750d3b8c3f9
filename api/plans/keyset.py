"""Pages by key: a cursor is a place in a sorted list, so rows that arrive meanwhile shift nothing."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import orjson

from api.database import read_rows
from api.plans.fragments import Fragment, all_of
from api.plans.order import Sort, beyond, order_by_sql
from domain.errors import InvalidInput

DEFAULT_SIZE: Final = 20
LARGEST_SIZE: Final = 100
_LARGEST_INTEGER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many rows, from which side, between which cursors."""

    size: int
    backward: bool = False
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of a page, and its place in the list."""

    row_id: int
    cursor: str


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The rows of a page in the list's own order."""

    rows: tuple[FoundRow, ...]
    has_next: bool
    has_previous: bool


def page_request(
    *, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
) -> PageRequest:
    """Check what a client asks for; 20 rows if it names no number, 100 at most.

    Raises InvalidInput for both directions at once and for a number out of range.
    """
    if first is not None and last is not None:
        raise InvalidInput("`first` and `last` exclude each other: a page is read from one side.", path=("last",))
    asked, name = (last, "last") if last is not None else (first, "first")
    size = DEFAULT_SIZE if asked is None else asked
    if not 0 <= size <= LARGEST_SIZE:
        raise InvalidInput(f"`{name}` is from 0 to {LARGEST_SIZE}.", path=(name,))
    return PageRequest(size, last is not None, after, before)


async def find_page(table: str, *, where: Fragment, sort: Sort, request: PageRequest) -> FoundPage:
    """Find the rows of one page of a table.

    Raises InvalidInput for a cursor that was not handed out for this list, sort and filter.
    """
    context = _context_of(table, where, sort)
    bounds = [where]
    if request.after is not None:
        bounds.append(beyond(sort, *_read(request.after, sort, context, "after"), backward=False))
    if request.before is not None:
        bounds.append(beyond(sort, *_read(request.before, sort, context, "before"), backward=True))
    condition = all_of(bounds)
    found = await read_rows(
        page_sql(table, condition.sql, sort, backward=request.backward), [*condition.parameters, request.size + 1]
    )
    rows = [FoundRow(row["id"], _write(sort, row["sorted_by"], row["id"], context)) for row in found[: request.size]]
    more = len(found) > request.size
    if request.backward:
        return FoundPage(tuple(reversed(rows)), request.before is not None, more or request.after is not None)
    return FoundPage(tuple(rows), more or request.before is not None, request.after is not None)


def page_sql(table: str, condition: str, sort: Sort, *, backward: bool) -> str:
    """Return the statement that finds a page; its last parameter is how many rows to read."""
    return (
        f"SELECT id, {sort.column} AS sorted_by FROM {table} WHERE {condition} "
        f"{order_by_sql(sort, backward=backward)} LIMIT ?"
    )


def _context_of(table: str, where: Fragment, sort: Sort) -> str:
    text = orjson.dumps([table, where.sql, where.parameters, sort.key])
    return blake2b(text, digest_size=8).hexdigest()


def _write(sort: Sort, value: str | int | None, row_id: int, context: str) -> str:
    return urlsafe_b64encode(orjson.dumps([sort.key, value, row_id, context])).decode()


def _read(cursor: str, sort: Sort, context: str, argument: str) -> tuple[str | int | None, int]:
    try:
        parts = orjson.loads(b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        parts = None
    match parts:
        case [sort.key, value, int(row_id), str(seen)] if seen == context and _fits(value, sort) and _is_id(row_id):
            return value, row_id
    raise InvalidInput(
        "This cursor does not belong to this list with this filter and sort; start again without it.",
        path=(argument,),
    )


def _fits(value: object, sort: Sort) -> bool:
    if value is None:
        return sort.nullable
    return type(value) is sort.kind and (not isinstance(value, int) or abs(value) <= _LARGEST_INTEGER)


def _is_id(row_id: int) -> bool:
    return type(row_id) is int and 0 < row_id <= _LARGEST_INTEGER
