"""The sources of stock, made, changed and put in order, each as a change of its own; orders that it helps are due."""

from collections.abc import Sequence
from datetime import datetime

from domain.catalog.source_records import Source
from domain.catalog.sources import SourceWish, order_sources, save_source
from domain.change import change
from domain.channel.affected import Affected, orders_behind
from domain.timeline import Actor


async def save_stock_source(*, wish: SourceWish, now: datetime, actor: Actor) -> tuple[Source, Affected]:
    """Make a source, or change the one of this code, and have the orders evaluated that waited for what lies there.

    Raises what `save_source` raises.
    """
    async with change(now=now, actor=actor) as unit:
        source, switched = await save_source(unit, wish)
        return source, await orders_behind(unit, switched) if source.enabled else Affected()


async def order_stock_sources(*, codes: Sequence[str], now: datetime, actor: Actor) -> list[Source]:
    """Put the sources into the order that goods are taken from them.

    Raises NotFound, InvalidInput or RequiredInput.
    """
    async with change(now=now, actor=actor) as unit:
        return await order_sources(unit, codes)
