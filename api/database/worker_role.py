"""The worker role: at most one process syncs and delivers on one database."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from api.database.configuration import file_of
from api.database.file_lock import LockTaken, file_lock


class WorkerAlreadyRunning(RuntimeError):
    """Another process syncs and delivers on this database."""


@contextmanager
def worker_role(url: str) -> Iterator[None]:
    """Hold the worker role of a database; it ends with the process, however that ends.

    Raises WorkerAlreadyRunning.
    """
    with ExitStack() as held:
        try:
            held.enter_context(file_lock(f"{file_of(url)}.worker", wait=False))
        except LockTaken:
            raise WorkerAlreadyRunning(
                "Another process already works on this database; stop it, or start this one without the worker."
            ) from None
        yield
