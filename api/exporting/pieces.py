"""A file as it is written: piece by piece, so that a long one needs no more memory than a short one."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.database import read_rows
from api.exporting.beside import NOTHING, Ask
from api.exporting.cells import BYTE_ORDER_MARK, Cell, csv_text
from api.exporting.columns import OF_AMAZON, OF_COMMERCE, Column
from api.plans.commerce_where import compile_commerce_where
from api.plans.fragments import Fragment, all_of, one_of
from api.plans.keyset import PageRequest, find_page
from api.plans.order import Sort, commerce_sort, order_sort
from api.plans.where import compile_where
from api.schema.commerce_filters import CommerceOrderWhere
from api.schema.document import schema
from api.schema.order_filters import AmazonOrderWhere
from api.schema.stored_inputs import from_json
from api.schema.tickets import Asked
from domain.accounts.saved_views import ListKind
from domain.errors import InvalidInput
from domain.sealing import Sealer

PIECE: Final = 500
"""So many orders are read and written at once."""


@dataclass(frozen=True)
class Export:
    """A file to be written: which orders, and what of them."""

    table: str
    where: Fragment
    sort: Sort
    columns: Mapping[str, Column]
    has_mark: bool
    sealer: Sealer

    async def pieces(self) -> AsyncIterator[bytes]:
        """Write the file, the newest orders first: those that arrive meanwhile are not in it, and none is in it twice.

        An order is as it is when its piece is read.
        """
        heads = csv_text([[name.lower() for name in self.columns]])
        yield ((BYTE_ORDER_MARK if self.has_mark else "") + heads).encode()
        after, more = None, True
        while more:
            request = PageRequest(PIECE, after=after)
            page = await find_page(self.table, where=self.where, sort=self.sort, request=request)
            more = page.has_next
            if page.rows:
                after = page.rows[-1].cursor
                yield csv_text(await self._rows([row.row_id for row in page.rows])).encode()

    async def _rows(self, ids: Sequence[int]) -> list[list[Cell]]:
        found = one_of("id", ids)
        rows = await read_rows(f"SELECT {self._reads()} FROM {self.table} WHERE {found.sql}", found.parameters)
        known = {row["id"]: row for row in rows}
        orders = [known[row_id] for row_id in ids if row_id in known]
        asked: dict[Ask, Any] = {}
        for column in self.columns.values():
            if column.ask is not None and column.ask not in asked:
                asked[column.ask] = await column.ask(orders, self.sealer)
        return [
            [column.fill(order, asked[column.ask] if column.ask else NOTHING) for column in self.columns.values()]
            for order in orders
        ]

    def _reads(self) -> str:
        return ", ".join(sorted({"id"}.union(*(column.reads for column in self.columns.values()))))


def export_of(asked: Asked, sealer: Sealer) -> Export:
    """Return the file that was asked for.

    Raises InvalidInput or LimitExceeded for what this version would refuse.
    """
    known, table, sort = (
        (OF_AMAZON, "amazon_order", order_sort(None, None))
        if asked.list is ListKind.AMAZON_ORDERS
        else (OF_COMMERCE, "commerce_order", commerce_sort(None, None))
    )
    return Export(
        table=table,
        where=_condition(asked, sealer),
        sort=sort,
        columns=_columns(asked.columns, known),
        has_mark=asked.has_mark,
        sealer=sealer,
    )


def _condition(asked: Asked, sealer: Sealer) -> Fragment:
    path = ("where",)
    if asked.list is ListKind.AMAZON_ORDERS:
        return all_of(compile_where(from_json(schema, AmazonOrderWhere, one, path=path), sealer) for one in asked.where)
    return all_of(
        compile_commerce_where(from_json(schema, CommerceOrderWhere, one, path=path), sealer) for one in asked.where
    )


def _columns(names: Sequence[str], known: Mapping[str, Column]) -> dict[str, Column]:
    if unknown := [name for name in names if name not in known]:
        raise InvalidInput(f"There are no columns {', '.join(unknown)}.", path=("columns",))
    return {name: known[name] for name in names}
