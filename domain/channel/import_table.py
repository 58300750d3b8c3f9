"""The published decision table, row by row: when a row decides, what it decides, and the sentences that say so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.accounts.order_settings import PendingOrderStock
from domain.amazon.facts import AmazonOrderStatus
from domain.channel.cases import Case, Outcome, StockAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; the first one that matches decides."""

    rule: str
    outcome: Outcome
    code: str
    matches: Callable[[Case], bool]
    decides: str  # the sentence when it decides
    passes: str  # the sentence when the next row is looked at
    inputs: tuple[str, ...] = ("status", "fulfillmentChannel")
    stock: StockAction | Callable[[Case], StockAction] = StockAction.NONE
    commerce_state: str | None = None


INPUTS: Final[Mapping[str, Callable[[Case], str | None]]] = MappingProxyType(
    {
        "importEnabled": lambda case: str(case.settings.import_enabled).lower(),
        "purchasedAt": lambda case: case.order.purchased_at.isoformat(),
        "cutoffAt": lambda case: case.cutoff_at.isoformat(),
        "status": lambda case: case.order.status.value,
        "rawStatus": lambda case: case.order.raw_status,
        "fulfillmentChannel": lambda case: case.order.fulfillment_channel and case.order.fulfillment_channel.value,
        "items": lambda case: str(len(case.order.lines)),
        "itemsWithQuantity": lambda case: str(len(case.lines)),
        "cancelOpen": lambda case: str(case.order.cancel_open).lower(),
        "pendingOrderStock": lambda case: case.settings.pending_order_stock.value,
        "stockRule": lambda case: case.settings.stock_rule.value,
    }
)


def _pending_stock(case: Case) -> StockAction:
    reserves = case.settings.pending_order_stock is PendingOrderStock.RESERVE
    return StockAction.RESERVE_IF_POSSIBLE if reserves else StockAction.NONE


TABLE: Final = (
    Row(
        rule="IMPORT_DISABLED",
        outcome=Outcome.SKIPPED,
        code="IMPORT_DISABLED",
        matches=lambda case: not case.settings.import_enabled,
        decides="The store does not import orders; this one can be seen here and handled in Seller Central.",
        passes="The store imports orders.",
        inputs=("importEnabled",),
    ),
    Row(
        rule="BEFORE_INTEGRATION",
        outcome=Outcome.SKIPPED,
        code="BEFORE_INTEGRATION",
        matches=lambda case: case.order.purchased_at < case.cutoff_at,
        decides="It was placed before the store was connected.",
        passes="It was placed since the store was connected.",
        inputs=("purchasedAt", "cutoffAt"),
    ),
    Row(
        rule="CANCELED",
        outcome=Outcome.SKIPPED,
        code="CANCELED",
        matches=lambda case: case.status is AmazonOrderStatus.CANCELED,
        decides="Amazon says it is canceled.",
        passes="Amazon does not say it is canceled.",
        inputs=("status",),
        stock=StockAction.RELEASE,
    ),
    Row(
        rule="UNFULFILLABLE",
        outcome=Outcome.SKIPPED,
        code="UNFULFILLABLE",
        matches=lambda case: case.status is AmazonOrderStatus.UNFULFILLABLE,
        decides="Amazon says it cannot be fulfilled.",
        passes="Amazon does not say it cannot be fulfilled.",
        inputs=("status",),
    ),
    Row(
        rule="UNKNOWN_STATUS",
        outcome=Outcome.WAITING,
        code="UNKNOWN_STATUS",
        matches=lambda case: case.is_unclear,
        decides="Amazon's word for its status, or for who sends the goods, is missing or not known here; "
        "it waits for a word that is.",
        passes="Its status is known, and who sends the goods where that matters.",
        inputs=("status", "rawStatus", "fulfillmentChannel"),
    ),
    Row(
        rule="ITEMS_MISSING",
        outcome=Outcome.WAITING,
        code="ITEMS_MISSING",
        matches=lambda case: not case.lines,
        decides="Amazon lists no item with a quantity yet.",
        passes="Amazon lists items.",
        inputs=("items", "itemsWithQuantity"),
    ),
    Row(
        rule="CANCEL_REQUESTED",
        outcome=Outcome.WAITING,
        code="CANCEL_REQUESTED",
        matches=lambda case: case.order.cancel_open,
        decides="We asked Amazon to cancel it and wait for what becomes of that.",
        passes="No cancellation is under way.",
        inputs=("cancelOpen",),
        stock=StockAction.KEEP,
    ),
    Row(
        rule="PENDING_AVAILABILITY",
        outcome=Outcome.WAITING,
        code="PENDING_AVAILABILITY",
        matches=lambda case: case.status is AmazonOrderStatus.PENDING_AVAILABILITY,
        decides="It is a pre-order that is not released yet.",
        passes="It is not a pre-order.",
        inputs=("status",),
    ),
    Row(
        rule="PENDING",
        outcome=Outcome.WAITING,
        code="PENDING",
        matches=lambda case: case.is_pending and case.by_merchant,
        decides="Amazon has not verified its payment yet.",
        passes="It is not an order of the merchant's that waits for its payment.",
        inputs=("status", "fulfillmentChannel", "pendingOrderStock"),
        stock=_pending_stock,
    ),
    Row(
        rule="AMAZON_FULFILS",
        outcome=Outcome.WAITING,
        code="AMAZON_FULFILS",
        matches=lambda case: case.by_amazon and (case.is_pending or case.is_to_ship),
        decides="Amazon sends the goods and has not sent all of them yet.",
        passes="It does not wait for Amazon to send the goods.",
    ),
    Row(
        rule="BLOCKERS",
        outcome=Outcome.BLOCKED,
        code="BLOCKED",
        matches=lambda case: bool(case.blockers),
        decides="Something has to be put right first.",
        passes="Nothing stands in the way.",
    ),
    Row(
        rule="TO_SHIP",
        outcome=Outcome.IMPORTED,
        code="IMPORTED",
        matches=lambda case: case.is_to_ship and case.by_merchant,
        decides="It is paid, and the merchant has to ship it: it becomes an order in processing.",
        passes="The merchant has nothing left to ship.",
        inputs=("status", "fulfillmentChannel", "stockRule"),
        stock=StockAction.RESERVE,
        commerce_state="PROCESSING",
    ),
    Row(
        rule="SHIPPED_BY_MERCHANT",
        outcome=Outcome.IMPORTED,
        code="IMPORTED",
        matches=lambda case: case.is_shipped and case.by_merchant,
        decides="The merchant has shipped it: it becomes a complete order.",
        passes="The merchant has not shipped it.",
        inputs=("status", "fulfillmentChannel", "stockRule"),
        stock=StockAction.RESERVE,
        commerce_state="COMPLETE",
    ),
    Row(
        rule="SHIPPED_BY_AMAZON",
        outcome=Outcome.IMPORTED,
        code="IMPORTED",
        matches=lambda case: case.is_shipped and case.by_amazon,
        decides="Amazon has shipped it: it becomes a complete order, and our stock is not touched.",
        passes="Amazon has not shipped it.",
        commerce_state="COMPLETE",
    ),
)
