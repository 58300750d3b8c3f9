"""Orders API v0: the six operations that read, until they end."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import WireError, invalid_input, json_answer, malformed_order_id, not_found, unauthorized
from simulator.faults.listings import Listing, seen
from simulator.instants import to_milliseconds, wire_time
from simulator.orders.book import Key, SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.reading import ORDER_ID
from simulator.orders.search import is_served
from simulator.parameters import BLIND_FOR, MOST_RESULTS, read_limit, read_one
from simulator.sealing import WrongToken
from simulator.v0 import page_tokens, words
from simulator.v0.asking import Filters, check_first, family_of, read_filters
from simulator.v0.finding import Wanted, find
from simulator.v0.items import buyer_info_views, item_views
from simulator.v0.orders import address_view, buyer_view, order_view
from simulator.v0.page_tokens import ItemsPlace, OrdersPlace

# "Introducing the Orders API v2026-01-01": from this day on the reading operations of v0 are gone.
END: Final = to_milliseconds(datetime(2027, 3, 27, tzinfo=UTC))
ITEMS_ON_A_PAGE: Final = 50  # Amazon pages items, and does not say at how many


def until_the_end(answer: Callable[[Call], Awaitable[Document]]) -> Callable[[Call], Awaitable[Response]]:
    """Return the operation that answers a payload for as long as v0 can be read."""

    async def endpoint(call: Call) -> Response:
        reads = call.world.options.v0_reads
        if reads == "GONE" or (reads == "BY_DATE" and call.now >= END):
            raise _gone(call.world.options.v0_gone_status)
        return json_answer({"payload": await answer(call)})

    return endpoint


@until_the_end
async def get_orders(call: Call) -> Document:
    """Answer a page of the seller's orders, oldest update (or creation) first."""
    query = call.request.query_params
    limit = read_limit(query, "MaxResultsPerPage", default=MOST_RESULTS)
    filters, before, start = _place(call, read_filters(query), read_one(query, "NextToken"))
    wanted = Wanted(world=call.world, seller=call.seller, filters=filters, before=before, now=call.now)
    listing = Listing(call, family=wanted.family, wants=wanted.matches)
    found = find(wanted, listing, start=start, limit=limit)
    orders = listing.show(found.orders, last=found.last)
    page: Document = {"Orders": [order_view(order, call.elements, now=call.now) for order in orders]}
    following = listing.next_key(start=start or wanted.search().start(), last=found.last)
    if following is not None:
        place = OrdersPlace(call.now, _caller(call), dict(filters), before, *following)
        page["NextToken"] = page_tokens.write(call.world.seed, page_tokens.ORDERS, place)
    return page | {f"{family_of(filters)}Before": words.time(wire_time(before))}


@until_the_end
async def get_order(call: Call) -> Document:
    """Answer one order of the seller."""
    return order_view(_order(call), call.elements, now=call.now)


@until_the_end
async def get_order_buyer_info(call: Call) -> Document:
    """Answer who bought."""
    return buyer_view(_order(call), call.elements, now=call.now)


@until_the_end
async def get_order_address(call: Call) -> Document:
    """Answer where the order goes."""
    return address_view(_order(call), call.elements, now=call.now)


@until_the_end
async def get_order_items(call: Call) -> Document:
    """Answer a page of the items of an order."""
    order = _order(call)
    return _items_page(call, order, item_views(order, call.elements, now=call.now))


@until_the_end
async def get_order_items_buyer_info(call: Call) -> Document:
    """Answer a page of what the buyer says of the items."""
    order = _order(call)
    return _items_page(call, order, buyer_info_views(order, call.elements, now=call.now))


def _gone(status: int) -> WireError:
    if status == 403:
        return unauthorized("")
    return not_found() if status == 404 else WireError(status, "Gone", "Resource is no longer available.")


def _order(call: Call) -> SimulatedOrder:
    order_id = call.request.path_params["order_id"]
    order = call.world.book.get(order_id)
    if order is None and not ORDER_ID.fullmatch(order_id):
        raise malformed_order_id(order_id)
    if order is None or order.seller != call.seller or not is_served(order, now=call.now):
        raise not_found()
    return seen(call, order)


def _place(call: Call, given: Filters, token: str | None) -> tuple[Filters, int, Key | None]:
    """Return the search, its upper bound, and the key to go on from; a token brings all of them along."""
    if token is None:
        check_first(given, now=call.now)
        bound = given.get(f"{family_of(given)}Before", call.now - BLIND_FOR)
        return given, int(str(bound)), None
    try:
        seed, kind = call.world.seed, OrdersPlace
        place = page_tokens.read(seed, page_tokens.ORDERS, token, kind, caller=_caller(call), now=call.now)
    except WrongToken as error:
        raise invalid_input() from error
    if any(place.filters.get(name) != value for name, value in given.items()):
        raise invalid_input()
    return place.filters, place.before, (place.moment, place.order_id)


def _items_page(call: Call, order: SimulatedOrder, items: list[Document]) -> Document:
    given = _given(call, order, read_one(call.request.query_params, "NextToken"))
    page: Document = {"AmazonOrderId": order.order_id, "OrderItems": items[given : given + ITEMS_ON_A_PAGE]}
    if given + ITEMS_ON_A_PAGE < len(items):
        place = ItemsPlace(call.now, _caller(call), order.order_id, given + ITEMS_ON_A_PAGE)
        page["NextToken"] = page_tokens.write(call.world.seed, page_tokens.ITEMS, place)
    return page


def _given(call: Call, order: SimulatedOrder, token: str | None) -> int:
    """Return how many items the pages before gave out. Raises WireError for a token of another order."""
    if token is None:
        return 0
    try:
        seed, kind = call.world.seed, ItemsPlace
        place = page_tokens.read(seed, page_tokens.ITEMS, token, kind, caller=_caller(call), now=call.now)
    except WrongToken as error:
        raise invalid_input() from error
    if place.order_id != order.order_id:
        raise invalid_input()
    return place.given


def _caller(call: Call) -> str:
    return f"{call.seller} {call.client_id}"
