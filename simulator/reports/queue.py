"""Reports: what was asked for, and where each of them stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.world import World


class Reports:
    """All reports of the world."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def befall(self, world: World, timer: Timer) -> None:
        """Start or end the report that a timer was set for."""

    def keep(self) -> Any:
        """Return everything."""
        return {}

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
