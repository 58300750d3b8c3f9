"""What sets changes going: named by whoever begins something, and kept with every event that comes of it."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

Result = TypeVar("Result")

_CAUSE: Final[ContextVar[str | None]] = ContextVar("cause", default=None)

DETAIL: Final = "cause"
"""Under what name it stands among the details of an event."""


@contextmanager
def because_of(cause: str) -> Iterator[None]:
    """Name the cause of all changes inside, in words and ids of ours alone; the innermost name counts."""
    outer = _CAUSE.set(cause)
    try:
        yield
    finally:
        _CAUSE.reset(outer)


async def caused_by(cause: str, work: Awaitable[Result]) -> Result:
    """Do some work under the name of its cause."""
    with because_of(cause):
        return await work


def cause_now() -> dict[str, str]:
    """Return the cause as a detail of an event; nothing where nobody named one."""
    cause = _CAUSE.get()
    return {} if cause is None else {DETAIL: cause}
