"""Where refusals point: the path of an error leads to an argument that the mutation has."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    get_nullable_type,
    parse,
)

from api.schema.document import schema

_MUTATION = schema._schema.mutation_type


def astray(query: str, answer: dict[str, Any]) -> list[str]:
    """Return the paths of refusals in an answer that lead to no argument, each with its mutation."""
    return [
        f"{name}: {'.'.join(path)}"
        for asked, name in _mutations(query)
        for path in _paths((answer.get("data") or {}).get(asked))
        if not _leads(name, path)
    ]


def _mutations(query: str) -> Iterator[tuple[str, str]]:
    for definition in parse(query).definitions:
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.MUTATION:
            for field in definition.selection_set.selections:
                if isinstance(field, FieldNode):
                    yield (field.alias or field.name).value, field.name.value


def _paths(payload: Any) -> Iterator[list[str]]:
    if not isinstance(payload, dict):
        return
    for error in payload.get("errors") or ():
        if error.get("path"):
            yield error["path"]
    for result in payload.get("results") or ():
        yield from _paths(result)


def _leads(name: str, path: list[str]) -> bool:
    assert isinstance(_MUTATION, GraphQLObjectType)
    first, *rest = path
    argument = _MUTATION.fields[name].args.get(first)
    found: Any = argument and argument.type
    for step in rest:
        found = _within(get_nullable_type(found), step)
    return found is not None


def _within(outer: Any, step: str) -> Any:
    """Return the type of a place of a list or of a field of an input, None where there is no such place."""
    if isinstance(outer, GraphQLList):
        return outer.of_type if step.isdigit() else None
    if isinstance(outer, GraphQLInputObjectType):
        return outer.fields[step].type if step in outer.fields else None
    return None
