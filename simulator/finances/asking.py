"""The parameters of listTransactions, each with the rule that Amazon states for it."""

from typing import Final

import msgspec
from starlette.datastructures import QueryParams

from simulator.envelopes import invalid_input
from simulator.instants import DAY
from simulator.marketplaces import MARKETPLACES
from simulator.parameters import BLIND_FOR, read_one, read_time, round_down, round_up
from simulator.sealing import WrongToken, seal, unseal

ORDER_ID: Final = "ORDER_ID"
EVENT_GROUP: Final = "FINANCIAL_EVENT_GROUP_ID"  # settlements are not simulated, so none has transactions
STATUSES: Final = frozenset({"DEFERRED", "RELEASED", "DEFERRED_RELEASED"})
RELEASED: Final = "RELEASED"
LONGEST_SPAN: Final = 180 * DAY  # further apart, Amazon answers nothing at all
REPEATED: Final = (
    "postedAfter", "postedBefore", "marketplaceId", "transactionStatus", "relatedIdentifierName",
    "relatedIdentifierValue",
)  # fmt: skip
PURPOSE: Final = "transactions"


class Place(msgspec.Struct, array_like=True, frozen=True):
    """Where a further page begins, and what must be repeated for it."""

    seller: str
    repeated: tuple[str, ...]
    before: int
    posted: int
    place: str


class Asked(msgspec.Struct, kw_only=True, frozen=True):
    """What a caller looks for: posted at or after one moment and before another."""

    seller: str
    repeated: tuple[str, ...]
    after: int
    before: int
    marketplace_id: str | None
    order_id: str | None
    finds_nothing: bool
    start: tuple[int, str]  # only what is posted after this key

    def token(self, seed: str, last: tuple[int, str]) -> str:
        """Return the token of the page after this key."""
        place = Place(self.seller, self.repeated, self.before, *last)
        return seal(seed, PURPOSE, msgspec.msgpack.encode(place))


def read_asked(query: QueryParams, *, seed: str, seller: str, now: int) -> Asked:
    """Check the parameters; keys that Amazon does not know are ignored. Raises WireError."""
    repeated = tuple(read_one(query, name) or "" for name in REPEATED)
    place = _place(query, seed=seed, seller=seller, repeated=repeated)
    related, value = _related(query)
    after, before = _read_bounds(query, now=now, is_optional=related is not None)
    before = before if place is None else place.before
    marketplace_id, status = read_one(query, "marketplaceId"), read_one(query, "transactionStatus")
    if marketplace_id is not None and marketplace_id not in MARKETPLACES:
        raise invalid_input(details="The seller does not take part in the marketplace.")
    if status is not None and status not in STATUSES:
        raise invalid_input(details="The transactionStatus is not known.")
    is_elsewhere = related == EVENT_GROUP or status not in (None, RELEASED)
    return Asked(
        seller=seller,
        repeated=repeated,
        after=after,
        before=before,
        marketplace_id=marketplace_id,
        order_id=value if related == ORDER_ID else None,
        finds_nothing=is_elsewhere or ("postedAfter" in query and before - after > LONGEST_SPAN),
        start=(after, "") if place is None else (place.posted, place.place),
    )


def _related(query: QueryParams) -> tuple[str | None, str | None]:
    name, value = read_one(query, "relatedIdentifierName"), read_one(query, "relatedIdentifierValue")
    if (name is None) != (not value) or name not in (None, ORDER_ID, EVENT_GROUP):
        raise invalid_input(details="A related identifier is an ORDER_ID or FINANCIAL_EVENT_GROUP_ID and its value.")
    return name, value


def _read_bounds(query: QueryParams, *, now: int, is_optional: bool) -> tuple[int, int]:
    newest = now - BLIND_FOR
    if "postedAfter" not in query and not is_optional:
        raise invalid_input(details="Either postedAfter or a related identifier is required.")
    after = round_up(read_time(query, "postedAfter")) if "postedAfter" in query else 0
    before = round_down(read_time(query, "postedBefore")) if "postedBefore" in query else newest
    if max(after, before) > newest:
        raise invalid_input(details="postedAfter and postedBefore are more than two minutes ago.")
    if before <= after and "postedBefore" in query:
        raise invalid_input(details="postedBefore is later than postedAfter.")
    return after, before


def _place(query: QueryParams, *, seed: str, seller: str, repeated: tuple[str, ...]) -> Place | None:
    token = read_one(query, "nextToken")
    if token is None:
        return None
    try:
        place = msgspec.msgpack.decode(unseal(seed, PURPOSE, token), type=Place)
    except WrongToken as error:
        raise invalid_input(details="The nextToken is not valid.") from error
    if (place.seller, place.repeated) != (seller, repeated):
        raise invalid_input(details="The arguments are not those of the call that gave the nextToken.")
    return place
