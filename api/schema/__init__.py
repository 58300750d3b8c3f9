"""The public GraphQL API: one file per concept; types are windows on the stored records."""


def sdl() -> str:
    """Return the schema in GraphQL's own language, sorted, so that the same schema is always the same text."""
    from api.schema.document import schema

    return schema.as_str() + "\n"
