"""What other order settings would do to a store's orders, found out without writing anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tortoise.connection import get_connection

from domain.accounts.order_statuses import check_initial_status
from domain.accounts.settings import changed_settings, settings_of
from domain.amazon.display import ImportState
from domain.catalog.shelf import chunks
from domain.channel.due_orders import SHIP_FIRST
from domain.channel.evaluate import BATCH
from domain.channel.rehearsal import Rehearsal, Rehearsed
from domain.instant import to_text
from domain.json_rows import placeholder
from domain.sealing import Sealer

MOST_ORDERS: Final = 10_000
"""So many orders one preview looks at, those that ship first before the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsImpact:
    """What becomes of the orders that a change makes due; `becoming` has the ids of those that change their state.

    `taking_stock` counts the orders that are not imported and hold stock only then, `releasing_stock` those that hold
    some now and would let go of it. If it is not complete, more are due than were looked at.
    """

    evaluated: int = 0
    unchanged: int = 0
    becoming: Mapping[ImportState, tuple[int, ...]] = field(default_factory=dict)
    taking_stock: int = 0
    releasing_stock: int = 0
    is_complete: bool = True

    def ids_becoming(self, state: ImportState) -> tuple[int, ...]:
        """Return the orders that get into a state, those that ship first before the others."""
        return self.becoming.get(state, ())


@dataclass(frozen=True, slots=True)
class _Queued:
    """An order that would be due, and whether the change makes it so."""

    order_id: int
    state: ImportState
    is_counted: bool


async def preview_order_settings(
    *,
    store_id: int,
    patch: Mapping[str, object],
    now: datetime,
    sealer: Sealer,
    most: int = MOST_ORDERS,
    batch: int = BATCH,
) -> SettingsImpact:
    """Say what saving a patch would do to a store's orders at its next evaluation, which follows at once.

    It goes through the orders as the evaluation does, in its order and its batches, and takes those of other stores
    that are due among them along, as all share the shelf and the numbers. Reads only; exact where nothing that it
    reads changes meanwhile. Raises NotFound, RequiredInput or InvalidInput.
    """
    _, current = await settings_of(store_id)
    settings = changed_settings(current, patch)
    await check_initial_status(current, settings)
    if settings == current:
        return SettingsImpact()
    queue = await _queue(store_id, now=now, limit=most + 1)
    rehearsal = Rehearsal(store_id=store_id, settings=settings, now=now, sealer=sealer)
    await rehearsal.begin()
    rehearsed: list[Rehearsed] = []
    for part in chunks(queue[:most], batch):
        rehearsed += await rehearsal.batch({one.order_id: one.state for one in part})
    return _impact({one.order_id: one.state for one in queue if one.is_counted}, rehearsed, len(queue) <= most)


async def _queue(store_id: int, *, now: datetime, limit: int) -> list[_Queued]:
    connection = get_connection("default")
    store, due, most = (placeholder(connection, at) for at in (1, 2, 3))
    _, rows = await connection.execute_query(
        f"SELECT id, store_id, import_state FROM amazon_order WHERE evaluate_due <= {due} "
        f"OR (store_id = {store} AND import_state <> 'IMPORTED') ORDER BY {SHIP_FIRST} LIMIT {most}",
        [store_id, to_text(now), limit],
    )
    states = [ImportState(row["import_state"]) for row in rows]
    return [
        _Queued(row["id"], state, row["store_id"] == store_id and state is not ImportState.IMPORTED)
        for row, state in zip(rows, states, strict=True)
    ]


def _impact(before: Mapping[int, ImportState], rehearsed: list[Rehearsed], is_complete: bool) -> SettingsImpact:
    own = [one for one in rehearsed if one.order_id in before]
    changing = [one for one in own if one.state is not before[one.order_id]]
    staying = [one for one in own if one.state is not ImportState.IMPORTED]
    return SettingsImpact(
        evaluated=len(own),
        unchanged=len(own) - len(changing),
        becoming={
            state: tuple(one.order_id for one in changing if one.state is state)
            for state in ImportState
            if state is not ImportState.NEW
        },
        taking_stock=sum(one.holds and not one.held for one in staying),
        releasing_stock=sum(one.held and not one.holds for one in staying),
        is_complete=is_complete,
    )
