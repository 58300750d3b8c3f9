import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from api.cli.commands import run
from api.settings import Settings


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in an empty folder, with nothing configured but a key."""
    monkeypatch.chdir(tmp_path)
    for name in (*Settings.model_fields, "refresh_token"):
        monkeypatch.delenv(f"ORDERLANE_{name.upper()}", raising=False)
    monkeypatch.setenv("ORDERLANE_SECRET_KEY", "ab" * 32)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def orderlane(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run a command of ours in this process."""

    def ended(*words: str) -> Ended:
        code = run(words)
        return Ended(int(code), *capsys.readouterr())

    return ended
