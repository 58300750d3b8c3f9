"""What waits to be worked on, feeds and reports: where each stands, and pages of a list of them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol, TypeVar

import msgspec
from starlette.datastructures import QueryParams

from simulator.envelopes import invalid_input
from simulator.instants import DAY
from simulator.marketplaces import MARKETPLACES
from simulator.parameters import read_limit, read_list, read_one, read_time, round_down, round_up
from simulator.sealing import WrongToken, seal, unseal

LISTED_FOR: Final = 90 * DAY
FILTERS: Final = ("marketplaceIds", "pageSize", "processingStatuses", "createdSince", "createdUntil")
TOKEN: Final = "nextToken"
MOST_LISTED: Final = 10  # of types and of marketplaces
PAGE: Final = 10


class ProcessingStatus(StrEnum):
    """Where a feed or a report stands, in Amazon's words."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FATAL = "FATAL"

    @property
    def is_final(self) -> bool:
        """Whether it stays as it is."""
        return self not in (ProcessingStatus.IN_QUEUE, ProcessingStatus.IN_PROGRESS)


WORDS: Final = frozenset(status.value for status in ProcessingStatus)


class Queued(Protocol):
    """A feed or a report."""

    number: int  # counts them
    seller: str
    marketplace_ids: tuple[str, ...]
    created: int
    status: ProcessingStatus

    @property
    def kind(self) -> str:
        """The feed type or report type."""


AnyQueued = TypeVar("AnyQueued", bound=Queued)


class Listing(msgspec.Struct, array_like=True, frozen=True):
    """What a caller looks for; both bounds are inclusive, and an absent list allows everything."""

    kinds: frozenset[str]
    marketplace_ids: frozenset[str] | None
    statuses: frozenset[str] | None
    since: int
    until: int
    limit: int
    before: int | None = None  # only those of a lower number than this

    def wants(self, one: Queued) -> bool:
        """Say whether this is among what is looked for."""
        return (
            (self.before is None or one.number < self.before)
            and self.since <= one.created <= self.until
            and one.kind in self.kinds
            and (self.statuses is None or one.status in self.statuses)
            and (self.marketplace_ids is None or not self.marketplace_ids.isdisjoint(one.marketplace_ids))
        )


class Continued(msgspec.Struct, array_like=True):
    """What a token of the next page holds."""

    seller: str
    listing: Listing


def read_listing(seed: str, query: QueryParams, *, kinds: str, seller: str, now: int) -> Listing:
    """Check the parameters of getFeeds (``kinds`` is feedTypes) or getReports (reportTypes).

    Keys that Amazon does not know are ignored. Raises WireError.
    """
    if TOKEN in query:
        return _continued(seed, query, kinds=kinds, seller=seller)
    wanted = read_list(query, kinds, None, most=MOST_LISTED)
    if wanted is None:
        raise invalid_input(details=f"Either {kinds} or nextToken is required.")
    since = round_up(read_time(query, "createdSince")) if "createdSince" in query else now - LISTED_FOR
    until = round_down(read_time(query, "createdUntil")) if "createdUntil" in query else now
    if since > until:
        raise invalid_input(details="createdSince is after createdUntil.")
    return Listing(
        kinds=wanted,
        marketplace_ids=read_list(query, "marketplaceIds", MARKETPLACES.keys(), most=MOST_LISTED),
        statuses=read_list(query, "processingStatuses", WORDS),
        since=since,
        until=until,
        limit=read_limit(query, "pageSize", default=PAGE),
    )


def find_listed(
    newest_first: Iterable[AnyQueued], listing: Listing, *, seller: str, now: int
) -> tuple[list[AnyQueued], bool]:
    """Return one page of what a seller has, newest first, and whether more follows."""
    found: list[AnyQueued] = []
    for one in newest_first:
        if one.seller != seller or one.created < now - LISTED_FOR or not listing.wants(one):
            continue
        if len(found) == listing.limit:
            return found, True
        found.append(one)
    return found, False


def next_token(seed: str, listing: Listing, *, kinds: str, seller: str, last: Queued) -> str:
    """Return the token of the page after the last one."""
    following = msgspec.structs.replace(listing, before=last.number)
    return seal(seed, kinds, msgspec.msgpack.encode(Continued(seller, following), order="deterministic"))


def _continued(seed: str, query: QueryParams, *, kinds: str, seller: str) -> Listing:
    if any(name in query for name in (kinds, *FILTERS)):
        raise invalid_input(details="nextToken is the only parameter of a further page.")
    try:
        sealed = unseal(seed, kinds, read_one(query, TOKEN) or "")
    except WrongToken as error:
        raise invalid_input(details="The nextToken is not valid.") from error
    continued = msgspec.msgpack.decode(sealed, type=Continued)
    if continued.seller != seller:
        raise invalid_input(details="The nextToken is not valid.")
    return continued.listing
