import asyncio
import sqlite3
import sys
from pathlib import Path

import pytest

from api.database import WorkerAlreadyRunning, worker_role

PROJECT = Path(__file__).parents[3]
MIGRATE = "import asyncio, sys; from api.database import migrate_database; asyncio.run(migrate_database(sys.argv[1]))"
HOLD = """
import sys
from api.database import worker_role

with worker_role(sys.argv[1]):
    print("held", flush=True)
    input()
"""


async def python(*arguments):
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=PROJECT, stdin=pipe, stdout=pipe, stderr=pipe
    )


async def ended(process):
    _, errors = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, errors.decode()[-2000:]


async def test_processes_that_read_and_write_at_once_lose_nothing_and_are_never_locked_out(database_url):
    file = database_url.removeprefix("sqlite://")
    handle = sqlite3.connect(file)
    handle.execute(
        "INSERT INTO product (sku, name, enabled, manages_stock, version, created_at, updated_at) "
        "VALUES ('A', 'a', 1, 1, 1, '2026-03-02T09:00:00.000Z', '2026-03-02T09:00:00.000Z')"
    )
    handle.execute("INSERT INTO stock (product_id, source, on_hand, reserved) VALUES (1, 'default', 0, 0)")
    handle.commit()
    counting = [await python("-m", "tests.api.database.increments", database_url, "100") for _ in range(3)]
    assert [await ended(process) for process in counting] == [(0, "")] * 3
    assert handle.execute("SELECT on_hand FROM stock").fetchone() == (300,)
    handle.close()


async def test_processes_that_migrate_at_once_apply_everything_once(tmp_path):
    url = f"sqlite://{tmp_path / 'new.db'}"
    migrating = [await python("-c", MIGRATE, url) for _ in range(3)]
    assert [await ended(process) for process in migrating] == [(0, "")] * 3
    handle = sqlite3.connect(tmp_path / "new.db")
    names = [name for (name,) in handle.execute("SELECT name FROM tortoise_migrations ORDER BY name")]
    handle.close()
    assert names == sorted(set(names)) != []


def test_one_process_works_on_a_database_and_the_next_may_after_it(tmp_path):
    url, other = f"sqlite://{tmp_path / 'a.db'}", f"sqlite://{tmp_path / 'b.db'}"
    with worker_role(url):
        with pytest.raises(WorkerAlreadyRunning, match="Another process"), worker_role(url):
            pass
        with worker_role(other):
            pass
    with worker_role(url):
        pass


async def test_the_worker_role_ends_with_a_process_that_is_killed(tmp_path):
    url = f"sqlite://{tmp_path / 'a.db'}"
    holder = await python("-c", HOLD, url)
    assert await asyncio.wait_for(holder.stdout.readline(), 30) == b"held\n"
    with pytest.raises(WorkerAlreadyRunning), worker_role(url):
        pass
    holder.kill()
    await ended(holder)
    with worker_role(url):
        pass
