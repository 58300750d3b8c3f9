from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from domain.amazon.records import AmazonOrder
from domain.catalog.records import Product
from domain.change import Change, change
from domain.channel import affected
from domain.channel.affected import AT_ONCE, Affected, one_order, orders_behind, orders_of_sku
from domain.channel.dismiss import dismiss_blocker
from domain.channel.due_orders import due_ids
from domain.channel.retry import retry_in
from domain.errors import NotFound
from domain.instant import to_text
from domain.json_rows import json_rows
from tests.domain.channel.stage import CLERK, Stage, item, open_attention


@dataclass
class _Counting:
    """A connection that notes what it is asked."""

    connection: BaseDBAsyncClient
    asked: list[str]

    @property
    def capabilities(self) -> Any:
        return self.connection.capabilities

    async def execute_query(self, query: str, values: list[Any]) -> Any:
        self.asked.append(query)
        return await self.connection.execute_query(query, values)


async def within(stage: Stage, work: Callable[[Change], Awaitable[Affected]]) -> Affected:
    async with change(now=stage.now, actor=CLERK) as unit:
        unit.quiet()
        return await work(unit)


async def behind(stage: Stage, *skus: str) -> Affected:
    products = await Product.filter(sku__in=skus)
    return await within(stage, lambda unit: orders_behind(unit, products))


async def due_now(stage: Stage) -> set[int]:
    return set(await due_ids(get_connection("default"), now=to_text(stage.now), limit=1000))


async def test_every_order_that_a_product_may_help_is_due_whatever_stops_it(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0", "asin": "B01"}, {"sku": "B", "quantity": "0", "asin": "B02"})
    short = await stage.arrive(item("MUG", 1))
    left = await stage.arrive(item("MUG", 1))
    (entry,) = await open_attention(left)
    await dismiss_blocker(attention_id=entry.id, note="x", now=stage.now, actor=CLERK)
    pending = await stage.arrive(item("MUG", 1), status="PENDING")
    same_asin = await stage.arrive(item("OTHER", 1, asin="B01"), status="PENDING")
    others = [await stage.arrive(item("NEW", 1)), await stage.arrive(item("B", 1))]
    await stage.products({"sku": "SPARE", "quantity": "5"})
    holding = await stage.arrive(item("SPARE", 1), status="PENDING")
    assert await due_now(stage) == set()

    affected = await behind(stage, "MUG", "SPARE")

    helped = {short.id, left.id, pending.id, same_asin.id}
    assert (affected.count, set(affected.first)) == (4, helped)
    assert await due_now(stage) == helped
    assert not helped & {order.id for order in (holding, *others)}


async def test_orders_that_lack_a_product_are_found_by_its_sku_and_its_asin(stage: Stage) -> None:
    sku, asin = await stage.arrive(item("MUG", 1)), await stage.arrive(item("X", 1, asin="B01"))
    await stage.arrive(item("CUP", 1))
    async with change(now=stage.now, actor=CLERK) as unit:
        unit.quiet()
        made = await Product.create(sku="MUG", name="Mug", asin="B01", created_at=unit.now, updated_at=unit.now)
        assert await orders_behind(unit, [made]) == Affected(2, (sku.id, asin.id))
        assert await orders_behind(unit, []) == Affected()


async def test_only_a_sku_of_the_account_is_meant(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    pending = await stage.arrive(item("MUG", 1), status="PENDING")
    for account_id, count in ((order.account_id, 2), (order.account_id + 1, 0)):
        async with change(now=stage.now, actor=CLERK) as unit:
            unit.quiet()
            found = await orders_of_sku(unit, account_id=account_id, seller_sku="MUG")
        assert found.count == count
    assert await due_now(stage) == {order.id, pending.id}


async def test_the_first_are_those_that_ship_first(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    facts = [stage.facts(item("MUG", 1), latest_ship_at=None)]
    for _ in range(AT_ONCE + 4):
        facts.insert(0, stage.facts(item("MUG", 1), latest_ship_at=stage.later(hours=-1)))
    orders = await stage.see(*facts)
    await stage.evaluate()
    stage.later(days=1)

    affected = await behind(stage, "MUG")

    assert affected == Affected(AT_ONCE + 5, tuple(order.id for order in orders[:AT_ONCE]))
    assert await due_ids(get_connection("default"), now=to_text(stage.now), limit=3) == list(affected.first[:3])


async def test_the_number_of_statements_does_not_grow_with_the_orders(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    counts = []
    for _ in range(2):
        await stage.see(*(stage.facts(item("MUG", 1)) for _ in range(30)))
        await stage.evaluate()
        stage.later(minutes=1)
        counts.append(await _statements(stage))
    assert counts == [3, 3]


async def _statements(stage: Stage) -> int:
    asked: list[str] = []
    async with change(now=stage.now, actor=CLERK) as unit:
        unit.quiet()
        products = await Product.all()
        counting: Any = _Counting(unit.connection, asked)
        await orders_behind(replace(unit, connection=counting), products)
    return len(asked)


async def test_one_order_is_marked_alone_and_a_missing_one_is_told(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    assert await within(stage, lambda unit: one_order(unit, order.id)) == Affected(1, (order.id,))
    assert await due_now(stage) == {order.id}
    async with change(now=stage.now, actor=CLERK) as unit:
        answers = await retry_in(unit, [999])
    assert isinstance(answers[999], NotFound)
    assert await AmazonOrder.filter(evaluate_due__lte=stage.now).count() == 1


async def test_what_is_open_for_other_reasons_is_not_looked_through(stage: Stage) -> None:
    connection = get_connection("default")
    tables = {
        "products": json_rows(connection, {"id": "integer"}, parameter=1),
        "skus": json_rows(connection, {"sku": "text"}, parameter=2),
        "asins": json_rows(connection, {"asin": "text"}, parameter=3),
    }
    statement = f"EXPLAIN QUERY PLAN {affected._BLOCKED.format(**tables)}"
    _, rows = await connection.execute_query(statement, ["[[1]]", '[["MUG"]]', '[["B01"]]'])
    used = {line.split("INDEX ")[1].split(" ")[0] for row in rows if (line := row["detail"]).startswith("SEARCH a ")}
    assert used == {"ix_attention_product", "ix_attention_sku", "ix_attention_asin"}
