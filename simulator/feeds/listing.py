"""The list of feeds: its filters, and the token of the next page, which holds all of them."""

from typing import Final

import msgspec
from starlette.datastructures import QueryParams

from simulator.envelopes import invalid_input
from simulator.feeds.queue import LISTED_FOR, Feed, Feeds, FeedStatus
from simulator.marketplaces import MARKETPLACES
from simulator.parameters import read_limit, read_list, read_one, read_time, round_down, round_up
from simulator.sealing import WrongToken, seal, unseal

FILTERS: Final = ("feedTypes", "marketplaceIds", "pageSize", "processingStatuses", "createdSince", "createdUntil")
TOKEN: Final = "nextToken"
PURPOSE: Final = "feeds"
MOST_LISTED: Final = 10  # of feed types and of marketplaces
PAGE: Final = 10
WORDS: Final = frozenset(status.value for status in FeedStatus)


class Listing(msgspec.Struct, array_like=True, frozen=True):
    """What a caller looks for; both bounds are inclusive, and an absent list allows everything."""

    feed_types: frozenset[str]
    marketplace_ids: frozenset[str] | None
    statuses: frozenset[str] | None
    since: int
    until: int
    limit: int
    before: int | None = None  # only feeds of a lower number than this

    def wants(self, feed: Feed) -> bool:
        """Say whether the feed is among what is looked for."""
        return (
            (self.before is None or feed.number < self.before)
            and self.since <= feed.created <= self.until
            and feed.feed_type in self.feed_types
            and (self.statuses is None or feed.status in self.statuses)
            and (self.marketplace_ids is None or not self.marketplace_ids.isdisjoint(feed.marketplace_ids))
        )


class Continued(msgspec.Struct, array_like=True):
    """What a token of the next page holds."""

    seller: str
    listing: Listing


def read_listing(seed: str, query: QueryParams, *, seller: str, now: int) -> Listing:
    """Check the parameters of getFeeds. Keys that Amazon does not know are ignored. Raises WireError."""
    if TOKEN in query:
        return _continued(seed, query, seller=seller)
    feed_types = read_list(query, "feedTypes", None, most=MOST_LISTED)
    if feed_types is None:
        raise invalid_input(details="Either feedTypes or nextToken is required.")
    since = round_up(read_time(query, "createdSince")) if "createdSince" in query else now - LISTED_FOR
    until = round_down(read_time(query, "createdUntil")) if "createdUntil" in query else now
    if since > until:
        raise invalid_input(details="createdSince is after createdUntil.")
    return Listing(
        feed_types=feed_types,
        marketplace_ids=read_list(query, "marketplaceIds", MARKETPLACES.keys(), most=MOST_LISTED),
        statuses=read_list(query, "processingStatuses", WORDS),
        since=since,
        until=until,
        limit=read_limit(query, "pageSize", default=PAGE),
    )


def find_feeds(feeds: Feeds, listing: Listing, *, seller: str, now: int) -> tuple[list[Feed], bool]:
    """Return one page of a seller's feeds, newest first, and whether more follow."""
    found: list[Feed] = []
    for feed in feeds.newest_first():
        if feed.seller != seller or feed.created < now - LISTED_FOR or not listing.wants(feed):
            continue
        if len(found) == listing.limit:
            return found, True
        found.append(feed)
    return found, False


def next_token(seed: str, listing: Listing, *, seller: str, last: Feed) -> str:
    """Return the token of the page after the last feed."""
    following = msgspec.structs.replace(listing, before=last.number)
    return seal(seed, PURPOSE, msgspec.msgpack.encode(Continued(seller, following), order="deterministic"))


def _continued(seed: str, query: QueryParams, *, seller: str) -> Listing:
    if any(name in query for name in FILTERS):
        raise invalid_input(details="nextToken is the only parameter of a further page.")
    try:
        sealed = unseal(seed, PURPOSE, read_one(query, TOKEN) or "")
    except WrongToken as error:
        raise invalid_input(details="The nextToken is not valid.") from error
    continued = msgspec.msgpack.decode(sealed, type=Continued)
    if continued.seller != seller:
        raise invalid_input(details="The nextToken is not valid.")
    return continued.listing
