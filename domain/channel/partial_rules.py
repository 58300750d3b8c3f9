"""Whether a part of an order can be canceled, and what Amazon's facts say of a part that was asked for."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonItem
from domain.channel.cancel_rules import COMMERCE_STOPS, open_cancel
from domain.channel.leaving import leaving_refusal
from domain.channel.standing import Standing
from domain.commerce.records import CommerceOrderLine
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound, QuantityTooLarge, RequiredInput

ACTION: Final = "PARTIAL_CANCEL"

_OPEN: Final = (AmazonOrderStatus.UNSHIPPED, AmazonOrderStatus.PARTIALLY_SHIPPED)
_LINES: Final = ("input", "lines")
_WHOLE: Final = "cancelOrder cancels the whole order."
_IMPORT_FIRST: Final = (
    "Import it first (its blockers say what is missing, retryImport tries again), or cancel the part in Seller Central."
)
_NOT_IMPORTED: Final[Mapping[AmazonOrderStatus, str]] = MappingProxyType(
    {
        AmazonOrderStatus.UNSHIPPED: "The order is not imported, so that only all of it can be canceled here: "
        f"{_WHOLE} {_IMPORT_FIRST}",
        AmazonOrderStatus.PARTIALLY_SHIPPED: "The order is not imported, so that nothing here knows what of it is "
        f"left. {_IMPORT_FIRST}",
    }
)


def partial_refusal(standing: Standing, *, wanted: Mapping[str, int] | None = None) -> ActionNotAllowed | None:
    """Return why no part of an order can be canceled here now, None if one can; `wanted` by Amazon's item id.

    Source: Seller Central help on canceling parts: units of an order that are paid and not confirmed as shipped.
    """
    if standing.is_leaving:
        return leaving_refusal(standing.order, action=ACTION)
    because = next(filter(None, _reasons(standing, wanted)), None)
    if because is None:
        return None
    status = standing.order.amazon_status.value
    return ActionNotAllowed(because, action=ACTION, current_status=status, path=("input", "orderId"))


def cancelable(standing: Standing) -> dict[int, int]:
    """Return how many units of each item's row can still be canceled: open at Amazon, and not in a package of ours."""
    lines = {line.item_id: line for line in standing.lines}
    found = {item.id: _cancelable(item, lines.get(item.id)) for item in standing.items}
    return {row_id: quantity for row_id, quantity in found.items() if quantity > 0}


def chosen_units(standing: Standing, lines: Sequence[tuple[int, int]] | None) -> dict[int, int]:
    """Return how many units of each item's row are canceled: what is wanted, or without lines all the rest.

    Raises RequiredInput, InvalidInput, NotFound or QuantityTooLarge.
    """
    left = cancelable(standing)
    if lines is None:
        if _is_whole(standing, left):
            raise RequiredInput(f"Name what is canceled, since nothing has shipped: {_WHOLE}", path=_LINES)
        return left
    if not lines:
        raise RequiredInput("Name at least one line, or leave the lines out to cancel all the rest.", path=_LINES)
    known, chosen = {item.id for item in standing.items}, dict[int, int]()
    for at, (row_id, quantity) in enumerate(lines):
        if refusal := _line_refusal(row_id, quantity, left, (*_LINES, str(at)), known=known, chosen=chosen):
            raise refusal
        chosen[row_id] = quantity
    if _is_whole(standing, chosen):
        raise InvalidInput(f"This is all of the order: {_WHOLE}", path=_LINES)
    return chosen


def canceled_units(item: AmazonItem | None, *, ordered: int) -> int:
    """Return how many of the units of an item that were ordered once are canceled, as Amazon tells it now.

    Amazon lowers what is ordered, or leaves it and lowers what is still to be sent.
    """
    if item is None:
        return ordered
    called_off = item.quantity_ordered - item.quantity_shipped - (item.quantity_unshipped or 0)
    is_told = item.quantity_unshipped is not None and (item.canceled_by is not None or item.quantity_shipped > 0)
    return max(0, ordered - item.quantity_ordered) + (max(0, called_off) if is_told else 0)


def _reasons(standing: Standing, wanted: Mapping[str, int] | None) -> Iterator[str | None]:
    order = standing.order
    if order.fulfillment_channel is not FulfillmentChannel.MERCHANT:
        yield "Amazon sends the goods of this order: what has not left can be canceled in Seller Central only."
    if order.amazon_status not in _OPEN:
        yield f"Amazon says the order is {order.amazon_status.value}: nothing of it waits to be shipped."
    if standing.commerce is None:
        yield _NOT_IMPORTED.get(order.amazon_status)
    yield open_cancel(standing.commands)
    yield COMMERCE_STOPS.get(standing.commerce.state) if standing.commerce else None
    left = cancelable(standing)
    if not left:
        yield "Nothing is left to cancel: what has not left is in packages that Amazon is about to be told of."
    if sum(left.values()) == 1 and _is_whole(standing, left):
        yield f"The order has one unit only, which is no part of it: {_WHOLE}"
    names = {item.item_id: item.id for item in standing.items}
    if any(quantity > left.get(names.get(item_id, 0), 0) for item_id, quantity in (wanted or {}).items()):
        yield "Fewer units are still to be shipped than were to be canceled: give it up and ask for what is left."


def _is_whole(standing: Standing, units: Mapping[int, int]) -> bool:
    """Return whether these units are all of an order of which nothing has left."""
    all_open = {item.id: quantity for item in standing.items if (quantity := _open(item)) > 0}
    return standing.order.amazon_status is AmazonOrderStatus.UNSHIPPED and dict(units) == all_open


def _cancelable(item: AmazonItem, line: CommerceOrderLine | None) -> int:
    """Return how many units can be canceled; nothing of an item that is not on the commerce order."""
    unseen = max(0, line.quantity_shipped - item.quantity_shipped) if line else _open(item)
    return max(0, _open(item) - unseen)


def _open(item: AmazonItem) -> int:
    told = item.quantity_unshipped
    return int(item.quantity_ordered - item.quantity_shipped if told is None else told)


def _line_refusal(
    row_id: int,
    quantity: int,
    left: Mapping[int, int],
    path: tuple[str, ...],
    *,
    known: set[int],
    chosen: Mapping[int, int],
) -> DomainError | None:
    if row_id not in known:
        return NotFound("The order has no such line.", path=(*path, "itemId"))
    if row_id in chosen:
        return InvalidInput("The same line is given twice.", path=(*path, "itemId"))
    if quantity < 1:
        return InvalidInput("A quantity is at least 1.", path=(*path, "quantity"))
    if quantity > (available := left.get(row_id, 0)):
        words = f"{quantity} asked for, {available} left to cancel."
        return QuantityTooLarge(words, path=(*path, "quantity"), requested=quantity, available=available)
    return None
