"""The operations of the Listings Items API 2021-08-01 that set and show quantities."""

from typing import Final

from simulator.calls import Operation
from simulator.listings.calls import get_listings_item, patch_listings_item
from simulator.throttling import Plan

ITEM: Final = "/listings/2021-08-01/items/{seller_id}/{sku:path}"  # a SKU may hold a slash
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("getListingsItem", "GET", ITEM, Plan("5", 10), get_listings_item),
    Operation("patchListingsItem", "PATCH", ITEM, Plan("5", 5), patch_listings_item),
)
