"""Counts that stay cheap on big tables."""

from enum import StrEnum

import strawberry

from api.database import read_rows
from api.plans.fragments import Fragment
from api.schema.enums import described
from domain.errors import InvalidInput

LARGEST_CAP = 100_000


class CountPrecision(StrEnum):
    """Whether counting stopped early."""

    EXACT = "EXACT"
    AT_LEAST = "AT_LEAST"


described(
    CountPrecision,
    description="Whether a count is the whole truth.",
    values={"EXACT": "There are exactly so many.", "AT_LEAST": "Counting stopped at the cap: there are more."},
)


@strawberry.type(description="Capped count: value stops at the cap, precision says so.")
class Count:
    """How many."""

    value: int = strawberry.field(description="How many there are, at most the cap.")
    precision: CountPrecision = strawberry.field(description="Whether there are more than that.")


def counted(found: int, *, cap: int) -> Count:
    """Return a count of which at most one more than the cap were looked at."""
    if found > cap:
        return Count(value=cap, precision=CountPrecision.AT_LEAST)
    return Count(value=found, precision=CountPrecision.EXACT)


async def count_orders(where: Fragment, *, cap: int) -> Count:
    """Count Amazon orders, looking at no more than the cap and one.

    Raises InvalidInput for a cap that is negative or too large.
    """
    return await count_rows("amazon_order", where, cap=cap)


async def count_rows(table: str, where: Fragment, *, cap: int) -> Count:
    """Count rows of a table, looking at no more than the cap and one.

    Raises InvalidInput for a cap that is negative or too large.
    """
    if not 0 <= cap <= LARGEST_CAP:
        raise InvalidInput(f"`cap` is from 0 to {LARGEST_CAP}.", path=("cap",))
    sql = f"SELECT COUNT(*) AS found FROM (SELECT 1 FROM {table} WHERE {where.sql} LIMIT ?) counted"
    rows = await read_rows(sql, [*where.parameters, cap + 1])
    return counted(rows[0]["found"], cap=cap)
