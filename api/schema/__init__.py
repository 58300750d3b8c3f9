"""The public GraphQL API: one file per concept; types are windows on the stored records."""


def sdl() -> str:
    """Return the schema in GraphQL's own language, sorted, so that the same schema is always the same text."""
    from graphql import build_schema, lexicographic_sort_schema, print_schema

    from api.schema.document import schema

    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
