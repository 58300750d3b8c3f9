"""What follows once Amazon shows a part of an order as canceled, because it was asked to: stock and money go back."""

from collections.abc import Iterator, Sequence

from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import Command, CommandKind
from domain.catalog.stock import release, write_off
from domain.change import Change
from domain.channel.conflicts import units_kept
from domain.channel.due_orders import DueOrder
from domain.channel.refund_difference import of_units
from domain.channel.refunded import follow
from domain.commerce.credit_memos import MemoDraft, MemoLine, adjustments, issue_memo
from domain.commerce.given_back import REST_CANCELED, left_of
from domain.commerce.orders import quantities
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.timeline import EventKind


async def settle_parts(unit: Change, done: Sequence[tuple[DueOrder, Command]]) -> None:
    """Give back what was canceled by these commands, which Amazon has carried out just now.

    It is no difference that a person has to decide on. Where the whole order is canceled, that is settled instead.
    """
    for due, command in done:
        is_part = command.kind is CommandKind.PARTIAL_CANCEL
        if is_part and due.commerce and due.order.amazon_status is not AmazonOrderStatus.CANCELED:
            await _settle(unit, due, due.commerce, command)


async def _settle(unit: Change, due: DueOrder, commerce: CommerceOrder, command: Command) -> None:
    parts = list(_parts(due, command))
    if not parts:
        return  # a credit memo gave them back already
    restocked = await _let_go(unit, due, {part.line.item_id: part.quantity for part in parts}, command)
    shipping = sum(part.shipping for part in parts)
    amount = shipping + sum(part.goods for part in parts)
    refund, fee = adjustments(min(amount, commerce.paid_minor - commerce.refunded_minor) - amount)
    draft = MemoDraft(
        order=commerce,
        lines=parts,
        shipping=shipping,
        adjustment_refund=refund,
        adjustment_fee=fee,
        reason=REST_CANCELED,
        note=command.payload["note"],
    )
    memo = await issue_memo(unit.connection, draft, restocked=restocked, now=unit.now)
    await CreditMemo.filter(id=memo.id).update(command_id=command.id)
    for part in parts:
        due.given[part.line.id].goods += part.goods
        due.given[part.line.id].shipping += part.shipping
    await follow(unit, due.order, commerce, due.lines, memo)


def _parts(due: DueOrder, command: Command) -> Iterator[MemoLine]:
    wanted = {row_id: quantity for row_id, quantity, *_ in command.payload["before"]}
    items = {item.id: item for item in due.items}
    for line in due.lines:
        quantity = min(wanted.get(line.item_id, 0), quantities(line).to_ship)
        if quantity > 0:
            kept = units_kept(line)
            left = left_of(line, due.given[line.id])
            amount = of_units(left, kept=kept, rest=kept - quantity, item=items.get(line.item_id))
            yield MemoLine(line=line, quantity=quantity, goods=amount.goods, shipping=amount.shipping)


async def _let_go(unit: Change, due: DueOrder, units: dict[int, int], command: Command) -> bool:
    """Free the stock of canceled units, or strike it off where they are not there; returns whether any is free."""
    if not command.payload["restock"]:
        if await write_off(unit, order_ids=[due.order.id], quantities=units):
            unit.event(due.order.subject, EventKind.STOCK_DEDUCTED, "Inventory written off.", written_off=True)
        return False
    freed = await release(unit, order_ids=[due.order.id], quantities=units)
    if freed:
        unit.event(due.order.subject, EventKind.STOCK_RELEASED, "Inventory released.")
    return bool(freed)
