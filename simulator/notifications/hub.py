"""Who is told of what: destinations, subscriptions, and the messages under way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.orders.happened import Happened
    from simulator.world import World


class Notifications:
    """All destinations, subscriptions and messages of the world."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def hear(self, world: World, happened: Happened) -> None:
        """Tell the subscribers what happened to an order."""

    def befall(self, world: World, timer: Timer) -> None:
        """Deliver the message that a timer was set for."""

    def keep(self) -> Any:
        """Return everything."""
        return {}

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
