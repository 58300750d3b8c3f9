from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.accounts.order_settings import InitialStatusMode, OrderSettings
from domain.accounts.settings_input import INITIAL_STATUSES, OTHER_STATUSES, changed_settings
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner
from domain.catalog.records import Reservation
from domain.channel.preview import preview_order_settings
from domain.commerce.customer_records import Customer
from domain.commerce.lifecycle import STATUSES, CommerceOrderState
from domain.commerce.records import Invoice
from domain.commerce.statuses import create_status
from domain.errors import InvalidInput
from tests.domain.channel.stage import CLERK, Stage, commerce_of, item, shelf, told


@pytest.fixture(autouse=True)
async def goods(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})


async def kept_until(order: AmazonOrder) -> Any:
    return (await BuyerRecord.get(owner=Owner.AMAZON_ORDER, owner_id=order.id)).purge_at


async def test_each_store_view_numbers_its_own_orders_and_papers(stage: Stage) -> None:
    await stage.arrive()
    await stage.settings(commerce_store_view="german")
    first, second = await stage.arrive(), await stage.arrive()

    made = [(await commerce_of(order))[0] for order in (first, second)]
    assert [(one.store_view, one.number) for one in made] == [("german", "000000001"), ("german", "000000002")]
    invoices = await Invoice.filter(order_id__in=[one.id for one in made]).order_by("id")
    assert [(one.store_view, one.number) for one in invoices] == [("german", "000000001"), ("german", "000000002")]


async def test_another_store_view_has_customers_of_its_own(stage: Stage) -> None:
    await stage.settings(customer_creation="NEW_CUSTOMER")
    one = (await commerce_of(await stage.arrive()))[0]
    same = (await commerce_of(await stage.arrive()))[0]
    await stage.settings(commerce_store_view="german")
    other = (await commerce_of(await stage.arrive()))[0]
    await stage.settings(customer_creation="GUEST")
    guest = (await commerce_of(await stage.arrive()))[0]

    assert one.customer_id == same.customer_id != other.customer_id
    assert guest.customer_id is None
    assert await Customer.all().count() == 2


async def test_turning_the_reservation_of_pending_orders_off_releases_what_they_hold_and_on_takes_it_again(
    stage: Stage,
) -> None:
    pending = await stage.arrive(item("MUG", 2), status="PENDING")
    imported = await stage.arrive(item("MUG", 3))
    assert await shelf() == (9, 5)

    await stage.settings(pending_order_stock="DO_NOT_RESERVE")
    await stage.evaluate()
    assert await shelf() == (9, 3)
    assert (await told(pending))[-1] == "STOCK_RELEASED"
    assert "STOCK_RELEASED" not in await told(imported)

    await stage.settings(pending_order_stock="RESERVE")
    await stage.evaluate()
    assert await shelf() == (9, 5)


async def test_switching_the_import_off_releases_what_pending_orders_hold(stage: Stage) -> None:
    await stage.arrive(item("MUG", 2), status="PENDING")
    await stage.settings(import_enabled=False)
    await stage.evaluate()
    assert await shelf() == (9, 0)


async def test_other_reservation_days_count_for_later_reservations_only(stage: Stage) -> None:
    early = await stage.arrive(status="PENDING")
    await stage.settings(reservation_days=2)
    await stage.evaluate()
    late = await stage.arrive(status="PENDING")

    ends = {row.order_id: row.expires_at for row in await Reservation.all()}
    assert ends == {early.id: stage.now + timedelta(days=14), late.id: stage.now + timedelta(days=2)}


@pytest.mark.parametrize("code", ["processing", "fraud", "packing"])
async def test_a_new_order_can_have_any_status_of_processing_and_one_of_the_merchants_own(
    stage: Stage, code: str
) -> None:
    await create_status(
        code="packing",
        label="Packing",
        state=CommerceOrderState.PROCESSING,
        is_visible=True,
        now=stage.now,
        actor=CLERK,
    )
    await stage.settings(initial_status_mode="CUSTOM", initial_status=code)
    commerce, _ = await commerce_of(await stage.arrive())
    assert (commerce.state, commerce.status) == ("PROCESSING", code)
    shipped, _ = await commerce_of(await stage.arrive(item("MUG", quantity_shipped=1), status="SHIPPED"))
    assert (shipped.state, shipped.status) == ("COMPLETE", "complete")


async def test_a_status_that_new_orders_cannot_have_is_refused_when_it_is_chosen(stage: Stage) -> None:
    for state, code in ((CommerceOrderState.COMPLETE, "filed"), (None, "unassigned")):
        await create_status(code=code, label=code, state=state, is_visible=True, now=stage.now, actor=CLERK)
    for code in ("filed", "unassigned", "nowhere"):
        patch = {"initial_status_mode": "CUSTOM", "initial_status": code}
        with pytest.raises(InvalidInput, match="createOrderStatus") as refused:
            await stage.settings(**patch)
        assert refused.value.path == ("input", "patch", "initialStatus")
        with pytest.raises(InvalidInput, match="createOrderStatus"):
            await preview_order_settings(store_id=stage.store.id, patch=patch, now=stage.now, sealer=stage.sealer)


def test_a_status_of_another_state_is_refused() -> None:
    others = {code for code, status in STATUSES.items() if status.state is not CommerceOrderState.PROCESSING}
    assert others == OTHER_STATUSES
    assert set(STATUSES) - others == INITIAL_STATUSES
    current = OrderSettings(initial_status_mode=InitialStatusMode.CUSTOM, initial_status="fraud")
    for code in others:
        with pytest.raises(InvalidInput, match="another state") as refused:
            changed_settings(current, {"initial_status": code})
        assert refused.value.path == ("input", "patch", "initialStatus")


async def test_the_days_that_buyer_data_is_kept_count_from_the_end_of_orders_that_end_later(stage: Stage) -> None:
    before, after = await stage.arrive(), await stage.arrive()
    await stage.change(before, status="SHIPPED", items=(item("MUG", quantity_shipped=1),))
    ended = stage.now
    await stage.settings(pii_retention_days=5)
    await stage.change(after, status="SHIPPED", items=(item("MUG", quantity_shipped=1),))

    assert await kept_until(before) == ended + timedelta(days=30)
    assert await kept_until(after) == stage.now + timedelta(days=5)


async def test_the_stock_rule_decides_what_orders_that_wait_take(stage: Stage) -> None:
    await stage.settings(import_enabled=False)
    partly = item("MUG", 4, quantity_shipped=3, quantity_unshipped=1)
    await stage.arrive(partly, status="PARTIALLY_SHIPPED")
    await stage.settings(import_enabled=True, stock_rule="UNSHIPPED_ONLY")
    await stage.evaluate()
    assert await shelf() == (9, 1)


@pytest.mark.parametrize("end", ["COMPLETE", "CLOSED", "CANCELED"])
async def test_the_end_of_canceled_orders_is_the_one_chosen_when_they_are_canceled(stage: Stage, end: str) -> None:
    order = await stage.arrive()
    await stage.settings(canceled_order_end_state=end)
    stage.later(minutes=1)
    canceled = AmazonOrderStatus.CANCELED
    await stage.see(replace(stage.seen[order.number], status=canceled, updated_at=stage.now))
    await stage.evaluate()
    assert (await commerce_of(order))[0].state == end
