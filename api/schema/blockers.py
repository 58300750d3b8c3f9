"""What stops an order from being imported, each kind with its own facts."""

from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.schema.actors import Actor, actor_of
from api.schema.candidates import ProductCandidate, candidates_for
from api.schema.context import Info
from api.schema.enums import described
from api.schema.loaders import Listing
from api.schema.nodes import Node, window_on
from api.schema.order_items import OrderItem
from api.schema.products import Product
from api.schema.resolutions import BlockerResolution, ways_out_of
from domain import timeline
from domain.amazon.records import AmazonItem
from domain.amazon.records import AmazonOrder as OrderRecord
from domain.catalog.records import Product as ProductRecord
from domain.channel.blockers import BlockerKind
from domain.channel.records import Attention, AttentionKind, AttentionState

if TYPE_CHECKING:
    from api.schema.amazon_orders import AmazonOrder

described(
    AttentionState,
    name="BlockerState",
    description="Whether a blocker still counts.",
    values={
        "OPEN": "It stops the order.",
        "RESOLVED": "Its cause is gone.",
        "DISMISSED": "A person decided to leave it.",
    },
)

BLOCKERS = Listing(Attention, "order_id", ("id",), (("kind", AttentionKind.BLOCKER),))

_DATA = frozenset(
    [BlockerKind.INVALID_ADDRESS, BlockerKind.CURRENCY_NOT_CONFIGURED, BlockerKind.MARKETPLACE_DATA_INVALID]
)
_Order = Annotated["AmazonOrder", strawberry.lazy("api.schema.amazon_orders")]


@strawberry.interface(
    description="One reason why an Amazon order has no commerce order. Each kind carries its own facts."
)
class Blocker(Node):
    """The common part of blockers."""

    blocker_kind: BlockerKind = strawberry.field(name="kind", description="The kind of reason.")
    state: AttentionState = strawberry.field(description="Whether it still counts.")
    message: str = strawberry.field(description="The reason in words.")
    opened_at: datetime = strawberry.field(name="detectedAt", description="When it was first seen.")
    last_checked_at: datetime = strawberry.field(description="When it was last looked at.")
    resolved_at: datetime | None = strawberry.field(description="When its cause was gone; null while it is open.")

    @strawberry.field(graphql_type=_Order, description="The order that it stops.")
    @staticmethod
    async def order(root: strawberry.Parent[Attention], info: Info) -> OrderRecord | None:
        """Return the order."""
        return await _order_of(root, info)

    @strawberry.field(graphql_type=OrderItem | None, description="The item it is about; null: the order as a whole.")
    @staticmethod
    async def item(root: strawberry.Parent[Attention], info: Info) -> AmazonItem | None:
        """Return the item."""
        return await info.context.loaders.row(AmazonItem).load(root.item_id) if root.item_id else None

    @strawberry.field(description="When it is looked at again by itself; null when only a change brings that about.")
    @staticmethod
    async def next_check_at(root: strawberry.Parent[Attention], info: Info) -> datetime | None:
        """Return when the order is evaluated next."""
        order = await _order_of(root, info) if root.state is AttentionState.OPEN else None
        return order.evaluate_due if order else None

    @strawberry.field(
        graphql_type=Actor | None,
        description="Who resolved it: SYSTEM where it was found gone, whoever mended it; null while it is open.",
    )
    @staticmethod
    def resolved_by(root: strawberry.Parent[Attention]) -> timeline.Actor | None:
        """Return the actor."""
        return actor_of(root.actor_kind, root.actor_name)

    @strawberry.field(description="Opaque, the same for all blockers that one fix clears.")
    @staticmethod
    def cause(root: strawberry.Parent[Attention]) -> strawberry.ID:
        """Return the cause."""
        return cause_id(root.cause or root.subject)

    @strawberry.field(description="The ways out, the best first; empty once it is resolved.")
    @staticmethod
    async def resolutions(root: strawberry.Parent[Attention], info: Info) -> list[BlockerResolution]:
        """Return the ways out."""
        return await info.context.loaders.other(ways_out_of).load(root.id)


def cause_id(cause: str) -> strawberry.ID:
    """Return what clients see of a cause: it names rows and accounts that are no business of theirs."""
    return strawberry.ID(blake2b(cause.encode(), digest_size=16).hexdigest())


async def _order_of(blocker: Attention, info: Info) -> OrderRecord | None:
    return await info.context.loaders.row(OrderRecord).load(blocker.order_id) if blocker.order_id else None


def _of_kind(*kinds: BlockerKind) -> Any:
    return lambda attention: attention.blocker_kind in kinds


@strawberry.type(description="No product is known for an item.")
@window_on(Attention, only=_of_kind(BlockerKind.PRODUCT_NOT_MATCHED))
class ProductNotMatchedBlocker(Blocker):
    """An item without product."""

    seller_sku: str | None = strawberry.field(description="The seller SKU that no product has.")

    @strawberry.field(description="The item's ASIN; no product has it either, or several have.")
    @staticmethod
    def asin(root: strawberry.Parent[Attention]) -> str | None:
        """Return the ASIN that Amazon gives."""
        asin = root.facts.get("asin")
        return None if asin is None else str(asin)

    @strawberry.field(description="Products that the item may mean, the likeliest first, at most five.")
    @staticmethod
    async def candidates(root: strawberry.Parent[Attention], info: Info) -> list[ProductCandidate]:
        """Return the candidates."""
        return await info.context.loaders.other(candidates_for).load(root.item_id) if root.item_id else []


@strawberry.type(description="The product of an item is not for sale.")
@window_on(Attention, only=_of_kind(BlockerKind.PRODUCT_DISABLED))
class ProductDisabledBlocker(Blocker):
    """An item of a disabled product."""

    @strawberry.field(graphql_type=Product, description="The product.")
    @staticmethod
    async def product(root: strawberry.Parent[Attention], info: Info) -> ProductRecord | None:
        """Return the product."""
        return await _product_of(root, info)


@strawberry.type(description="Less of a product is free than an item needs.")
@window_on(Attention, only=_of_kind(BlockerKind.OUT_OF_STOCK))
class OutOfStockBlocker(Blocker):
    """An item of which there is too little."""

    @strawberry.field(graphql_type=Product, description="The product.")
    @staticmethod
    async def product(root: strawberry.Parent[Attention], info: Info) -> ProductRecord | None:
        """Return the product."""
        return await _product_of(root, info)

    @strawberry.field(description="How many the item needs.")
    @staticmethod
    def required(root: strawberry.Parent[Attention]) -> int:
        """Return what is needed."""
        return int(root.facts["required"])

    @strawberry.field(description="How many were free when it was last looked at.")
    @staticmethod
    def available(root: strawberry.Parent[Attention]) -> int:
        """Return what is there."""
        return int(root.facts["available"])

    @strawberry.field(description="How many are missing: required less available.")
    @staticmethod
    def short_by(root: strawberry.Parent[Attention]) -> int:
        """Return what is missing."""
        return int(root.facts["required"]) - int(root.facts["available"])


@strawberry.type(
    description="What Amazon says cannot be used: a part of the address, an amount, a currency, or its rate."
)
@window_on(Attention, only=_of_kind(*_DATA))
class DataBlocker(Blocker):
    """A flaw in Amazon's data."""

    @strawberry.field(description="What it is about, e.g. city.")
    @staticmethod
    def field(root: strawberry.Parent[Attention]) -> str:
        """Return the name of the field."""
        return str(root.facts["field"])

    @strawberry.field(description="What Amazon said there; null where it said nothing, and always for buyer data.")
    @staticmethod
    def value(root: strawberry.Parent[Attention]) -> str | None:
        """Return the value."""
        value = root.facts.get("value", root.facts.get("stated"))
        return None if value is None else str(value)


async def _product_of(blocker: Attention, info: Info) -> ProductRecord | None:
    return await info.context.loaders.row(ProductRecord).load(blocker.product_id) if blocker.product_id else None
