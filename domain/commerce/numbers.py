"""Numbers of orders and papers: one sequence per store view and kind, without a gap."""

from enum import StrEnum

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.records import NumberSequence
from domain.errors import Duplicate
from domain.json_rows import placeholder


class Numbered(StrEnum):
    """What is numbered."""

    ORDER = "ORDER"
    INVOICE = "INVOICE"
    SHIPMENT = "SHIPMENT"
    CREDIT_MEMO = "CREDIT_MEMO"


class NumberTaken(Duplicate):
    """Another order of the store view has the number already."""


async def take_numbers(
    connection: BaseDBAsyncClient, *, store_view: str, kind: Numbered, count: int, prefix: str = ""
) -> list[str]:
    """Take the next numbers of a sequence, of nine digits after the prefix; given back if the transaction fails."""
    view, name, step = (placeholder(connection, at) for at in (1, 2, 3))
    _, rows = await connection.execute_query(
        f"INSERT INTO number_sequence (store_view, kind, next_number) VALUES ({view}, {name}, {step} + 1) "
        f"ON CONFLICT (store_view, kind) DO UPDATE SET next_number = number_sequence.next_number + {step} "
        "RETURNING next_number",
        [store_view, kind.value, count],
    )
    return numbers_from(rows[0]["next_number"] - count, count=count, prefix=prefix)


async def next_number(*, store_view: str, kind: Numbered) -> int:
    """Return the number that a sequence would give next, without taking it."""
    sequence = await NumberSequence.get_or_none(store_view=store_view, kind=kind.value)
    return sequence.next_number if sequence else 1


def numbers_from(first: int, *, count: int, prefix: str = "") -> list[str]:
    """Return numbers that follow each other as they are written."""
    return [f"{prefix}{number:09d}" for number in range(first, first + count)]
