"""The query of a request: how parameters are read, and each rule that Amazon states for an order search."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.datastructures import QueryParams

from simulator.envelopes import TOO_FRESH, invalid_input
from simulator.instants import EPOCH, MINUTE, parse_time
from simulator.marketplaces import MARKETPLACES
from simulator.orders.book import CREATED, LAST_UPDATED
from simulator.orders.disclosure import INCLUDED_DATA

FULFILLMENT_STATUSES: Final = frozenset(
    {"PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"}
)
FULFILLED_BY: Final = frozenset({"MERCHANT", "AMAZON"})
MOST_MARKETPLACES: Final = 50
MOST_RESULTS: Final = 100
BLIND_FOR: Final = 2 * MINUTE  # changes younger than this are not found yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parameters of a search, read and checked."""

    family: str
    after: int
    before: int | None
    statuses: AbstractSet[str] | None
    marketplace_ids: AbstractSet[str] | None
    fulfilled_by: AbstractSet[str] | None
    included: AbstractSet[str]
    limit: int
    page_token: str | None

    def identity(self) -> str:
        """Return what must be repeated for each further page, as one text."""
        lists = (self.statuses, self.marketplace_ids, self.fulfilled_by)
        return repr((self.family, self.after, self.before, [values and sorted(values) for values in lists]))


def read_search(query: QueryParams, *, now: int) -> Asked:
    """Check the parameters of a search. Keys that Amazon does not know are ignored. Raises WireError."""
    family, after, before = _read_bounds(query, now=now)
    return Asked(
        family=family,
        after=after,
        before=before,
        statuses=read_list(query, "fulfillmentStatuses", FULFILLMENT_STATUSES),
        marketplace_ids=read_list(query, "marketplaceIds", MARKETPLACES.keys(), most=MOST_MARKETPLACES),
        fulfilled_by=read_list(query, "fulfilledBy", FULFILLED_BY),
        included=read_included(query),
        limit=read_limit(query, "maxResultsPerPage", default=MOST_RESULTS),
        page_token=read_one(query, "paginationToken"),
    )


def read_included(query: QueryParams) -> AbstractSet[str]:
    """Return the data sets that are asked for. Raises WireError."""
    return read_list(query, "includedData", INCLUDED_DATA) or frozenset()


def _read_bounds(query: QueryParams, *, now: int) -> tuple[str, int, int | None]:
    names = [name for name in (CREATED, LAST_UPDATED) if f"{name}After" in query or f"{name}Before" in query]
    if len(names) != 1 or f"{names[0]}After" not in query:
        raise invalid_input()
    family = names[0]
    after = round_up(read_time(query, f"{family}After"))
    if after > now:
        raise invalid_input()
    if f"{family}Before" not in query:
        return family, after, None
    before = round_down(read_time(query, f"{family}Before"))
    if before > now - BLIND_FOR:
        raise invalid_input(TOO_FRESH)
    if before < after:
        raise invalid_input()
    return family, after, before


def read_time(query: QueryParams, name: str) -> datetime:
    """Return the moment that a parameter names. Raises WireError."""
    moment = parse_time(read_one(query, name) or "")
    if moment is None:
        raise invalid_input()
    return moment


def round_up(moment: datetime) -> int:
    """Return the first whole millisecond at or after the moment."""
    return -((EPOCH - moment) // timedelta(milliseconds=1))


def round_down(moment: datetime) -> int:
    """Return the last whole millisecond at or before the moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def read_limit(query: QueryParams, name: str, *, default: int) -> int:
    """Return how many results a page may have, up to 100. Raises WireError."""
    text = read_one(query, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_RESULTS):
        raise invalid_input()
    return int(text)


def read_one(query: QueryParams, name: str) -> str | None:
    """Return the value of a parameter, or nothing. Raises WireError if it is given twice with two values."""
    values = query.getlist(name)
    if len(set(values)) > 1:
        raise invalid_input()
    return values[0] if values else None


def read_list(
    query: QueryParams, name: str, allowed: AbstractSet[str] | None, *, most: int | None = None
) -> frozenset[str] | None:
    """Return the values of a list, given with commas, by repeating the key, or both. Raises WireError."""
    if name not in query:
        return None
    values = [value for text in query.getlist(name) for value in text.split(",")]
    is_known = "" not in values if allowed is None else set(values) <= allowed
    if not is_known or (most is not None and len(values) > most):
        raise invalid_input()
    return frozenset(values)
