"""How a product is offered by its seller: the fulfilment availability of one SKU, and what a patch makes of it."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

CHANNEL: Final = "fulfillment_channel_code"
BY_MERCHANT: Final = "DEFAULT"
QUANTITY: Final = "quantity"
LEAD_TIME: Final = "lead_time_to_ship_max_days"

Fields: TypeAlias = dict[str, int | str | bool]


@dataclass(slots=True, kw_only=True)
class Offer:
    """One SKU of one seller; there is one quantity of it for all marketplaces.

    The balance is what was set, less what orders took, plus what they gave back. It falls below zero where buyers
    ordered more than there was; a seller is shown zero then.
    """

    balance: int | None  # None: no quantity is set
    others: Fields = field(default_factory=dict)  # what else the attribute holds
    updated: int | None = None  # None: never since the world began

    @property
    def quantity(self) -> int | None:
        """What is for sale."""
        return None if self.balance is None else max(0, self.balance)

    @property
    def oversold(self) -> int:
        """How many units were ordered that were not for sale."""
        return max(0, -(self.balance or 0))

    def set(self, quantity: int, *, at: int) -> None:
        """Set the quantity, whatever orders took before."""
        self.balance, self.updated = quantity, at

    def move(self, units: int, *, at: int) -> None:
        """Let orders take units, or give them back if the number is positive."""
        if self.balance is not None and units:
            self.balance, self.updated = self.balance + units, at

    def apply(self, operation: str, fields: Fields, *, at: int) -> None:
        """Patch the attribute: merge changes the given fields, add and replace wipe the others, delete wipes all."""
        self.updated = at
        if operation == "delete":
            self.balance, self.others = None, {}
            return
        if operation != "merge":
            self.balance, self.others = None, {}
        self.others |= {name: value for name, value in fields.items() if name != QUANTITY}
        if QUANTITY in fields:
            self.balance = int(fields[QUANTITY])

    def attribute(self) -> dict[str, Any] | None:
        """Return the entry of the attribute fulfillment_availability, or nothing if the product has none."""
        entry: dict[str, Any] = {} if self.quantity is None else {QUANTITY: self.quantity}
        entry |= self.others
        return {CHANNEL: BY_MERCHANT} | entry if entry else None
