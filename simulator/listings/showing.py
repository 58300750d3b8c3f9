"""A listing as Amazon's answers carry it: the data sets that are asked for, marketplace by marketplace."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any, Final

from simulator.amounts import money
from simulator.cast.catalog import Product
from simulator.chance import chance
from simulator.instants import DAY, to_milliseconds, wire_time
from simulator.listings.availability import BY_MERCHANT, CHANNEL, Offer
from simulator.listings.patching import ATTRIBUTE
from simulator.marketplaces import Marketplace
from simulator.orders.documents import Document

PRODUCT_TYPE: Final = "PRODUCT"  # what Amazon takes for any product
CONDITION: Final = "new_new"
WAREHOUSES: Final = {"NA": "AMAZON_NA", "EU": "AMAZON_EU", "FE": "AMAZON_JP"}
LISTED_SINCE: Final = to_milliseconds(datetime(2016, 1, 1, tzinfo=UTC))
LISTED_WITHIN: Final = 1_000  # days
DATA_SETS: Final = frozenset(
    {
        "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships",
        "productTypes",
    }
)  # fmt: skip


def show_item(
    product: Product, offer: Offer | None, marketplaces: Sequence[Marketplace], included: AbstractSet[str], *, seed: str
) -> Document:
    """Return the listing; without an offer it is sold from Amazon's warehouses."""
    created = LISTED_SINCE + chance(seed, "listed", product.asin).randint(0, LISTED_WITHIN) * DAY
    sets: Document = {
        "summaries": [_summary(product, offer, one, created) for one in marketplaces],
        "attributes": _attributes(product, offer, marketplaces),
        "issues": [],
        "offers": [_offer(product, one) for one in marketplaces],
        "fulfillmentAvailability": _availability(offer, marketplaces),
        "procurement": [],  # of vendors
        "relationships": [{"marketplaceId": one.marketplace_id, "relationships": []} for one in marketplaces],
        "productTypes": [{"marketplaceId": one.marketplace_id, "productType": PRODUCT_TYPE} for one in marketplaces],
    }
    return {"sku": product.sku} | {name: value for name, value in sets.items() if name in included}


def _summary(product: Product, offer: Offer | None, marketplace: Marketplace, created: int) -> Document:
    is_buyable = offer is None or bool(offer.quantity)
    updated = created if offer is None or offer.updated is None else offer.updated
    return {
        "marketplaceId": marketplace.marketplace_id,
        "asin": product.asin,
        "productType": PRODUCT_TYPE,
        "conditionType": CONDITION,
        "status": ["BUYABLE", "DISCOVERABLE"] if is_buyable else ["DISCOVERABLE"],
        "itemName": product.title,
        "createdDate": wire_time(created),
        "lastUpdatedDate": wire_time(updated),
    }


def _offer(product: Product, marketplace: Marketplace) -> Document:
    return {
        "marketplaceId": marketplace.marketplace_id,
        "offerType": "B2C",
        "price": money(product.price(marketplace.currency), marketplace.currency),
        "audience": {"value": "ALL", "displayName": "Sell on Amazon"},
    }


def _availability(offer: Offer | None, marketplaces: Sequence[Marketplace]) -> list[Document]:
    if offer is None:
        return [{"fulfillmentChannelCode": code} for code in _warehouses(marketplaces)]
    if offer.attribute() is None:
        return []
    quantity = {} if offer.quantity is None else {"quantity": offer.quantity}
    return [{"fulfillmentChannelCode": BY_MERCHANT, **quantity}]


def _attributes(product: Product, offer: Offer | None, marketplaces: Sequence[Marketplace]) -> Document:
    attributes: dict[str, list[dict[str, Any]]] = {
        "item_name": [_local(one, value=product.title, language_tag=one.language) for one in marketplaces],
        "condition_type": [_local(one, value=CONDITION) for one in marketplaces],
        "merchant_suggested_asin": [_local(one, value=product.asin) for one in marketplaces],
        "purchasable_offer": [_price(product, one) for one in marketplaces],
    }
    if offer is None:
        attributes[ATTRIBUTE] = [{CHANNEL: code} for code in _warehouses(marketplaces)]
    elif (entry := offer.attribute()) is not None:
        attributes[ATTRIBUTE] = [entry]
    return attributes


def _price(product: Product, marketplace: Marketplace) -> Document:
    price = money(product.price(marketplace.currency), marketplace.currency)
    ours = [{"schedule": [{"value_with_tax": float(price["amount"])}]}]
    return _local(marketplace, currency=marketplace.currency, audience="ALL", our_price=ours)


def _local(marketplace: Marketplace, **fields: Any) -> Document:
    return {**fields, "marketplace_id": marketplace.marketplace_id}


def _warehouses(marketplaces: Sequence[Marketplace]) -> list[str]:
    return sorted({WAREHOUSES[one.region] for one in marketplaces})
