"""The addresses of a commerce order: as the back office takes them, with placeholders where nothing is known."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from api.documents.parties import why_unknown
from api.documents.surroundings import redacted_at
from api.schema.address_corrections import address_of
from api.schema.buyers import buyer_of
from api.schema.context import Info
from domain.amazon.records import AmazonOrder
from domain.buyers import Owner
from domain.commerce.person_names import person_name
from domain.commerce.records import CommerceOrder


@strawberry.type(
    description="An address of a commerce order. Buyer data. Names are split at the first space and without characters "
    "that names are not written with; a part of a name that is missing is N/A."
)
class OrderAddress:
    """An address with placeholders."""

    first_name: str = strawberry.field(description="The first name, or N/A.")
    last_name: str = strawberry.field(description="The rest of the name, or N/A.")
    company: str | None = strawberry.field(description="The buyer's company.")
    street: list[str] = strawberry.field(description="The lines of the street; empty where Amazon sends none.")
    city: str | None = strawberry.field(description="The city.")
    region: str | None = strawberry.field(description="The state or region: its code where the country writes codes.")
    postal_code: str | None = strawberry.field(description="The postal code.")
    country_code: str | None = strawberry.field(description="The country, ISO 3166.")
    phone: str | None = strawberry.field(description="A telephone number.")
    is_placeholder: bool = strawberry.field(description="Whether nothing is known: no name and no address.")
    note: str | None = strawberry.field(description="Why nothing is known; null where something is.")


async def addresses_of(order: CommerceOrder, info: Info) -> tuple[OrderAddress, OrderAddress]:
    """Return where an order is billed to and where it goes: Amazon names the buyer and one address for both."""
    amazon = await info.context.loaders.row(AmazonOrder).load(order.channel_order_id)
    buyer, address = await _values_of(order, amazon, info)
    receiver = address.get("name") or buyer.get("name")
    note = None
    if amazon and not buyer.get("name") and not any(address.values()):
        note = why_unknown(amazon, await info.context.loaders.other(_redacted).load(amazon.id))
    return (
        order_address(buyer.get("name") or receiver, buyer, address, note=note),
        order_address(receiver, {}, address, note=note),
    )


def order_address(
    name: str | None, buyer: Mapping[str, Any], address: Mapping[str, Any], *, note: str | None = None
) -> OrderAddress:
    """Return an address under a name."""
    parts = person_name(name)
    return OrderAddress(
        first_name=parts.first,
        last_name=parts.last,
        company=buyer.get("company"),
        street=[line for part in ("line1", "line2", "line3") if (line := address.get(part))],
        city=address.get("city"),
        region=address.get("region"),
        postal_code=address.get("postal_code"),
        country_code=address.get("country_code"),
        phone=address.get("phone"),
        is_placeholder=parts.is_placeholder and not any(address.values()),
        note=note,
    )


async def _values_of(
    order: CommerceOrder, amazon: AmazonOrder | None, info: Info
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return buyer and address of the order's own copy, or what Amazon says with the corrections over it."""
    kept = await info.context.loaders.buyers(Owner.COMMERCE_ORDER).load(order.id)
    if kept is not None:
        return kept.get("buyer") or {}, kept.get("address") or {}
    if amazon is None:
        return {}, {}
    return await buyer_of(amazon, info) or {}, await address_of(amazon, info) or {}


async def _redacted(amazon_ids: list[int]) -> list[datetime | None]:
    found = await redacted_at(amazon_ids)
    return [found.get(amazon_id) for amazon_id in amazon_ids]
