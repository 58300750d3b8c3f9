"""Opening and closing the database, and bringing its tables up to date."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final

from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from api.database.configuration import APP, ENGINE, create_private, file_of, tortoise_configuration
from api.database.file_lock import file_lock
from domain import migrations

_fitted: Final[set[str]] = set()
"""The engine that the models were fitted to: a process does so once, not once for each database that it opens."""


class MigrationsPending(RuntimeError):
    """The tables are older than the program."""


@asynccontextmanager
async def database(url: str, *, migrate: bool) -> AsyncIterator[None]:
    """Keep the database open, for every task of the process; `migrate` brings its tables up to date first.

    Raises ConfigurationError for a URL that cannot be used, MigrationsPending if the tables are old.
    """
    file = file_of(url)
    async with _opened(file):
        if migrate:
            await _apply(file)
        elif pending := await _pending(file):
            raise MigrationsPending(
                f"The database lacks {_count(len(pending))} ({pending[0]} first); run `orderlane migrate`."
            )
        yield


async def migrate_database(url: str) -> list[str]:
    """Bring the tables up to date, and return the names of the migrations that were applied."""
    file = file_of(url)
    async with _opened(file):
        return await _apply(file)


async def pending_migrations(url: str) -> list[str]:
    """Return the names of the migrations that were not applied yet, oldest first."""
    file = file_of(url)
    async with _opened(file):
        return await _pending(file)


async def missing_migrations(url: str) -> list[str]:
    """Return what `pending_migrations` does, for the database that this process keeps open."""
    return await _pending(file_of(url))


@asynccontextmanager
async def _opened(file: Path) -> AsyncIterator[None]:
    create_private(file)
    try:
        # Requests run in other tasks than the lifespan: without the fallback they would not see the database.
        await Tortoise.init(
            config=tortoise_configuration(file), init_connections=not _fitted, _enable_global_fallback=True
        )
        _fitted.add(ENGINE)
        for name in ("default", "read"):
            await _whole(get_connection(name).create_connection(with_db=True))
        yield
    finally:
        await Tortoise.close_connections()


async def _whole(opening: Coroutine[Any, Any, None]) -> None:
    """Let a connection open to its end even where who waits for it is stopped: half open it could not be closed."""
    task = asyncio.ensure_future(opening)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _is_current() -> bool:
    """Return whether every migration was applied, without the plan, which costs far more and is asked for often."""
    try:
        rows = await get_connection("default").execute_query_dict("SELECT name FROM tortoise_migrations")
    except OperationalError:
        return False
    written = {module.name for module in iter_modules(migrations.__path__) if not module.name.startswith("_")}
    return written == {row["name"] for row in rows}


def _executor(file: Path) -> MigrationExecutor:
    return MigrationExecutor(get_connection("default"), tortoise_configuration(file)["apps"])


async def _pending(file: Path) -> list[str]:
    if await _is_current():
        return []
    plan = await _executor(file).plan([MigrationTarget(app_label=APP, name="__latest__")])
    return [step.migration.name for step in plan]


async def _apply(file: Path) -> list[str]:
    with file_lock(f"{file}.migrating", wait=True):
        pending = await _pending(file)
        if pending:
            await _executor(file).migrate([MigrationTarget(app_label=APP, name="__latest__")])
    return pending


def _count(migrations: int) -> str:
    return "1 migration" if migrations == 1 else f"{migrations} migrations"
