"""Delivery addresses with what people corrected over what Amazon says; opened only where they are selected."""

from datetime import datetime
from typing import Any

import strawberry

from api.schema.actors import Actor, actor_of
from api.schema.context import Info
from api.schema.loaders import Listing
from domain import timeline
from domain.amazon.records import AmazonOrder
from domain.buyers import Owner, Values
from domain.channel.address_patch import NAMES, PARTS
from domain.channel.corrections import Layer, corrected, opened
from domain.channel.records import Correction

_CORRECTIONS = Listing(Correction, "order_id", ("id",))


@strawberry.type(
    description="A part of a delivery address that a person corrected over what Amazon says. It stays whatever Amazon "
    "says later, and goes together with the buyer data."
)
class AddressCorrection:
    """A corrected part; never what it says."""

    field: str = strawberry.field(description="Which part, by its name in `Address`, e.g. postalCode.")
    corrected_at: datetime = strawberry.field(description="When it was corrected.")
    corrected_by: timeline.Actor | None = strawberry.field(graphql_type=Actor, description="Who corrected it.")
    is_stale: bool = strawberry.field(
        description="Whether Amazon has said something new of this part since, and not what the correction says."
    )


async def address_of(order: AmazonOrder, info: Info) -> dict[str, Any] | None:
    """Open where an order goes, corrections included; None where nothing is known."""
    values, layer = await _opened(order, info)
    address: dict[str, Any] = dict((corrected(values, layer) or {}).get("address") or {})
    return address if any(address.values()) else None


async def corrections_of(order: AmazonOrder, info: Info) -> list[AddressCorrection]:
    """Return what people corrected, in the order of an address; nothing once the buyer data is deleted."""
    values, layer = await _opened(order, info)
    if values is None or layer is None:
        return []
    stale = layer.stale(values.get("address"), info.context.service.sealer)
    rows = await info.context.loaders.rows(_CORRECTIONS).load(order.id)
    return [
        AddressCorrection(
            field=NAMES[row.field],
            corrected_at=row.corrected_at,
            corrected_by=actor_of(row.actor_kind, row.actor_name),
            is_stale=row.field in stale,
        )
        for row in sorted(rows, key=lambda row: PARTS.index(row.field))
    ]


async def _opened(order: AmazonOrder, info: Info) -> tuple[Values | None, Layer | None]:
    values = await info.context.loaders.buyers(Owner.AMAZON_ORDER).load(order.id)
    rows = await info.context.loaders.rows(_CORRECTIONS).load(order.id)
    return values, opened(rows, info.context.service.sealer).get(order.id)
