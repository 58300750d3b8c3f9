"""What this API is."""

from hashlib import sha256
from importlib.metadata import version

import strawberry
from graphql import GraphQLSchema, is_interface_type, is_object_type

from api.schema.context import Info


@strawberry.type(description="What this API is: a hash ties a client to the schema that it was written for.")
class ApiInfo:
    """Version and schema."""

    version: str = strawberry.field(description="The version of the program.")
    schema_hash: str = strawberry.field(
        description="SHA-256 of `schema.graphql`, in hex: the same schema, the same hash."
    )
    deprecations: list[str] = strawberry.field(description="What will go: `Type.field: why and until when`.")


def api_info(info: Info) -> ApiInfo:
    """Describe the schema in use."""
    from api.schema import sdl

    return ApiInfo(
        version=version("orderlane"),
        schema_hash=sha256(sdl().encode()).hexdigest(),
        deprecations=deprecations(info._raw_info.schema),
    )


def deprecations(schema: GraphQLSchema) -> list[str]:
    """Return the fields that will go."""
    found = []
    for name, kind in schema.type_map.items():
        if is_object_type(kind) or is_interface_type(kind):
            for field_name, field in kind.fields.items():
                if field.deprecation_reason:
                    found.append(f"{name}.{field_name}: {field.deprecation_reason}")
    return sorted(found)
