from dataclasses import replace

import pytest

from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Account, AccountState, Store, SyncCursor
from domain.accounts.stores import connect_store
from domain.amazon.facts import AmazonOrderStatus
from domain.catalog.counting import switch
from domain.catalog.listing_records import Listing, ListingChange, ListingOutcome
from domain.catalog.matches import remember_match
from domain.catalog.records import MatchSource, Product
from domain.change import change
from domain.channel import stock_push
from domain.channel.listing_orders import mark_listings_of_orders
from domain.channel.offered import Limits, offer, offered
from domain.channel.stock_push import Push, PushSettings
from domain.errors import InvalidInput, NotFound, RequiredInput
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item

FRANCE = "A13V1IB3VIYZZH"
ON = PushSettings(enabled=True)


async def save(stage: Stage, settings: PushSettings = ON, seller_id: str | None = None, store_id: int = 0) -> None:
    await stock_push.save_push_settings(
        store_id=store_id or stage.store.id, settings=settings, seller_id=seller_id, now=stage.now, actor=CLERK
    )


async def send(stage: Stage) -> dict[str, int]:
    """Push what is due as the worker does, and return the numbers by SKU."""
    stage.later(minutes=1)
    sent = {}
    for listing in await stock_push.due_listings(now=stage.now, limit=50):
        if not await stock_push.put_right(listing.id, now=stage.now):
            push = await taken(stage, listing)
            await stock_push.pushed(push, submission_id="s", now=stage.now)
            sent[push.seller_sku] = push.offered.quantity
    return sent


async def taken(stage: Stage, listing: Listing) -> Push:
    push = await stock_push.take_push(listing.id, now=stage.now)
    assert push is not None
    return push


@pytest.mark.parametrize(
    ("on_hand", "open_units", "enabled", "limits", "quantity"),
    [
        (5, 2, True, Limits(), 3),
        (5, 5, True, Limits(), 0),
        (5, 9, True, Limits(), 0),
        (5, 2, False, Limits(), 0),
        (5, 2, True, Limits(threshold=2), 3),
        (5, 2, True, Limits(threshold=3), 0),
        (5, 0, True, Limits(most=4), 4),
        (5, 2, True, Limits(most=4), 3),
        (5, 2, True, Limits(most=0), 0),
        (5, 2, True, Limits(threshold=2, most=1), 1),
    ],
)
def test_what_is_offered(on_hand: int, open_units: int, enabled: bool, limits: Limits, quantity: int) -> None:
    assert offer(on_hand=on_hand, open_units=open_units, enabled=enabled, limits=limits) == quantity


async def test_every_product_is_pushed_once_pushing_begins_and_then_what_changes(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "2"})
    assert await Listing.all().count() == 0
    await save(stage)
    assert await send(stage) == {"MUG": 5, "CUP": 2}
    assert await send(stage) == {}
    await stage.products({"sku": "CUP", "quantity": "4"}, {"sku": "NEW"})
    assert await send(stage) == {"CUP": 4, "NEW": 0}
    await save(stage)  # the same again changes nothing
    assert await send(stage) == {}
    comments = await ListingChange.filter(seller_sku="CUP").order_by("id").values_list("comment", flat=True)
    assert comments == ["2 offered.", "4 offered, 2 before."]


async def test_orders_that_hold_nothing_are_open_all_the_same_and_none_counts_twice(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9", "asin": "B01"})
    await save(stage)
    assert await send(stage) == {"MUG": 9}
    await stage.arrive(item("MUG", 2))  # imported: reserved
    assert await send(stage) == {"MUG": 7}
    await stage.arrive(item("MUG", 3), status=AmazonOrderStatus.PENDING)  # held
    assert await send(stage) == {"MUG": 4}
    await stage.arrive(item("MUG", 6))  # blocked
    assert await send(stage) == {"MUG": 0}
    await stage.products({"sku": "MUG", "quantity": "20"})
    await stage.evaluate()
    assert await send(stage) == {"MUG": 9}
    await stage.arrive(item("ELSE", 1, asin="B01"), item("LAMP"))
    assert await send(stage) == {"MUG": 8}


async def test_an_order_that_came_and_went_unseen_is_reason_enough_to_push_the_same_number(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    await save(stage)
    await send(stage)
    await stage.arrive(item("MUG", 2), status=AmazonOrderStatus.CANCELED)
    assert await send(stage) == {"MUG": 9}  # whether Amazon gave its units back or not
    await stage.evaluate()
    assert await send(stage) == {}


async def test_a_seller_sku_means_what_was_said_of_it(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "3"})
    await save(stage)
    await send(stage)
    mug = await Product.get(sku="MUG")
    async with change(now=stage.now, actor=CLERK) as unit:
        unit.quiet()
        for sku in ("MUG-FBM", "CUP"):
            await remember_match(
                unit, account_id=stage.store.account_id, seller_sku=sku, product=mug, source=MatchSource.MANUAL
            )
    assert await send(stage) == {"MUG-FBM": 9, "CUP": 9}
    await stage.arrive(item("CUP", 2))
    assert await send(stage) == {"MUG": 7, "MUG-FBM": 7, "CUP": 7}


async def test_what_is_switched_off_is_offered_no_more_and_what_nobody_counts_is_left(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "3"})
    await save(stage)
    await send(stage)
    async with change(now=stage.now, actor=CLERK) as unit:
        await switch(unit, await Product.get(sku="MUG"), enabled=False)
    await stage.products({"sku": "CUP", "manages_stock": "false"})
    assert await send(stage) == {"MUG": 0}
    cup = await Listing.get(seller_sku="CUP")
    assert (cup.due_at, cup.quantity) == (None, 3)
    assert await stock_push.take_push(cup.id, now=stage.now) is None


async def test_what_changes_while_a_number_is_on_its_way_is_pushed_after_it(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    await save(stage)
    push = await taken(stage, await Listing.get())
    await stage.products({"sku": "MUG", "quantity": "8"})
    await stock_push.pushed(push, submission_id=None, now=stage.now)
    assert await stock_push.due_listings(now=stage.now, limit=9) == []  # not within a minute
    assert await send(stage) == {"MUG": 8}


async def test_a_number_that_was_not_taken_is_sent_again_or_waits_for_the_next_change(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    await save(stage)
    push = await taken(stage, await Listing.get())
    await stock_push.not_pushed(push, why="no answer", retry_at=stage.later(minutes=5), now=stage.now)
    assert await send(stage) == {"MUG": 9}
    await stage.products({"sku": "MUG", "quantity": "8"})
    stage.later(minutes=2)
    push = await taken(stage, await Listing.get())
    await stock_push.not_pushed(push, why="x" * 900, retry_at=None, submission_id="s1", now=stage.now)
    assert await send(stage) == {}
    await stage.products({"sku": "MUG", "quantity": "9"})
    assert await send(stage) == {"MUG": 9}  # nobody knows what Amazon made of the 8
    outcomes = await ListingChange.all().order_by("id").values_list("outcome", flat=True)
    assert outcomes == [
        ListingOutcome.POSTPONED,
        ListingOutcome.ACCEPTED,
        ListingOutcome.REFUSED,
        ListingOutcome.ACCEPTED,
    ]
    assert len((await ListingChange.get(outcome=ListingOutcome.REFUSED)).comment) == 500


async def test_the_strictest_of_an_accounts_stores_counts(stage: Stage) -> None:
    other = await connect_store(
        name="Voisin",
        marketplace_id=FRANCE,
        refresh_token="Atzr|demo",
        verified=Verified((Participation(FRANCE, True),), stage.now),
        seller_id="demo",
        contact_email=None,
        import_from=None,
        now=stage.now,
        sealer=stage.sealer,
        actor=CLERK,
    )
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "3"})
    await save(stage, replace(ON, threshold=1, most=8))
    await save(stage, replace(ON, threshold=3), store_id=other.id)
    assert await stock_push.settings_of_push(other.id) == PushSettings(enabled=True, threshold=3)
    push = await taken(stage, await Listing.get(seller_sku="MUG"))
    stores = await Store.all().order_by("id")
    assert push.marketplace_ids == tuple(store.marketplace_id for store in stores)
    assert (push.offered.quantity, (await taken(stage, await Listing.get(seller_sku="CUP"))).offered.quantity) == (8, 0)
    await save(stage, PushSettings(enabled=False), store_id=other.id)
    assert await Listing.all().count() == 2
    listing = await Listing.get(seller_sku="MUG")
    await save(stage, PushSettings(enabled=False))
    assert (await Listing.all().count(), await offered([listing])) == (0, {})
    assert await Event.filter(kind="SETTINGS_CHANGED", message="Stock is not pushed to Amazon any more.").count() == 2


async def test_nothing_is_pushed_unless_all_orders_were_read_lately(stage: Stage) -> None:
    account = await Account.get(id=stage.store.account_id)
    cursor = await SyncCursor.filter(account_id=account.id).first()
    assert cursor is not None
    assert await stock_push.is_up_to_date(account, since=cursor.watermark)
    await SyncCursor.filter(id=cursor.id).update(watermark=stage.now)
    assert not await stock_push.is_up_to_date(account, since=stage.later(minutes=1))
    account.state = AccountState.CREDENTIALS_REJECTED
    assert not await stock_push.is_up_to_date(account, since=cursor.watermark)
    account.state = AccountState.ACTIVE
    await SyncCursor.all().delete()
    assert not await stock_push.is_up_to_date(account, since=cursor.watermark)


async def test_the_seller_has_to_be_known_and_stays_who_it_is(stage: Stage) -> None:
    await Account.all().update(seller_id=None)
    with pytest.raises(RequiredInput, match="merchant token"):
        await save(stage)
    await save(stage, PushSettings(enabled=False))  # there is nothing to address
    await save(stage, seller_id="S1")
    assert (await Account.get()).seller_id == "S1"
    with pytest.raises(InvalidInput, match="another seller id"):
        await save(stage, seller_id="S2")
    first = await Account.get()
    other = await Account.create(
        region=first.region, seller_id="S2", fingerprint="f", credentials=b"", created_at=stage.now
    )
    await Account.filter(id=first.id).update(seller_id=None)
    with pytest.raises(InvalidInput, match="Another account"):
        await save(stage, seller_id="S2")
    assert other.id != first.id
    with pytest.raises(NotFound):
        await save(stage, store_id=99)
    for wrong in (replace(ON, threshold=-1), replace(ON, most=-1), replace(ON, most=10**10)):
        with pytest.raises(InvalidInput, match="number from 0"):
            await save(stage, wrong)


async def test_orders_mark_nothing_where_no_store_pushes(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    await stage.arrive(item("MUG"))
    async with change(now=stage.now, actor=CLERK) as unit:
        unit.quiet()
        await mark_listings_of_orders(unit, [])
    assert await Listing.all().count() == 0
    await save(stage)
    await send(stage)
    await stage.arrive(item("NOBODY-KNOWS-IT"))
    assert await Listing.filter(due_at__isnull=False).count() == 0
