"""How an enum of the domain becomes one of the schema: in place, each value with its meaning."""

from collections.abc import Mapping
from enum import EnumMeta

import strawberry


def described(
    enum: EnumMeta,
    *,
    name: str | None = None,
    description: str,
    values: Mapping[str, str],
    left_out: frozenset[str] = frozenset(),
) -> None:
    """Register an enum with a description of every value; those left out are no part of the schema.

    Raises ValueError when a value has no description, or a description no value.
    """
    if set(values) | left_out != set(enum.__members__) or set(values) & left_out:
        raise ValueError(f"Describe exactly the values of {enum.__name__}.")
    strawberry.enum(enum, name=name, description=description)
    definition = enum.__strawberry_definition__  # type: ignore[attr-defined]
    definition.values = [value for value in definition.values if value.name in values]
    for value in definition.values:
        value.description = values[value.name]
