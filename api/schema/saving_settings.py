"""Changing order settings: what clients say, and what they get."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.impact import OrderSettingsImpact, impact_of
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.settings import OrderSettings, OrderSettingsPatch, patch_of, settings_window
from api.schema.shipping import USER
from api.schema.stores import find_store, settings_of
from api.schema.user_errors import UserError
from domain.accounts.order_statuses import check_initial_status
from domain.accounts.records import Store
from domain.accounts.settings import changed_settings, update_order_settings
from domain.errors import NotFound, StaleVersion


@strawberry.input(description="Which settings change, and to what.")
class UpdateOrderSettingsInput(Optionals):
    """A change of settings."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    patch: OrderSettingsPatch = strawberry.field(description="What changes.")
    expected_version: int | None = optional("The version that you saw; if there is another, nothing is done.")


@strawberry.type(description="What became of order settings.")
class OrderSettingsPayload:
    """The answer to updateOrderSettings."""

    settings: OrderSettings | None = strawberry.field(
        default=None, description="The settings as they are now; in a dry run, as they would be."
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")
    foreseen: strawberry.Private[tuple[Store, Mapping[str, Any]] | None] = None

    @strawberry.field(description="What saving it would do to the store's orders; in a dry run only, else null.")
    @staticmethod
    async def impact(root: strawberry.Parent["OrderSettingsPayload"], info: Info) -> OrderSettingsImpact | None:
        """Find out what the change would do."""
        return await impact_of(info, *root.foreseen) if root.foreseen else None


SettingsInput = Annotated[UpdateOrderSettingsInput, strawberry.argument(description="What changes.")]
DryRun = Annotated[bool, strawberry.argument(description="Check, and show what would be saved, but save nothing.")]


async def save_order_settings(info: Info, input: SettingsInput, dry_run: DryRun = False) -> OrderSettingsPayload:
    """Save a new version of a store's settings, or show what it would be."""
    store = await find_store(info.context, typed_id(input.store_id, "Store", path=("input", "storeId")))
    if store is None:
        raise NotFound("There is no such store.", path=("input", "storeId"))
    if dry_run:
        return OrderSettingsPayload(
            settings=await _would_be(info, store, input), foreseen=(store, patch_of(input.patch))
        )
    service = info.context.service
    await update_order_settings(
        store_id=store.id,
        patch=patch_of(input.patch),
        expected_version=input.expected_version,
        now=service.clock.now(),
        actor=USER,
    )
    service.wake()
    info.context.forget()
    return OrderSettingsPayload(settings=await settings_of(store, info.context))


async def _would_be(info: Info, store: Store, input: UpdateOrderSettingsInput) -> OrderSettings:
    version, current = await info.context.loaders.settings.load(store.id)
    if input.expected_version not in (None, version):
        raise StaleVersion(expected=input.expected_version or 0, actual=version, path=("input", "expectedVersion"))
    after = changed_settings(current, patch_of(input.patch))
    with reading():
        await check_initial_status(current, after)
    if after == current:
        return await settings_of(store, info.context)
    return settings_window(store, version + 1, after, info.context.service.clock.now())
