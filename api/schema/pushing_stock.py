"""Saving how a store pushes stock to Amazon."""

from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.listings import StockPush, push_of_store
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from domain.channel.stock_push import PushSettings, save_push_settings


@strawberry.input(description="How a store pushes stock to Amazon, all of it: what is left out is as by default.")
class StockPushInput(Optionals):
    """How a store pushes stock."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    enabled: bool = strawberry.field(description="Whether it does.")
    out_of_stock_threshold: int | None = optional("With so many free, or fewer, none is offered; 0 by default.")
    maximum_quantity: int | None = optional("Never more than so many are offered; no limit by default.")
    seller_id: str | None = optional(
        "The seller's id at Amazon (Seller Central: merchant token); needed once if connecting the store did not tell "
        "it."
    )


@strawberry.type(description="How a store pushes stock now.")
class StockPushPayload:
    """The answer to updateStockPush."""

    stock_push: StockPush | None = strawberry.field(default=None, description="How the store pushes stock now.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


StockPushChoice = Annotated[StockPushInput, strawberry.argument(description="How the store is to push stock.")]


async def update_stock_push(info: Info, input: StockPushChoice) -> StockPushPayload:
    """Save how a store pushes stock."""
    store_id = typed_id(input.store_id, "Store", path=("input", "storeId")).row_id
    settings = PushSettings(
        enabled=input.enabled, threshold=input.out_of_stock_threshold or 0, most=input.maximum_quantity
    )
    now = info.context.service.clock.now()
    await save_push_settings(store_id=store_id, settings=settings, seller_id=input.seller_id, now=now, actor=USER)
    info.context.service.wake()
    with reading():
        return StockPushPayload(stock_push=await push_of_store(store_id))


@strawberry.type
class ListingChanges:
    """The changes of how listings are kept."""

    update_stock_push: StockPushPayload = strawberry.mutation(
        resolver=update_stock_push,
        extensions=[RefusalsAsUserErrors(StockPushPayload)],
        description="Say whether a store pushes stock to its listings on Amazon (off by default), and within which "
        "limits. What is pushed is what lies on the shelf, less what is promised to orders or open in orders that "
        "Amazon told of. Orders placed since the newest ones were read, about a quarter of an hour at most, are not "
        "subtracted yet: so many can be sold too often, until they are read and the number is pushed again.",
    )
