"""What other order settings would do, before anybody saves them."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from api.database import one_moment
from api.plans.fragments import one_of
from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.order_list import AmazonOrderConnection, OrderBy, Where, list_orders
from api.schema.paging import After, Before, First, Last
from api.schema.settings import OrderSettingsPatch, patch_of
from api.schema.stores import find_store
from api.schema.user_errors import UserError
from domain.accounts.records import Store
from domain.amazon.display import ImportState
from domain.channel.preview import MOST_ORDERS, SettingsImpact, preview_order_settings
from domain.errors import DomainError, NotFound

Patch = Annotated[OrderSettingsPatch, strawberry.argument(description="What would change.")]
StoreId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Store`.")]


@strawberry.type(
    description="What becomes of a store's orders once settings are saved: what the evaluation that follows at once "
    "decides, order by order as it shares out the stock. It goes by what is stored now and by how things stand, so an "
    "order that was never evaluated counts as becoming something. Nothing is written."
)
class OrderSettingsImpact:
    """The window on an impact."""

    found: strawberry.Private[SettingsImpact] = strawberry.UNSET
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it was found out.")

    def __post_init__(self) -> None:
        if self.found is strawberry.UNSET:
            self.found = SettingsImpact()

    @strawberry.field(
        description=f"How many of the store's orders without a commerce order were looked at, {MOST_ORDERS} at most."
    )
    @staticmethod
    def evaluated(root: strawberry.Parent["OrderSettingsImpact"]) -> int:
        """Return how many there are."""
        return root.found.evaluated

    @strawberry.field(
        description="Whether all were looked at. If not, those that ship first were, and of these all is exact."
    )
    @staticmethod
    def complete(root: strawberry.Parent["OrderSettingsImpact"]) -> bool:
        """Return whether none is left."""
        return root.found.is_complete

    @strawberry.field(
        description="Orders that are not blocked now and would be, those whose import would fail included."
    )
    @staticmethod
    async def becoming_blocked(
        root: strawberry.Parent["OrderSettingsImpact"],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        where: Where = strawberry.UNSET,
        order_by: OrderBy = strawberry.UNSET,
    ) -> AmazonOrderConnection:
        """Return a page of them."""
        only = one_of("id", root.found.ids_becoming(ImportState.BLOCKED))
        return await list_orders(info, first, after, last, before, where, order_by, only=only)

    @strawberry.field(description="Orders that would be imported.")
    @staticmethod
    async def becoming_importable(
        root: strawberry.Parent["OrderSettingsImpact"],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        where: Where = strawberry.UNSET,
        order_by: OrderBy = strawberry.UNSET,
    ) -> AmazonOrderConnection:
        """Return a page of them."""
        only = one_of("id", root.found.ids_becoming(ImportState.IMPORTED))
        return await list_orders(info, first, after, last, before, where, order_by, only=only)

    @strawberry.field(description="How many orders would wait that do not wait now.")
    @staticmethod
    def becoming_waiting(root: strawberry.Parent["OrderSettingsImpact"]) -> int:
        """Return how many there are."""
        return len(root.found.ids_becoming(ImportState.WAITING))

    @strawberry.field(description="How many orders would be left out that are not left out now.")
    @staticmethod
    def becoming_skipped(root: strawberry.Parent["OrderSettingsImpact"]) -> int:
        """Return how many there are."""
        return len(root.found.ids_becoming(ImportState.SKIPPED))

    @strawberry.field(description="How many orders would stay what they are: blocked, waiting or left out.")
    @staticmethod
    def unchanged(root: strawberry.Parent["OrderSettingsImpact"]) -> int:
        """Return how many there are."""
        return root.found.unchanged

    @strawberry.field(description="How many orders that are not imported hold no stock now and would hold some.")
    @staticmethod
    def taking_stock(root: strawberry.Parent["OrderSettingsImpact"]) -> int:
        """Return how many there are."""
        return root.found.taking_stock

    @strawberry.field(description="How many orders that are not imported hold stock now and would hold none.")
    @staticmethod
    def releasing_stock(root: strawberry.Parent["OrderSettingsImpact"]) -> int:
        """Return how many there are."""
        return root.found.releasing_stock


async def preview_settings(info: Info, store_id: StoreId, patch: Patch) -> OrderSettingsImpact:
    """Say what a patch would do.

    Raises NotFound, RequiredInput or InvalidInput, with the paths of the question.
    """
    store = await find_store(info.context, typed_id(store_id, "Store", path=("storeId",)))
    if store is None:
        raise NotFound("There is no such store.", path=("storeId",))
    try:
        return await impact_of(info, store, patch_of(patch))
    except DomainError as refusal:
        # The rules speak of the mutation, whose argument is one level deeper.
        refusal.path = refusal.path[1:] if refusal.path[:1] == ("input",) else refusal.path
        raise


async def impact_of(info: Info, store: Store, patch: Mapping[str, Any]) -> OrderSettingsImpact:
    """Return what a patch would do to a store's orders, as they are at one moment."""
    service = info.context.service
    async with one_moment():
        found = await preview_order_settings(
            store_id=store.id, patch=patch, now=service.clock.now(), sealer=service.sealer
        )
    return OrderSettingsImpact(found=found)
