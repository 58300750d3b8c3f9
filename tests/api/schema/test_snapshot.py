import dataclasses
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLNamedType,
    is_enum_type,
    is_input_object_type,
    is_introspection_type,
    is_specified_scalar_type,
)
from strawberry.types.base import get_object_definition

from api.schema import sdl
from api.schema.document import schema
from api.schema.ids import TYPE_OF_RECORD
from domain.channel.records import DecisionRecord

SNAPSHOT = Path(__file__).parents[3] / "schema.graphql"


def _types() -> list[GraphQLNamedType]:
    return [
        kind
        for kind in schema._schema.type_map.values()
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
    ]


def test_the_published_schema_is_the_running_one() -> None:
    assert SNAPSHOT.read_text() == sdl()


def test_the_schema_is_the_same_text_every_time() -> None:
    assert sdl() == sdl()


@pytest.mark.parametrize("kind", _types(), ids=lambda kind: kind.name)
def test_everything_is_described(kind: GraphQLNamedType) -> None:
    described: dict[str, Any] = {kind.name: kind.description}
    if is_enum_type(kind):
        described |= {f"{kind.name}.{name}": value.description for name, value in kind.values.items()}
    elif hasattr(kind, "fields"):
        for name, field in kind.fields.items():
            described[f"{kind.name}.{name}"] = field.description
            if not is_input_object_type(kind):
                described |= {f"{kind.name}.{name}({arg})": each.description for arg, each in field.args.items()}

    assert [name for name, text in described.items() if not (text or "").strip().endswith((".", ".'", '"'))] == []


WINDOWS: dict[str, Any] = {name: record for record, name in TYPE_OF_RECORD.items()} | {
    "ImportDecision": DecisionRecord,
    "OutOfStockBlocker": next(record for record, name in TYPE_OF_RECORD.items() if name == "Blocker"),
}


@pytest.mark.parametrize("name", sorted(WINDOWS))
def test_every_plain_field_is_a_column_of_its_record(name: str) -> None:
    definition: Any = schema.get_type_by_name(name)
    columns = WINDOWS[name]._meta.fields_map
    plain = [
        field.python_name
        for field in get_object_definition(definition.origin, strict=True).fields
        if not field.base_resolver
    ]

    assert [field for field in plain if field not in columns] == []
    assert dataclasses.is_dataclass(definition.origin)
