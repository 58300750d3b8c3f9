import pytest
from tortoise.exceptions import IntegrityError

from domain.amazon.records import Command, FeedState, FeedSubmission
from domain.catalog.records import Product, Reservation, Stock
from domain.channel.records import Attention
from domain.commerce.records import CommerceOrder
from tests.domain.ground.seeds import seed_order, seed_store


async def seed_stock(now, *, on_hand, reserved):
    product, _ = await Product.get_or_create(sku="MUG", defaults={"name": "Mug", "created_at": now, "updated_at": now})
    return await Stock.create(product_id=product.id, on_hand=on_hand, reserved=reserved)


@pytest.mark.parametrize(("on_hand", "reserved"), [(-1, 0), (3, -1), (3, 4)])
async def test_stock_that_cannot_be_is_refused(database, now, on_hand, reserved):
    with pytest.raises(IntegrityError, match="CHECK"):
        await seed_stock(now, on_hand=on_hand, reserved=reserved)


async def test_stock_may_be_empty_or_promised_whole(database, now):
    stock = await seed_stock(now, on_hand=3, reserved=3)
    assert await Stock.filter(id=stock.id).update(on_hand=0, reserved=0) == 1


async def test_a_reservation_holds_nothing_negative(database, now):
    stock = await seed_stock(now, on_hand=3, reserved=0)
    with pytest.raises(IntegrityError, match="CHECK"):
        await Reservation.create(
            account_id=1,
            store_id=1,
            order_id=1,
            item_id=1,
            product_id=stock.product_id,
            quantity=-1,
            state="ACTIVE",
            reserved_at=now,
        )


async def test_an_order_needs_its_store_and_a_command_its_order(database, now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)
    command = {"account_id": 1, "store_id": store.id, "order_seq": 1, "kind": "CANCEL", "state": "QUEUED"}
    await Command.create(**command, order_id=order.id, created_at=now)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await Command.create(**command, order_id=order.id + 1, created_at=now)
    store.id = 99
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await seed_order(store, "2", now)


async def test_what_is_referred_to_cannot_be_deleted(database, now):
    store = await seed_store(now)
    await seed_order(store, "1", now)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await store.delete()


async def test_an_account_has_one_unfinished_feed_of_a_type(database, now):
    account_id = (await seed_store(now)).account_id

    async def feed(feed_type="POST_ORDER_ACKNOWLEDGEMENT_DATA", **values):
        await FeedSubmission.create(account_id=account_id, feed_type=feed_type, created_at=now, **values)

    await feed(state=FeedState.DONE, finished_at=now)
    await feed(state=FeedState.DONE, finished_at=now)
    await feed(state=FeedState.SUBMITTED)
    await feed("POST_PAYMENT_ADJUSTMENT_DATA", state=FeedState.SUBMITTED)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        await feed(state=FeedState.COLLECTED)


async def test_a_subject_has_one_open_attention(database, now):
    account_id = (await seed_store(now)).account_id
    entry = {"account_id": account_id, "kind": "BLOCKER", "subject": "s", "message": "m"}
    times = {"opened_at": now, "last_checked_at": now}
    await Attention.create(**entry, **times, state="RESOLVED")
    await Attention.create(**entry, **times, state="RESOLVED")
    await Attention.create(**entry, **times)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        await Attention.create(**entry, **times)


async def test_an_amazon_order_becomes_one_commerce_order(database, now):
    store = await seed_store(now)
    order = await seed_order(store, "1", now)
    amounts = dict.fromkeys(("subtotal", "shipping", "gift_wrap", "tax", "discount", "other", "total"), 0)
    values = {
        "account_id": store.account_id,
        "store_id": store.id,
        "channel_order_id": order.id,
        "channel_number": "1",
        "store_view": "default",
        "state": "PROCESSING",
        "status": "processing",
        "currency": "EUR",
        "purchased_at": now,
        "created_at": now,
        "updated_at": now,
    } | {f"{name}_minor": amount for name, amount in amounts.items()}
    await CommerceOrder.create(**values, number="000000001")
    with pytest.raises(IntegrityError, match="UNIQUE"):
        await CommerceOrder.create(**values, number="000000002")
