"""Reading and saving order settings: every saved version stays, the newest one counts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from domain.accounts.order_settings import OrderSettings
from domain.accounts.order_statuses import check_initial_status
from domain.accounts.records import SettingsVersion, Store
from domain.accounts.settings_input import changed_names, changed_settings, from_values, graphql_name, to_values
from domain.change import Change, change
from domain.errors import NotFound, StaleVersion
from domain.timeline import Actor, EventKind, Subject

_CHUNK: Final = 500

__all__ = ["changed_settings", "settings_of", "settings_of_stores", "to_values", "update_order_settings"]


async def settings_of(store_id: int) -> tuple[int, OrderSettings]:
    """Return a store's order settings with their version.

    Raises NotFound.
    """
    found = (await settings_of_stores([store_id])).get(store_id)
    if found is None:
        raise NotFound("There is no such store.", path=("storeId",))
    return found


async def settings_of_stores(store_ids: Iterable[int]) -> dict[int, tuple[int, OrderSettings]]:
    """Return the order settings of many stores with their versions; unknown stores are left out."""
    ids = sorted(set(store_ids))
    newest: dict[int, tuple[int, OrderSettings]] = {}
    for start in range(0, len(ids), _CHUNK):
        stores = await Store.filter(id__in=ids[start : start + _CHUNK])
        counting = {(store.id, store.settings_version) for store in stores}
        versions = await SettingsVersion.filter(
            store_id__in=[store.id for store in stores], version__in=sorted({version for _, version in counting})
        )
        for saved in versions:
            if (saved.store_id, saved.version) in counting:
                newest[saved.store_id] = (saved.version, from_values(saved.values))
    return newest


async def update_order_settings(
    *, store_id: int, patch: Mapping[str, object], expected_version: int | None, now: datetime, actor: Actor
) -> SettingsVersion:
    """Save a new version of a store's order settings, and have its orders that were not imported evaluated again.

    A patch that changes nothing makes no version. Raises NotFound, StaleVersion, RequiredInput or InvalidInput.
    """
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        # Where transactions run side by side, two must not save the same version; SQLite runs one at a time anyway.
        store = await Store.select_for_update().get_or_none(id=store_id)
        if store is None:
            raise NotFound("There is no such store.", path=("storeId",))
        version, current = await settings_of(store_id)
        if expected_version not in (None, version):
            raise StaleVersion(expected=expected_version, actual=version, path=("input", "expectedVersion"))
        after = changed_settings(current, patch)
        await check_initial_status(current, after)
        if after == current:
            return await SettingsVersion.get(store_id=store_id, version=version)
        return await _save(unit, store, current, after)


async def _save(unit: Change, store: Store, current: OrderSettings, after: OrderSettings) -> SettingsVersion:
    version = store.settings_version + 1
    await Store.filter(id=store.id).update(settings_version=version)
    before, values = to_values(current), to_values(after)
    saved = await SettingsVersion.create(
        store_id=store.id,
        version=version,
        values=values,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
        at=unit.now,
    )
    changes = {graphql_name(name): [before[name], values[name]] for name in changed_names(current, after)}
    subject = Subject(store.account_id, store.id)
    unit.event(
        subject,
        EventKind.SETTINGS_CHANGED,
        f"Order settings changed: {', '.join(changes)}.",
        version=version,
        changes=changes,
    )
    await unit.store_due(store.id)
    return saved
