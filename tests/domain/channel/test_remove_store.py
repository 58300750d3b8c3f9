from datetime import timedelta

import pytest
from tortoise.connection import get_connection

from domain.accounts.cursors import due_cursors
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Account, AccountState, JobState, Store, StoreState, SyncCursor, SyncRun
from domain.accounts.stores import connect_store, pause_store, resume_store
from domain.accounts.sync_requests import request_sync
from domain.amazon.commands import due_commands
from domain.amazon.records import AmazonOrder, Command, CommandState
from domain.catalog.listing_records import Listing
from domain.channel.command_choices import retry_command
from domain.channel.correct import AddressPatch, correct_address
from domain.channel.hold import unhold_order
from domain.channel.remove_store import delete_store, remove_some
from domain.channel.retry import retry_import
from domain.channel.stock_push import PushSettings, pushed, save_push_settings, take_push
from domain.commerce.records import CommerceOrder
from domain.errors import ActionNotAllowed, InvalidInput, NotFound
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, MARKETPLACE, connected, item, shelf

FRANCE = "A13V1IB3VIYZZH"
LEFT = {"product", "stock", "stock_move", "event", "number_sequence", "customer", "buyer_data", "idempotency"}
LEFT |= {"saved_view", "source"}


@pytest.fixture
async def stage(database, now, sealer):
    stage = await connected(now, sealer)
    await stage.products({"sku": "MUG", "quantity": "9"})
    return stage


async def neighbour(stage):
    return await connect_store(
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


async def delete(stage, name="Shop", store_id=None):
    return await delete_store(store_id=store_id or stage.store.id, confirm_name=name, now=stage.now, actor=CLERK)


async def remove_all(stage, limit=2):
    pieces = 0
    while await remove_some(now=stage.now, limit=limit):
        pieces += 1
    return pieces


async def filled_tables():
    connection = get_connection("default")
    _, tables = await connection.execute_query("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [row["name"] for row in tables if not row["name"].startswith(("sqlite", "tortoise"))]
    found = set()
    for name in names:
        _, rows = await connection.execute_query(f'SELECT 1 FROM "{name}" LIMIT 1')
        found |= {name} if rows else set()
    return found


async def test_amazon_is_asked_for_nothing_more_once_a_store_is_being_deleted(stage):
    order = await stage.arrive(item("MUG"))
    await delete(stage)
    for ask in (stage.ship, stage.cancel):
        with pytest.raises(ActionNotAllowed, match="being deleted") as refusal:
            await ask(order)
        assert refusal.value.path == ("input", "orderId")
    with pytest.raises(ActionNotAllowed, match="being deleted") as refusal:
        await correct_address(
            order_id=order.id,
            address=AddressPatch(city="Bonn"),
            expected_version=None,
            now=stage.now,
            actor=CLERK,
            sealer=stage.sealer,
        )
    assert refusal.value.path == ("orderId",)
    with pytest.raises(ActionNotAllowed, match="being deleted") as refusal:
        await unhold_order(order_id=order.id, note=None, expected_version=None, now=stage.now, actor=CLERK)
    assert refusal.value.path == ("orderId",)
    answers = await retry_import(order_ids=[order.id], now=stage.now, actor=CLERK)
    assert [answer and "being deleted" in answer.message for answer in answers.values()] == [True]
    assert (await Command.all().count(), await shelf()) == (0, (9, 1))


async def test_a_deleted_store_leaves_nothing_but_products_and_their_history(stage):
    for _ in range(3):
        await stage.arrive(item("MUG"))
    await stage.arrive(item("UNKNOWN"))
    await stage.ship(await AmazonOrder.all().order_by("id").first())
    await Command.all().update(state=CommandState.CONFIRMED)
    assert await shelf() == (8, 2)

    settings = PushSettings(enabled=True)
    await save_push_settings(store_id=stage.store.id, settings=settings, now=stage.now, actor=CLERK)
    push = await take_push((await Listing.get()).id, now=stage.now)
    assert push is not None
    await pushed(push, submission_id=None, now=stage.now)
    assert {"stock_push", "listing", "listing_change"} <= await filled_tables()

    assert (await delete(stage)).state is StoreState.DELETING
    assert await remove_all(stage) == 3

    assert await filled_tables() <= LEFT
    assert await shelf() == (8, 0)
    assert await Event.filter(kind=EventKind.STORE_DELETED).count() == 1
    assert not await Event.filter(order_id__isnull=False).exists()
    assert await remove_some(now=stage.now) == 0


async def test_a_neighbour_of_the_same_account_keeps_everything(stage, now):
    other = await neighbour(stage)
    await stage.arrive(item("MUG"))
    run = await request_sync(store_id=stage.store.id, now=now, actor=CLERK)
    await SyncRun.filter(id=run.id).update(marketplaces=f"{FRANCE},{MARKETPLACE}")

    await delete(stage)
    await remove_all(stage)

    assert [store.id for store in await Store.all()] == [other.id]
    assert await Account.all().count() == 1
    assert [cursor.marketplaces for cursor in await SyncCursor.all()] == [FRANCE]
    assert [(run.store_id, run.state) for run in await SyncRun.all()] == [(other.id, JobState.CANCELED)]


async def test_the_name_has_to_be_repeated_and_the_refusal_says_what_goes(stage):
    await stage.arrive(item("MUG"))

    with pytest.raises(InvalidInput, match="1 Amazon orders and 1 commerce orders") as refused:
        await delete(stage, "shop")

    assert refused.value.path == ("input", "confirmName")
    assert await CommerceOrder.all().count() == 1
    with pytest.raises(NotFound):
        await delete(stage, store_id=77)


async def test_messages_on_their_way_are_not_thrown_away(stage):
    await stage.ship(await stage.arrive(item("MUG")))

    with pytest.raises(ActionNotAllowed, match=r"on their way: 1\..* not sent yet \(giveUpCommand\)"):
        await delete(stage)


async def test_a_store_whose_token_is_rejected_can_go_with_what_was_never_answered(stage):
    await stage.ship(await stage.arrive(item("MUG")))
    await Command.all().update(state=CommandState.SENT)
    await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)

    await delete(stage)
    await remove_all(stage)
    assert not await Store.exists()


async def test_a_store_that_goes_is_neither_read_nor_touched_any_more(stage):
    stage.later(minutes=10)
    await stage.arrive(item("UNKNOWN"))
    await delete(stage)
    await delete(stage)

    assert await due_cursors(now=stage.later(days=1), machine_ms=0, limit=9) == []
    assert (await stage.evaluate()).evaluated == 0
    for touch in (pause_store, resume_store, request_sync):
        with pytest.raises(ActionNotAllowed, match="being deleted"):
            await touch(store_id=stage.store.id, now=stage.now, actor=CLERK)
    with pytest.raises(ActionNotAllowed, match="being deleted"):
        await connected(stage.now, stage.sealer)


async def test_connected_anew_it_does_not_import_what_was_imported_before(stage, sealer):
    await stage.arrive(item("MUG"))
    before = stage.facts(item("MUG"))
    await delete(stage)
    await remove_all(stage)
    stage.later(days=2)

    again = await connected(stage.now, sealer)
    again.store.cutoff_at = stage.now - timedelta(days=1)
    await again.see(before)
    await again.evaluate()

    assert (await AmazonOrder.get()).import_state == "SKIPPED"


async def test_what_is_queued_for_amazon_waits_while_its_store_is_paused(stage):
    await stage.ship(await stage.arrive(item("MUG")))

    async def due():
        return len(await due_commands(now=stage.now, machine_ms=0, limit=9))

    assert await due() == 1
    await pause_store(store_id=stage.store.id, now=stage.now, actor=CLERK)
    assert await due() == 0
    await resume_store(store_id=stage.store.id, now=stage.now, actor=CLERK)
    assert await due() == 1


async def test_nothing_that_failed_is_sent_again_for_a_store_that_goes(stage):
    await stage.ship(await stage.arrive(item("MUG")))
    command = await Command.get()
    await Command.all().update(state=CommandState.REFUSED, due_at=None)
    await delete(stage)

    with pytest.raises(ActionNotAllowed, match="being deleted") as refusal:
        await retry_command(command_id=command.id, now=stage.now, actor=CLERK)

    assert refusal.value.path == ("commandId",)
    assert (await Command.get()).state is CommandState.REFUSED


async def test_a_fix_takes_no_stock_for_a_store_that_goes(stage):
    order = await stage.arrive(item("PEN"))
    await delete(stage)

    await stage.products({"sku": "PEN", "quantity": "5"})
    await stage.evaluate()
    await stage.evaluate(only=[order.id])

    assert (await AmazonOrder.get(id=order.id)).import_state == "BLOCKED"
    assert await shelf("PEN") == (5, 0)
