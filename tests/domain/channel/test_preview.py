from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.database import one_moment
from api.worker.sweep import evaluate_due
from api.worker.worker import Limits, Worker
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Store
from domain.accounts.settings import update_order_settings
from domain.accounts.stores import connect_store
from domain.amazon.display import ImportState
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.catalog.records import Product, Reservation, Stock
from domain.channel.preview import SettingsImpact, preview_order_settings
from domain.commerce.records import CommerceOrder
from domain.errors import InvalidInput, NotFound
from tests.domain.channel.stage import CLERK, MARKETPLACE, Stage, commands_of, item


async def foresee(stage: Stage, *, most: int = 10_000, batch: int = 100, **patch: Any) -> SettingsImpact:
    async with one_moment():
        return await preview_order_settings(
            store_id=stage.store.id, patch=patch, now=stage.now, sealer=stage.sealer, most=most, batch=batch
        )


async def become(stage: Stage) -> dict[str, set[int]]:
    """Let a sweep evaluate what is due, and return what became of all orders."""
    worker = SimpleNamespace(
        now=lambda: stage.now, limits=Limits(evaluations_a_sweep=150), service=SimpleNamespace(sealer=stage.sealer)
    )
    while any(await evaluate_due(cast(Worker, worker))):
        pass
    found: dict[str, set[int]] = {}
    for order in await AmazonOrder.all():
        found.setdefault(order.import_state.value, set()).add(order.id)
    return found


def ids(impact: SettingsImpact) -> dict[str, set[int]]:
    return {state.value: set(found) for state, found in impact.becoming.items() if found}


async def test_a_preview_shares_the_shelf_among_230_orders_as_the_sweeps_batches_do(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "150"}, {"sku": "CUP", "quantity": "40"})
    await stage.settings(import_enabled=False)
    await stage.see(
        *(
            stage.facts(
                item("MUG" if number % 3 else "CUP", 1 + number % 2),
                latest_ship_at=stage.now + timedelta(hours=number * 7 % 41),
                status="PENDING" if number % 5 == 0 else "UNSHIPPED",
            )
            for number in range(230)
        )
    )
    await become(stage)

    impact = await foresee(stage, import_enabled=True)
    await stage.settings(import_enabled=True)
    became = await become(stage)

    assert (impact.evaluated, impact.unchanged, impact.is_complete) == (230, 0, True)
    assert ids(impact) == became
    assert {state: len(found) > 20 for state, found in became.items()} == dict.fromkeys(
        ("IMPORTED", "WAITING", "BLOCKED"), True
    )
    held = {row.order_id for row in await Reservation.filter(state="ACTIVE")}
    assert impact.taking_stock == len(held & became["WAITING"])


async def test_a_preview_says_when_there_are_more_orders_than_it_looks_at(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.settings(import_enabled=False)
    orders = await stage.see(*(stage.facts() for _ in range(3)))
    await stage.evaluate()

    some = await foresee(stage, most=2, import_enabled=True)
    every_one = await foresee(stage, most=3, import_enabled=True)

    assert (some.evaluated, some.is_complete) == (2, False)
    assert ids(some) == {"IMPORTED": {orders[0].id}, "BLOCKED": {orders[1].id}}
    assert (every_one.evaluated, every_one.is_complete) == (3, True)


async def test_goods_that_a_canceled_order_gives_back_are_there_for_the_next_batch(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "3"})
    first = await stage.arrive(item("MUG", 3))
    await stage.settings(import_enabled=False)
    (waiting,) = await stage.see(stage.facts(item("MUG", 3), latest_ship_at=stage.now + timedelta(days=9)))
    await stage.evaluate()
    stage.later(minutes=1)
    await stage.see(replace(stage.seen[first.number], status=AmazonOrderStatus.CANCELED, updated_at=stage.now))

    apart = await foresee(stage, batch=1, import_enabled=True)
    together = await foresee(stage, batch=2, import_enabled=True)
    await stage.settings(import_enabled=True)
    await stage.evaluate(limit=2)

    assert apart.ids_becoming(ImportState.IMPORTED) == (waiting.id,)
    assert apart.ids_becoming(ImportState.BLOCKED) == ()
    assert ids(together) == {"BLOCKED": {waiting.id}}
    assert (await AmazonOrder.get(id=waiting.id)).import_state == "BLOCKED"


async def test_an_order_whose_number_is_taken_counts_as_becoming_blocked(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    first = await stage.arrive()
    await CommerceOrder.filter(channel_order_id=first.id).update(number="902-0000000-0000002")
    await stage.settings(import_enabled=False)
    taken, free = await stage.see(stage.facts(), stage.facts())
    await stage.evaluate()

    impact = await foresee(stage, import_enabled=True, order_number_source="AMAZON")
    assert ids(impact) == {"BLOCKED": {taken.id}, "IMPORTED": {free.id}}


async def test_a_number_that_an_earlier_batch_takes_is_taken_for_the_other_store(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    other = await second_store(stage)
    await stage.settings(import_enabled=False)
    (own,) = await stage.see(stage.facts(latest_ship_at=stage.now + timedelta(days=9)))
    (foreign,) = await stage.see(stage.facts())
    await AmazonOrder.filter(id=foreign.id).update(store_id=other.id, number=own.number)
    await AmazonOrder.filter(id=own.id).update(evaluate_due=None)

    impact = await foresee(stage, batch=1, import_enabled=True, order_number_source="AMAZON")
    await stage.settings(import_enabled=True, order_number_source="AMAZON")
    while (await stage.evaluate(limit=1)).evaluated:
        pass

    assert ids(impact) == {"BLOCKED": {own.id}}
    assert dict(await AmazonOrder.all().values_list("id", "import_state")) == {
        own.id: "BLOCKED",
        foreign.id: "IMPORTED",
    }


async def second_store(stage: Stage) -> Store:
    """Connect another shop of the account, which takes Amazon's numbers."""
    marketplaces = tuple(Participation(marketplace, True) for marketplace in (MARKETPLACE, "A13V1IB3VIYZZH"))
    store = await connect_store(
        name="Boutique",
        marketplace_id="A13V1IB3VIYZZH",
        refresh_token="Atzr|demo",
        verified=Verified(marketplaces, stage.now - timedelta(days=1)),
        seller_id="demo",
        contact_email=None,
        import_from=None,
        now=stage.now,
        sealer=stage.sealer,
        actor=CLERK,
    )
    patch = {"order_number_source": "AMAZON"}
    await update_order_settings(store_id=store.id, patch=patch, expected_version=None, now=stage.now, actor=CLERK)
    return store


async def test_an_order_that_cannot_be_read_counts_as_becoming_blocked_and_stops_no_other(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.settings(import_enabled=False)
    broken, fine, imported = await stage.see(stage.facts(), stage.facts(), stage.facts())
    await stage.evaluate()
    await AmazonOrder.filter(id__in=[broken.id, imported.id]).update(problems=[["a"]])
    await AmazonOrder.filter(id=imported.id).update(import_state="IMPORTED", evaluate_due=stage.now)

    impact = await foresee(stage, import_enabled=True)
    assert ids(impact) == {"BLOCKED": {broken.id}, "IMPORTED": {fine.id}}
    assert impact.evaluated == 2


async def test_a_hold_that_ran_out_is_given_back_before_anybody_is_looked_at(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.settings(reservation_days=1)
    pending = await stage.arrive(status="PENDING")
    await stage.settings(import_enabled=False, reservation_days=1)
    stage.later(days=2)
    (paid,) = await stage.see(stage.facts(latest_ship_at=stage.now + timedelta(days=9)))
    await Reservation.filter(order_id=pending.id).update(state="ACTIVE", quantity=1, expires_at=stage.now)
    await Stock.filter(product_id=(await Product.get(sku="MUG")).id).update(reserved=1)

    impact = await foresee(stage, import_enabled=True)
    await stage.settings(import_enabled=True)
    became = await become(stage)

    assert became == {"WAITING": {pending.id}, "IMPORTED": {paid.id}}
    assert paid.id in ids(impact)["IMPORTED"]
    assert (impact.releasing_stock, impact.taking_stock) == (1, 0)


async def test_what_left_before_and_what_never_leaves_is_told_apart(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "4"})
    order = await stage.arrive(item("MUG", 3))
    await stage.settings(import_enabled=False)
    (next_one,) = await stage.see(stage.facts(item("MUG", 2), latest_ship_at=stage.now + timedelta(days=9)))
    await stage.evaluate()
    stage.later(minutes=1)
    shipped = replace(
        stage.seen[order.number],
        status=AmazonOrderStatus.SHIPPED,
        updated_at=stage.now,
        items=(item("MUG", 3, quantity_shipped=2, quantity_unshipped=0),),
    )
    await stage.see(shipped)

    impact = await foresee(stage, batch=1, import_enabled=True)
    await stage.settings(import_enabled=True)
    await stage.evaluate(limit=1)
    await stage.evaluate(limit=1)

    assert ids(impact) == {"IMPORTED": {next_one.id}}
    assert (await AmazonOrder.get(id=next_one.id)).import_state == "IMPORTED"
    assert await commands_of(next_one) == []


async def test_goods_whose_stock_is_not_counted_are_given_back_by_nobody(stage: Stage) -> None:
    await stage.products({"sku": "FREE", "manages_stock": "false"}, {"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("FREE", 3))
    await stage.settings(import_enabled=False)
    (next_one,) = await stage.see(stage.facts(item("MUG", 2), latest_ship_at=stage.now + timedelta(days=9)))
    await stage.evaluate()
    stage.later(minutes=1)
    left = (item("FREE", 3, quantity_shipped=2, quantity_unshipped=0),)
    facts = replace(stage.seen[order.number], status=AmazonOrderStatus.SHIPPED, updated_at=stage.now, items=left)
    await stage.see(facts)

    impact = await foresee(stage, batch=1, import_enabled=True)
    await stage.settings(import_enabled=True)
    assert ids(impact) == {"BLOCKED": {next_one.id}}
    assert (await become(stage))["BLOCKED"] == {next_one.id}


async def test_commands_that_the_facts_have_overtaken_hold_up_nothing(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "4"})
    await stage.settings(import_enabled=False)
    overtaken, canceled = await stage.see(stage.facts(status="PARTIALLY_SHIPPED"), stage.facts(status="CANCELED"))
    await stage.evaluate()
    for order, state in ((overtaken, CommandState.QUEUED), (canceled, CommandState.ACCEPTED)):
        await Command.create(
            account_id=order.account_id,
            store_id=order.store_id,
            order_id=order.id,
            order_seq=1,
            kind=CommandKind.CANCEL,
            state=state,
            payload={"restock": False},
            created_at=stage.now,
        )

    impact = await foresee(stage, import_enabled=True)
    await stage.settings(import_enabled=True)
    became = await become(stage)

    assert ids(impact) == {"IMPORTED": {overtaken.id}}
    assert became == {"IMPORTED": {overtaken.id}, "SKIPPED": {canceled.id}}


async def test_a_patch_that_changes_nothing_makes_nothing_due(stage: Stage) -> None:
    await stage.see(stage.facts())
    assert await foresee(stage, reservation_days=14) == SettingsImpact()


async def test_a_preview_refuses_what_saving_refuses(stage: Stage) -> None:
    with pytest.raises(InvalidInput):
        await foresee(stage, reservation_days=0)
    with pytest.raises(NotFound):
        await preview_order_settings(store_id=99, patch={}, now=stage.now, sealer=stage.sealer)
