"""Pushing stock to Amazon: which stores do, what is due, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tortoise.expressions import Q

from domain.accounts.credentials import checked_seller_id
from domain.accounts.records import Account, AccountState, CursorKind, Store, SyncCursor
from domain.catalog.listing_marks import mark_listings_of
from domain.catalog.listing_records import Listing, ListingAction, ListingChange, ListingOutcome, StockPush
from domain.catalog.product_rows import MOST_ON_HAND
from domain.change import Change, change
from domain.channel.offered import Offered, offered
from domain.errors import InvalidInput, NotFound, RequiredInput
from domain.json_rows import placeholder
from domain.timeline import SYSTEM, Actor, EventKind, Subject

APART: Final = timedelta(minutes=1)
"""So long after a message about a listing the next one is sent: what changes meanwhile goes in one, and they cannot
overtake each other on their way into effect."""

_LONGEST_COMMENT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings:
    """How a store pushes stock: at or below the threshold none is offered, and never more than `most`."""

    enabled: bool
    threshold: int = 0
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A message about one listing, as it is to be sent now; `changes` is how often it had been marked until then."""

    listing_id: int
    account_id: int
    seller_sku: str
    product_id: int
    changes: int
    attempts: int
    offered: Offered
    marketplace_ids: tuple[str, ...]


async def settings_of_push(store_id: int) -> PushSettings:
    """Return how a store pushes stock."""
    row = await StockPush.get_or_none(store_id=store_id)
    return (
        PushSettings(enabled=False)
        if row is None
        else PushSettings(enabled=True, threshold=row.threshold, most=row.most)
    )


async def save_push_settings(
    *, store_id: int, settings: PushSettings, seller_id: str | None = None, now: datetime, actor: Actor
) -> None:
    """Save how a store pushes stock; what is offered of every product is then pushed anew.

    Amazon's path to a listing names the seller, so the first store of an account needs its `seller_id` if connecting it
    did not tell. Raises NotFound, RequiredInput, InvalidInput.
    """
    _check(settings)
    async with change(now=now, actor=actor) as unit:
        store = await Store.select_for_update().get_or_none(id=store_id)
        if store is None:
            raise NotFound("There is no such store.", path=("input", "storeId"))
        if await settings_of_push(store_id) == settings and seller_id is None:
            unit.quiet()
            return
        await _know_seller(store, seller_id, is_needed=settings.enabled)
        await StockPush.filter(store_id=store_id).delete()
        if settings.enabled:
            await StockPush.create(
                account_id=store.account_id,
                store_id=store_id,
                threshold=settings.threshold,
                most=settings.most,
                changed_at=now,
            )
            await _mark_all(unit)
        elif not await StockPush.exists(account_id=store.account_id):
            await Listing.filter(account_id=store.account_id).delete()
        words = "is pushed to Amazon" if settings.enabled else "is not pushed to Amazon any more"
        unit.event(
            Subject(store.account_id, store.id),
            EventKind.SETTINGS_CHANGED,
            f"Stock {words}.",
            push_stock=settings.enabled,
            out_of_stock_threshold=settings.threshold,
            maximum_quantity=settings.most,
        )


async def due_listings(*, now: datetime, limit: int) -> list[Listing]:
    """Return the listings that are marked and were left alone long enough, the longest marked first."""
    left_alone = Q(sent_at__isnull=True) | Q(sent_at__lte=now - APART)
    return await Listing.filter(left_alone, due_at__lte=now).order_by("due_at", "id").limit(limit)


async def is_up_to_date(account: Account, *, since: datetime) -> bool:
    """Return whether all orders of an account were read until lately (Amazon's time).

    A number that is pushed wipes out what Amazon took for orders that nobody here knows of; so while orders are not
    read, nothing is pushed.
    """
    if account.state is not AccountState.ACTIVE:
        return False
    cursors = await SyncCursor.filter(account_id=account.id, kind=CursorKind.LIVE)
    return bool(cursors) and all(cursor.watermark >= since for cursor in cursors)


async def put_right(listing_id: int, *, now: datetime) -> bool:
    """Return whether Amazon has the number of a listing already, or needs none; it is due no more then."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        listing = await Listing.get(id=listing_id)
        number = (await offered([listing])).get(listing.id)
        if number is not None and number.stamp != listing.stamp:
            return False
        await Listing.filter(id=listing.id).update(due_at=None, attempts=0)
        return True


async def take_push(listing_id: int, *, now: datetime) -> Push | None:
    """Compute what a listing is to show, and note that it is sent now; None if there is nothing to send any more."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        listing = await Listing.get(id=listing_id)
        number = (await offered([listing])).get(listing.id)
        if number is None:
            return None
        # From here on nobody knows what Amazon has, until it answers.
        await Listing.filter(id=listing.id).update(sent_at=now, stamp=None, attempts=listing.attempts + 1)
        return Push(
            listing_id=listing.id,
            account_id=listing.account_id,
            seller_sku=listing.seller_sku,
            product_id=listing.product_id,
            changes=listing.changes,
            attempts=listing.attempts + 1,
            offered=number,
            marketplace_ids=await _marketplaces(listing.account_id),
        )


async def pushed(push: Push, *, submission_id: str | None, now: datetime) -> None:
    """Note that Amazon took a number; what was marked meanwhile stays due."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        before = await Listing.get(id=push.listing_id)
        known = Listing.filter(id=push.listing_id)
        await known.update(quantity=push.offered.quantity, stamp=push.offered.stamp, attempts=0)
        await known.filter(changes=push.changes).update(due_at=None)
        was = "" if before.quantity is None else f", {before.quantity} before"
        comment = f"{push.offered.quantity} offered{was}."
        await _log(push, ListingOutcome.ACCEPTED, comment, submission_id=submission_id, now=now)


async def not_pushed(
    push: Push, *, why: str, retry_at: datetime | None, submission_id: str | None = None, now: datetime
) -> None:
    """Note that Amazon did not take a number: tried again at a time, or with the product's next change."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        known = Listing.filter(id=push.listing_id)
        if retry_at is not None:
            await known.update(due_at=retry_at)
        else:
            await known.filter(changes=push.changes).update(due_at=None)
        outcome = ListingOutcome.REFUSED if retry_at is None else ListingOutcome.POSTPONED
        await _log(push, outcome, why[:_LONGEST_COMMENT], submission_id=submission_id, now=now)


def _check(settings: PushSettings) -> None:
    for value, name in ((settings.threshold, "outOfStockThreshold"), (settings.most, "maximumQuantity")):
        if value is not None and not 0 <= value <= MOST_ON_HAND:
            raise InvalidInput(f"This is a number from 0 to {MOST_ON_HAND:,}.", path=("input", name))


async def _know_seller(store: Store, seller_id: str | None, *, is_needed: bool) -> None:
    path = ("input", "sellerId")
    account = await Account.get(id=store.account_id)
    given = checked_seller_id(seller_id)
    if account.seller_id is None and given is not None:
        if await Account.exists(region=account.region, seller_id=given):
            raise InvalidInput("Another account of this region has this seller id.", path=path)
        await Account.filter(id=account.id).update(seller_id=given)
    elif account.seller_id is None and is_needed:
        raise RequiredInput(
            "Amazon's listings are addressed by the seller's id: give it (Seller Central calls it the merchant token).",
            path=path,
        )
    elif given not in (None, account.seller_id):
        raise InvalidInput("This account has another seller id.", path=path)


async def _mark_all(unit: Change) -> None:
    # The subselect has to take a parameter: every id is above 0.
    every = f"(SELECT id FROM product WHERE id > {placeholder(unit.connection, 1)})"
    await mark_listings_of(unit, every, 0)


async def _marketplaces(account_id: int) -> tuple[str, ...]:
    rows = await StockPush.filter(account_id=account_id).values_list("store_id", flat=True)
    stores: Sequence[Store] = await Store.filter(id__in=rows).order_by("id")
    return tuple(store.marketplace_id for store in stores)


async def _log(push: Push, outcome: ListingOutcome, comment: str, *, submission_id: str | None, now: datetime) -> None:
    await ListingChange.create(
        account_id=push.account_id,
        seller_sku=push.seller_sku,
        product_id=push.product_id,
        action=ListingAction.UPDATE_STOCK,
        outcome=outcome,
        quantity=push.offered.quantity,
        comment=comment,
        submission_id=submission_id,
        at=now,
    )
