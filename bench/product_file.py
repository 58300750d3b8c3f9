"""A file of 100,000 products: how long `orderlane products import` takes against bare `executemany` of the same rows.

The bare run reads the same file with Python's csv module and writes the very rows that the import leaves behind, into
the same four tables with the same indexes, constraints and settings of the connection, in one transaction that holds
everybody up, and without looking at anything: no line is checked, nothing is staged, no order is looked for. Both run
in turn on fresh databases. Then another process makes small changes during an import, to see how long they wait.
"""

import argparse
import asyncio
import csv
import gc
import multiprocessing
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

import orjson

from api.cli.product_file import ProductFile
from api.cli.product_importing import import_here
from api.cli.progress import progress
from api.database import database
from domain.change import change
from domain.instant import to_text
from domain.timeline import SYSTEM

DATABASE: Final = "orderlane.db"
SETTINGS: Final = (
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -64000; "
    "PRAGMA temp_store = MEMORY;"
)
PRODUCT: Final = (
    "INSERT INTO product (id, sku, name, price_minor, currency, enabled, manages_stock, asin, version, created_at, "
    "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)"
)
STOCK: Final = "INSERT INTO stock (product_id, source, on_hand, reserved) VALUES (?, 'default', ?, 0)"
MOVE: Final = (
    "INSERT INTO stock_move (product_id, source, reason, on_hand, reserved, actor_kind, at) "
    "VALUES (?, 'default', 'COUNTED', ?, 0, 'USER', ?)"
)
EVENT: Final = "INSERT INTO event (kind, actor_kind, at, message, details) VALUES ('PRODUCT_CREATED', 'USER', ?, ?, ?)"


def write_file(path: Path, lines: int) -> None:
    """Write a file of products, all of them new and with every column filled."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("sku", "name", "price", "currency", "quantity", "enabled", "manages_stock", "asin"))
        for at in range(lines):
            count, price, asin = at % 100 + 1, f"{at * 37 % 50_000 + 5}.{at % 100:02}", f"B{at:09}"
            writer.writerow((f"SKU-{at:06}", f"Product number {at}", price, "EUR", count, "true", "true", asin))


def write_bare(path: Path) -> None:
    """Write the rows of the file as fast as SQLite's own driver does."""
    at = to_text(datetime.now(UTC))
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for number, row in enumerate(csv.reader(file)) if number]
    connection = sqlite3.connect(DATABASE, isolation_level=None)
    connection.executescript(f"{SETTINGS} BEGIN IMMEDIATE")
    connection.executemany(
        PRODUCT,
        (
            (number, row[0], row[1], int(row[2].replace(".", "")), row[3], 1, 1, row[7], at, at)
            for number, row in enumerate(rows, 1)
        ),
    )
    connection.executemany(STOCK, ((number, int(row[4])) for number, row in enumerate(rows, 1)))
    connection.executemany(MOVE, ((number, int(row[4]), at) for number, row in enumerate(rows, 1)))
    connection.executemany(
        EVENT,
        (
            (at, f"Product {row[0]} created.", orjson.dumps({"product_id": number, "sku": row[0], "on_hand": row[4]}))
            for number, row in enumerate(rows, 1)
        ),
    )
    connection.execute("COMMIT")
    connection.close()


async def write_imported(path: Path) -> None:
    """Import the file as the command does."""
    with progress(is_watched=False) as bar:
        await import_here(ProductFile(path), name=path.name, skip_bad=False, bar=bar)


def write_beside(over: Event, waited: "Queue[list[float]]") -> None:
    """Make a small change every 10 ms until told to stop; gives how long each took in seconds."""

    async def write() -> list[float]:
        took = []
        async with database(f"sqlite://{DATABASE}", migrate=False):
            while not over.is_set():
                begun = time.perf_counter()
                async with change(now=datetime.now(UTC), actor=SYSTEM) as unit:
                    unit.quiet()
                    await unit.connection.execute_query("UPDATE product SET version = version WHERE id = 1")
                took.append(time.perf_counter() - begun)
                await asyncio.sleep(0.01)
        return took

    waited.put(asyncio.run(write()))


def waits(file: Path) -> list[float]:
    """Return how long the changes of another process took during an import, the longest first."""
    clear()
    asyncio.run(make_database())
    over = multiprocessing.Event()
    waited: Queue[list[float]] = multiprocessing.Queue()
    beside = multiprocessing.Process(target=write_beside, args=(over, waited))
    beside.start()
    asyncio.run(write_imported(file))
    over.set()
    took: list[float] = sorted(waited.get(), reverse=True)
    beside.join()
    return took


def clear() -> None:
    """Remove the database."""
    for left in Path().glob(f"{DATABASE}*"):
        left.unlink()


async def make_database() -> None:
    """Make an empty database with its tables."""
    async with database(f"sqlite://{DATABASE}", migrate=True):
        pass


def run(lines: int, rounds: int) -> None:
    """Measure both in turn and print the medians and their ratio."""
    file = Path("products.csv")
    write_file(file, lines)
    bare, imported = [], []
    for _ in range(rounds):
        clear()
        asyncio.run(make_database())
        bare.append(timed(lambda: write_bare(file)))
        clear()
        asyncio.run(make_database())
        imported.append(timed(lambda: asyncio.run(write_imported(file))))
    print(f"{lines:,} products, {rounds} rounds")
    for name, at in (("seconds", 0), ("processor seconds", 1)):
        ratios = [one[at] / other[at] for one, other in zip(bare, imported, strict=True)]
        first, second = (statistics.median(taken[at] for taken in runs) for runs in (bare, imported))
        print(
            f"{name:<18} executemany {first:6.2f}  import {second:6.2f}  "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    took = [one for _ in range(rounds) for one in waits(file)]
    print(
        f"another process     {len(took)} changes  median {statistics.median(took) * 1000:.0f} ms  "
        f"longest {max(took) * 1000:.0f} ms"
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long something took: by the clock, and on the processor, which others' work disturbs less."""
    gc.collect()
    gc.freeze()  # what the program is made of costs neither of both anything
    begun, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - busy


def main() -> None:
    """Run it in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    os.environ.setdefault("ORDERLANE_SECRET_KEY", "00" * 32)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        run(asked.lines, asked.rounds)
        os.chdir("/")


if __name__ == "__main__":
    main()
