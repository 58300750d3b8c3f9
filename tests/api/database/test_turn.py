"""Processes that write take turns, however often one of them asks."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from api.database.file_lock import file_lock
from api.database.turn import begin_in_turn


class Greedy:
    """One that writes without a pause, as another process would: with a connection of its own."""

    def __init__(self, file: Path) -> None:
        self.written = 0
        self._file = file
        self._over = Event()
        self._thread = Thread(target=self._write)

    def __enter__(self) -> "Greedy":
        self._thread.start()
        while not self.written:
            time.sleep(0.001)
        return self

    def __exit__(self, *ended: object) -> None:
        self._over.set()
        self._thread.join()

    def _write(self) -> None:
        handle = opened(self._file)
        while not self._over.is_set():
            begin_in_turn(handle, turn_of(self._file))
            time.sleep(0.04)
            handle.execute("COMMIT")
            self.written += 1
        handle.close()


def opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, timeout=5)


def turn_of(file: Path) -> str:
    return f"{file}.turn"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    handle = opened(tmp_path / "shared.db")
    handle.execute("PRAGMA journal_mode=WAL")
    handle.execute("CREATE TABLE note (x)")
    yield tmp_path / "shared.db"
    handle.close()


def test_who_writes_without_a_pause_lets_those_in_who_wait(file: Path) -> None:
    handle = opened(file)
    with Greedy(file) as greedy:
        for _ in range(5):
            before = greedy.written
            begin_in_turn(handle, turn_of(file))
            handle.execute("COMMIT")
            assert greedy.written - before <= 2  # the one that was being written, and one that was before us
    handle.close()


def test_one_that_was_stopped_in_its_turn_stops_nobody_for_ever(file: Path) -> None:
    handle = opened(file)
    with file_lock(turn_of(file), wait=False):
        begun = time.monotonic()
        begin_in_turn(handle, turn_of(file), patience=0.05)
        assert 0.04 < time.monotonic() - begun < 4
    assert handle.in_transaction
    handle.close()


def test_a_turn_that_cannot_be_waited_for_is_not_waited_for(tmp_path: Path):
    handle = opened(tmp_path / "orders.db")
    began = time.monotonic()
    begin_in_turn(handle, str(tmp_path))  # a folder cannot be locked, just as another user's file
    assert handle.in_transaction
    assert time.monotonic() - began < 1
    handle.execute("ROLLBACK")
    handle.close()
