"""What a request may have meant, for the journal: Amazon itself says nothing, or less."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from simulator.orders.disclosure import INCLUDED_DATA
from simulator.parameters import FULFILLED_BY, FULFILLMENT_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from simulator.calls import Call, Operation
    from simulator.world import World

TOKEN_HEADER: Final = "x-amz-access-token"
OF_FEEDS: Final = ("marketplaceIds", "processingStatuses", "pageSize", "createdSince", "createdUntil", "nextToken")
OF_LISTINGS: Final = ("marketplaceIds", "issueLocale", "includedData")
PARAMETERS: Final[dict[str, tuple[str, ...]]] = {  # of the query, as Amazon's models name them
    "searchOrders": (
        "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "fulfillmentStatuses",
        "marketplaceIds", "fulfilledBy", "maxResultsPerPage", "paginationToken", "includedData",
    ),
    "getOrder": ("includedData",),
    "getOrders": (
        "CreatedAfter", "CreatedBefore", "LastUpdatedAfter", "LastUpdatedBefore", "OrderStatuses", "MarketplaceIds",
        "FulfillmentChannels", "PaymentMethods", "BuyerEmail", "SellerOrderId", "MaxResultsPerPage",
        "EasyShipShipmentStatuses", "ElectronicInvoiceStatuses", "NextToken", "AmazonOrderIds",
        "ActualFulfillmentSupplySourceId", "IsISPU", "StoreChainStoreId", "EarliestDeliveryDateBefore",
        "EarliestDeliveryDateAfter", "LatestDeliveryDateBefore", "LatestDeliveryDateAfter",
    ),
    "getOrderItems": ("NextToken",),
    "getOrderItemsBuyerInfo": ("NextToken",),
    "getFeeds": ("feedTypes", *OF_FEEDS),
    "getFeedDocument": ("enableContentEncodingUrlHeader",),
    "getReports": ("reportTypes", *OF_FEEDS),
    "getReportDocument": ("enableContentEncodingUrlHeader",),
    "getListingsItem": OF_LISTINGS,
    "patchListingsItem": (*OF_LISTINGS, "mode"),
}  # fmt: skip
OTHER_NAMES: Final = {"nexttoken": "paginationToken", "orderstatuses": "fulfillmentStatuses"}
ADDED_BY_SDKS: Final = frozenset({"MarketplaceId", "MarketplaceIds", "marketplace_ids", "marketplaceIds"})
WORDS: Final = {
    "includedData": INCLUDED_DATA, "fulfillmentStatuses": FULFILLMENT_STATUSES, "fulfilledBy": FULFILLED_BY,
}  # fmt: skip
MOST: Final = 5
LONGEST: Final = 60


def hint_of(world: World, request: Request, operation: Operation, status: int, *, call: Call | None) -> str | None:
    """Return what the caller of an operation may want to know; ``call`` is absent if token or quota stopped it."""
    found = [*_unknown_parameters(request, operation.name)]
    if call is None:
        found += [_about_quota(operation)] if status == 429 else _about_token(world, request, operation)
    elif status == 404:
        found += _about_what_is_missing(call)
    elif status == 403:
        found += _about_seller(call)
    elif status == 400 and operation.name in ("searchOrders", "getOrder"):
        found += _about_words(request)
    return "; ".join(found) or None


def transfer_hint(request: Request, status: int) -> str | None:
    """Return what the caller of a document's URL may want to know."""
    foreign = sorted(name for name in request.headers if name.startswith("x-amz-"))
    if status == 403 and foreign:
        return f"the URL of a document is called without {', '.join(map(_cut, foreign))}: it is no part of the API"
    if status == 403 and request.method == "PUT":
        return "the URL lives for five minutes, and the Content-Type is that of createFeedDocument"
    return None


def token_hint(request: Request, status: int) -> str | None:
    """Return what the caller of the token endpoint may want to know."""
    return "a refresh token of this world reads Atzr|NAME, where NAME is the seller" if status == 400 else None


def _unknown_parameters(request: Request, operation: str) -> Iterator[str]:
    known = PARAMETERS.get(operation)
    if known is None:
        return
    for name in [name for name in request.query_params if name not in known and name not in ADDED_BY_SDKS][:MOST]:
        near = _nearest(name, known)
        yield f"{_cut(name)} is no parameter of {operation}" + (f": {near} is" if near else "")


def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    folded = {one.lower(): one for one in known}
    other = OTHER_NAMES.get(name.lower())
    found = get_close_matches(name.lower()[:LONGEST], folded, n=1)
    return other if other in known else folded[found[0]] if found else None


def _about_quota(operation: Operation) -> str:
    plan = operation.plan
    return f"the plan of {operation.name} is {plan.rate} requests a second, and {plan.burst} at once"


def _about_token(world: World, request: Request, operation: Operation) -> Iterator[str]:
    token = request.headers.get(TOKEN_HEADER)
    if not token:
        if "authorization" in request.headers:
            yield f"the access token goes into {TOKEN_HEADER}, not into Authorization"
        return
    access = world.tokens.find(token, now=world.clock.milliseconds())
    if token.startswith("Atzr|"):
        yield f"a refresh token is exchanged at /auth/o2/token; {TOKEN_HEADER} takes what comes back"
    elif access is None:
        yield "the token was never given out in this world, or its hour is over, or the seller took it back"
    elif operation.is_grantless and access.seller is not None:
        yield f"{operation.name} is called for the application: it needs a token by client_credentials"
    elif not operation.is_grantless and access.seller is None:
        yield f"{operation.name} is called for a seller: it needs a token by refresh_token"


def _about_what_is_missing(call: Call) -> Iterator[str]:
    path = call.request.path_params
    order = call.world.book.get(path.get("order_id", ""))
    if order is not None and order.seller != call.seller:
        yield f"the order is one of {order.seller}, and the token acts for {call.seller}"
    elif order is not None:
        yield "the order is there, and this operation does not serve it, for example because of its age"
    feed = call.world.feeds.get(path.get("feed_id", ""))
    if feed is not None and feed.seller != call.seller:
        yield f"the feed is one of {feed.seller}, and the token acts for {call.seller}"


def _about_seller(call: Call) -> Iterator[str]:
    named = call.request.path_params.get("seller_id")
    if named is not None and named != call.seller:
        yield f"the path names {_cut(named)}, and the token acts for {call.seller}"


def _about_words(request: Request) -> Iterator[str]:
    for name, words in WORDS.items():
        given = [one for text in request.query_params.getlist(name) for one in text.split(",")]
        for word in [one for one in given if one not in words][:MOST]:
            near = get_close_matches(word.upper()[:LONGEST], words, n=1)
            yield f"{name} knows no {_cut(word)!r}" + (f": {near[0]} is" if near else "")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
