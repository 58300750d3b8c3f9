"""The import matrix: what becomes of an Amazon order, and why, as one pure function."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.accounts.order_settings import OrderSettings
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel

RULES_VERSION: Final = 1


class Outcome(StrEnum):
    """What becomes of an order."""

    IMPORTED = "IMPORTED"
    WAITING = "WAITING"
    BLOCKED = "BLOCKED"
    SKIPPED = "SKIPPED"


class BlockerKind(StrEnum):
    """Why an order that could be imported is not."""

    PRODUCT_NOT_MATCHED = "PRODUCT_NOT_MATCHED"
    PRODUCT_DISABLED = "PRODUCT_DISABLED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    INVALID_ADDRESS = "INVALID_ADDRESS"
    CURRENCY_NOT_CONFIGURED = "CURRENCY_NOT_CONFIGURED"
    MARKETPLACE_DATA_INVALID = "MARKETPLACE_DATA_INVALID"


class StockAction(StrEnum):
    """What the decision asks of the stock."""

    NONE = "NONE"
    KEEP = "KEEP"  # leave a reservation as it is
    RELEASE = "RELEASE"
    RESERVE_IF_POSSIBLE = "RESERVE_IF_POSSIBLE"  # a pending order: all lines or none
    RESERVE = "RESERVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductState:
    """A product as the decision sees it; `available` includes what this very line holds already."""

    product_id: int
    sku: str
    enabled: bool
    manages_stock: bool
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """One item that Amazon still lists; `needed` is what the stock rule wants reserved for it."""

    item_id: int
    seller_sku: str | None
    asin: str | None = None
    quantity: int
    needed: int
    product: ProductState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something in Amazon's data that stops the import: an address part, an amount, a currency.

    `facts` never holds buyer data: for an address the name of the part, for sums both sums.
    """

    kind: BlockerKind
    field: str
    message: str
    item_id: int | None = None
    facts: dict[str, str | int | None] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """An Amazon order as the decision sees it; flaws are found by `domain.channel.checks`."""

    status: AmazonOrderStatus
    raw_status: str | None
    fulfillment_channel: FulfillmentChannel | None
    purchased_at: datetime
    lines: tuple[LineState, ...]
    cancel_open: bool = False
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rule of the table as it was applied; `inputs` are pairs of name and value."""

    rule: str
    passed: bool  # it did not stop the order
    because: str
    inputs: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One cause on one line (or on the order) that a person can clear."""

    kind: BlockerKind
    message: str
    item_id: int | None = None
    product_id: int | None = None
    seller_sku: str | None = None
    facts: dict[str, str | int | None] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of the order; `row` is the row of the published decision table that decided."""

    outcome: Outcome
    code: str
    row: int
    summary: str
    stock: StockAction
    commerce_state: str | None  # PROCESSING or COMPLETE when imported
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...] = ()


def decide(order: OrderState, *, settings: OrderSettings, cutoff_at: datetime) -> Decision:
    """Apply the decision table to one order that has no commerce order yet, first match wins."""
    raise NotImplementedError
