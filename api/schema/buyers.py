"""Buyer data: opened only where it is selected."""

from datetime import datetime
from typing import Any

import strawberry

from api.schema.context import Info
from domain.amazon.records import AmazonOrder
from domain.buyers import Owner


def _sealed(name: str) -> Any:
    def opened(root: Any) -> str | None:
        return root.get(name)  # type: ignore[no-any-return]

    return opened


@strawberry.type(description="Who bought. Buyer data.")
class Buyer:
    """The window on an opened buyer."""

    name: str | None = strawberry.field(resolver=_sealed("name"), description="The buyer's name.")
    email: str | None = strawberry.field(
        resolver=_sealed("email"), description="The address at which Amazon relays mail."
    )


@strawberry.type(description="Where goods go. Buyer data.")
class Address:
    """The window on an opened address."""

    name: str | None = strawberry.field(resolver=_sealed("name"), description="Who receives them.")
    line1: str | None = strawberry.field(resolver=_sealed("line1"), description="The first line.")
    line2: str | None = strawberry.field(resolver=_sealed("line2"), description="The second line.")
    line3: str | None = strawberry.field(resolver=_sealed("line3"), description="The third line.")
    city: str | None = strawberry.field(resolver=_sealed("city"), description="The city.")
    region: str | None = strawberry.field(resolver=_sealed("region"), description="The state or region.")
    postal_code: str | None = strawberry.field(resolver=_sealed("postal_code"), description="The postal code.")
    country_code: str | None = strawberry.field(resolver=_sealed("country_code"), description="The country, ISO 3166.")
    phone: str | None = strawberry.field(resolver=_sealed("phone"), description="A telephone number.")


@strawberry.type(description="The buyer's request to cancel. It is shown, and never carried out by itself.")
class BuyerCancellation:
    """A request to cancel."""

    order: strawberry.Private[AmazonOrder]
    requested_at: datetime = strawberry.field(description="When the request was first seen.")

    @strawberry.field(description="The buyer's own words. Buyer data.")
    @staticmethod
    async def reason(root: strawberry.Parent["BuyerCancellation"], info: Info) -> str | None:
        """Open the sealed words."""
        buyer = await buyer_of(root.order, info)
        return buyer.get("cancel_reason") if buyer else None


async def buyer_of(order: AmazonOrder, info: Info) -> dict[str, Any] | None:
    """Open who bought; None where nothing is known."""
    kept = await info.context.loaders.buyers(Owner.AMAZON_ORDER).load(order.id)
    values: dict[str, Any] = (kept or {}).get("buyer") or {}
    return values if any(values.values()) else None


async def cancellation_of(order: AmazonOrder, info: Info) -> BuyerCancellation | None:
    """Return the buyer's request to cancel, if there is one."""
    if order.cancel_requested_at is None:
        return None
    return BuyerCancellation(order=order, requested_at=order.cancel_requested_at)
