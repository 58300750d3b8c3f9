"""Clearing what a person looks at: what clients say, and what they get."""

from collections.abc import Awaitable
from decimal import Decimal
from typing import Annotated

import strawberry

from api.schema.affected import evaluate_affected
from api.schema.amazon_orders import AmazonOrder
from api.schema.blockers import Blocker
from api.schema.context import Info
from api.schema.correcting import AddressPatch
from api.schema.counts import Count, CountPrecision
from api.schema.ids import NodeId, parse_id, typed_id
from api.schema.optional import Optionals, given, optional
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as OrderRecord
from domain.channel import create_from_item, dismiss, matching
from domain.channel.affected import Affected
from domain.channel.apply_resolution import Inputs, apply_resolution
from domain.channel.matching import ProductChoice
from domain.channel.records import Attention
from domain.errors import DomainError, InvalidInput, NotFound

_ENTRY = ("input", "blockerId")


@strawberry.input(one_of=True, description="A product, by one of its names.")
class ProductRef(Optionals):
    """A choice of a product."""

    id: strawberry.ID | None = optional("The id of a `Product`.")
    sku: str | None = optional("Its SKU, exactly.")


@strawberry.input(description="Which product the item of a blocker means.")
class MatchProductInput:
    """A match."""

    blocker_id: strawberry.ID = strawberry.field(description="The id of a `Blocker`.")
    product: ProductRef = strawberry.field(description="The product.")
    remember: bool = strawberry.field(
        default=True,
        description="Whether the seller SKU means it from now on in all orders of the account; false: only this item.",
    )


@strawberry.input(description="A way out, and what it needs.")
class ApplyResolutionInput(Optionals):
    """A way out that is chosen."""

    blocker_id: strawberry.ID = strawberry.field(description="The id of a `Blocker` or of an `AttentionItem`.")
    resolution_id: strawberry.ID = strawberry.field(description="The id of one of its `resolutions`.")
    product: ProductRef | None = optional("The product, where it needs PRODUCT.")
    address: AddressPatch | None = optional("The right parts of the address, where it needs ADDRESS.")
    quantity: int | None = optional(
        "How many came, where it restocks: just what is short if it is left out. Where it creates a product: how many "
        "lie on the shelf; its stock is not counted if it is left out."
    )
    rate: Decimal | None = optional(
        "What one unit of the order's currency is worth in the base currency from today on, where it needs RATE."
    )
    note: str | None = optional("Why, where it needs NOTE. Write no buyer data into it.")
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of a blocker and of the orders that stood still for the same cause.")
class BlockerPayload:
    """The answer to what clears a blocker."""

    blocker: Attention | None = strawberry.field(
        graphql_type=Blocker | None, default=None, description="The blocker as it is now; null if it was none."
    )
    order: OrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order that it stopped, as it is now."
    )
    affected: Count = strawberry.field(
        default_factory=lambda: Count(value=0, precision=CountPrecision.EXACT),
        description="How many orders are evaluated again because of it: the first 20 at once, the others in the "
        "background.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


BlockerId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Blocker`.")]
Match = Annotated[MatchProductInput, strawberry.argument(description="Which product it is.")]
Chosen = Annotated[ApplyResolutionInput, strawberry.argument(description="The way out.")]
Quantity = Annotated[
    int | None,
    strawberry.argument(description="How many lie on the shelf; the stock is not counted if it is left out."),
]
Note = Annotated[str, strawberry.argument(description="Why it is left. Write no buyer data into it.")]


async def apply(info: Info, input: Chosen) -> BlockerPayload:
    """Apply one of an entry's ways out."""
    wanted = parse_id(input.blocker_id, path=_ENTRY)
    if wanted.type_name not in ("Blocker", "AttentionItem"):
        raise InvalidInput("Pass the id of a Blocker or of an AttentionItem.", path=_ENTRY)
    entry = await _entry(wanted, path=_ENTRY)
    inputs = Inputs(
        product=_choice(input.product) if input.product else None,
        address=input.address.as_domain() if input.address else None,
        quantity=input.quantity,
        rate=input.rate,
        note=input.note,
    )
    service = info.context.service
    work = apply_resolution(
        attention_id=entry.id,
        resolution_id=input.resolution_id,
        inputs=inputs,
        idempotency_key=input.idempotency_key,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
    )
    return await _payload(info, entry, work)


async def match_product(info: Info, input: Match) -> BlockerPayload:
    """Say which product an item means."""
    entry = await _entry(typed_id(input.blocker_id, "Blocker", path=_ENTRY), path=_ENTRY)
    work = matching.match_product(
        attention_id=entry.id,
        product=_choice(input.product),
        remember=input.remember,
        now=info.context.service.clock.now(),
        actor=USER,
    )
    return await _payload(info, entry, work)


async def create_product_from_item(
    info: Info, blocker_id: BlockerId, quantity: Quantity = strawberry.UNSET
) -> BlockerPayload:
    """Make the product that an item lacks."""
    entry = await _entry(typed_id(blocker_id, "Blocker", path=("blockerId",)), path=("blockerId",))
    now = info.context.service.clock.now()
    work = create_from_item.create_product_from_item(
        attention_id=entry.id, quantity=given(quantity), now=now, actor=USER
    )
    return await _payload(info, entry, work)


async def dismiss_blocker(info: Info, blocker_id: BlockerId, note: Note) -> BlockerPayload:
    """Leave a blocker."""
    entry = await _entry(typed_id(blocker_id, "Blocker", path=("blockerId",)), path=("blockerId",))
    work = dismiss.dismiss_blocker(attention_id=entry.id, note=note, now=info.context.service.clock.now(), actor=USER)
    return await _payload(info, entry, work)


async def _entry(wanted: NodeId, *, path: tuple[str, ...]) -> Attention:
    with reading():
        entry = await Attention.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
    if entry is None or (wanted.type_name == "Blocker" and entry.blocker_kind is None):
        raise NotFound("There is no such blocker.", path=path)
    return entry


def _choice(product: ProductRef) -> ProductChoice:
    if product.id is None:
        return ProductChoice(sku=product.sku)
    return ProductChoice(product_id=typed_id(product.id, "Product", path=("input", "product", "id")).row_id)


async def _payload(info: Info, entry: Attention, work: Awaitable[Affected]) -> BlockerPayload:
    """Do the work, evaluate the orders it helps, and show how things stand now, whether or not it was refused."""
    service = info.context.service
    payload = BlockerPayload()
    try:
        payload.affected = await evaluate_affected(service, await work, before=entry.order_id)
    except DomainError as refusal:
        payload.errors = [user_error(refusal)]
    else:
        service.wake()
    with reading():
        now = await Attention.get(id=entry.id)
        payload.blocker = now if now.blocker_kind else None
        payload.order = await OrderRecord.get_or_none(id=entry.order_id) if entry.order_id else None
    return payload
