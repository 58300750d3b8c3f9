"""Our commands as processes of their own, and what they said."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60


def environment(**more: str) -> dict[str, str]:
    """Return the environment without settings of ours, with some added."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORDERLANE_")} | more


@dataclass
class Command:
    """A running command; its words are in two files."""

    process: subprocess.Popen[bytes]
    folder: Path
    name: str

    def out(self) -> str:
        """Return what it wrote to stdout so far."""
        return (self.folder / f"{self.name}.out").read_text("utf-8")

    def err(self) -> str:
        """Return what it wrote to stderr so far."""
        return (self.folder / f"{self.name}.err").read_text("utf-8")

    def said(self, words: str) -> str:
        """Wait until a line of stdout holds these words, and return the line."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for line in self.out().splitlines(keepends=True):
                if words in line and line.endswith("\n"):
                    return line.strip()
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"{self.name} never said {words!r}: {self.out()} {self.err()}")

    def end(self, how: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def started(folder: Path, *words: str, env: Mapping[str, str]) -> Iterator[Command]:
    """Run a command beside the test; it is killed if it outlives the context."""
    name = "-".join(word for word in words if word.isalpha())
    with (folder / f"{name}.out").open("wb") as out, (folder / f"{name}.err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", *words],
            cwd=folder,
            env=dict(env),
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
        )
        try:
            yield Command(process, folder, name)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def finished(folder: Path, *words: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "api", *words],
        cwd=folder,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        stdin=subprocess.DEVNULL,
    )
