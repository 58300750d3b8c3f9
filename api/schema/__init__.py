"""The GraphQL API, one file per concept."""
