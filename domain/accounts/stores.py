"""Connecting, pausing and resuming stores."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from domain.accounts.credentials import (
    account_with,
    checked_seller_id,
    checked_token,
    refresh_token_of,
)
from domain.accounts.joint_cursors import split_off
from domain.accounts.marketplaces import Marketplace, Verified
from domain.accounts.order_settings import OrderSettings
from domain.accounts.records import Account, CursorKind, SettingsVersion, Store, StoreState, SyncCursor
from domain.accounts.settings import to_values
from domain.accounts.store_input import (
    check_history,
    check_import_from,
    check_not_going,
    check_participation,
    check_same_cutoff,
    checked_email,
    checked_marketplace,
    checked_name,
)
from domain.change import Change, change
from domain.errors import NotFound
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind, Subject

__all__ = [
    "connect_store",
    "pause_store",
    "refresh_token_of",
    "resume_store",
]

Connected = Callable[[Change, int], Awaitable[None]]

FIRST_SPAN: Final = timedelta(days=1)


async def connect_store(
    *,
    name: str,
    marketplace_id: str,
    refresh_token: str,
    verified: Verified,
    seller_id: str | None,
    contact_email: str | None,
    import_from: datetime | None,
    now: datetime,
    sealer: Sealer,
    actor: Actor,
    connected: Connected | None = None,
) -> Store:
    """Connect an account's shop on one marketplace; connected again, its credentials, name and contact are renewed.

    Orders placed before `import_from` (Amazon time; without it the moment of the verification) are never imported.
    `connected` is called within the change, with the account whose token now works.
    Raises RequiredInput, InvalidInput, NotParticipating or Duplicate.
    """
    shop_name, contact = checked_name(name), checked_email(contact_email)
    marketplace = checked_marketplace(marketplace_id)
    token, seller = checked_token(refresh_token), checked_seller_id(seller_id)
    check_participation(marketplace_id, verified)
    check_import_from(import_from, verified.at)
    async with change(now=now, actor=actor) as unit:
        account = await account_with(
            unit=unit, region=marketplace.region, refresh_token=token, seller_id=seller, sealer=sealer
        )
        store = await Store.get_or_none(account_id=account.id, marketplace_id=marketplace_id)
        if store is None:
            check_history(import_from, marketplace, verified.at)
            store = _new_store(account, marketplace, shop_name, now=now, cutoff_at=import_from or verified.at)
        else:
            check_not_going(store, path=("input", "marketplaceId"))
            check_same_cutoff(store, import_from)
        store.name, store.state, store.next_sync_at = shop_name, StoreState.ACTIVE, now
        store.contact_email = contact or store.contact_email
        await _save(unit, store)
        if connected is not None:
            await connected(unit, account.id)
    return store


async def pause_store(*, store_id: int, now: datetime, actor: Actor) -> Store:
    """Stop syncing a store; its orders, settings and history stay, and so does how far it was read.

    What is queued for Amazon waits until it is resumed. Raises NotFound or ActionNotAllowed.
    """
    return await _switch(store_id, StoreState.INACTIVE, EventKind.STORE_PAUSED, "Syncing is paused.", now, actor)


async def resume_store(*, store_id: int, now: datetime, actor: Actor) -> Store:
    """Sync a paused store again, from where it stopped.

    Raises NotFound or ActionNotAllowed.
    """
    return await _switch(store_id, StoreState.ACTIVE, EventKind.STORE_RESUMED, "Syncing goes on.", now, actor)


def _new_store(account: Account, marketplace: Marketplace, name: str, *, now: datetime, cutoff_at: datetime) -> Store:
    return Store(
        account_id=account.id,
        marketplace_id=marketplace.marketplace_id,
        name=name,
        country_code=marketplace.country_code,
        currency=marketplace.currency,
        connected_at=now,
        cutoff_at=cutoff_at,
    )


async def _save(unit: Change, store: Store) -> None:
    is_new = store.id is None
    await store.save()
    if is_new:
        await _begin(unit, store)
    what = "Connected" if is_new else "Connected again"
    unit.event(
        Subject(store.account_id, store.id), EventKind.STORE_CONNECTED, f"{what}: {store.name}.", again=not is_new
    )


async def _begin(unit: Change, store: Store) -> None:
    await SettingsVersion.create(
        store_id=store.id,
        version=store.settings_version,
        values=to_values(OrderSettings()),
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
        at=unit.now,
    )
    await SyncCursor.create(
        account_id=store.account_id,
        store_id=store.id,
        marketplaces=store.marketplace_id,
        kind=CursorKind.LIVE,
        watermark=store.cutoff_at,
        span_seconds=int(FIRST_SPAN.total_seconds()),
    )


async def _switch(
    store_id: int, state: StoreState, kind: EventKind, message: str, now: datetime, actor: Actor
) -> Store:
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        store = await Store.get_or_none(id=store_id)
        if store is None:
            raise NotFound("There is no such store.", path=("storeId",))
        check_not_going(store, path=("storeId",))
        if store.state is not state:
            due = now if state is StoreState.ACTIVE else None
            await Store.filter(id=store.id).update(state=state, next_sync_at=due)
            await store.refresh_from_db()
            if state is StoreState.INACTIVE:
                await split_off(store)
            unit.event(Subject(store.account_id, store.id), kind, message)
        return store
