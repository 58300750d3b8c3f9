"""How much of each product is on offer: set by the seller, taken from by orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.orders.happened import Happened
    from simulator.world import World


class Offers:
    """The offers of all sellers."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def hear(self, world: World, happened: Happened) -> None:
        """Take from an offer what an order holds, or give it back."""

    def befall(self, world: World, timer: Timer) -> None:
        """Let a change of a listing take effect."""

    def keep(self) -> Any:
        """Return everything."""
        return {}

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
