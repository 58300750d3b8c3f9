"""Which roles an application holds: they decide what it may call and what it gets to see."""

from typing import Any, Final

ALL_ROLES: Final = frozenset(
    {"DIRECT_TO_CONSUMER_SHIPPING", "TAX_INVOICING", "TAX_REMITTANCE", "INVENTORY_AND_ORDER_TRACKING"}
)


class Grants:
    """The roles of each application with each seller; an application that nobody limited holds all."""

    def roles(self, *, client_id: str, seller: str) -> frozenset[str]:
        """Return the roles that an application holds with a seller."""
        return ALL_ROLES

    def keep(self) -> Any:
        """Return everything."""
        return {}

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
