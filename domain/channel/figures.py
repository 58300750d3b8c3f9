"""The figures of a store's dashboard, read from indexes alone, so that they stay fast with very many orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tortoise.connection import get_connection

from domain.accounts.records import Store
from domain.amazon.display import DisplayStatus
from domain.channel.revenue import COUNTED, NOT_SOLD, CurrencySales, DaySales, period_start, sales_of_period
from domain.instant import to_text
from domain.json_rows import placeholder
from domain.money import Money

_LIFETIME: Final = """
    SELECT display_status, COUNT(*) AS orders,
    SUM(CASE WHEN currency = {currency} THEN total_minor ELSE 0 END) AS minor,
    SUM(CASE WHEN currency <> {currency} THEN 1 ELSE 0 END) AS elsewhere
    FROM amazon_order WHERE store_id = {store} GROUP BY display_status"""
_OTHERS: Final = """
    SELECT currency, SUM(total_minor) AS minor FROM amazon_order
    WHERE store_id = {store} AND display_status NOT IN ({not_sold}) AND currency <> {currency} AND total_minor <> 0
    GROUP BY currency ORDER BY currency"""
# By status first, as the index is; the days of one status are then one stretch of it.
_BY_DAY: Final = """
    SELECT SUBSTR(purchased_at, 1, 10) AS day, currency, SUM(total_minor) AS minor, COUNT(*) AS orders
    FROM amazon_order WHERE store_id = {store} AND display_status IN ({counted}) AND purchased_at >= {since}
    AND purchased_at < {until} AND total_minor IS NOT NULL AND currency IS NOT NULL
    GROUP BY SUBSTR(purchased_at, 1, 10), currency"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many orders a store has by the status that people see, and what all sales came to by currency."""

    by_status: tuple[tuple[DisplayStatus, int], ...]
    lifetime: tuple[Money, ...]  # the store's own currency first

    @property
    def orders(self) -> int:
        """All orders."""
        return sum(count for _, count in self.by_status)


async def totals_of(store: Store) -> Totals:
    """Count a store's orders and add its sales up, over all time."""
    rows = await _read(_LIFETIME, {"currency": store.currency, "store": store.id})
    counted = [row for row in rows if row["display_status"] not in NOT_SOLD]
    lifetime = [Money(sum(int(row["minor"] or 0) for row in counted), store.currency)]
    if any(row["elsewhere"] for row in counted):
        others = await _read(_OTHERS, {"store": store.id, "currency": store.currency})
        lifetime += [Money(int(row["minor"]), row["currency"]) for row in others]
    return Totals(
        by_status=tuple(sorted((DisplayStatus(row["display_status"]), int(row["orders"])) for row in rows)),
        lifetime=tuple(lifetime),
    )


async def sales_of(store: Store, *, now: datetime, days: int) -> Sequence[CurrencySales]:
    """Return a store's sales of the last `days` UTC days, today included, by currency, with the period before."""
    start = period_start(now, days=days)
    rows = await _read(
        _BY_DAY,
        {
            "store": store.id,
            "since": to_text(start - timedelta(days=days)),
            "until": to_text(start + timedelta(days=days)),
        },
    )
    found = [
        DaySales(date.fromisoformat(row["day"]), row["currency"], int(row["minor"]), int(row["orders"])) for row in rows
    ]
    return sales_of_period(found, now=now, days=days, currency=store.currency)


async def _read(sql: str, values: dict[str, Any]) -> list[Any]:
    connection = get_connection("default")
    words = {name: placeholder(connection, at) for at, name in enumerate(values, 1)}
    words |= {"counted": _listed(COUNTED), "not_sold": _listed(NOT_SOLD)}
    _, rows = await connection.execute_query(sql.format(**words), list(values.values()))
    return list(rows)


def _listed(statuses: Sequence[DisplayStatus]) -> str:
    return ", ".join(f"'{status.value}'" for status in statuses)
