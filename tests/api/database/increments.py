"""A process that counts: reads a row, waits, writes it back one higher, many times, beside other processes."""

import asyncio
import sys

from api.database import database
from domain.catalog.records import Stock
from domain.change import change
from domain.instant import from_text
from domain.timeline import SYSTEM

NOW = from_text("2026-03-02T09:00:00.000Z")


async def count(url: str, times: int) -> None:
    """Add one to the only stock, `times` times, reading before writing in one transaction."""
    async with database(url, migrate=False):
        for _ in range(times):
            async with change(now=NOW, actor=SYSTEM) as unit:
                unit.quiet()
                stock = await Stock.get()
                await asyncio.sleep(0.0005)
                await Stock.filter(id=stock.id).update(on_hand=stock.on_hand + 1)


if __name__ == "__main__":
    asyncio.run(count(sys.argv[1], int(sys.argv[2])))
