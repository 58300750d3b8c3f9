"""Filters and pages against the same thing done in Python, on random orders."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry import ID

from api.database import database as open_database
from api.plans.fragments import folded
from api.plans.keyset import find_page, page_request
from api.plans.order import order_sort
from api.plans.where import compile_where
from api.schema.filters import DateTimeRange, IDFilter, MoneyRange, OrderDirection, StringFilter
from api.schema.ids import NodeId
from api.schema.order_filters import (
    AmazonOrderOrder,
    AmazonOrderOrderField,
    AmazonOrderStatusFilter,
    AmazonOrderWhere,
    BlockerKindFilter,
    DisplayStatusFilter,
    FulfillmentChannelFilter,
    ImportOutcomeFilter,
)
from api.schema.scalars import CurrencyCode
from domain.accounts.records import Account, Store
from domain.amazon.display import DisplayStatus, ImportState
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.channel.blockers import BlockerKind
from domain.channel.cases import Outcome
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.commerce.records import CommerceOrder
from domain.sealing import Sealer
from tests.counted import rounds

SEALER = Sealer(bytes(32))
BASE = datetime(2026, 3, 1, tzinfo=UTC)
PIECES = ["a", "B", "b%", "_x", "!", "Ä", "a_b", "AxB", "É%!"]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=2).map("".join)
TIMES = st.integers(0, 3).map(lambda minutes: BASE + timedelta(minutes=minutes))
AMOUNTS = st.sampled_from([None, 0, 100, 101, 250])

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "store_id": st.sampled_from([1, 2]),
            "amazon_status": st.sampled_from(list(AmazonOrderStatus)[:3]),
            "display_status": st.sampled_from(list(DisplayStatus)[:3]),
            "import_state": st.sampled_from(list(ImportState)),
            "fulfillment_channel": st.sampled_from([None, *FulfillmentChannel]),
            "purchased_at": TIMES,
            "updated_at": TIMES,
            "latest_ship_at": st.none() | TIMES,
            "total_minor": AMOUNTS,
            "currency": st.sampled_from(["EUR", "USD"]),
            "prefix": TEXTS,
            "items": st.lists(st.tuples(st.none() | TEXTS, st.none() | TEXTS, st.booleans()), max_size=2),
            "blockers": st.lists(st.tuples(st.sampled_from(list(BlockerKind)[:3]), st.booleans()), max_size=2),
            "commerce": st.none() | TEXTS,
        }
    ),
    max_size=12,
)


def _some(values: Any) -> Any:
    return st.lists(values, max_size=3)


def _choice(kind: Any, values: Any, *, negative: bool = False) -> Any:
    kinds = [values.map(lambda value: kind(eq=value)), _some(values).map(lambda chosen: kind(one_of=chosen))]
    if negative:
        kinds.append(_some(values).map(lambda chosen: kind(not_in=chosen)))
    return st.one_of(kinds)


STRINGS = st.one_of(
    [
        TEXTS.map(lambda text: StringFilter(eq=text)),
        _some(TEXTS).map(lambda texts: StringFilter(one_of=texts)),
        TEXTS.map(lambda text: StringFilter(starts_with=text)),
        TEXTS.map(lambda text: StringFilter(contains=text)),
    ]
)
RANGES = st.builds(DateTimeRange, gte=st.none() | TIMES, lt=st.none() | TIMES)
BOUNDS = st.sampled_from([None, Decimal(1), Decimal("1.005"), Decimal("1.01"), Decimal(-1), Decimal("2.5")])
STORES = st.sampled_from([1, 2, 3]).map(lambda row: ID(str(NodeId("Store", 1, row))))
LEAVES = {
    "ids": _some(st.integers(1, 12).map(lambda row: str(NodeId("AmazonOrder", 1, row)))),
    "store_id": st.one_of(
        STORES.map(lambda one: IDFilter(eq=one)), _some(STORES).map(lambda ids: IDFilter(one_of=ids))
    ),
    "amazon_order_id": STRINGS,
    "commerce_number": STRINGS,
    "sku": STRINGS,
    "search": TEXTS | st.just("  "),
    "status": _choice(AmazonOrderStatusFilter, st.sampled_from(list(AmazonOrderStatus)[:3]), negative=True),
    "display_status": _choice(DisplayStatusFilter, st.sampled_from(list(DisplayStatus)[:3]), negative=True),
    "fulfillment_channel": _choice(FulfillmentChannelFilter, st.sampled_from(FulfillmentChannel)),
    "import_outcome": _choice(ImportOutcomeFilter, st.sampled_from(Outcome)),
    "blocker_kind": _choice(BlockerKindFilter, st.sampled_from(list(BlockerKind)[:3])),
    "purchased_at": RANGES,
    "last_updated_at": RANGES,
    "latest_ship_at": RANGES,
    "total": st.builds(MoneyRange, currency_code=st.sampled_from(["EUR", "USD"]), gte=BOUNDS, lt=BOUNDS),
}


def _where(inner: Any) -> Any:
    groups = {"all_of": st.lists(inner, max_size=2), "any_of": st.lists(inner, max_size=2), "negated": inner}
    picked = st.sets(st.sampled_from(sorted(LEAVES)), min_size=1, max_size=2)
    grouped = st.sets(st.sampled_from(sorted(groups)), max_size=1)

    @st.composite
    def build(draw: Any) -> AmazonOrderWhere:
        chosen = {name: draw(LEAVES[name]) for name in sorted(draw(picked))}
        return AmazonOrderWhere(**chosen, **{name: draw(groups[name]) for name in sorted(draw(grouped))})

    return build()


NOTHING_ASKED = st.just(AmazonOrderWhere())
WHERES = _where(_where(NOTHING_ASKED)) | _where(NOTHING_ASKED).map(lambda one: AmazonOrderWhere(negated=one))
SORTS = st.sampled_from(list(itertools.product(AmazonOrderOrderField, OrderDirection)))


def matches(row: dict[str, Any], where: AmazonOrderWhere) -> bool:
    """Apply a filter as its description says it."""
    asked = {name: getattr(where, name) for name in (*LEAVES, "all_of", "any_of", "negated")}
    return all(CHECKS[name](row, value) for name, value in asked.items() if value is not None)


def _is(value: Any, choice: Any) -> bool:
    if choice.eq is not None:
        return bool(value == choice.eq)
    if choice.one_of is not None:
        return value in choice.one_of
    return value not in choice.not_in


def _text(text: str | None, wanted: StringFilter) -> bool:
    if text is None:
        return False
    if wanted.starts_with is not None:
        return folded(text).startswith(folded(wanted.starts_with))
    if wanted.contains is not None:
        return folded(wanted.contains) in folded(text)
    return _is(text, StringFilter(eq=wanted.eq, one_of=wanted.one_of))


def _during(value: datetime | None, wanted: DateTimeRange) -> bool:
    if value is None:
        return wanted.gte is None and wanted.lt is None
    return (wanted.gte is None or value >= wanted.gte) and (wanted.lt is None or value < wanted.lt)


def _costs(row: dict[str, Any], wanted: MoneyRange) -> bool:
    if row["currency"] != wanted.currency_code:
        return False
    if row["total_minor"] is None:
        return wanted.gte is None and wanted.lt is None
    amount = Decimal(row["total_minor"]) / 100
    return (wanted.gte is None or amount >= wanted.gte) and (wanted.lt is None or amount < wanted.lt)


def _listed(row: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    return [(sku, title) for sku, title, gone in row["items"] if not gone]


def _search(row: dict[str, Any], text: str) -> bool:
    texts = [row["number"], row["commerce"], *itertools.chain.from_iterable(_listed(row))]
    wanted = StringFilter(contains=text.strip())
    return not text.strip() or any(_text(one, wanted) for one in texts)


CHECKS: dict[str, Callable[[dict[str, Any], Any], bool]] = {
    "ids": lambda row, ids: str(NodeId("AmazonOrder", 1, row["id"])) in ids,
    "store_id": lambda row, wanted: _is(str(NodeId("Store", 1, row["store_id"])), wanted),
    "amazon_order_id": lambda row, wanted: _text(row["number"], wanted),
    "commerce_number": lambda row, wanted: _text(row["commerce"], wanted),
    "sku": lambda row, wanted: any(_text(sku, wanted) for sku, _ in _listed(row)),
    "search": _search,
    "status": lambda row, wanted: _is(row["amazon_status"], wanted),
    "display_status": lambda row, wanted: _is(row["display_status"], wanted),
    "fulfillment_channel": lambda row, wanted: _is(row["fulfillment_channel"], wanted),
    "import_outcome": lambda row, wanted: _is(row["import_state"].value, wanted),
    "blocker_kind": lambda row, wanted: any(_is(kind, wanted) for kind, is_open in row["blockers"] if is_open),
    "purchased_at": lambda row, wanted: _during(row["purchased_at"], wanted),
    "last_updated_at": lambda row, wanted: _during(row["updated_at"], wanted),
    "latest_ship_at": lambda row, wanted: _during(row["latest_ship_at"], wanted),
    "total": _costs,
    "all_of": lambda row, parts: all(matches(row, part) for part in parts),
    "any_of": lambda row, parts: any(matches(row, part) for part in parts),
    "negated": lambda row, part: not matches(row, part),
}
COLUMNS = {
    "PURCHASED_AT": "purchased_at",
    "UPDATED_AT": "updated_at",
    "NUMBER": "number",
    "SHIP_BY": "latest_ship_at",
    "TOTAL": "total_minor",
}


def in_order(rows: list[dict[str, Any]], field: AmazonOrderOrderField, direction: OrderDirection) -> list[int]:
    """Sort as the descriptions say it: rows without a value last, the id decides between equals."""
    column = COLUMNS[field.value]
    with_value = [row for row in rows if row[column] is not None]
    without = [row for row in rows if row[column] is None]
    turned = direction is OrderDirection.DESC
    ordered = sorted(with_value, key=lambda row: (row[column], row["id"]), reverse=turned)
    return [row["id"] for row in ordered + sorted(without, key=lambda row: row["id"], reverse=turned)]


async def store(rows: list[dict[str, Any]]) -> None:
    """Replace all orders by these; the n-th one gets id n and its number."""
    for model in (Attention, AmazonItem, CommerceOrder, AmazonOrder):
        await model.all().delete()
    for at, row in enumerate(rows, start=1):
        row |= {"id": at, "number": f"{row['prefix']}{at}"}
        made = row["commerce"] if row["commerce"] is None else f"{row['commerce']}{at}"
        row["commerce"] = made
        await AmazonOrder.create(
            **{name: row[name] for name in AmazonOrder._meta.fields_map if name in row},
            account_id=1,
            commerce_order_id=None if made is None else at,
            facts_hash="",
            fetched_at=BASE,
            seen_at=BASE,
        )
        await AmazonItem.bulk_create(_item(row, place, *said) for place, said in enumerate(row["items"]))
        await Attention.bulk_create(_attention(row, place, *said) for place, said in enumerate(row["blockers"]))
        if made is not None:
            await CommerceOrder.create(**_commerce(row))


def _item(row: dict[str, Any], place: int, sku: str | None, title: str | None, gone: bool) -> AmazonItem:
    return AmazonItem(
        account_id=1,
        store_id=row["store_id"],
        order_id=row["id"],
        item_id=str(place),
        position=place,
        seller_sku=sku,
        title=title,
        quantity_ordered=1,
        gone_at=BASE if gone else None,
    )


def _attention(row: dict[str, Any], place: int, kind: BlockerKind, is_open: bool) -> Attention:
    return Attention(
        account_id=1,
        store_id=row["store_id"],
        kind=AttentionKind.BLOCKER,
        blocker_kind=kind,
        subject=f"{kind}:{row['id']}:{place}",
        order_id=row["id"],
        message="",
        state=AttentionState.OPEN if is_open else AttentionState.RESOLVED,
        opened_at=BASE,
        last_checked_at=BASE,
    )


def _commerce(row: dict[str, Any]) -> dict[str, Any]:
    amounts = ["subtotal", "shipping", "gift_wrap", "tax", "discount", "other", "total"]
    return {f"{name}_minor": 0 for name in amounts} | {
        "id": row["id"],
        "account_id": 1,
        "store_id": row["store_id"],
        "channel_order_id": row["id"],
        "channel_number": row["number"],
        "store_view": "default",
        "number": row["commerce"],
        "state": "PROCESSING",
        "status": "processing",
        "currency": "EUR",
        "purchased_at": BASE,
        "created_at": BASE,
        "updated_at": BASE,
    }


async def connect_stores() -> None:
    await Account.create(id=1, region="EU", fingerprint="", credentials=b"", created_at=BASE)
    for row_id, marketplace_id in ((1, "A1PA6795UKMFR9"), (2, "A13V1IB3VIYZZH")):
        await Store.create(
            id=row_id,
            account_id=1,
            marketplace_id=marketplace_id,
            name="Shop",
            country_code="DE",
            currency="EUR",
            connected_at=BASE,
            cutoff_at=BASE,
        )


async def walk(where: AmazonOrderWhere, sort: Any, size: int, *, backward: bool) -> list[int]:
    """Read a list page by page, from either end."""
    ids: list[int] = []
    cursor = None
    while True:
        request = page_request(last=size, before=cursor) if backward else page_request(first=size, after=cursor)
        page = await find_page("amazon_order", where=compile_where(where, SEALER), sort=sort, request=request)
        found = [row.row_id for row in page.rows]
        ids = found + ids if backward else ids + found
        assert (page.has_next if backward else page.has_previous) is (cursor is not None)
        if not (page.has_previous if backward else page.has_next):
            return ids
        cursor = page.rows[0 if backward else -1].cursor


@pytest.fixture
def loop(database_url: str) -> Any:
    """Keep one loop and one database for all examples of a property."""
    with asyncio.Runner() as runner:
        context = open_database(database_url, migrate=False)
        runner.run(context.__aenter__())
        runner.run(connect_stores())
        yield runner
        runner.run(context.__aexit__(None, None, None))


@settings(
    max_examples=rounds(400),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=ROWS, where=WHERES, sorted_by=SORTS, size=st.integers(1, 5))
def test_pages_of_any_filter_and_sort_equal_the_same_done_in_python(
    loop: asyncio.Runner,
    rows: list[dict[str, Any]],
    where: AmazonOrderWhere,
    sorted_by: tuple[AmazonOrderOrderField, OrderDirection],
    size: int,
) -> None:
    field, direction = sorted_by
    if field is AmazonOrderOrderField.TOTAL:
        where = AmazonOrderWhere(all_of=[where, AmazonOrderWhere(total=MoneyRange(currency_code=CurrencyCode("EUR")))])
    sort = order_sort(AmazonOrderOrder(field=field, direction=direction), where)

    async def both() -> tuple[list[int], list[int]]:
        await store(rows)
        forward = await walk(where, sort, size, backward=False)
        return forward, await walk(where, sort, size, backward=True)

    forward, backward = loop.run(both())

    assert forward == backward == in_order([row for row in rows if matches(row, where)], field, direction)
