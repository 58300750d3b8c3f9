"""Deleting a store for good: asked for by its name, then removed piece by piece with all that belongs to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from tortoise.expressions import F

from domain.accounts.joint_cursors import live_cursor_of, split_off
from domain.accounts.records import (
    Account,
    AccountState,
    ApiBudget,
    JobState,
    SettingsVersion,
    Store,
    StoreState,
    SyncCursor,
    SyncRun,
)
from domain.accounts.service_records import CommunicationError
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandState, FeedSubmission
from domain.buyer_index import BuyerTerm
from domain.buyers import BuyerRecord, Owner
from domain.catalog.listing_records import Listing, ListingChange, StockPush
from domain.catalog.records import ItemMatch, Match, Reservation
from domain.catalog.stock import release
from domain.change import Change, change
from domain.channel.adoption_records import Adoption
from domain.channel.records import Attention, Correction, DecisionRecord
from domain.commerce.mail_records import MailMessage, MailSettingsVersion
from domain.commerce.records import (
    CommerceOrder,
    CommerceOrderLine,
    CreditMemo,
    DocumentLine,
    Invoice,
    Package,
    Shipment,
)
from domain.commerce.workflow_records import OrderComment, OrderHold
from domain.errors import ActionNotAllowed, InvalidInput, NotFound
from domain.outward.records import ExternalId, OrderTag, Webhook, WebhookDelivery
from domain.timeline import SYSTEM, Actor, Event, EventKind, Subject

BATCH: Final = 200
"""So many orders are removed in one transaction."""

_ON_THE_WAY: Final = (CommandState.QUEUED, CommandState.HELD, CommandState.SENT)
_OF_AN_ORDER: Final[Sequence[Any]] = (
    Attention,
    DecisionRecord,
    Correction,
    Command,
    Reservation,
    ItemMatch,
    Event,
    AmazonItem,
    BuyerTerm,
    ExternalId,
    OrderTag,
    WebhookDelivery,
)
_OF_A_STORE: Final[Sequence[Any]] = (
    Attention,
    Event,
    SettingsVersion,
    MailSettingsVersion,
    SyncRun,
    SyncCursor,
    Webhook,
    Adoption,
    StockPush,
    CommunicationError,
)
_OF_A_COMMERCE_ORDER: Final[Sequence[Any]] = (
    Package,
    Shipment,
    Invoice,
    CreditMemo,
    MailMessage,
    OrderHold,
    OrderComment,
    CommerceOrderLine,
)


async def delete_store(*, store_id: int, confirm_name: str, now: datetime, actor: Actor) -> Store:
    """Take a store out of use at once; its orders, papers, settings and credentials are then removed in the background.

    `confirm_name` repeats the store's name. Raises NotFound, InvalidInput, or ActionNotAllowed while messages to Amazon
    are on their way and Amazon accepts the credentials.
    """
    async with change(now=now, actor=actor) as unit:
        store = await Store.get_or_none(id=store_id)
        if store is None:
            raise NotFound("There is no such store.", path=("input", "storeId"))
        if store.state is StoreState.DELETING:
            unit.quiet()
            return store
        await _check(store, confirm_name)
        await split_off(store)
        await Store.filter(id=store.id).update(state=StoreState.DELETING, next_sync_at=None)
        # A pass in hand holds an older fence now: what it reads is dropped.
        await SyncCursor.filter(store_id=store.id).update(fence=F("fence") + 1, due_at=None, lease_until=None)
        await SyncRun.filter(store_id=store.id, state__in=(JobState.QUEUED, JobState.RUNNING)).update(
            state=JobState.CANCELED, finished_at=now
        )
        await AmazonOrder.filter(store_id=store.id, evaluate_due__isnull=False).update(evaluate_due=None)
        message = f"Deleted: {store.name} ({store.marketplace_id})."
        unit.event(Subject(store.account_id), EventKind.STORE_DELETED, message, store_id=store.id)
        return await Store.get(id=store.id)


async def remove_some(*, now: datetime, limit: int = BATCH) -> int:
    """Remove some orders of a deleted store, at last the store itself; return how much was removed, 0: nothing is left.

    The account goes with its last store, its sealed credentials included.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        store = await Store.filter(state=StoreState.DELETING).order_by("id").first()
        if store is None:
            return 0
        ids = await AmazonOrder.filter(store_id=store.id).order_by("id").limit(limit).values_list("id", flat=True)
        if ids:
            await _remove_orders(unit, [int(str(order_id)) for order_id in ids])
        else:
            await _remove_store(store)
        return len(ids) or 1


async def _check(store: Store, confirm_name: str) -> None:
    if confirm_name.strip() != store.name:
        orders = await AmazonOrder.filter(store_id=store.id).count()
        commerce = await CommerceOrder.filter(store_id=store.id).count()
        raise InvalidInput(
            "Deleting cannot be undone: write the store's name, exactly as it is shown. "
            f"With it go {orders} Amazon orders and {commerce} commerce orders with their papers.",
            path=("input", "confirmName"),
        )
    account = await Account.get(id=store.account_id)
    if account.state is AccountState.CREDENTIALS_REJECTED:
        return  # no answer can come any more
    if waiting := await Command.filter(store_id=store.id, state__in=_ON_THE_WAY).count():
        raise ActionNotAllowed(
            f"Messages to Amazon are on their way: {waiting}. Wait until what was sent is answered, and give up "
            "what was not sent yet (giveUpCommand).",
            path=("input", "storeId"),
            action="DELETE_STORE",
            current_status=store.state.value,
        )


async def _remove_orders(unit: Change, ids: Sequence[int]) -> None:
    await release(unit, order_ids=ids)
    commerce = await CommerceOrder.filter(channel_order_id__in=ids).values_list("id", flat=True)
    lines = await CommerceOrderLine.filter(order_id__in=commerce).values_list("id", flat=True)
    await DocumentLine.filter(line_id__in=lines).delete()
    mails = await MailMessage.filter(order_id__in=commerce).values_list("id", flat=True)
    await BuyerRecord.filter(owner=Owner.MAIL, owner_id__in=mails).delete()
    for record in _OF_A_COMMERCE_ORDER:
        await record.filter(order_id__in=commerce).delete()
    await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER, owner_id__in=commerce).delete()
    await BuyerRecord.filter(owner=Owner.AMAZON_ORDER, owner_id__in=ids).delete()
    await CommerceOrder.filter(id__in=commerce).delete()
    for record in _OF_AN_ORDER:
        await record.filter(order_id__in=ids).delete()
    await AmazonOrder.filter(id__in=ids).delete()


async def _remove_store(store: Store) -> None:
    others = await Store.filter(account_id=store.account_id).exclude(id=store.id)
    for other in others:  # a pass that read for several stores is their history as well
        joint = SyncRun.filter(store_id=store.id, marketplaces__contains=other.marketplace_id)
        cursor = await live_cursor_of(other)
        assert cursor is not None, "a connected store has a live cursor"
        await joint.update(store_id=other.id, cursor_id=cursor.id)
    for record in _OF_A_STORE:
        await record.filter(store_id=store.id).delete()
    await store.delete()
    if not others:
        for owned in (Attention, ApiBudget, FeedSubmission, Match, CommunicationError, Listing, ListingChange):
            await owned.filter(account_id=store.account_id).delete()
        await Account.filter(id=store.account_id).delete()
