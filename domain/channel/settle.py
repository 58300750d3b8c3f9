"""Imported orders brought in line with Amazon's facts: shipped elsewhere, complete, canceled."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from domain.amazon.facts import AmazonOrderStatus
from domain.buyers import BuyerRecord, Owner, keep_until
from domain.catalog.stock import deduct, release
from domain.change import Change
from domain.channel.due_orders import DueOrder
from domain.channel.elsewhere import shipped_elsewhere, unsent
from domain.channel.overtaken import overtake_holds
from domain.commerce.credit_memos import refund_everything
from domain.commerce.given_back import CANCELED_ON_AMAZON
from domain.commerce.lifecycle import ENDED, CommerceOrderState
from domain.commerce.orders import move_orders
from domain.commerce.records import CommerceOrder
from domain.commerce.shipments import ShipmentDraft, record_shipments
from domain.timeline import AMAZON, Event, EventKind


async def settle(unit: Change, due_orders: Sequence[DueOrder], *, just_imported: Collection[int]) -> None:
    """Follow what Amazon says happened to orders that have a commerce order; doing it again changes nothing.

    Of an order that was imported just now what had left before stays reserved, as the stock rule wants it.
    """
    await overtake_holds(unit, [due for due in due_orders if due.has_shipped or _is_canceled(due)])
    by_commerce = {due.commerce.id: due for due in due_orders if due.commerce}
    live = [due for due in by_commerce.values() if not (_is_canceled(due) or due.was_canceled)]
    drafts = await shipped_elsewhere(live)
    await record_shipments(unit.connection, drafts, now=unit.now)
    for draft in drafts:
        due = by_commerce[draft.order.id]
        unit.event(
            due.order.subject,
            EventKind.SHIPPED,
            f"Shipped outside of this service: shipment {draft.shipment.number}.",
            actor=AMAZON,
            shipment_id=draft.shipment.id,
            number=draft.shipment.number,
        )
    earlier = [draft for draft in drafts if by_commerce[draft.order.id].order.id not in just_imported]
    await _deduct_shipped(unit, [by_commerce[draft.order.id] for draft in earlier], earlier)
    await _complete(unit, [due for due in live if due.has_shipped and due.order.completed_at is None])
    await _date_buyer_data(unit, [due for due in live if due.order.amazon_status is AmazonOrderStatus.UNFULFILLABLE])
    for due in due_orders:
        if due.commerce and _is_canceled(due):
            await _cancel(unit, due, due.commerce)


async def _deduct_shipped(unit: Change, due_orders: Sequence[DueOrder], drafts: Sequence[ShipmentDraft]) -> None:
    quantities = {line.item_id: quantity for draft in drafts for line, quantity in draft.lines}
    left = await deduct(unit, order_ids=[due.order.id for due in due_orders], quantities=quantities)
    _tell_deducted(unit, due_orders, left)


async def _complete(unit: Change, due_orders: Sequence[DueOrder]) -> None:
    await _release_unsent(unit, due_orders)
    left = await deduct(unit, order_ids=[due.order.id for due in due_orders])
    _tell_deducted(unit, due_orders, left)
    open_orders = [due.commerce for due in due_orders if due.commerce and due.commerce.state not in ENDED]
    await move_orders(open_orders, CommerceOrderState.COMPLETE, now=unit.now)
    await _date_buyer_data(unit, due_orders)
    for due in due_orders:
        due.order.completed_at = unit.now
        unit.event(due.order.subject, EventKind.COMPLETED, "Status updated to completed.")


async def _release_unsent(unit: Change, due_orders: Sequence[DueOrder]) -> None:
    # What Amazon took off an order after its import never leaves: it goes back, and the difference stays a conflict.
    concerned = [due for due in due_orders if unsent(due)]
    quantities = {item_id: rest for due in concerned for item_id, rest in unsent(due).items()}
    released = await release(unit, order_ids=[due.order.id for due in concerned], quantities=quantities)
    for due in concerned:
        if due.order.id in released:
            unit.event(due.order.subject, EventKind.STOCK_RELEASED, "Inventory released.")


async def _date_buyer_data(unit: Change, due_orders: Sequence[DueOrder]) -> None:
    # The order's own copy goes with Amazon's, which counts from the last package; where that is gone, from now.
    ids = [due.order.id for due in due_orders]
    kept = await BuyerRecord.filter(owner=Owner.AMAZON_ORDER, owner_id__in=ids, purge_at__isnull=False)
    dates = {record.owner_id: record.purge_at for record in kept}
    at_last = {due.order.id: unit.now + timedelta(days=due.settings.pii_retention_days) for due in due_orders}
    owners = {due.order.commerce_order_id: dates.get(due.order.id, at_last[due.order.id]) for due in due_orders}
    await keep_until(Owner.COMMERCE_ORDER, owners)


async def _cancel(unit: Change, due: DueOrder, commerce: CommerceOrder) -> None:
    restocked = bool(await release(unit, order_ids=[due.order.id]))
    if restocked:
        unit.event(due.order.subject, EventKind.STOCK_RELEASED, "Inventory released.")
    memo = await refund_everything(
        unit.connection,
        order=commerce,
        lines=due.lines,
        reason=CANCELED_ON_AMAZON,
        restocked=restocked,
        now=unit.now,
    )
    if memo is None and (due.was_canceled or await _is_told(due)):
        return
    if memo is not None:
        await move_orders([commerce], CommerceOrderState(due.settings.canceled_order_end_state), now=unit.now)
        await _date_buyer_data(unit, [due])
        message = f"Credit memo {memo.number} gives back what was left of the order."
        unit.event(due.order.subject, EventKind.REFUNDED, message, credit_memo_id=memo.id, number=memo.number)
    unit.event(due.order.subject, EventKind.CANCELED, "Status updated to canceled.", actor=AMAZON)


async def _is_told(due: DueOrder) -> bool:
    # What was given back before leaves no credit memo of the cancellation: the timeline alone says that it was seen.
    return await Event.filter(order_id=due.order.id, kind=EventKind.CANCELED).exists()


def _is_canceled(due: DueOrder) -> bool:
    return due.order.amazon_status is AmazonOrderStatus.CANCELED


def _tell_deducted(unit: Change, due_orders: Sequence[DueOrder], left: Collection[int]) -> None:
    for due in due_orders:
        if due.order.id in left:
            unit.event(due.order.subject, EventKind.STOCK_DEDUCTED, "Inventory deducted.")
