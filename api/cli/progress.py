"""A bar for what takes long, on stderr and only where a person watches."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar(Protocol):
    """Something that shows how far a work is."""

    def begin(self, what: str, *, total: int) -> None:
        """Show the next part of the work."""

    def reach(self, done: int) -> None:
        """Show how much of it is done."""


class _Unseen:
    def begin(self, what: str, *, total: int) -> None:
        pass

    def reach(self, done: int) -> None:
        pass


@contextmanager
def progress(*, is_watched: bool | None = None) -> Iterator[Bar]:
    """Open a bar; without `is_watched` it is shown if stderr is a terminal. It leaves nothing behind."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, force_terminal=is_watched)
    if not console.is_terminal:
        yield _Unseen()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        yield _Shown(shown)


class _Shown:
    def __init__(self, shown: "Progress") -> None:
        self._shown = shown
        self._task: TaskID | None = None

    def begin(self, what: str, *, total: int) -> None:
        if self._task is not None:
            self._shown.remove_task(self._task)
        self._task = self._shown.add_task(what, total=total)

    def reach(self, done: int) -> None:
        assert self._task is not None, "a bar begins before it moves"
        self._shown.update(self._task, completed=done)
