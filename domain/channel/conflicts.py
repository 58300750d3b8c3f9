"""What Amazon changed after the import: shown with a proposal, never applied silently."""

from collections.abc import Iterator

from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonItem
from domain.channel.amounts import amount_line, line_sums
from domain.channel.attention import Concern
from domain.channel.due_orders import DueOrder
from domain.channel.moved import Moved
from domain.channel.records import AttentionKind
from domain.commerce.records import CommerceOrderLine
from domain.money import Money


def conflicts(due: DueOrder) -> list[Concern]:
    """Return where Amazon's order and the commerce order made of it differ; nothing once it is canceled."""
    if due.commerce is None or due.order.amazon_status is AmazonOrderStatus.CANCELED:
        return []
    items = {item.id: item for item in due.items}
    found = [conflict for line in due.lines for conflict in _of_line(line, items.get(line.item_id))]
    imported = {line.item_id for line in due.lines}
    found += [_new(item) for item in due.items if item.quantity_ordered and item.id not in imported]
    return found + ([_address(due.moved)] if due.moved and not due.has_shipped else [])


def _of_line(line: CommerceOrderLine, item: AmazonItem | None) -> Iterator[Concern]:
    is_now = item.quantity_ordered if item else 0
    kept = line.quantity_ordered - line.quantity_refunded - line.quantity_canceled
    if is_now < kept:
        yield _concern(line, "quantity", kept, is_now, "give the rest back with a credit memo, or keep it")
    elif is_now > line.quantity_ordered:
        yield _concern(line, "quantity", line.quantity_ordered, is_now, "the rest has to be handled in Seller Central")
    elif item is not None and is_now == line.quantity_ordered:
        yield from _of_price(line, item)


def _of_price(line: CommerceOrderLine, item: AmazonItem) -> Iterator[Concern]:
    amounts = amount_line(item)
    if amounts.total is None:
        return
    currency = amounts.total.currency
    is_now = line_sums(amounts).total
    if is_now != line.total_minor:
        was = str(Money(line.total_minor, currency))
        yield _concern(line, "price", was, str(Money(is_now, currency)), "settle the difference, or keep it")


def _concern(line: CommerceOrderLine, what: str, was: int | str, is_now: int | str, proposal: str) -> Concern:
    return Concern(
        kind=AttentionKind.CONFLICT,
        about=f"{line.item_id}:{what}:{is_now}",
        message=f"After the import Amazon changed the {what} of {line.sku} from {was} to {is_now}: {proposal}.",
        item_id=line.item_id,
        product_id=line.product_id,
        facts={"what": what, "was": was, "is": is_now},
    )


def _address(moved: Moved) -> Concern:
    parts = ", ".join(moved.parts)
    return Concern(
        kind=AttentionKind.CONFLICT,
        about=f"address:{moved.digest}",
        message=f"After the import Amazon changed the delivery address ({parts}): send the goods to the new one.",
        facts={"what": "address", "parts": parts},
    )


def _new(item: AmazonItem) -> Concern:
    added = f"{item.quantity_ordered} of {item.seller_sku or item.asin}"
    return Concern(
        kind=AttentionKind.CONFLICT,
        about=f"{item.id}:item:{item.quantity_ordered}",
        message=f"After the import Amazon added {added}: it has to be handled in Seller Central.",
        item_id=item.id,
        seller_sku=item.seller_sku,
        facts={"what": "item", "was": 0, "is": item.quantity_ordered},
    )
