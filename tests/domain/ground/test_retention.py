from datetime import timedelta
from typing import Any

from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner, keep
from domain.change import change
from domain.channel.records import Correction
from domain.channel.retention import forget_answers, redact_expired
from domain.commerce.records import CommerceOrder
from domain.idempotency import LIFETIME, remember, remembered
from domain.timeline import SYSTEM, Event
from tests.domain.ground.seeds import seed_order, seed_store

AMOUNTS: dict[str, Any] = dict.fromkeys(
    (f"{name}_minor" for name in ("subtotal", "shipping", "gift_wrap", "tax", "discount", "other", "total")), 0
)


async def seed_commerce_order(order, now):
    return await CommerceOrder.create(
        account_id=order.account_id,
        store_id=order.store_id,
        channel_order_id=order.id,
        channel_number=order.number,
        store_view="default",
        number=order.number,
        state="COMPLETE",
        status="complete",
        currency="EUR",
        purchased_at=now,
        created_at=now,
        updated_at=now,
        **AMOUNTS,
    )


async def kept(owner, owner_id, store, now, sealer, purge_at):
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await keep(
            owner=owner,
            owner_id=owner_id,
            account_id=store.account_id,
            values={"buyer": {"name": "Ada"}},
            purge_at=purge_at,
            sealer=sealer,
        )


async def correct(order, now):
    await Correction.create(
        order_id=order.id,
        account_id=order.account_id,
        field="city",
        value=b"sealed",
        base_hash="h",
        corrected_at=now,
        actor_kind="USER",
    )


async def test_an_order_loses_its_buyer_on_both_sides_with_one_event_and_its_corrections(database, now, sealer):
    store = await seed_store(now)
    due, later = await seed_order(store, "1", now), await seed_order(store, "2", now)
    for order in (due, later):
        await correct(order, now)
    await kept(Owner.AMAZON_ORDER, due.id, store, now, sealer, now)
    await kept(Owner.COMMERCE_ORDER, (await seed_commerce_order(due, now)).id, store, now, sealer, now)
    await kept(Owner.AMAZON_ORDER, later.id, store, now, sealer, now + timedelta(seconds=1))
    assert await redact_expired(now=now) == 2
    assert [record.owner_id for record in await BuyerRecord.all()] == [later.id]
    assert [correction.order_id for correction in await Correction.all()] == [later.id]
    (event,) = await Event.all()
    assert (event.kind, event.order_id, event.actor_kind, event.at) == ("REDACTED", due.id, "SYSTEM", now)
    assert (await AmazonOrder.get(id=due.id)).version == 2


async def test_a_customer_that_went_is_told_in_the_account(database, now, sealer):
    store = await seed_store(now)
    await kept(Owner.CUSTOMER, 7, store, now, sealer, now)
    assert await redact_expired(now=now) == 1
    (event,) = await Event.all()
    assert (event.kind, event.account_id, event.order_id) == ("REDACTED", store.account_id, None)
    assert event.details == {"customerId": 7}


async def test_one_batch_takes_no_more_than_its_limit_and_nothing_is_no_event(database, now, sealer):
    store = await seed_store(now)
    for number in range(3):
        order = await seed_order(store, str(number), now)
        await kept(Owner.AMAZON_ORDER, order.id, store, now, sealer, now)
    assert [await redact_expired(now=now, limit=2) for _ in range(3)] == [2, 1, 0]
    assert await Event.all().count() == 3


async def test_remembered_answers_go_without_a_word_when_their_time_is_over(database, now):
    asked = {"scope": "account:1", "mutation": "shipOrder", "key": "k", "input_digest": "d"}
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await remember(**asked, result_id=7, now=now)
    assert await forget_answers(now=now + LIFETIME - timedelta(seconds=1)) == 0
    assert await remembered(**asked, now=now) == 7
    assert await forget_answers(now=now + LIFETIME) == 1
    assert await remembered(**asked, now=now) is None
    assert await Event.all().count() == 0
