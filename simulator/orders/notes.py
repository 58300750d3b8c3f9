"""What the world remembers of an order that Amazon's document does not say: how it will be paid, what came back."""

from collections.abc import Mapping
from typing import Any

import msgspec


class PlannedPayment(msgspec.Struct, kw_only=True):
    """How the payment of an order goes, where somebody said so; durations are in milliseconds."""

    takes: int | None = None  # from the moment at which it begins; as usual if not said
    fails: bool = False
    release_takes: int | None = None  # how long a pre-order waits for its release


class Notes:
    """The notes of all orders; most orders have none."""

    def __init__(self) -> None:
        self.payments: dict[str, PlannedPayment] = {}
        self._returned: dict[str, dict[str, int]] = {}

    def returned(self, order_id: str) -> Mapping[str, int]:
        """Return how many units of each order item the buyer has sent back."""
        return self._returned.get(order_id, {})

    def take_back(self, order_id: str, quantities: Mapping[str, int]) -> None:
        """Note what the buyer sends back."""
        returned = self._returned.setdefault(order_id, {})
        for item_id, units in quantities.items():
            returned[item_id] = returned.get(item_id, 0) + units

    def forget(self, order_id: str) -> None:
        """Forget an order, which is replaced by another of its id."""
        self.payments.pop(order_id, None)
        self._returned.pop(order_id, None)

    def keep(self) -> Any:
        """Return all notes."""
        return msgspec.to_builtins({"payments": self.payments, "returned": self._returned})

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self.payments = msgspec.convert(kept["payments"], dict[str, PlannedPayment])
        self._returned = msgspec.convert(kept["returned"], dict[str, dict[str, int]])
