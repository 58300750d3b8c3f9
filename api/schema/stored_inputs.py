"""Inputs that are kept: written as the JSON that a client would send, and read with all checks of the schema."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, cast

import strawberry
from graphql import GraphQLInputType, coerce_input_value
from graphql.pyutils import Undefined
from strawberry.types.arguments import convert_argument
from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from domain.errors import InvalidInput

Input = TypeVar("Input")


def as_json(value: Any) -> Any:
    """Return an input as the JSON that stands for it; what was left out stays out."""
    match value:
        case Enum():
            return value.name
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Decimal():
            return f"{value:f}"
        case list():
            return [as_json(one) for one in value]
    definition = get_object_definition(type(value))
    if definition is None:
        return value
    given = {field: getattr(value, field.python_name) for field in definition.fields}
    return {
        field.graphql_name or to_camel_case(field.python_name): as_json(one)
        for field, one in given.items()
        if one is not None and one is not strawberry.UNSET
    }


def from_json(schema: strawberry.Schema, kind: type[Input], stored: Any, *, path: tuple[str, ...]) -> Input | None:
    """Read an input that was kept; None if none was.

    Raises InvalidInput for what this version of the schema would refuse.
    """
    if stored is None:
        return None
    definition = get_object_definition(kind, strict=True)
    graphql_type = cast(GraphQLInputType, schema._schema.type_map[definition.name])
    coerced = coerce_input_value(stored, graphql_type)
    if coerced is Undefined:
        raise InvalidInput(
            f"What is stored no longer fits {definition.name}, as this version knows it; save it anew.", path=path
        )
    found = convert_argument(coerced, kind, schema.schema_converter.scalar_registry, schema.config)
    return cast(Input, found)
