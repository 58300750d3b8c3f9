"""Many rows in one parameter: a JSON array becomes a table inside the statement, on SQLite and on PostgreSQL."""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient

_POSTGRES_TYPES: Final = {
    "integer": "bigint",
    "text": "text",
    "boolean": "boolean",
    "json": "jsonb",
    "real": "float8",
}


def json_rows(connection: BaseDBAsyncClient, columns: Mapping[str, str], *, parameter: int = 1) -> str:
    """Return a subselect that reads the rows of JSON parameter number `parameter`.

    `columns` maps each column, in the order of the rows' values, to integer, text, boolean, json or real.
    """
    if connection.capabilities.dialect == "sqlite":
        picked = ", ".join(f"json_extract(value, '$[{at}]') AS {name}" for at, name in enumerate(columns))
        return f"(SELECT {picked} FROM json_each(?{parameter}))"
    picked = ", ".join(
        f"(value->{at})::jsonb AS {name}" if kind == "json" else f"(value->>{at})::{_POSTGRES_TYPES[kind]} AS {name}"
        for at, (name, kind) in enumerate(columns.items())
    )
    return f"(SELECT {picked} FROM jsonb_array_elements(${parameter}::jsonb))"


def placeholder(connection: BaseDBAsyncClient, parameter: int) -> str:
    """Return how the dialect writes parameter number `parameter`."""
    return f"?{parameter}" if connection.capabilities.dialect == "sqlite" else f"${parameter}"


def locking(connection: BaseDBAsyncClient) -> str:
    """Return how a statement says that it reads rows to change them, where the database can lock rows."""
    return "" if connection.capabilities.dialect == "sqlite" else " FOR UPDATE"


def encode_rows(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as the JSON text that `json_rows` reads."""
    return orjson.dumps(rows).decode()
