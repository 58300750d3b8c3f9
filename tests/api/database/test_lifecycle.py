import asyncio
import contextlib
import contextvars
import sqlite3
import threading
from pathlib import Path

import pytest
from tortoise.exceptions import ConfigurationError, OperationalError

from api.database import MigrationsPending, database, migrate_database, pending_migrations, read_rows
from api.database.configuration import file_of
from domain.accounts.records import Account


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgres://localhost/orderlane", "PostgreSQL is not supported yet"),
        ("postgresql://localhost/orderlane", "PostgreSQL is not supported yet"),
        ("mysql://localhost/orderlane", "of the form sqlite://FILE"),
        ("orderlane.db", "of the form sqlite://FILE"),
        ("sqlite://", "of the form sqlite://FILE"),
        ("sqlite://orderlane.db?journal_mode=OFF", "without options"),
        ("sqlite://:memory:", "in memory"),
        ("sqlite:///nowhere/at/all/orderlane.db", "/nowhere/at/all"),
    ],
)
async def test_a_url_that_cannot_be_used_is_refused_with_the_reason(url, why):
    with pytest.raises(ConfigurationError, match=why):
        async with database(url, migrate=True):
            pass
    with pytest.raises(ConfigurationError, match=why):
        await migrate_database(url)


def test_a_url_names_an_absolute_or_a_relative_file(tmp_path):
    assert file_of(f"sqlite://{tmp_path}/a.db") == tmp_path / "a.db"
    assert file_of("sqlite://a.db") == Path.cwd() / "a.db"


async def test_a_new_file_is_made_with_all_tables_and_for_its_owner_alone(tmp_path):
    file = tmp_path / "new.db"
    async with database(f"sqlite://{file}", migrate=True):
        assert await Account.all() == []
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("new.db*")}
    assert {"new.db", "new.db-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}


async def test_old_tables_are_refused_unless_they_may_be_brought_up_to_date(tmp_path):
    url = f"sqlite://{tmp_path / 'new.db'}"
    with pytest.raises(MigrationsPending, match="orderlane migrate"):
        async with database(url, migrate=False):
            pass
    assert await migrate_database(url) == names_applied(tmp_path)
    assert await pending_migrations(url) == []
    async with database(url, migrate=False):
        pass


def names_applied(tmp_path):
    handle = sqlite3.connect(tmp_path / "new.db")
    names = [name for (name,) in handle.execute("SELECT name FROM tortoise_migrations ORDER BY id")]
    handle.close()
    return names


async def count_accounts():
    return await Account.all().count()


async def test_the_database_is_seen_by_tasks_that_were_not_started_within(database_url):
    outside = contextvars.copy_context()
    async with database(database_url, migrate=False):
        count = asyncio.get_running_loop().create_task(count_accounts(), context=outside)
        assert await count == 0


async def test_it_can_be_opened_again_after_it_was_closed_also_by_an_exception(database_url):
    async def fail():
        async with database(database_url, migrate=False):
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with database(database_url, migrate=False):
        assert await read_rows("SELECT 1 AS one")
    async with database(database_url, migrate=False):
        assert await read_rows("SELECT 1 AS one")


async def test_a_file_that_is_no_database_is_reported_and_leaves_nothing_open(tmp_path, database_url):
    (tmp_path / "text.db").write_text("not a database, only text " * 100)
    with pytest.raises((OperationalError, sqlite3.DatabaseError)):
        async with database(f"sqlite://{tmp_path / 'text.db'}", migrate=True):
            pass
    async with database(database_url, migrate=False):
        assert await Account.all().count() == 0


async def test_how_many_steps_the_tables_lack_is_said_in_words(tmp_path):
    url = f"sqlite://{tmp_path / 'new.db'}"
    names = await migrate_database(url)
    with contextlib.closing(sqlite3.connect(tmp_path / "new.db")) as file, file:
        file.execute("DELETE FROM tortoise_migrations WHERE name = ?", [names[-1]])

    with pytest.raises(MigrationsPending, match=r"lacks 1 migration \("):
        async with database(url, migrate=False):
            pass


def test_who_is_stopped_while_it_opens_leaves_no_connection_that_answers_nobody(tmp_path):
    url = f"sqlite://{tmp_path / 'new.db'}"
    asyncio.run(migrate_database(url))

    async def stopped(steps: int) -> None:
        async def opened() -> None:
            async with database(url, migrate=False):
                pass

        opening = asyncio.create_task(opened())
        for _ in range(steps):
            await asyncio.sleep(0)
        opening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await opening

    for steps in range(1, 12):
        asyncio.run(stopped(steps))  # a thread that answers a closed loop is an error of this test
    for left in threading.enumerate():
        if "_connection_worker_thread" in left.name:
            left.join(5)
