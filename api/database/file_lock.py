"""Exclusive locks between processes, held by a file beside the database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


class LockTaken(RuntimeError):
    """Another process holds the lock."""


@contextmanager
def file_lock(path: str, *, wait: bool) -> Iterator[None]:
    """Hold an exclusive lock on a file; the system gives it back even if the process is killed.

    Raises LockTaken if it is held elsewhere and `wait` is false.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockTaken(path) from None
        yield
    finally:
        os.close(descriptor)
