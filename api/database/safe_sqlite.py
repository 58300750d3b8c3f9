"""The SQLite engine of the service: immediate transactions that survive cancellation at any point."""

import asyncio
from functools import partial
from types import TracebackType
from typing import Any, Final

from tortoise.backends.base.client import (
    BaseDBAsyncClient,
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError, TransactionManagementError

from api.database.connection import BUSY_TIMEOUT_SECONDS, Connection, opened
from api.database.turn import begin_in_turn

_PRAGMAS: Final[dict[str, str | int]] = {
    "busy_timeout": BUSY_TIMEOUT_SECONDS * 1000,
    "journal_mode": "WAL",
    "journal_size_limit": 64 * 1024 * 1024,
    "foreign_keys": "ON",
    "cache_size": -64_000,  # KiB, because it is negative
    "temp_store": "MEMORY",
}
# NORMAL may lose the last commits on power loss: with them the number of a feed that Amazon already has.
_WRITER: Final[dict[str, str | int]] = {**_PRAGMAS, "synchronous": "FULL"}
_READER: Final[dict[str, str | int]] = {**_PRAGMAS, "query_only": 1}


class Held(ConnectionWrapper[Any]):
    """The connection while its lock is held; a failure to open it gives the lock back."""

    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class Client(SqliteClient):
    """One connection to the file: the writer, or a reader that cannot write."""

    def __init__(self, file_path: str, *, read_only: bool = False, **named: Any) -> None:
        super().__init__(file_path, **named)
        self.pragmas = dict(_READER if read_only else _WRITER)
        self.read_only = read_only
        self._closed = False

    async def create_connection(self, with_db: bool) -> None:
        """Open the file once; a client that was closed stays closed."""
        if self._closed:
            raise OperationalError("The database is closed.")
        if not self._connection:
            connector = partial(opened, self.filename, self.pragmas)
            self._connection = await Connection(connector, read_only=self.read_only)
            await self._post_connect()

    async def close(self) -> None:
        """Close for good."""
        self._closed = True
        await super().close()

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Return a context that holds the connection for one statement."""
        return Held(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return ImmediateTransaction(TransactionWrapper(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run one statement for many rows, all or none."""
        async with self._in_transaction() as connection:
            await connection.execute_many(query, values)


class TransactionWrapper(SqliteTransactionWrapper):
    """The open transaction; every statement after its end is refused, so that a forgotten task cannot join another."""

    def __init__(self, connection: SqliteClient) -> None:
        super().__init__(connection)
        self._outer = connection if isinstance(connection, TransactionWrapper) else None
        self._turn = f"{connection.filename}.turn" if isinstance(connection, Client) else ""
        self._reads = isinstance(connection, Client) and connection.read_only
        self.is_stored = False

    @property
    def is_over(self) -> bool:
        """Whether the transaction, or the one around it, has ended."""
        return self._finalized or (self._outer is not None and self._outer.is_over)

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Return a context that holds the connection for one statement.

        Raises TransactionManagementError once the transaction is over.
        """
        if self.is_over:
            raise TransactionManagementError("This transaction is over; a task that outlives it cannot use it.")
        return Held(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(TransactionWrapper(self))

    async def begin(self) -> None:
        """Take the write lock at once: a transaction that reads first could not get it any more. Readers need none.

        Processes that write take turns.
        """
        if self._connection.in_transaction:
            await self._connection.rollback()
        if self._reads:
            await self._run("BEGIN")
        else:
            await translate_exceptions(_begin)(self, self._turn)

    async def commit(self) -> None:
        """Store everything; if it is cancelled on the way, `is_stored` tells what became of it."""
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        try:
            await self._run("COMMIT")
        except asyncio.CancelledError as cancelled:
            if cancelled.__cause__ is None and not self._connection.in_transaction:
                self._stored()
            else:
                await self.rollback()
            raise
        except BaseException:
            await self.rollback()
            raise
        self._stored()

    def _stored(self) -> None:
        self._finalized = True
        self.is_stored = True

    async def rollback(self) -> None:
        """Keep nothing."""
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        self._finalized = True
        if self._connection.in_transaction:
            await self._connection.rollback()

    async def savepoint_rollback(self) -> None:
        """Undo what was done since the savepoint, and forget it."""
        name = self._savepoint
        await super().savepoint_rollback()
        await self._run(f"RELEASE {name}")

    async def execute_script(self, query: str) -> None:
        """Refuse: SQLite's scripts commit the open transaction first."""
        raise TransactionManagementError("A script would commit the open transaction; run its statements one by one.")

    async def _run(self, statement: str) -> None:
        await translate_exceptions(_execute)(self, statement)


async def _execute(client: SqliteTransactionWrapper, statement: str) -> None:
    cursor = await client._connection.execute(statement)
    await cursor.close()


async def _begin(client: SqliteTransactionWrapper, turn: str) -> None:
    connection: Any = client._connection
    await connection._execute(begin_in_turn, connection._conn, turn)


class ImmediateTransaction(SqliteTransactionContext):
    """Begins, and ends on every way out, also if it is cancelled while it begins."""

    connection: TransactionWrapper

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self._begun()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def _begun(self) -> None:
        try:
            await self.connection.begin()
        except BaseException:
            await self.connection.rollback()
            raise

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if not self.connection._finalized:
                await (self.connection.commit() if exc_type is None else self.connection.rollback())
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()


client_class: Final[type[BaseDBAsyncClient]] = Client
