"""The read side: its own connection, so that no reader waits for a writer."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection


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
