"""What follows a credit memo: the timeline tells of it, and the order may be closed by it."""

from collections.abc import Sequence
from datetime import timedelta

from domain.accounts.settings import settings_of
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner, keep_until
from domain.change import Change
from domain.commerce.lifecycle import state_after_refund
from domain.commerce.orders import move_orders, progress
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo
from domain.money import Money
from domain.timeline import EventKind


async def follow(
    unit: Change, order: AmazonOrder, commerce: CommerceOrder, lines: Sequence[CommerceOrderLine], memo: CreditMemo
) -> None:
    """Tell of a credit memo that is counted already, and move the order on where nothing is left of it."""
    total = Money(memo.total_minor, memo.currency)
    unit.event(
        order.subject,
        EventKind.REFUNDED,
        f"Credit memo {memo.number} gives back {total}.",
        credit_memo_id=memo.id,
        number=memo.number,
    )
    state = state_after_refund(progress(commerce, lines))
    if state is not commerce.state:
        await move_orders([commerce], state, now=unit.now)
        await _date_buyer_data(unit, commerce)


async def _date_buyer_data(unit: Change, commerce: CommerceOrder) -> None:
    # Closed for good: whom it was for has no other end to count from, unless it has one since it was complete.
    undated = await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, purge_at__isnull=True).exists()
    if undated:
        _, settings = await settings_of(commerce.store_id)
        await keep_until(Owner.COMMERCE_ORDER, {commerce.id: unit.now + timedelta(days=settings.pii_retention_days)})
