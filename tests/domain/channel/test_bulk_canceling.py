from typing import Any

import pytest

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder, Command
from domain.channel.bulk_cancel import CancelRequest, bulk_cancel
from domain.errors import DomainError, ErrorCode, InvalidInput
from domain.idempotency import IdempotencyKey
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item, shelf, states


def request(order: AmazonOrder, **given: Any) -> CancelRequest:
    values: dict[str, Any] = {
        "account_id": order.account_id,
        "order_id": order.id,
        "reason": CancelReason.NO_INVENTORY,
        "idempotency_key": f"cancel {order.id}",
    }
    return CancelRequest(**(values | given))


async def cancel(
    stage: Stage, *rows: CancelRequest | DomainError, all_or_nothing: bool = False, dry_run: bool = False
) -> list[tuple[ErrorCode, tuple[str, ...]] | None]:
    refusals = await bulk_cancel(
        rows=rows, all_or_nothing=all_or_nothing, dry_run=dry_run, now=stage.now, actor=CLERK, sealer=stage.sealer
    )
    return [(refusal.code, refusal.path) if refusal else None for refusal in refusals]


@pytest.fixture
async def orders(stage: Stage) -> list[AmazonOrder]:
    await stage.products({"sku": "MUG", "quantity": "20"})
    return [await stage.arrive(item("MUG", 2)) for _ in range(4)]


async def mixed(stage: Stage, orders: list[AmazonOrder]) -> list[CancelRequest | DomainError]:
    await stage.ship(orders[1])
    return [
        request(orders[0]),
        request(orders[1]),
        InvalidInput("Not an id.", path=("input", "orderId")),
        request(orders[2], expected_version=99),
        request(orders[0], idempotency_key="other"),
        request(orders[3], idempotency_key=f"cancel {orders[0].id}"),
        request(orders[3], order_id=999, idempotency_key="unknown"),
        request(orders[3], order_id=998, note="n" * 501, idempotency_key=" "),
    ]


REFUSALS = [
    None,
    (ErrorCode.ACTION_NOT_ALLOWED, ("input", "orders", "1", "orderId")),
    (ErrorCode.INVALID, ("input", "orders", "2", "orderId")),
    (ErrorCode.STALE_VERSION, ("input", "orders", "3", "expectedVersion")),
    (ErrorCode.INVALID, ("input", "orders", "4", "orderId")),
    (ErrorCode.IDEMPOTENCY_KEY_REUSED, ("input", "orders", "5", "idempotencyKey")),
    (ErrorCode.NOT_FOUND, ("input", "orders", "6", "orderId")),
    (ErrorCode.NOT_FOUND, ("input", "orders", "7", "orderId")),
]


async def count_all() -> tuple[int, int, int]:
    return await Command.all().count(), await Event.all().count(), await IdempotencyKey.all().count()


async def test_each_row_has_its_own_answer_and_the_others_are_done(stage: Stage, orders: list[AmazonOrder]) -> None:
    assert await cancel(stage, *await mixed(stage, orders)) == REFUSALS
    assert [await states(order) for order in orders] == [["QUEUED"], ["QUEUED"], [], []]
    assert (await Command.get(order_id=orders[0].id)).kind == "CANCEL"
    assert (await AmazonOrder.get(id=orders[0].id)).display_status == "CANCEL_REQUESTED"


async def test_nothing_at_all_is_done_if_one_row_fails_and_everything_was_asked_for(
    stage: Stage, orders: list[AmazonOrder]
) -> None:
    rows = await mixed(stage, orders)
    before = await count_all()
    assert await cancel(stage, *rows, all_or_nothing=True) == REFUSALS
    assert await count_all() == before


@pytest.mark.parametrize("all_or_nothing", [True, False])
async def test_a_dry_run_says_the_same_and_writes_nothing(
    stage: Stage, orders: list[AmazonOrder], all_or_nothing: bool
) -> None:
    rows = await mixed(stage, orders)
    before = await count_all()
    assert await cancel(stage, *rows, all_or_nothing=all_or_nothing, dry_run=True) == REFUSALS
    assert await count_all() == before


async def test_everything_is_done_if_every_row_can_be(stage: Stage, orders: list[AmazonOrder]) -> None:
    assert await cancel(stage, *map(request, orders), all_or_nothing=True) == [None] * 4
    assert [await states(order) for order in orders] == [["QUEUED"]] * 4
    assert await shelf() == (20, 8)
    assert {order.evaluate_due for order in await AmazonOrder.all()} == {stage.now}


@pytest.mark.parametrize("all_or_nothing", [True, False])
async def test_the_same_rows_again_answer_the_same_and_do_nothing(
    stage: Stage, orders: list[AmazonOrder], all_or_nothing: bool
) -> None:
    await stage.cancel(orders[0], key=f"cancel {orders[0].id}")
    rows = [request(order) for order in orders]
    assert await cancel(stage, *rows, all_or_nothing=all_or_nothing) == [None] * 4
    before = await count_all()
    stage.later(minutes=1)
    assert await cancel(stage, *rows, all_or_nothing=all_or_nothing) == [None] * 4
    assert await count_all() == before
    other = [request(orders[0], restock=False), request(orders[1], note="n" * 501, idempotency_key="new")]
    assert await cancel(stage, *other) == [
        (ErrorCode.IDEMPOTENCY_KEY_REUSED, ("input", "orders", "0", "idempotencyKey")),
        (ErrorCode.INVALID, ("input", "orders", "1", "note")),
    ]


async def test_more_than_one_transaction_carries_are_all_answered(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "200"})
    await stage.see(*(stage.facts(item("MUG", 1)) for _ in range(120)))
    for _ in range(2):
        await stage.evaluate()
    orders = await AmazonOrder.all().order_by("id")
    assert await cancel(stage, *map(request, orders)) == [None] * 120
    assert await Command.filter(kind="CANCEL", state="QUEUED").count() == 120
