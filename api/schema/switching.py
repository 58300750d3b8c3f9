"""Pausing, resuming and deleting a store."""

from typing import Annotated

import strawberry

from api.schema.connecting import StorePayload
from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.shipping import USER
from api.schema.stores import find_store
from domain.accounts import stores
from domain.accounts.records import Store
from domain.channel import remove_store
from domain.errors import NotFound

StoreChoice = Annotated[strawberry.ID, strawberry.argument(description="The id of a `Store`.")]


@strawberry.input(description="Which store goes, said twice.")
class DeleteStoreInput:
    """A store to delete."""

    store_id: strawberry.ID = strawberry.field(description="The id of a `Store`.")
    confirm_name: str = strawberry.field(description="The store's name, exactly as it is shown: it cannot be undone.")


DeleteInput = Annotated[DeleteStoreInput, strawberry.argument(description="Which store, and its name.")]


async def pause_store(info: Info, store_id: StoreChoice) -> StorePayload:
    """Pause a store."""
    store = await asked_store(info, store_id, path=("storeId",))
    paused = await stores.pause_store(store_id=store.id, now=info.context.service.clock.now(), actor=USER)
    return StorePayload(store=paused)


async def resume_store(info: Info, store_id: StoreChoice) -> StorePayload:
    """Resume a store."""
    service = info.context.service
    store = await asked_store(info, store_id, path=("storeId",))
    resumed = await stores.resume_store(store_id=store.id, now=service.clock.now(), actor=USER)
    service.wake()
    return StorePayload(store=resumed)


async def delete_store(info: Info, input: DeleteInput) -> StorePayload:
    """Delete a store."""
    service = info.context.service
    store = await asked_store(info, input.store_id, path=("input", "storeId"))
    deleted = await remove_store.delete_store(
        store_id=store.id, confirm_name=input.confirm_name, now=service.clock.now(), actor=USER
    )
    service.wake()
    return StorePayload(store=deleted)


async def asked_store(info: Info, store_id: strawberry.ID, *, path: tuple[str, ...]) -> Store:
    """Return the store of an id.

    Raises InvalidInput or NotFound.
    """
    store = await find_store(info.context, typed_id(store_id, "Store", path=path))
    if store is None:
        raise NotFound("There is no such store.", path=path)
    return store
