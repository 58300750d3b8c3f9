from types import SimpleNamespace
from typing import Any

import pytest

from api.database import read_connection, read_rows
from domain.json_rows import encode_rows, json_rows, placeholder

POSTGRES: Any = SimpleNamespace(capabilities=SimpleNamespace(dialect="postgres"))
COLUMNS = {"id": "integer", "name": "text", "enabled": "boolean", "extra": "json", "rate": "real"}


async def test_rows_in_one_parameter_become_a_table(database):
    rows: list[list[object]] = [[1, "Täss'e\"", True, {"a": [1]}, 0.5], [2, None, False, None, 2]]
    found = await read_rows(f"SELECT * FROM {json_rows(read_connection(), COLUMNS)} given", [encode_rows(rows)])
    assert [tuple(row) for row in found] == [(1, "Täss'e\"", 1, '{"a":[1]}', 0.5), (2, None, 0, None, 2)]


async def test_no_rows_are_no_rows(database):
    assert await read_rows(f"SELECT * FROM {json_rows(read_connection(), {'id': 'integer'})} given", ["[]"]) == []


async def test_the_parameter_may_be_any(database):
    connection = read_connection()
    given = json_rows(connection, {"id": "integer"}, parameter=2)
    sql = f"SELECT id + {placeholder(connection, 1)} AS sum FROM {given} given"
    assert [row["sum"] for row in await read_rows(sql, [10, encode_rows([[1], [2]])])] == [11, 12]


def test_postgresql_casts_every_column():
    assert json_rows(POSTGRES, COLUMNS, parameter=3) == (
        "(SELECT (value->>0)::bigint AS id, (value->>1)::text AS name, (value->>2)::boolean AS enabled, "
        "(value->3)::jsonb AS extra, (value->>4)::float8 AS rate FROM jsonb_array_elements($3::jsonb))"
    )
    assert placeholder(POSTGRES, 3) == "$3"


def test_an_unknown_kind_of_column_is_refused():
    with pytest.raises(KeyError):
        json_rows(POSTGRES, {"id": "uuid"})
