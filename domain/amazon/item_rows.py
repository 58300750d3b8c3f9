"""Items as rows: the statements that store those of a page of orders, and mark the ones that are gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.amazon.facts import BreakdownKind, ItemFacts
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder
from domain.money import Money

_ITEM_COLUMNS: Final[Mapping[str, str]] = {
    "account_id": "integer",
    "store_id": "integer",
    "order_id": "integer",
    "item_id": "text",
    "position": "integer",
    "seller_sku": "text",
    "asin": "text",
    "title": "text",
    "condition": "text",
    "condition_subtype": "text",
    "quantity_ordered": "integer",
    "quantity_shipped": "integer",
    "quantity_unshipped": "integer",
    "currency": "text",
    "unit_price_minor": "integer",
    "price_minor": "integer",
    "shipping_minor": "integer",
    "gift_wrap_minor": "integer",
    "tax_minor": "integer",
    "discount_minor": "integer",
    "other_minor": "integer",
    "total_minor": "integer",
    "details": "json",
    "cancel_requested": "boolean",
    "canceled_by": "text",
}

_AMOUNTS: Final = ("price_minor", "shipping_minor", "gift_wrap_minor", "tax_minor", "discount_minor", "other_minor")
_AMOUNT_OF: Final = {
    BreakdownKind.ITEM: "price_minor",
    BreakdownKind.SHIPPING: "shipping_minor",
    BreakdownKind.GIFT_WRAP: "gift_wrap_minor",
    BreakdownKind.TAX: "tax_minor",
    BreakdownKind.DISCOUNT: "discount_minor",
}

_DETAILED: Final = (BreakdownKind.TAX, BreakdownKind.DISCOUNT)


def item_row(item: ItemFacts, *, account_id: int, store_id: int, order_id: int, position: int) -> list[object]:
    """Return an item's facts as one row of the upsert of items."""
    currency = _currency(item)
    values: dict[str, object] = {
        "account_id": account_id,
        "store_id": store_id,
        "order_id": order_id,
        "item_id": item.order_item_id,
        "position": position,
        "seller_sku": _cut(item.seller_sku, 200),
        "asin": _cut(item.asin, 20),
        "title": item.title,
        "condition": _cut(item.condition, 40),
        "condition_subtype": _cut(item.condition_subtype, 40),
        "quantity_ordered": item.quantity_ordered,
        "quantity_shipped": item.quantity_shipped,
        "quantity_unshipped": item.quantity_unshipped,
        "currency": currency,
        "unit_price_minor": _minor(item.unit_price, currency),
        "total_minor": _minor(item.proceeds_total, currency),
        "details": _details(item, currency),
        "cancel_requested": item.cancel_requested,
        "canceled_by": item.canceled_by,
        **_amounts(item, currency),
    }
    return [values[name] for name in _ITEM_COLUMNS]


async def upsert_items(
    connection: BaseDBAsyncClient, order_ids: Sequence[int], rows: Sequence[Sequence[object]], *, now: datetime
) -> None:
    """Store these orders' items and mark those that Amazon no longer lists as gone."""
    names = ", ".join(_ITEM_COLUMNS)
    taken = ", ".join(f"{name} = excluded.{name}" for name in _ITEM_COLUMNS if name not in ("order_id", "item_id"))
    if rows:
        await connection.execute_query(
            f"INSERT INTO amazon_item ({names}) SELECT {names} FROM {json_rows(connection, _ITEM_COLUMNS)} page "
            f"WHERE true ON CONFLICT (order_id, item_id) DO UPDATE SET {taken}, gone_at = NULL",
            [encode_rows(rows)],
        )
    listed = [[row[2], row[3]] for row in rows]
    orders = json_rows(connection, {"id": "integer"})
    items = json_rows(connection, {"order_id": "integer", "item_id": "text"}, parameter=2)
    await connection.execute_query(
        f"UPDATE amazon_item SET gone_at = {placeholder(connection, 3)} "
        f"WHERE gone_at IS NULL AND order_id IN (SELECT id FROM {orders} changed) "
        f"AND (order_id, item_id) NOT IN (SELECT order_id, item_id FROM {items} listed)",
        [encode_rows([[order_id] for order_id in order_ids]), encode_rows(listed), to_text(now)],
    )


def _currency(item: ItemFacts) -> str | None:
    first = item.proceeds_total or next((part.amount for part in item.breakdowns), None) or item.unit_price
    return first.currency if first else None


def _amounts(item: ItemFacts, currency: str | None) -> dict[str, int | None]:
    amounts: dict[str, int | None] = dict.fromkeys(_AMOUNTS)
    for part in item.breakdowns:
        if part.amount.currency == currency:  # a line in several currencies is a problem of the order already
            name = _AMOUNT_OF.get(part.kind, "other_minor")
            amounts[name] = (amounts[name] or 0) + part.amount.minor
    return amounts


def _details(item: ItemFacts, currency: str | None) -> dict[str, dict[str, int]] | None:
    details = {
        part.kind.value: dict(part.details)
        for part in item.breakdowns
        if part.details and part.kind in _DETAILED and part.amount.currency == currency
    }
    # Of two parts of a kind one may have no details: then what there is would not add up.
    kinds = [part.kind.value for part in item.breakdowns]
    return {kind: found for kind, found in details.items() if kinds.count(kind) == 1} or None


def _minor(money: Money | None, currency: str | None) -> int | None:
    return money.minor if money is not None and money.currency == currency else None


def _cut(text: str | None, longest: int) -> str | None:
    return None if text is None else text[:longest]
