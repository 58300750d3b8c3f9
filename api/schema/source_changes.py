"""Making, changing and ordering the sources of stock, and carrying goods between them."""

from typing import Annotated

import strawberry

from api.schema.affected import evaluate_affected
from api.schema.context import Info
from api.schema.counts import Count, CountPrecision
from api.schema.optional import Optionals, optional
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from api.schema.sources import InventorySource, list_sources
from api.schema.stocking import StockPayload, product_row_id, stock_payload
from api.schema.user_errors import UserError
from domain.catalog import source_records
from domain.catalog.sources import SourceWish
from domain.channel.sourcing import order_stock_sources, save_stock_source
from domain.channel.stocking import transfer_stock


@strawberry.input(description="What a source is. What is left out stays as it is; a new source is then enabled.")
class SourceInput(Optionals):
    """A source."""

    code: str = strawberry.field(
        description="Its code: a new one makes a source. Small letters, digits, hyphens and underscores, at most 64; "
        "it stays for good."
    )
    name: str | None = optional("What people call it, at most 100 characters; for a new source the code.")
    country: str | None = optional("Where it is: a code of ISO 3166, such as DE; an empty text for none.")
    enabled: bool | None = optional("Whether what lies there is for sale.")


@strawberry.input(description="Goods that are carried from one source to another.")
class TransferInput(Optionals):
    """A transfer."""

    product_id: strawberry.ID = strawberry.field(description="The id of a `Product`.")
    quantity: int = strawberry.field(description="How many, at least 1.")
    from_source: str = strawberry.field(description="The code of the source that they leave.")
    to_source: str = strawberry.field(description="The code of the source that they come to.")
    note: str | None = optional("Why, for the history: at most 500 characters.")
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input changes nothing again."
    )


@strawberry.type(description="What became of a source, and of the orders that waited for what lies there.")
class SourcePayload:
    """The answer to saveSource."""

    source: source_records.Source | None = strawberry.field(
        graphql_type=InventorySource | None, default=None, description="The source as it is now."
    )
    affected: Count = strawberry.field(
        default_factory=lambda: Count(value=0, precision=CountPrecision.EXACT),
        description="How many orders are evaluated again because it was enabled: the first 20 at once, the others in "
        "the background.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


@strawberry.type(description="In which order goods are taken from the sources.")
class SourcesPayload:
    """The answer to orderSources."""

    sources: list[source_records.Source] = strawberry.field(
        graphql_type=list[InventorySource], default_factory=list, description="The sources in their order."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


SourceChoice = Annotated[SourceInput, strawberry.argument(description="The source.")]
Codes = Annotated[
    list[str], strawberry.argument(description="The codes of all sources: goods are taken from the first one first.")
]
Transfer = Annotated[TransferInput, strawberry.argument(description="What is carried, and where to.")]


async def save_source(info: Info, input: SourceChoice) -> SourcePayload:
    """Make or change a source."""
    wish = SourceWish(code=input.code, name=input.name, country=input.country, enabled=input.enabled)
    service = info.context.service
    source, affected = await save_stock_source(wish=wish, now=service.clock.now(), actor=USER)
    return SourcePayload(source=source, affected=await evaluate_affected(service, affected))


async def order_sources(info: Info, codes: Codes) -> SourcesPayload:
    """Put the sources in order."""
    return SourcesPayload(
        sources=await order_stock_sources(codes=codes, now=info.context.service.clock.now(), actor=USER)
    )


async def carry_stock(info: Info, input: Transfer) -> StockPayload:
    """Carry goods from one source to another."""
    service, wanted = info.context.service, product_row_id(input.product_id, ("input", "productId"))
    affected = await transfer_stock(
        product_id=wanted,
        quantity=input.quantity,
        from_source=input.from_source,
        to_source=input.to_source,
        note=input.note,
        idempotency_key=input.idempotency_key,
        now=service.clock.now(),
        actor=USER,
        sealer=service.sealer,
    )
    return await stock_payload(info, wanted, affected)


@strawberry.type
class SourceQuestions:
    """The question about sources."""

    @strawberry.field(
        graphql_type=list[InventorySource],
        description="The sources of stock, in the order that goods are taken from them. At first there is one, "
        "`default`, and whoever needs no other never has to name it.",
    )
    @staticmethod
    async def sources() -> list[source_records.Source]:
        """List the sources."""
        return await list_sources()


@strawberry.type
class SourceChanges:
    """The changes of sources."""

    save_source: SourcePayload = strawberry.mutation(
        resolver=save_source,
        extensions=[RefusalsAsUserErrors(SourcePayload)],
        description="Make a source of stock, or change the one of the same code; the same again changes nothing. A "
        "disabled source keeps its stock, which is not for sale; the default one, and one whose stock is promised to "
        "orders, are not disabled.",
    )
    order_sources: SourcesPayload = strawberry.mutation(
        resolver=order_sources,
        extensions=[RefusalsAsUserErrors(SourcesPayload)],
        description="Say in which order goods are taken from the sources. A new source is the last.",
    )
    transfer_stock: StockPayload = strawberry.mutation(
        resolver=carry_stock,
        extensions=[RefusalsAsUserErrors(StockPayload)],
        description="Carry some of a product from one source to another. The orders that waited for it are evaluated "
        "again.",
    )
