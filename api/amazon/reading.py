"""From Amazon's order answers to facts: one bad amount becomes a problem, one bad order is parked, the rest goes on."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Final

import msgspec

from api.amazon import wire
from api.amazon.reading_people import address_facts, buyer_facts
from api.amazon.unknown_fields import unknown_fields
from domain.amazon import translation
from domain.amazon.facts import (
    Breakdown,
    ItemFacts,
    OrderFacts,
    PackageFacts,
    Problem,
    UnreadableOrder,
)
from domain.errors import InvalidInput
from domain.money import Money

_REPLACED: Final = frozenset(["REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"])
_ORDER_ID_LIMIT: Final = 32
_ITEM_ID_LIMIT: Final = 64
_MOST: Final = 2**31 - 1
_LONGEST_SUBTYPE: Final = 40
_LONGEST_SERVICE: Final = 100
_LONGEST_METHOD: Final = 40


class _OnlyId(msgspec.Struct, rename="camel"):
    order_id: str | None = None


def read_order(raw: msgspec.Raw | bytes) -> OrderFacts | UnreadableOrder:
    """Read one order as Amazon wrote it."""
    try:
        order = msgspec.json.decode(raw, type=wire.Order, strict=False)
        return _Reader().order(order, raw)
    except InvalidInput as refusal:
        return _unreadable(raw, refusal.message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error) if isinstance(error, msgspec.ValidationError) else "It is not readable JSON."
        return _unreadable(raw, reason)


def _unreadable(raw: msgspec.Raw | bytes, reason: str) -> UnreadableOrder:
    digest = blake2b(bytes(raw), digest_size=16).hexdigest()
    return UnreadableOrder(amazon_order_id=_order_id(raw), problem=Problem("order", None, reason), digest=digest)


def _order_id(raw: msgspec.Raw | bytes) -> str | None:
    try:
        found = msgspec.json.decode(raw, type=_OnlyId).order_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found[:_ORDER_ID_LIMIT] if found else None


class _Reader:
    """Reads one order and collects the problems on the way."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def order(self, order: wire.Order, raw: msgspec.Raw | bytes) -> OrderFacts:
        if not order.order_id.strip() or len(order.order_id) > _ORDER_ID_LIMIT:
            raise InvalidInput("The order id is blank or too long.")
        fulfillment = order.fulfillment or wire.Fulfillment()
        proceeds = order.proceeds or wire.Proceeds()
        window = fulfillment.ship_by_window or wire.Window()
        items = tuple(self._items(order.order_items or []))
        facts = {
            "grand_total": self._money(proceeds.grand_total, "proceeds.grandTotal"),
            "breakdowns": self._breakdowns(proceeds, "proceeds"),
            "latest_ship_at": self._time(window.latest_date_time, "fulfillment.shipByWindow.latestDateTime"),
            "packages": tuple(self._packages(order.packages or [])),
        }
        return OrderFacts(
            amazon_order_id=order.order_id,
            marketplace_id=(order.sales_channel.marketplace_id or None) if order.sales_channel else None,
            created_at=translation.instant(order.created_time, at="createdTime"),
            updated_at=translation.instant(order.last_updated_time, at="lastUpdatedTime"),
            status=translation.order_status(fulfillment.fulfillment_status),
            raw_status=fulfillment.fulfillment_status,
            fulfillment_channel=translation.fulfillment_channel(fulfillment.fulfilled_by),
            sales_channel=(order.sales_channel.channel_name or None) if order.sales_channel else None,
            payment_methods=_payment_methods(order),
            service_level=fulfillment.fulfillment_service_level,
            programs=tuple(order.programs or ()),
            replaced_order_id=_replaced(order),
            items=items,
            buyer=buyer_facts(order),
            address=address_facts(order),
            problems=tuple(self._problems),
            extra=unknown_fields(raw),
            **facts,  # type: ignore[arg-type]
        )

    def _items(self, items: list[wire.Item]) -> Iterator[ItemFacts]:
        seen: set[str] = set()
        for index, item in enumerate(items):
            at = f"orderItems[{index}]"
            if item.order_item_id in seen:
                self._problems.append(Problem(f"{at}.orderItemId", item.order_item_id[:40], "It appears twice."))
                continue
            seen.add(item.order_item_id)
            yield self._item(item, at)

    def _item(self, item: wire.Item, at: str) -> ItemFacts:
        if not 0 < len(item.order_item_id) <= _ITEM_ID_LIMIT:
            raise InvalidInput(f"The id at {at} is blank or too long.")
        product, proceeds = item.product or wire.Product(), item.proceeds or wire.Proceeds()
        fulfillment, cancellation = item.fulfillment or wire.ItemFulfillment(), item.cancellation or wire.Cancellation()
        price, condition = product.price or wire.Price(), product.condition or wire.Condition()
        executed, unshipped = cancellation.cancellation_execution, fulfillment.quantity_unfulfilled
        total = self._money(proceeds.proceeds_total, f"{at}.proceeds.proceedsTotal")
        parts = self._breakdowns(proceeds, f"{at}.proceeds")
        self._same_currency(total, parts, f"{at}.proceeds")
        return ItemFacts(
            order_item_id=item.order_item_id,
            seller_sku=product.seller_sku or None,
            asin=product.asin or None,
            title=product.title or None,
            condition=condition.condition_type or None,
            condition_subtype=condition.condition_subtype or None,
            quantity_ordered=_quantity(item.quantity_ordered, at),
            quantity_shipped=_quantity(fulfillment.quantity_fulfilled or 0, at),
            quantity_unshipped=None if unshipped is None else _quantity(unshipped, at),
            unit_price=self._money(price.unit_price, f"{at}.product.price.unitPrice"),
            proceeds_total=total,
            breakdowns=parts,
            cancel_requested=cancellation.cancellation_request is not None,
            canceled_by=executed.cancelled_by[:16] if executed and executed.cancelled_by else None,
        )

    def _packages(self, packages: list[wire.Package]) -> Iterator[PackageFacts]:
        for index, package in enumerate(packages):
            yield PackageFacts(
                reference=package.package_reference_id,
                carrier=package.carrier,
                shipping_service=(package.shipping_service or "")[:_LONGEST_SERVICE] or None,
                tracking_number=package.tracking_number,
                status=package.package_status.status if package.package_status else None,
                shipped_at=self._time(package.ship_time, f"packages[{index}].shipTime"),
                items=tuple(
                    (item.order_item_id, _quantity(item.quantity, f"packages[{index}]"))
                    for item in package.package_items or ()
                ),
            )

    def _breakdowns(self, proceeds: wire.Proceeds, at: str) -> tuple[Breakdown, ...]:
        parts = []
        for index, part in enumerate(proceeds.breakdowns or ()):
            amount = self._money(part.subtotal, f"{at}.breakdowns[{index}].subtotal")
            if amount is not None:
                parts.append(Breakdown(translation.breakdown_kind(part.type), amount, _details(part, amount)))
        return tuple(parts)

    def _same_currency(self, total: Money | None, parts: tuple[Breakdown, ...], at: str) -> None:
        currencies = {part.amount.currency for part in parts} | ({total.currency} if total else set())
        if len(currencies) > 1:
            self._problems.append(Problem(at, " ".join(sorted(currencies)), "One line has several currencies."))

    def _money(self, money: wire.Money | None, at: str) -> Money | None:
        if money is None:
            return None
        read = translation.money(_amount(money.amount), money.currency_code, at=at)
        if isinstance(read, Problem):
            self._problems.append(read)
            return None
        return read

    def _time(self, text: str | None, at: str) -> datetime | None:
        if text is None:
            return None
        try:
            return translation.instant(text, at=at)
        except InvalidInput as refusal:
            self._problems.append(Problem(at, text[:40], refusal.message))
            return None


def _details(part: wire.Breakdown, whole: Money) -> tuple[tuple[str, int], ...]:
    """Return what of a part belongs to what; nothing unless it adds up, since only the whole is needed."""
    found: dict[str, int] = {}
    for detail in part.detailed_breakdowns or ():
        value = detail.value or wire.Money()
        read = translation.money(_amount(value.amount), value.currency_code, at="detailedBreakdowns")
        if isinstance(read, Problem) or read.currency != whole.currency:
            return ()
        name = (detail.subtype or "")[:_LONGEST_SUBTYPE]
        found[name] = found.get(name, 0) + read.minor
    return tuple(sorted(found.items())) if sum(found.values()) == whole.minor else ()


def _amount(raw: msgspec.Raw) -> str | None:
    """Return the decimal text of an amount, whether Amazon wrote it as text or as a number."""
    text = bytes(raw).decode()
    if text == "null":
        return None
    return msgspec.json.decode(raw, type=str) if text.startswith('"') else text


def _quantity(number: int, at: str) -> int:
    if abs(number) > _MOST:
        raise InvalidInput(f"A quantity at {at} is larger than any order.")
    return number


def _replaced(order: wire.Order) -> str | None:
    for other in order.associated_orders or ():
        if other.association_type in _REPLACED and other.order_id:
            return other.order_id[:_ORDER_ID_LIMIT]
    return None


def _payment_methods(order: wire.Order) -> tuple[str, ...]:
    """Return how it was paid, each way once; the words alone, nothing of a card."""
    paid = (order.payment.payment_executions if order.payment else None) or ()
    methods = (execution.payment_method for execution in paid)
    return tuple(dict.fromkeys(method[:_LONGEST_METHOD] for method in methods if method))
