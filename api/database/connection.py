"""A SQLite connection on which a cancelled task waits for its statement to end before it lets go."""

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import aiosqlite

BUSY_TIMEOUT_SECONDS: Final = 5
_PATIENCE_SECONDS: Final = 0.02


class Connection(aiosqlite.Connection):
    """One thread, one database handle; no statement is ever left running behind a released lock.

    Without this a cancelled statement would still be on its way while the next task counts the rows that its own
    statement changed. A statement that only reads is stopped instead of awaited.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, read_only: bool) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._read_only = read_only

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")
        statement = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((statement, partial(fn, *args, **kwargs)))
        try:
            return await asyncio.shield(statement)
        except asyncio.CancelledError as cancelled:
            raise cancelled from await self._ended(statement)

    async def _ended(self, statement: asyncio.Future[Any]) -> BaseException | None:
        """Wait until a statement is over, however often the waiting task is cancelled, and return its error."""
        while not statement.done():
            if self._read_only:
                self._conn.interrupt()
            try:
                # Again and again: an interruption does not reach a statement that is still to begin.
                await asyncio.wait((statement,), timeout=_PATIENCE_SECONDS)
            except asyncio.CancelledError:
                continue
        return statement.exception()


def opened(file_path: str, pragmas: dict[str, str | int]) -> sqlite3.Connection:
    """Open the file in autocommit mode, with every pragma set; runs in the connection's own thread."""
    handle = sqlite3.connect(
        file_path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS, check_same_thread=False, cached_statements=512
    )
    handle.row_factory = sqlite3.Row
    for name, setting in pragmas.items():
        handle.execute(f"PRAGMA {name}={setting}").close()
    return handle
