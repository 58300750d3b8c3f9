"""What every part of the world can do: be kept in a snapshot, and come back from one."""

from typing import Any, Protocol


class Part(Protocol):
    """A part of the world's state."""

    def keep(self) -> Any:
        """Return all of the state as what JSON can carry; the same state gives the same bytes."""

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
