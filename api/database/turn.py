"""Turns at writing, between processes: SQLite lets in whoever asks at the right moment, however long others wait."""

import sqlite3
import time
from contextlib import ExitStack
from typing import Final

from api.database.connection import BUSY_TIMEOUT_SECONDS
from api.database.file_lock import LockTaken, file_lock

_PAUSE_SECONDS: Final = 0.002


def begin_in_turn(handle: sqlite3.Connection, path: str, *, patience: float = BUSY_TIMEOUT_SECONDS) -> None:
    """Begin to write once nobody else who waits for that is before us; `path` is a file beside the database.

    Who waits for the database holds the file's lock. So one that writes much lets a waiting one in between two of its
    transactions, and waits no time if there is none. It is a courtesy: after `patience` seconds nobody is waited for
    any more, since a process that was stopped in its turn must not stop the others.
    """
    latest = time.monotonic() + patience
    with ExitStack() as held:
        while time.monotonic() < latest:
            try:
                held.enter_context(file_lock(path, wait=False))
                break
            except LockTaken:
                time.sleep(_PAUSE_SECONDS)
            except OSError:  # another user's file: a turn that cannot be waited for is not waited for
                break
        handle.execute("BEGIN IMMEDIATE").close()
