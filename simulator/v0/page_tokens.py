"""NextToken: it holds the whole search, as some clients send it alone, and where the page before ended."""

from typing import Final, TypeVar

import msgspec

from simulator.instants import DAY
from simulator.sealing import WrongToken, seal, unseal
from simulator.v0.asking import Value

LIFETIME: Final = DAY
ORDERS: Final = "v0 orders"
ITEMS: Final = "v0 items"


class OrdersPlace(msgspec.Struct, array_like=True):
    """Where a page of orders ended: the upper bound fixed by the first page, and the last key given out."""

    issued: int
    caller: str
    filters: dict[str, Value]
    before: int
    moment: int
    order_id: str


class ItemsPlace(msgspec.Struct, array_like=True):
    """Where a page of items ended: so many items of the order were given out."""

    issued: int
    caller: str
    order_id: str
    given: int


AnyPlace = TypeVar("AnyPlace", OrdersPlace, ItemsPlace)


def write(seed: str, purpose: str, place: OrdersPlace | ItemsPlace) -> str:
    """Return the token of a place."""
    return seal(seed, purpose, msgspec.msgpack.encode(place))


def read(seed: str, purpose: str, token: str, kind: type[AnyPlace], *, caller: str, now: int) -> AnyPlace:
    """Return the place that a token stands for. Raises WrongToken for a foreign, damaged or day-old one."""
    place = msgspec.msgpack.decode(unseal(seed, purpose, token), type=kind)
    if place.caller != caller or now - place.issued > LIFETIME:
        raise WrongToken
    return place
