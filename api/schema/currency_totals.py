"""What many orders come to: each currency for itself, and in the base currency those that have a rate."""

from dataclasses import dataclass
from typing import Any, Final

import strawberry

from api.database import read_rows
from api.plans.fragments import Fragment
from api.schema.money import Money
from api.schema.reading import reading
from api.schema.scalars import CurrencyCode
from domain import money
from domain.accounts.global_settings import base_currency
from domain.amazon.display import DisplayStatus
from domain.channel.revenue import COUNTED, NOT_SOLD

_OF_LIST: Final = """
    SELECT currency, COUNT(*) AS orders, SUM(total_minor) AS minor, SUM(refunded_minor) AS refunded,
    SUM(CASE WHEN base_currency = ? THEN base_total_minor ELSE 0 END) AS base_minor,
    SUM(CASE WHEN base_currency = ? THEN 1 ELSE 0 END) AS based
    FROM commerce_order WHERE {where} GROUP BY currency ORDER BY currency"""
_STATUSES: Final = {status: f"'{status.value}'" for status in DisplayStatus}
# From indexes alone, less what is no sale: a fifth of the time that joining all orders takes with 100,000 of them.
_SOLD: Final = f"""
    SELECT (SELECT COUNT(*) FROM amazon_order WHERE store_id = ? AND total_minor IS NOT NULL
        AND display_status IN ({", ".join(_STATUSES[status] for status in COUNTED)})) AS orders,
    made.based - unsold.based AS based, made.minor - unsold.minor AS base_minor
    FROM (SELECT COUNT(*) AS based, COALESCE(SUM(base_total_minor), 0) AS minor FROM commerce_order
        WHERE store_id = ? AND base_currency = ?) made
    CROSS JOIN (SELECT COUNT(*) AS based, COALESCE(SUM(c.base_total_minor), 0) AS minor FROM amazon_order o
        CROSS JOIN commerce_order c WHERE o.store_id = ? AND c.id = o.commerce_order_id AND c.base_currency = ?
        AND o.display_status IN ({", ".join(_STATUSES[status] for status in NOT_SOLD)})) unsold"""


@dataclass(frozen=True)
class Sum:
    """What orders of one currency come to, in minor units."""

    currency: str
    orders: int
    minor: int
    refunded_minor: int


@strawberry.type(description="What the orders of one currency come to.")
class CurrencyTotal:
    """The window on the sum of a currency."""

    currency: CurrencyCode = strawberry.field(name="currencyCode", description="The currency.")
    orders: int = strawberry.field(description="How many orders.")

    @strawberry.field(graphql_type=Money, description="What their buyers pay.")
    @staticmethod
    def total(root: strawberry.Parent[Sum]) -> money.Money:
        """Return the sum."""
        return money.Money(root.minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What was given back of it.")
    @staticmethod
    def refunded(root: strawberry.Parent[Sum]) -> money.Money:
        """Return the sum of the credit memos."""
        return money.Money(root.refunded_minor, root.currency)


@strawberry.type(
    description="What orders come to in the base currency. Only those count that got a rate to it when they were made; "
    "how many did not is said beside it."
)
class BaseTotal:
    """A sum in the base currency."""

    total: money.Money = strawberry.field(graphql_type=Money, description="The sum of their `baseTotal`s.")
    orders: int = strawberry.field(description="How many orders are in it.")
    without: int = strawberry.field(
        description="How many are not: made before there was this base currency, or not made yet."
    )


@strawberry.type(description="What the orders of a whole list come to; currencies are never mixed.")
class OrderTotals:
    """The sums of a list."""

    currencies: list[Sum] = strawberry.field(
        graphql_type=list[CurrencyTotal], description="By currency, in the order of their codes."
    )
    base: BaseTotal | None = strawberry.field(
        description="In the base currency that is set now; null if there is none."
    )


async def totals_of_list(where: Fragment) -> OrderTotals:
    """Add up all commerce orders that fulfil a condition."""
    base = await _base()
    rows = await read_rows(_OF_LIST.format(where=where.sql), [base or "", base or "", *where.parameters])
    sums = [Sum(row["currency"], row["orders"], int(row["minor"]), int(row["refunded"])) for row in rows]
    return OrderTotals(currencies=sums, base=_in_base(base, rows))


async def sales_in_base(store_id: int) -> BaseTotal | None:
    """Add up what a store sold in the base currency; None while there is none."""
    base = await _base()
    return _in_base(base, await read_rows(_SOLD, [store_id, store_id, base, store_id, base])) if base else None


async def _base() -> str | None:
    with reading():
        return await base_currency()


def _in_base(base: str | None, rows: list[Any]) -> BaseTotal | None:
    if base is None:
        return None
    based = sum(int(row["based"] or 0) for row in rows)
    return BaseTotal(
        total=money.Money(sum(int(row["base_minor"] or 0) for row in rows), base),
        orders=based,
        without=sum(row["orders"] for row in rows) - based,
    )
