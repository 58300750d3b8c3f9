"""What the service has to have to be fit: its database, its tables, its worker."""

from datetime import timedelta
from typing import Final

from tortoise.exceptions import BaseORMException

from api.database import read_rows
from api.database.lifecycle import missing_migrations
from api.health import Check, Unfit
from api.worker.engine import Engine

STALE_AFTER: Final = timedelta(minutes=5)
"""A pass may read many pages within its one step; a worker that is silent for longer hangs."""


async def database_answers() -> None:
    """Read something."""
    try:
        await read_rows("SELECT 1")
    except BaseORMException as error:
        raise Unfit(f"The database does not answer: {type(error).__name__}.") from None


def tables_are_current(url: str) -> Check:
    """Return the check that no migration is missing in the database that is open."""

    async def check() -> None:
        if missing := await missing_migrations(url):
            raise Unfit(f"{len(missing)} migrations are missing, {missing[0]} first: run `orderlane migrate`.")

    return check


def worker_is_alive(engine: Engine) -> Check:
    """Return the check that every loop of the engine did something lately."""

    async def check() -> None:
        if not engine.is_alive(within=STALE_AFTER):
            raise Unfit(f"The worker has not been heard of for {STALE_AFTER.seconds // 60} minutes.")

    return check
