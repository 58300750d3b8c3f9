"""Where in a request a refusal points."""

from collections.abc import Iterator
from contextlib import contextmanager

from domain.errors import DomainError


@contextmanager
def beneath(path: tuple[str, ...]) -> Iterator[None]:
    """Let refusals of a part of an input, which know their place in it alone, point to its place in the request."""
    try:
        yield
    except DomainError as refusal:
        refusal.path = (*path, *refusal.path)
        raise
