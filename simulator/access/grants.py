"""Which roles an application holds: they decide what it may call and what it gets to see."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

DIRECT_TO_CONSUMER_SHIPPING: Final = "DIRECT_TO_CONSUMER_SHIPPING"
# Either is enough for what a seller must know of a buyer to write an invoice.
TAX_ROLES: Final = frozenset({"TAX_INVOICING", "TAX_REMITTANCE"})
# "Get order information": at least one of these opens the operations for orders.
ORDER_ROLES: Final = TAX_ROLES | {
    DIRECT_TO_CONSUMER_SHIPPING, "AMAZON_FULFILLMENT", "BUYER_COMMUNICATION", "BUYER_SOLICITATION",
    "FINANCE_AND_ACCOUNTING", "INVENTORY_AND_ORDER_TRACKING", "PRICING", "PRODUCT_LISTING",
    "PROFESSIONAL_SERVICES", "SELLING_PARTNER_INSIGHTS",
}  # fmt: skip
ALL_ROLES: Final = ORDER_ROLES | {"BRAND_ANALYTICS"}


class Grant(NamedTuple):
    """The roles of an application with a seller; an absent one of the two stands for all of them."""

    client_id: str | None
    seller: str | None
    roles: frozenset[str]


class Grants:
    """The roles of each application with each seller; an application that nobody limited holds all."""

    def __init__(self) -> None:
        self._grants: dict[tuple[str | None, str | None], frozenset[str]] = {}

    def __iter__(self) -> Iterator[Grant]:
        return (Grant(*whom, roles) for whom, roles in self._grants.items())

    def roles(self, *, client_id: str, seller: str) -> frozenset[str]:
        """Return the roles that an application holds with a seller: by the closest grant that there is."""
        for whom in ((client_id, seller), (client_id, None), (None, seller), (None, None)):
            if whom in self._grants:
                return self._grants[whom]
        return ALL_ROLES

    def grant(self, roles: frozenset[str], *, client_id: str | None, seller: str | None) -> None:
        """Let an application hold these roles with a seller, and no others."""
        self._grants[client_id, seller] = roles

    def clear(self) -> None:
        """Let every application hold all roles."""
        self._grants.clear()

    def keep(self) -> Any:
        """Return everything."""
        return [[grant.client_id, grant.seller, sorted(grant.roles)] for grant in self]

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._grants = {(client_id, seller): frozenset(roles) for client_id, seller, roles in kept}
