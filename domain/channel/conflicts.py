"""What Amazon changed after the import, or after a correction: shown with a proposal, never applied silently."""

from collections.abc import Iterator
from typing import Final

from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonItem
from domain.channel.amounts import amount_line, line_sums
from domain.channel.attention import Concern
from domain.channel.due_orders import DueOrder
from domain.channel.moved import Moved
from domain.channel.partial_rules import canceled_units
from domain.channel.records import AttentionKind
from domain.commerce.given_back import Given, left_of
from domain.commerce.records import CommerceOrderLine
from domain.money import Money

_NOT_ALIVE: Final = (AmazonOrderStatus.CANCELED, AmazonOrderStatus.UNKNOWN)


def conflicts(due: DueOrder) -> list[Concern]:
    """Return where Amazon's order differs from what was made of it here; nothing once it is canceled."""
    if due.order.amazon_status is AmazonOrderStatus.CANCELED:
        return []
    found = [_stale(due.stale)] if due.stale and not due.has_shipped else []
    if due.commerce is None:
        return found
    if due.order.amazon_status is AmazonOrderStatus.UNFULFILLABLE:
        found.append(_unfulfillable())
    if due.was_canceled:
        return found if due.order.amazon_status in _NOT_ALIVE else [*found, _alive(due.order.amazon_status)]
    items = {item.id: item for item in due.items}
    for line in due.lines:
        found += _of_line(line, items.get(line.item_id), due.given[line.id])
    imported = {line.item_id for line in due.lines}
    found += [_new(item) for item in due.items if item.quantity_ordered and item.id not in imported]
    return found + ([_address(due.moved)] if due.moved and not due.has_shipped else [])


def units_kept(line: CommerceOrderLine) -> int:
    """Return how many of a line are still meant to reach the buyer."""
    kept: int = line.quantity_ordered - line.quantity_refunded - line.quantity_canceled
    return kept


def units_listed(item: AmazonItem | None) -> int:
    """Return how many of an item Amazon still means to reach the buyer: what it says is canceled is not among them."""
    if item is None:
        return 0
    called_off = canceled_units(item, ordered=item.quantity_ordered) if item.canceled_by else 0
    return int(item.quantity_ordered) - called_off


def price_now(item: AmazonItem) -> Money | None:
    """Return what Amazon says now that all of an item comes to; None where it does not say."""
    amounts = amount_line(item)
    return Money(line_sums(amounts).total, amounts.total.currency) if amounts.total else None


def _of_line(line: CommerceOrderLine, item: AmazonItem | None, given: Given) -> Iterator[Concern]:
    is_now, kept = units_listed(item), units_kept(line)
    listed = line.quantity_ordered - given.unlisted  # what else was given back Amazon goes on listing
    if is_now < kept:
        yield _concern(line, "quantity", kept, is_now, "give the rest back with a credit memo, or keep it")
    elif is_now > listed:
        yield _concern(line, "quantity", listed, is_now, "the rest has to be handled in Seller Central")
    elif item is not None and is_now == kept > 0:
        yield from _of_price(line, item, given)


def _of_price(line: CommerceOrderLine, item: AmazonItem, given: Given) -> Iterator[Concern]:
    is_now, was = price_now(item), left_of(line, given).total
    if is_now is None or is_now.minor == was:
        return
    # Of a line with units or money given back Amazon may count the old amount; there only a fall is news.
    if is_now.minor < was or not (line.quantity_refunded or given.by_person):
        yield _concern(
            line, "price", str(Money(was, is_now.currency)), str(is_now), "settle the difference, or keep it"
        )


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


def _stale(stale: Moved) -> Concern:
    parts = ", ".join(stale.parts)
    return Concern(
        kind=AttentionKind.CONFLICT,
        about=f"correction:{stale.digest}",
        message=f"Amazon changed a part of the delivery address that was corrected here ({parts}): "
        "take over what Amazon says, or keep the correction.",
        facts={"what": "correction", "parts": parts},
    )


def _unfulfillable() -> Concern:
    return Concern(
        kind=AttentionKind.CONFLICT,
        about="status:UNFULFILLABLE",
        message="After the import Amazon says that the order cannot be fulfilled: look it up in Seller Central. "
        "Here it stays as it is, with its stock, until Amazon says something else.",
        facts={"what": "status", "is": AmazonOrderStatus.UNFULFILLABLE.value},
    )


def _alive(status: AmazonOrderStatus) -> Concern:
    return Concern(
        kind=AttentionKind.CONFLICT,
        about=f"status:{status.value}",
        message=f"The order was canceled and given back here, and Amazon says now that it is {status.value}: "
        "it has to be handled in Seller Central.",
        facts={"what": "status", "was": AmazonOrderStatus.CANCELED.value, "is": status.value},
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
