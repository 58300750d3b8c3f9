"""Fixtures of the whole test run: a fresh database, a sealer and a fixed time."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.database import database as open_database
from api.database import migrate_database
from domain.sealing import Sealer


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(bytes(range(32)))


@pytest.fixture(scope="session")
def migrated_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "orderlane.db"
    asyncio.run(migrate_database(f"sqlite://{file}"))
    with closing(sqlite3.connect(file)) as connection:  # two connections that close at once may leave it to the log
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture
def database_url(migrated_template: Path, tmp_path: Path) -> str:
    """Give the address of a fresh, migrated database that nobody has opened."""
    file = tmp_path / "orderlane.db"
    shutil.copyfile(migrated_template, file)
    return f"sqlite://{file}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """Keep a fresh, migrated database open during the test, and give its address."""
    async with open_database(database_url, migrate=False):
        yield database_url
