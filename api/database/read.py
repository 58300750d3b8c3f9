"""The read side: its own connection, so that no reader waits for a writer."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection, get_connections
from tortoise.transactions import in_transaction


class Row(Protocol):
    """One row of a result: its values by column name, or by position."""

    def __getitem__(self, key: str | int, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...

    def __len__(self) -> int: ...

    def keys(self) -> Sequence[str]:
        """Return the names of the columns."""
        ...


def read_connection() -> BaseDBAsyncClient:
    """Return the connection that reads what is committed and cannot write; for `using_db`."""
    return get_connection("read")


async def read_rows(sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Read rows as they were last committed; inside a change this does not see the change itself."""
    _, rows = await read_connection().execute_query(sql, list(values))
    return cast(list[Row], rows)


@asynccontextmanager
async def one_moment() -> AsyncIterator[None]:
    """Show all questions of this task the database as it is at the first one, also those of domain functions.

    For reading much that has to fit together: nobody who writes or reads elsewhere waits for it, but one task at a time
    can have it. Nothing can be written inside.
    """
    async with in_transaction("moment") as connection:
        connections = get_connections()
        token = connections.set("default", connection)
        try:
            yield
        finally:
            connections.reset(token)
