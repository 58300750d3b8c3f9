"""Who sells: each seller has a catalog and takes part in every marketplace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simulator.cast.catalog import Product
from simulator.marketplaces import MARKETPLACES
from simulator.orders.documents import Document

FIRST_SELLER: Final = "demo"


@dataclass(slots=True)
class Seller:
    """A seller on Amazon."""

    name: str
    catalog: Sequence[Product]
    is_revoked: bool = False  # the application may no longer act for the seller

    def product(self, sku: str) -> Product | None:
        """Return the product that the seller offers under the SKU."""
        return next((product for product in self.catalog if product.sku == sku), None)


def participations(seller: Seller) -> list[Document]:
    """Return the seller's marketplaces as getMarketplaceParticipations answers them."""
    return [
        {
            "marketplace": {
                "id": marketplace.marketplace_id,
                "name": marketplace.name,
                "countryCode": marketplace.country,
                "defaultCurrencyCode": marketplace.currency,
                "defaultLanguageCode": marketplace.language,
                "domainName": f"www.amazon.{marketplace.domain}",
            },
            "participation": {"isParticipating": True, "hasSuspendedListings": False},
            "storeName": f"Store of {seller.name}",
        }
        for marketplace in MARKETPLACES.values()
    ]
