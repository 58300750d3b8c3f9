"""Orders as rows: the guarded statement that stores a page of them, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.amazon.display import ImportState, display_status
from domain.amazon.facts import AmazonOrderStatus, OrderFacts
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder

_ORDER_COLUMNS: Final[Mapping[str, str]] = {
    "account_id": "integer",
    "store_id": "integer",
    "number": "text",
    "amazon_status": "text",
    "raw_status": "text",
    "display_status": "text",
    "import_state": "text",
    "fulfillment_channel": "text",
    "purchased_at": "text",
    "updated_at": "text",
    "latest_ship_at": "text",
    "service_level": "text",
    "sales_channel": "text",
    "payment_methods": "json",
    "programs": "json",
    "replaced_number": "text",
    "total_minor": "integer",
    "currency": "text",
    "breakdowns": "json",
    "packages": "json",
    "problems": "json",
    "cancel_requested_at": "text",
    "facts_hash": "text",
    "fetched_at": "text",
    "seen_at": "text",
    "version": "integer",
    "evaluate_attempts": "integer",
    "last_sequence": "integer",
    "extra": "json",
}
_OURS: Final = frozenset(
    {
        "account_id", "store_id", "number", "display_status", "import_state", "purchased_at", "cancel_requested_at",
        "seen_at", "version", "evaluate_attempts", "last_sequence",
    }
)  # fmt: skip
"""Columns that an update leaves alone."""


def order_row(
    facts: OrderFacts, *, account_id: int, store_id: int, digest: str, fetched_at: datetime, now: datetime
) -> list[object]:
    """Return an order's facts as one row of the guarded upsert."""
    total = facts.grand_total
    values: dict[str, object] = {
        "account_id": account_id,
        "store_id": store_id,
        "number": facts.amazon_order_id,
        "amazon_status": facts.status.value,
        "raw_status": stored_word(facts.raw_status),
        "display_status": _first_display(facts.status),
        "import_state": ImportState.NEW.value,
        "fulfillment_channel": facts.fulfillment_channel.value if facts.fulfillment_channel else None,
        "purchased_at": to_text(facts.created_at),
        "updated_at": to_text(facts.updated_at),
        "latest_ship_at": _text(facts.latest_ship_at),
        "service_level": _cut(facts.service_level, 100),
        "sales_channel": _cut(facts.sales_channel, 40),
        "payment_methods": list(facts.payment_methods) or None,
        "programs": list(facts.programs),
        "replaced_number": facts.replaced_order_id,
        "total_minor": total.minor if total else None,
        "currency": total.currency if total else None,
        "breakdowns": [[part.kind.value, part.amount.minor, part.amount.currency] for part in facts.breakdowns],
        "packages": _packages(facts),
        "problems": [[problem.field, problem.value, problem.reason] for problem in facts.problems],
        "cancel_requested_at": to_text(now) if asks_to_cancel(facts) else None,
        "facts_hash": digest,
        "fetched_at": to_text(fetched_at),
        "seen_at": to_text(now),
        "version": 1,
        "evaluate_attempts": 0,
        "last_sequence": 0,
        "extra": dict(facts.extra),
    }
    return [values[name] for name in _ORDER_COLUMNS]


def asks_to_cancel(facts: OrderFacts) -> bool:
    """Return whether the buyer asks to cancel the order or a part of it."""
    return any(item.cancel_requested for item in facts.items)


async def upsert_orders(connection: BaseDBAsyncClient, rows: Sequence[Sequence[object]]) -> dict[tuple[int, str], int]:
    """Store orders that are news, in one statement, and return the ids of those that it stored by store and number.

    The guard is part of the statement: a later lastUpdatedTime, or other facts at the same one from a later request.
    """
    if not rows:
        return {}
    names = ", ".join(_ORDER_COLUMNS)
    taken = ", ".join(f"{name} = excluded.{name}" for name in _ORDER_COLUMNS if name not in _OURS)
    page = json_rows(connection, _ORDER_COLUMNS)
    _, found = await connection.execute_query(
        f"INSERT INTO amazon_order ({names}) SELECT {names} FROM {page} page WHERE true "
        f"ON CONFLICT (store_id, number) DO UPDATE SET {taken}, "
        "cancel_requested_at = COALESCE(amazon_order.cancel_requested_at, excluded.cancel_requested_at) "
        "WHERE excluded.updated_at > amazon_order.updated_at OR (excluded.updated_at = amazon_order.updated_at "
        "AND excluded.facts_hash <> amazon_order.facts_hash AND excluded.fetched_at > amazon_order.fetched_at) "
        "RETURNING id, store_id, number",
        [encode_rows(rows)],
    )
    return {(row["store_id"], row["number"]): row["id"] for row in found}


async def known_orders(
    connection: BaseDBAsyncClient, wanted: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Return what is stored of these orders, by store and number."""
    rows = json_rows(connection, {"store_id": "integer", "number": "text"})
    _, found = await connection.execute_query(
        "SELECT o.id, o.store_id, o.number, o.amazon_status, o.raw_status, o.updated_at, o.facts_hash, o.fetched_at, "
        "o.cancel_requested_at "
        f"FROM {rows} wanted JOIN amazon_order o ON o.store_id = wanted.store_id AND o.number = wanted.number",
        [encode_rows([list(one) for one in wanted])],
    )
    return {(row["store_id"], row["number"]): row for row in found}


async def move_fetched(connection: BaseDBAsyncClient, order_ids: Sequence[int], fetched_at: datetime) -> None:
    """Note that a later request saw the same facts again, so that an older answer that arrives late stays out."""
    if not order_ids:
        return
    rows, at = json_rows(connection, {"id": "integer"}), placeholder(connection, 2)
    await connection.execute_query(
        f"UPDATE amazon_order SET fetched_at = {at} WHERE id IN (SELECT id FROM {rows} seen) AND fetched_at < {at}",
        [encode_rows([[order_id] for order_id in order_ids]), to_text(fetched_at)],
    )


def _first_display(status: AmazonOrderStatus) -> str:
    shown = display_status(
        status, import_state=ImportState.NEW, completed=False, cancel_open=False, command_refused=False
    )
    return shown.value


def _packages(facts: OrderFacts) -> list[dict[str, object]]:
    return [
        {
            "reference": package.reference,
            "carrier": package.carrier,
            "shipping_service": package.shipping_service,
            "tracking_number": package.tracking_number,
            "status": package.status,
            "shipped_at": _text(package.shipped_at),
            "items": [[item_id, quantity] for item_id, quantity in package.items],
        }
        for package in facts.packages
    ]


def _text(at: datetime | None) -> str | None:
    return None if at is None else to_text(at)


def stored_word(raw_status: str | None) -> str | None:
    """Return Amazon's word for a status as it is stored."""
    return _cut(raw_status, 64)


def _cut(text: str | None, longest: int) -> str | None:
    return None if text is None else text[:longest]
