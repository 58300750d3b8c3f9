"""Orders API v2026-01-01: searchOrders and getOrder."""

import re
from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import WRONG_PAGE, invalid_input, json_answer, malformed_order_id, not_found
from simulator.faults.listings import Listing, seen
from simulator.instants import wire_time
from simulator.orders.book import CREATED, Key, SimulatedOrder
from simulator.orders.disclosure import show
from simulator.orders.documents import Document
from simulator.orders.page_tokens import PageTokens
from simulator.orders.search import Search, find_page, is_served
from simulator.parameters import BLIND_FOR, Asked, read_included, read_search
from simulator.sealing import WrongToken

ORDER_ID: Final = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)


async def search_orders(call: Call) -> Response:
    """Answer a page of the seller's orders, oldest change (or creation) first."""
    asked = read_search(call.request.query_params, now=call.now)
    identity = f"{call.seller} {call.client_id} {asked.identity()}"
    before, start = _place(call, asked, identity)
    search = Search(
        seller=call.seller,
        family=asked.family,
        after=asked.after,
        before=before,
        statuses=asked.statuses,
        marketplace_ids=asked.marketplace_ids,
        fulfilled_by=asked.fulfilled_by,
    )
    start = start or search.start()
    listing = Listing(call, family=asked.family, wants=lambda order: search.wants(order.group))
    found = find_page(call.world.book, search, start=start, limit=asked.limit, now=call.now, hidden=listing.hides)
    orders = listing.show(found.orders, last=found.last)
    last = listing.next_key(start=start, last=found.last)
    return json_answer(_page(call, asked, identity, orders, before=before, last=last))


async def get_order(call: Call) -> Response:
    """Answer one order of the seller."""
    included = read_included(call.request.query_params)
    order_id = call.request.path_params["order_id"]
    order = call.world.book.get(order_id)
    if order is None and not ORDER_ID.fullmatch(order_id):
        raise malformed_order_id(order_id)
    if order is None or order.seller != call.seller or not is_served(order, now=call.now):
        raise not_found()
    return json_answer({"order": show(seen(call, order), included, now=call.now, roles=call.roles)})


def _place(call: Call, asked: Asked, identity: str) -> tuple[int, tuple[int, str] | None]:
    """Return the upper bound of the search, fixed by its first page, and the key to go on from."""
    if asked.page_token is None:
        return (call.now - BLIND_FOR if asked.before is None else asked.before), None
    try:
        place = PageTokens(call.world.seed).read(asked.page_token, asked=identity, now=call.now)
    except WrongToken as error:
        raise invalid_input(WRONG_PAGE) from error
    return place.before, (place.moment, place.order_id)


def _page(
    call: Call, asked: Asked, identity: str, orders: Sequence[SimulatedOrder], *, before: int, last: Key | None
) -> Document:
    page: Document = {"orders": [show(order, asked.included, now=call.now, roles=call.roles) for order in orders]}
    if last is not None:
        tokens = PageTokens(call.world.seed)
        next_token = tokens.write(asked=identity, before=before, last=last, now=call.now)
        page["pagination"] = {"nextToken": next_token}
    page["createdBefore" if asked.family == CREATED else "lastUpdatedBefore"] = wire_time(before)
    return page
