"""The order settings of a store: what may be chosen, and what is chosen from the start."""

from dataclasses import dataclass
from enum import StrEnum


class CustomerCreation(StrEnum):
    """Whether the buyer becomes a customer."""

    GUEST = "GUEST"
    NEW_CUSTOMER = "NEW_CUSTOMER"


class OrderNumberSource(StrEnum):
    """Where a commerce order's number comes from."""

    COMMERCE = "COMMERCE"
    AMAZON = "AMAZON"


class PendingOrderStock(StrEnum):
    """Whether stock is held while Amazon still verifies the payment."""

    DO_NOT_RESERVE = "DO_NOT_RESERVE"
    RESERVE = "RESERVE"


class StockRule(StrEnum):
    """What an imported order reserves."""

    DOCUMENTED = "DOCUMENTED"  # every item
    UNSHIPPED_ONLY = "UNSHIPPED_ONLY"  # what still has to be shipped


class InitialStatusMode(StrEnum):
    """Which status a new commerce order gets."""

    DEFAULT = "DEFAULT"
    CUSTOM = "CUSTOM"


class CanceledOrderEndState(StrEnum):
    """Where a commerce order ends when Amazon cancels it."""

    COMPLETE = "COMPLETE"
    CLOSED = "CLOSED"
    CANCELED = "CANCELED"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSettings:
    """One version of a store's order settings; the defaults are the documented ones."""

    import_enabled: bool = True
    commerce_store_view: str = "default"
    customer_creation: CustomerCreation = CustomerCreation.GUEST
    order_number_source: OrderNumberSource = OrderNumberSource.COMMERCE
    order_number_prefix: str | None = None
    pending_order_stock: PendingOrderStock = PendingOrderStock.RESERVE
    reservation_days: int = 14
    stock_rule: StockRule = StockRule.DOCUMENTED
    fba_requires_stock: bool = False
    auto_create_products: bool = False
    canceled_order_end_state: CanceledOrderEndState = CanceledOrderEndState.COMPLETE
    initial_status_mode: InitialStatusMode = InitialStatusMode.DEFAULT
    initial_status: str | None = None
    pii_retention_days: int = 30
