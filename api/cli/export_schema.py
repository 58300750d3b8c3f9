"""`orderlane export-schema`: the schema that the API answers to."""

from api.cli.output import give


def export_schema() -> None:
    """Print the GraphQL schema, as schema.graphql holds it."""
    from api.schema import sdl

    give(sdl())
