"""Orders as the decision sees them, ready to be varied."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.accounts.order_settings import OrderSettings
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.blockers import BlockerKind, Flaw, LineState, ProductState
from domain.channel.cases import OrderState
from domain.channel.decision import Decision, decide

CUTOFF = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE = datetime(2026, 2, 28, 23, 59, 59, 999000, tzinfo=UTC)
PRODUCT = ProductState(product_id=7, sku="MUG", enabled=True, manages_stock=True, available=5)
LINE = LineState(item_id=1, seller_sku="S-MUG", asin="B0MUG", quantity=2, needed=2, product=PRODUCT)
ADDRESS_FLAW = Flaw(
    kind=BlockerKind.INVALID_ADDRESS,
    field="address.city",
    message="The delivery address has no city",
    facts={"part": "city"},
)
AMOUNT_FLAW = Flaw(
    kind=BlockerKind.MARKETPLACE_DATA_INVALID,
    field="proceeds.grandTotal",
    message="The amounts of the order do not add up",
    facts={"stated": "2.00 EUR", "added_up": "1.00 EUR"},
)
CURRENCY_FLAW = Flaw(
    kind=BlockerKind.CURRENCY_NOT_CONFIGURED, field="proceeds.grandTotal.currencyCode", message="'XXX' is not known"
)
ORDER = OrderState(
    status=AmazonOrderStatus.UNSHIPPED,
    raw_status="UNSHIPPED",
    fulfillment_channel=FulfillmentChannel.MERCHANT,
    purchased_at=CUTOFF,
    lines=(LINE,),
)


def decided(order: OrderState = ORDER, **settings: Any) -> Decision:
    return decide(order, settings=OrderSettings(**settings), cutoff_at=CUTOFF)


def with_product(line: LineState = LINE, **changes: Any) -> LineState:
    return replace(line, product=replace(PRODUCT, **changes))
