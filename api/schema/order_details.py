"""The details of an Amazon order: how it was sold and paid, and the packages that Amazon knows of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import strawberry

from api.documents.parties import why_unknown
from api.documents.surroundings import redacted_at
from api.schema.buyers import buyer_of
from api.schema.context import Info
from api.schema.order_items import ITEMS, Item
from domain.amazon import records
from domain.amazon.facts import FulfillmentChannel
from domain.buyers import Owner
from domain.instant import from_text

PREMIUM: Final = "PREMIUM"


@strawberry.type(description="How many of an item are in a package.")
class AmazonPackageItem:
    """An item in a package."""

    row: strawberry.Private[records.AmazonItem | None]
    item_id: str = strawberry.field(name="amazonOrderItemId", description="Amazon's identifier of the item.")
    quantity: int = strawberry.field(description="How many of it.")

    @strawberry.field(
        graphql_type=Item | None,
        description="The item; null where Amazon no longer lists it.",
    )
    @staticmethod
    def item(root: strawberry.Parent["AmazonPackageItem"]) -> records.AmazonItem | None:
        """Return the item."""
        return root.row


@strawberry.type(description="A package as Amazon knows it, whoever sent it. What Amazon does not say is null.")
class AmazonPackage:
    """A package of the tracking tab."""

    reference: str = strawberry.field(description="Its reference: ours where it was confirmed here.")
    carrier_code: str | None = strawberry.field(description="The carrier in Amazon's word.")
    shipping_method: str | None = strawberry.field(description="The carrier's service, as whoever sent it named it.")
    tracking_number: str | None = strawberry.field(description="The tracking number.")
    status: str | None = strawberry.field(description="Where it is, in Amazon's word, e.g. IN_TRANSIT.")
    shipped_at: datetime | None = strawberry.field(description="When it left.")
    items: list[AmazonPackageItem] = strawberry.field(description="What is in it.")


@strawberry.type
class OrderDetails:
    """What the page of an order's details shows beside the columns of a grid."""

    sales_channel: str | None = strawberry.field(
        description="Where it was sold, in Amazon's word: AMAZON or NON_AMAZON. Null for what was read before Amazon "
        "was asked."
    )
    service_level: str | None = strawberry.field(
        description="How fast the buyer wants it, in Amazon's word, e.g. STANDARD: the shipping service and its level, "
        "of which Amazon's newer interface names one. What a carrier calls its service stands at each package."
    )

    @strawberry.field(description="How it was paid, in Amazon's words, e.g. CreditCard; empty while it is PENDING.")
    @staticmethod
    def payment_methods(root: strawberry.Parent[records.AmazonOrder]) -> list[str]:
        """Return the methods."""
        return list(root.payment_methods or ())

    @strawberry.field(description="Whether Amazon promised premium shipping, which the seller has to keep.")
    @staticmethod
    def is_premium(root: strawberry.Parent[records.AmazonOrder]) -> bool:
        """Return whether Amazon lists the program."""
        return PREMIUM in root.programs

    @strawberry.field(description="Whether Amazon sends the goods; false while it does not say.")
    @staticmethod
    def is_shipped_by_amazon(root: strawberry.Parent[records.AmazonOrder]) -> bool:
        """Return whether Amazon fulfils it."""
        return root.fulfillment_channel is FulfillmentChannel.AMAZON

    @strawberry.field(description="Whether it replaces another order, free of charge or in exchange.")
    @staticmethod
    def is_replacement(root: strawberry.Parent[records.AmazonOrder]) -> bool:
        """Return whether Amazon names another order."""
        return root.replaced_number is not None

    replaced_number: str | None = strawberry.field(
        name="replacedAmazonOrderId", description="Amazon's number of the order that it replaces, known here or not."
    )

    @strawberry.field(description="The buyer's own number of the purchase; businesses give one. Buyer data.")
    @staticmethod
    async def purchase_order_number(root: strawberry.Parent[records.AmazonOrder], info: Info) -> str | None:
        """Open the sealed number."""
        buyer = await buyer_of(root, info)
        return buyer.get("purchase_order_number") if buyer else None

    @strawberry.field(
        description="Why neither the buyer's name nor an address is there, in words; null where one of them is."
    )
    @staticmethod
    async def withheld_note(root: strawberry.Parent[records.AmazonOrder], info: Info) -> str | None:
        """Return the reason."""
        kept = await info.context.loaders.buyers(Owner.AMAZON_ORDER).load(root.id) or {}
        known = (kept.get("buyer") or {}).get("name") or any((kept.get("address") or {}).values())
        return None if known else why_unknown(root, await info.context.loaders.other(_redacted).load(root.id))

    @strawberry.field(
        description="The packages that Amazon knows of; those confirmed here stand at the commerce order's shipments "
        "as well, and sooner."
    )
    @staticmethod
    async def packages(root: strawberry.Parent[records.AmazonOrder], info: Info) -> list[AmazonPackage]:
        """Return the packages."""
        if not root.packages:
            return []
        items = {item.item_id: item for item in await info.context.loaders.rows(ITEMS).load(root.id)}
        return [_package(package, items) for package in root.packages]


def _package(package: Mapping[str, Any], items: Mapping[str, records.AmazonItem]) -> AmazonPackage:
    shipped_at = package["shipped_at"]
    return AmazonPackage(
        reference=package["reference"],
        carrier_code=package["carrier"],
        shipping_method=package.get("shipping_service"),  # packages that were read earlier lack it
        tracking_number=package["tracking_number"],
        status=package["status"],
        shipped_at=from_text(shipped_at) if shipped_at else None,
        items=[
            AmazonPackageItem(row=items.get(item_id), item_id=item_id, quantity=quantity)
            for item_id, quantity in package["items"]
        ],
    )


async def _redacted(amazon_ids: list[int]) -> list[datetime | None]:
    found = await redacted_at(amazon_ids)
    return [found.get(amazon_id) for amazon_id in amazon_ids]
