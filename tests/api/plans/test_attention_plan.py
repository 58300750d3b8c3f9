import time
from datetime import timedelta
from typing import Any

import pytest
from tortoise.connection import get_connection

from api.database import read_rows
from api.plans.fragments import all_of
from api.plans.keyset import find_page, page_request, page_sql
from api.plans.order import beyond
from api.schema.attention_list import BY_SHIP_DATE, Wanted
from api.schema.counts import count_rows
from api.schema.ids import id_of
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.instant import to_text
from tests.domain.channel.stage import Stage


def wanted(stage: Stage, **given: Any) -> Wanted:
    parts: dict[str, Any] = {"store_id": None, "kinds": None, "state": AttentionState.OPEN}
    if given.pop("of_store", False):
        parts["store_id"] = id_of(stage.store)
    return Wanted(**(parts | given))


@pytest.mark.parametrize("value", [None, "2026-03-02T09:00:00.000Z", "~"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"of_store": True},
        {"kinds": [AttentionKind.BLOCKER]},
        {"of_store": True, "kinds": [AttentionKind.CREDENTIALS]},
        {"state": AttentionState.DISMISSED},
    ],
)
async def test_the_list_walks_its_index_from_the_cursor_on_and_sorts_nothing(
    stage: Stage, given: dict[str, Any], value: str | None
) -> None:
    where = wanted(stage, **given).condition()
    if value is not None:
        where = all_of([where, beyond(BY_SHIP_DATE, value, 7, backward=False)])
    statement = page_sql("attention", where.sql, BY_SHIP_DATE, backward=False)
    rows = await read_rows(f"EXPLAIN QUERY PLAN {statement}", [*where.parameters, 21])

    (plan,) = [row["detail"] for row in rows]
    assert plan.startswith("SEARCH attention USING INDEX ix_attention_list (state=?")
    assert ("<expr>>?" in plan) == (value is not None)


async def test_a_page_of_fifty_thousand_entries_comes_in_a_few_milliseconds(stage: Stage) -> None:
    connection = get_connection("default")
    await connection.execute_query(
        "INSERT INTO attention (account_id, store_id, kind, subject, facts, message, state, opened_at, "
        "last_checked_at, due_by) WITH RECURSIVE "
        "numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000) "
        "SELECT ?1, ?2, 'CONFLICT', 'entry:' || n, '{}', 'Something changed.', 'OPEN', ?3, ?3, "
        "CASE WHEN n % 5 THEN '2026-03-' || printf('%02d', 1 + n % 28) || 'T09:00:00.000Z' END FROM numbers",
        [stage.store.account_id, stage.store.id, to_text(stage.now)],
    )
    where = wanted(stage, of_store=True).condition()
    rare = wanted(stage, of_store=True, kinds=[AttentionKind.CREDENTIALS]).condition()
    begun = time.perf_counter()
    seen: list[int] = []
    cursor = None
    for _ in range(20):
        page = await find_page(
            "attention", where=where, sort=BY_SHIP_DATE, request=page_request(first=100, after=cursor)
        )
        seen += [row.row_id for row in page.rows]
        cursor = page.rows[-1].cursor
    assert (await find_page("attention", where=rare, sort=BY_SHIP_DATE, request=page_request())).rows == ()
    took = timedelta(seconds=time.perf_counter() - begun)

    assert len(set(seen)) == 2000
    dates = dict(await Attention.filter(id__in=seen).values_list("id", "due_by"))
    assert [dates[one] for one in seen] == sorted(dates.values())
    assert (await count_rows("attention", where, cap=100_000)).value == 50_000
    assert took < timedelta(seconds=2)
