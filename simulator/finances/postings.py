"""All that was posted for a seller, by time: what the ledger holds, and orders that stand as they were placed."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.finances.ledger import CHARGE, Key, keys_of, place
from simulator.orders.book import LAST_UPDATED
from simulator.orders.lifecycle import DISPATCHED

if TYPE_CHECKING:
    from simulator.finances.asking import Asked
    from simulator.orders.book import Group
    from simulator.world import World


def find_postings(world: World, asked: Asked, *, limit: int) -> tuple[list[Key], bool]:
    """Return one page of what is looked for, and whether more follows."""
    found: list[Key] = []
    for key in _of_one_order(world, asked) if asked.order_id is not None else _of_all(world, asked):
        if key[0] >= asked.before:
            break
        if not _is_wanted(world, asked, key):
            continue
        if len(found) == limit:
            return found, True
        found.append(key)
    return found, False


def _of_one_order(world: World, asked: Asked) -> Iterator[Key]:
    order = world.book.get(asked.order_id or "")
    if order is not None and order.seller == asked.seller:
        keys = keys_of(order.order_id, world.ledger.account(order))
        yield from (key for key in sorted(keys) if key > asked.start)


def _of_all(world: World, asked: Asked) -> Iterator[Key]:
    """Walk both sources from the start on, without looking at what was posted before."""
    return heapq.merge(world.ledger.after(asked.seller, asked.start), _as_placed(world, asked))


def _as_placed(world: World, asked: Asked) -> Iterator[Key]:
    def start(group: Group) -> Key | None:
        is_elsewhere = asked.marketplace_id not in (None, group.marketplace_id)
        return asked.start if group.status in DISPATCHED and not is_elsewhere else None

    for order in world.book.after(seller=asked.seller, family=LAST_UPDATED, key=asked.start, start=start):
        if order.updated >= asked.before:
            return
        if not world.ledger.has(order.order_id) and world.ledger.account(order).charges:
            yield order.updated, place(order.order_id, CHARGE, 1)


def _is_wanted(world: World, asked: Asked, key: Key) -> bool:
    if asked.marketplace_id is None:
        return True
    order = world.book.get(key[1].rsplit(" ", 2)[0])
    return order is not None and order.marketplace_id == asked.marketplace_id
