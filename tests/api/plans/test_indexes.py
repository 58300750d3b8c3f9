import pytest
from strawberry import ID

from api.database import read_rows
from api.plans.commerce_where import compile_commerce_where
from api.plans.fragments import Fragment, equal
from api.plans.keyset import page_sql
from api.plans.order import beyond, commerce_sort, order_sort
from api.plans.where import compile_where
from api.schema.commerce_filters import CommerceOrderOrder, CommerceOrderOrderField, CommerceOrderWhere
from api.schema.filters import IDFilter, MoneyRange, NameFilter, OrderDirection, StringFilter
from api.schema.ids import NodeId
from api.schema.order_filters import (
    AmazonOrderOrder,
    AmazonOrderOrderField,
    AmazonOrderStatusFilter,
    AmazonOrderWhere,
    BlockerKindFilter,
    DisplayStatusFilter,
)
from api.schema.scalars import CurrencyCode
from domain.amazon.display import DisplayStatus
from domain.amazon.facts import AmazonOrderStatus
from domain.channel.blockers import BlockerKind
from domain.sealing import Sealer
from tests.domain.channel.stage import Stage

SEALER = Sealer(bytes(32))
OF_STORE = IDFilter(eq=ID(str(NodeId("Store", 1, 1))))
OPEN = DisplayStatusFilter(eq=DisplayStatus.UNSHIPPED)


async def plan_of(condition: Fragment, *, ascending: bool = False, backward: bool = False, after: bool = False) -> str:
    direction = OrderDirection.ASC if ascending else OrderDirection.DESC
    sort = order_sort(AmazonOrderOrder(field=AmazonOrderOrderField.PURCHASED_AT, direction=direction), None)
    parameters = [*condition.parameters]
    sql = condition.sql
    if after:
        place = beyond(sort, "2026-03-02T09:00:00.000Z", 7, backward=backward)
        sql, parameters = f"{sql} AND {place.sql}", [*parameters, *place.parameters]
    statement = page_sql("amazon_order", sql, sort, backward=backward)
    rows = await read_rows(f"EXPLAIN QUERY PLAN {statement}", [*parameters, 21])
    return "; ".join(row["detail"] for row in rows)


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("backward", [True, False])
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize(
    ("where", "index"),
    [
        (AmazonOrderWhere(store_id=OF_STORE, display_status=OPEN), "ix_order_status"),
        (AmazonOrderWhere(store_id=OF_STORE), "ix_order_store"),
        (None, "ix_order_purchased"),
    ],
)
async def test_a_list_by_purchase_walks_an_index_and_sorts_nothing(
    stage: Stage, where: AmazonOrderWhere | None, index: str, ascending: bool, backward: bool, after: bool
) -> None:
    plan = await plan_of(compile_where(where, SEALER), ascending=ascending, backward=backward, after=after)

    assert index in plan
    assert "TEMP B-TREE" not in plan
    if after:
        assert "purchased_at" in plan


async def test_other_conditions_of_a_store_still_walk_its_index_in_order(stage: Stage) -> None:
    for where in (
        AmazonOrderWhere(store_id=OF_STORE, status=AmazonOrderStatusFilter(eq=AmazonOrderStatus.PENDING)),
        AmazonOrderWhere(store_id=OF_STORE, search="mug"),
        AmazonOrderWhere(store_id=OF_STORE, blocker_kind=BlockerKindFilter(eq=BlockerKind.OUT_OF_STOCK)),
    ):
        plan = await plan_of(compile_where(where, SEALER))
        assert "INDEX ix_order_store (store_id=?)" in plan
        assert "TEMP B-TREE" not in plan


async def test_a_number_is_found_by_its_index(stage: Stage) -> None:
    plan = await plan_of(
        compile_where(AmazonOrderWhere(amazon_order_id=StringFilter(eq="902-0000000-0000001")), SEALER)
    )

    assert "ix_order_number" in plan


async def test_conditions_on_other_tables_find_their_rows_by_an_index(stage: Stage) -> None:
    text = StringFilter(eq="x")
    for where in (
        AmazonOrderWhere(sku=text),
        AmazonOrderWhere(commerce_number=text),
        AmazonOrderWhere(tag=text),
        AmazonOrderWhere(blocker_kind=BlockerKindFilter(eq=BlockerKind.OUT_OF_STOCK)),
    ):
        plan = await plan_of(compile_where(where, SEALER))
        assert "SCAN" not in plan.replace("SCAN amazon_order USING", "")


async def test_a_page_of_a_store_never_reads_another_store(stage: Stage) -> None:
    assert "store_id=?" in await plan_of(equal("store_id", 1))


async def commerce_plan(where: CommerceOrderWhere | None, field: CommerceOrderOrderField, *, ascending: bool) -> str:
    direction = OrderDirection.ASC if ascending else OrderDirection.DESC
    condition = compile_commerce_where(where, SEALER)
    sort = commerce_sort(CommerceOrderOrder(field=field, direction=direction), where)
    statement = page_sql("commerce_order", condition.sql, sort, backward=False)
    rows = await read_rows(f"EXPLAIN QUERY PLAN {statement}", [*condition.parameters, 21])
    return "; ".join(row["detail"] for row in rows)


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("field", CommerceOrderOrderField)
async def test_commerce_orders_are_sorted_by_indexes_alone(
    stage: Stage, field: CommerceOrderOrderField, ascending: bool
) -> None:
    where = CommerceOrderWhere(total=MoneyRange(currency_code=CurrencyCode("EUR"))) if "TOTAL" in field else None
    plan = await commerce_plan(where, field, ascending=ascending)

    assert "ix_commerce_order_" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (CommerceOrderWhere(store_id=OF_STORE), "ix_commerce_order_store"),
        (CommerceOrderWhere(on_hold=True), "ix_commerce_order_state"),
        (CommerceOrderWhere(number=StringFilter(eq="1")), "ix_commerce_order_number"),
        (CommerceOrderWhere(amazon_order_id=StringFilter(eq="1")), "ix_commerce_order_channel_number"),
        (CommerceOrderWhere(search="902-0000000-0000001"), "ix_commerce_order_channel_number"),
        (CommerceOrderWhere(sku=StringFilter(eq="MUG")), "ix_commerce_order_line_sku"),
        (CommerceOrderWhere(bill_to_name=NameFilter(starts_with="ada by")), "ix_buyer_term"),
        (CommerceOrderWhere(ship_to_name=NameFilter(eq="ada byron")), "ix_buyer_term"),
        (CommerceOrderWhere(customer_email="ada@example.org"), "ix_buyer_term"),
        (CommerceOrderWhere(customer_email="902-0000000-0000001@amazon.com"), "ix_commerce_order_channel_number"),
    ],
)
async def test_rare_commerce_orders_are_found_by_an_index(stage: Stage, where: CommerceOrderWhere, index: str) -> None:
    plan = await commerce_plan(where, CommerceOrderOrderField.CREATED_AT, ascending=False)

    assert index in plan
    assert "SCAN" not in plan


async def test_an_amazon_order_is_found_by_its_buyer_its_sku_and_its_number_by_an_index(stage: Stage) -> None:
    for where, index in (
        (AmazonOrderWhere(buyer_name=NameFilter(starts_with="ada")), "ix_buyer_term"),
        (AmazonOrderWhere(sku=StringFilter(eq="MUG")), "ix_item_seller_sku"),
        (AmazonOrderWhere(search="902-0000000-0000001"), "ix_order_number"),
    ):
        plan = await plan_of(compile_where(where, SEALER))
        assert index in plan
        assert "SCAN" not in plan
