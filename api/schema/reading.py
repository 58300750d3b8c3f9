"""Reading beside the writer: inside, every question goes to the connection that sees what is committed."""

from collections.abc import Iterator
from contextlib import contextmanager

from tortoise.connection import get_connections

from api.database import read_connection


@contextmanager
def reading() -> Iterator[None]:
    """Send the questions of this task to the reading connection, also those that domain functions ask."""
    connections = get_connections()
    token = connections.set("default", read_connection())
    try:
        yield
    finally:
        connections.reset(token)
