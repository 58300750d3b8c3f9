"""The query of a request: each rule that Amazon states for the parameters of an order search."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from starlette.datastructures import QueryParams

from simulator.book import CREATED, LAST_UPDATED
from simulator.disclosure import INCLUDED_DATA
from simulator.envelopes import TOO_FRESH, invalid_input
from simulator.instants import EPOCH, MINUTE, parse_time
from simulator.marketplaces import MARKETPLACES

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
        statuses=_read_list(query, "fulfillmentStatuses", FULFILLMENT_STATUSES),
        marketplace_ids=_read_list(query, "marketplaceIds", MARKETPLACES.keys(), most=MOST_MARKETPLACES),
        fulfilled_by=_read_list(query, "fulfilledBy", FULFILLED_BY),
        included=read_included(query),
        limit=_read_limit(query),
        page_token=_read_one(query, "paginationToken"),
    )


def read_included(query: QueryParams) -> AbstractSet[str]:
    """Return the data sets that are asked for. Raises WireError."""
    return _read_list(query, "includedData", INCLUDED_DATA) or frozenset()


def _read_bounds(query: QueryParams, *, now: int) -> tuple[str, int, int | None]:
    names = [name for name in (CREATED, LAST_UPDATED) if f"{name}After" in query or f"{name}Before" in query]
    if len(names) != 1 or f"{names[0]}After" not in query:
        raise invalid_input()
    family = names[0]
    after = _up(_read_time(query, f"{family}After"))
    if after > now:
        raise invalid_input()
    if f"{family}Before" not in query:
        return family, after, None
    before = _down(_read_time(query, f"{family}Before"))
    if before > now - BLIND_FOR:
        raise invalid_input(TOO_FRESH)
    if before < after:
        raise invalid_input()
    return family, after, before


def _read_time(query: QueryParams, name: str) -> datetime:
    moment = parse_time(_read_one(query, name) or "")
    if moment is None:
        raise invalid_input()
    return moment


def _up(moment: datetime) -> int:
    return -((EPOCH - moment) // timedelta(milliseconds=1))


def _down(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _read_limit(query: QueryParams) -> int:
    text = _read_one(query, "maxResultsPerPage")
    if text is None:
        return MOST_RESULTS
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_RESULTS):
        raise invalid_input()
    return int(text)


def _read_one(query: QueryParams, name: str) -> str | None:
    values = query.getlist(name)
    if len(set(values)) > 1:
        raise invalid_input()
    return values[0] if values else None


def _read_list(
    query: QueryParams, name: str, allowed: AbstractSet[str], *, most: int | None = None
) -> AbstractSet[str] | None:
    """Return the values of a list, given with commas, by repeating the key, or both."""
    if name not in query:
        return None
    values = [value for text in query.getlist(name) for value in text.split(",")]
    if not set(values) <= allowed or (most is not None and len(values) > most):
        raise invalid_input()
    return frozenset(values)
