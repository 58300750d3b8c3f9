"""The e-mail address of an order's buyer: as Amazon relays it, or the one that stands in for it."""

from typing import NamedTuple

import strawberry

from api.documents.surroundings import redacted_at
from api.schema.context import Info
from domain.buyers import Owner, Values
from domain.commerce.customers import made_up_email
from domain.commerce.records import CommerceOrder


class _Email(NamedTuple):
    address: str | None
    is_made_up: bool = False


@strawberry.type
class BuyerEmail:
    """What a commerce order shows of its buyer's e-mail address."""

    @strawberry.field(
        description="The buyer's e-mail address, as Amazon relays it; where Amazon told none, one made up of its order "
        "number, which reaches nobody. Buyer data; null once it is deleted."
    )
    @staticmethod
    async def customer_email(root: strawberry.Parent[CommerceOrder], info: Info) -> str | None:
        """Return the address."""
        return (await _email_of(root, info)).address

    @strawberry.field(description="Whether `customerEmail` is made up: then nobody can be written to (`sendEmail`).")
    @staticmethod
    async def is_customer_email_made_up(root: strawberry.Parent[CommerceOrder], info: Info) -> bool:
        """Return whether Amazon told no address."""
        return (await _email_of(root, info)).is_made_up


def told_email(kept: Values) -> str | None:
    """Return the address that Amazon told, of what is kept of an order's buyer."""
    return ((kept.get("buyer") or {}).get("email") or "").strip() or None


def is_buyer_kept(kept: Values) -> bool:
    """Return whether the buyer is among what is kept; what people commented may be there alone."""
    return bool(kept.keys() & {"buyer", "address"})


async def _email_of(order: CommerceOrder, info: Info) -> _Email:
    kept = await info.context.loaders.buyers(Owner.COMMERCE_ORDER).load(order.id) or {}
    if address := told_email(kept):
        return _Email(address)
    if not is_buyer_kept(kept) and await info.context.loaders.other(_was_redacted).load(order.channel_order_id):
        return _Email(None)
    return _Email(made_up_email(order.channel_number), is_made_up=True)


async def _was_redacted(amazon_ids: list[int]) -> list[bool]:
    found = await redacted_at(amazon_ids)
    return [amazon_id in found for amazon_id in amazon_ids]
