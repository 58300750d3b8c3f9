"""The parameters of v0's getOrders, each with Amazon's rule for it, as the model states them."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from starlette.datastructures import QueryParams

from simulator.chance import digest
from simulator.envelopes import TOO_FRESH, invalid_input
from simulator.marketplaces import MARKETPLACES
from simulator.orders.reading import ORDER_ID
from simulator.parameters import BLIND_FOR, MOST_MARKETPLACES, read_list, read_one, read_time, round_down, round_up
from simulator.v0.words import CHANNELS, EASY_SHIP_STATUSES, INVOICE_STATUSES, INVOICE_UNCONFIRMED, STATUSES

Value: TypeAlias = str | int | bool | list[str]
Filters: TypeAlias = Mapping[str, Value]  # the parameters that were given, but those of the page itself
Read: TypeAlias = Callable[[QueryParams, str], Value]

CREATED: Final = "Created"
LAST_UPDATED: Final = "LastUpdated"
MARKETPLACE_IDS: Final = "MarketplaceIds"
MOST_ORDER_IDS: Final = 50
LONGEST_TEXT: Final = 500
# "If SellerOrderId is specified", none of these can be.
NOT_WITH_SELLER_ORDER_ID: Final = frozenset(
    {"FulfillmentChannels", "OrderStatuses", "PaymentMethods", "LastUpdatedAfter", "LastUpdatedBefore", "BuyerEmail"}
)


def fingerprint(email: str) -> str:
    """Return what stands for an e-mail address where the address itself has no business to be."""
    return digest("e-mail", email.strip().lower()).hex()[:24]


def _after(query: QueryParams, name: str) -> int:
    return round_up(read_time(query, name))


def _before(query: QueryParams, name: str) -> int:
    return round_down(read_time(query, name))


def _text(query: QueryParams, name: str) -> str:
    text = read_one(query, name)
    if not text or len(text) > LONGEST_TEXT:
        raise invalid_input()
    return text


def _email(query: QueryParams, name: str) -> str:
    return fingerprint(_text(query, name))


def _truth(query: QueryParams, name: str) -> bool:
    text = (read_one(query, name) or "").lower()
    if text not in ("true", "false"):
        raise invalid_input()
    return text == "true"


def _list_of(allowed: AbstractSet[str], *, most: int | None = None) -> Read:
    return lambda query, name: sorted(read_list(query, name, allowed, most=most) or ())


def _order_ids(query: QueryParams, name: str) -> list[str]:
    ids = sorted(read_list(query, name, None, most=MOST_ORDER_IDS) or ())
    if not all(map(ORDER_ID.fullmatch, ids)):
        raise invalid_input()
    return ids


READERS: Final[Mapping[str, Read]] = {
    "CreatedAfter": _after,
    "CreatedBefore": _before,
    "LastUpdatedAfter": _after,
    "LastUpdatedBefore": _before,
    MARKETPLACE_IDS: _list_of(MARKETPLACES.keys(), most=MOST_MARKETPLACES),
    "OrderStatuses": _list_of({*STATUSES.values(), INVOICE_UNCONFIRMED}),
    "FulfillmentChannels": _list_of(set(CHANNELS.values())),
    "PaymentMethods": _list_of({"COD", "CVS", "Other"}),
    "BuyerEmail": _email,
    "SellerOrderId": _text,
    "EasyShipShipmentStatuses": _list_of(set(EASY_SHIP_STATUSES.values())),
    "ElectronicInvoiceStatuses": _list_of(set(INVOICE_STATUSES.values())),
    "AmazonOrderIds": _order_ids,
    "ActualFulfillmentSupplySourceId": _text,
    "IsISPU": _truth,
    "StoreChainStoreId": _text,
    "EarliestDeliveryDateBefore": _before,
    "EarliestDeliveryDateAfter": _after,
    "LatestDeliveryDateBefore": _before,
    "LatestDeliveryDateAfter": _after,
}


def read_filters(query: QueryParams) -> Filters:
    """Return the parameters that are given. Keys that Amazon does not know are ignored. Raises WireError."""
    filters = {name: read(query, name) for name, read in READERS.items() if name in query}
    if MARKETPLACE_IDS not in filters:
        raise invalid_input()
    return filters


def check_first(filters: Filters, *, now: int) -> None:
    """Check the parameters of a first page, which must be whole. Raises WireError."""
    family = family_of(filters)
    other = LAST_UPDATED if family == CREATED else CREATED
    mixed = {f"{other}After", f"{other}Before"} & filters.keys()
    if (
        f"{family}After" not in filters
        or mixed
        or ("SellerOrderId" in filters and NOT_WITH_SELLER_ORDER_ID & filters.keys())
    ):
        raise invalid_input()
    after, before = filters[f"{family}After"], filters.get(f"{family}Before")
    assert isinstance(after, int)
    if isinstance(before, int) and before > now - BLIND_FOR:
        raise invalid_input(TOO_FRESH)
    if after > now or (isinstance(before, int) and before < after):
        raise invalid_input()


def family_of(filters: Filters) -> str:
    """Return by which time orders are looked for."""
    return CREATED if "CreatedAfter" in filters else LAST_UPDATED
