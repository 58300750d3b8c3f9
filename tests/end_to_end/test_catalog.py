"""A file of products killed in the middle: nothing of it counts, or all of it."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.database import database
from domain.channel.file_imports import carry_on
from tests.counted import IS_THOROUGH
from tests.end_to_end.commands import PATIENCE, environment, finished, started

LINES = 8_000
STAGED = "SELECT count(*) FROM product_import_part"
TAKEN = "SELECT count(*) FROM product"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a migrated database and a file of products."""
    assert finished(tmp_path, "migrate", env=KEYED).returncode == 0
    lines = (f"SKU-{at},Product {at},1.00,EUR,{at % 9}" for at in range(LINES))
    (tmp_path / "products.csv").write_text("sku,name,price,currency,quantity\n" + "\n".join(lines))
    return tmp_path


KEYED = environment(ORDERLANE_SECRET_KEY="ab" * 32)


def count(folder: Path, question: str) -> int:
    """Ask the database while others write to it."""
    with closing(sqlite3.connect(f"file:{folder}/orderlane.db?mode=ro", uri=True)) as connection:
        number: int = connection.execute(question).fetchone()[0]
        return number


def kill_once(folder: Path, question: str) -> None:
    """Begin to import, and kill the command once the answer to a question is not 0."""
    with started(folder, "products", "import", "products.csv", env=KEYED) as command:
        end = time.monotonic() + PATIENCE
        while not count(folder, question):
            assert time.monotonic() < end
            assert command.process.poll() is None, command.err()
        command.process.kill()
        command.process.wait()


def test_killed_while_it_is_read_nothing_counts(folder: Path):
    kill_once(folder, STAGED)
    assert count(folder, TAKEN) == 0
    assert count(folder, "SELECT count(*) FROM product_import WHERE state <> 'STAGING'") == 0


async def test_killed_while_it_is_taken_the_service_goes_on_with_it(folder: Path):
    kill_once(folder, TAKEN)
    assert 0 < count(folder, TAKEN) < LINES
    now = datetime.now(UTC) + timedelta(minutes=2)
    async with database(f"sqlite://{folder}/orderlane.db", migrate=False):
        while await carry_on(now=now, abandoned=True):
            now += timedelta(minutes=2)
        assert await carry_on(now=now, abandoned=True) is None
    assert count(folder, TAKEN) == LINES
    assert count(folder, "SELECT count(*) FROM event WHERE kind = 'PRODUCT_CREATED'") == LINES
    assert count(folder, "SELECT sum(on_hand) FROM stock_move") == sum(at % 9 for at in range(LINES))
    assert count(folder, STAGED) == 0


@pytest.mark.skipif(not IS_THOROUGH, reason="the service's way is the same; THOROUGH=1 kills for this one too")
def test_killed_while_it_is_taken_the_next_import_goes_on_with_it(folder: Path):
    kill_once(folder, TAKEN)
    assert 0 < count(folder, TAKEN) < LINES
    (folder / "products.csv").write_text("sku,quantity\nSKU-7999,500\n")
    assert finished(folder, "products", "import", "products.csv", env=KEYED).returncode == 0
    assert count(folder, TAKEN) == LINES
    assert count(folder, "SELECT on_hand FROM stock WHERE product_id = (SELECT max(id) FROM product)") == 500
