"""What a person wants given back, checked against what is left of the order, to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from domain.channel.cancel_rules import checked_note
from domain.commerce.credit_memos import MemoDraft, MemoLine, adjustments
from domain.commerce.refund_reasons import BY_PERSON, RefundReason
from domain.commerce.refundable import LineLeft, Refundable
from domain.errors import AmountTooLarge, DomainError, InvalidInput, NotFound, QuantityTooLarge
from domain.money import Money

Path = tuple[str, ...]

_INPUT: Final = ("input",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Units of an item's row to be given back, or an amount of its price, or both; the last two as in the request.

    Without an amount the units come with their share of what is left of the line.
    """

    item_id: int
    quantity: int = 0
    amount: Decimal | None = None
    restock: bool | None = None
    restock_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """What is to be given back, in the order's currency; without lines and amount, all that is left.

    `amount` stands alone, for no line. Shipping is what is left of it unless less is given. `restock` True brings
    goods that had left back to the shelf, False strikes off it what never left; None only lets go of what never left.
    They come back to `restock_source`, or to the sources that they left from.
    """

    reason: RefundReason
    lines: tuple[RefundLine, ...] | None = None
    amount: Decimal | None = None
    shipping: Decimal | None = None
    adjustment_refund: Decimal | None = None
    adjustment_fee: Decimal | None = None
    restock: bool | None = None
    restock_source: str | None = None
    note: str | None = None
    tell_amazon: bool = False
    notify: bool = False

    def restocks(self, item_id: int) -> bool | None:
        """Return what becomes of the goods of an item."""
        own = next((line.restock for line in self.lines or () if line.item_id == item_id), None)
        return self.restock if own is None else own


def draw_up(request: RefundRequest, left: Refundable) -> MemoDraft:
    """Return the credit memo that a request asks for.

    Raises InvalidInput, NotFound, QuantityTooLarge or AmountTooLarge.
    """
    if request.reason not in BY_PERSON:
        raise InvalidInput("This reason is for what follows changes on Amazon; choose another.", path=_at("reason"))
    note = checked_note(request.note)
    if request.amount is not None:
        return _of_amount(request, left, note)
    lines = _everything(left) if request.lines is None else _lines(request.lines, left)
    refund = _minor(request.adjustment_refund, left, _at("adjustmentRefund")) or 0
    fee = _minor(request.adjustment_fee, left, _at("adjustmentFee")) or 0
    goods = sum(line.goods for line in lines)
    shipping = _shipping(request, left, goods - fee)
    if request.lines is None:  # what belongs to no line, and what earlier memos kept back or gave on top
        refund, fee = adjustments(left.money - left.shipping - left.goods + refund - fee, fee=fee)
    draft = MemoDraft(
        order=left.order,
        lines=_with_shipping(lines, left, shipping),
        shipping=shipping,
        adjustment_refund=refund,
        adjustment_fee=fee,
        reason=request.reason.value,
        note=note,
    )
    if refusal := _total_refusal(request, draft, left):
        raise refusal
    return draft


def _of_amount(request: RefundRequest, left: Refundable, note: str | None) -> MemoDraft:
    others = (request.lines, request.shipping, request.adjustment_refund, request.adjustment_fee)
    if any(other is not None for other in others):
        raise InvalidInput(
            "An amount stands alone: leave out lines, shipping and adjustments, or the amount.", path=_at("amount")
        )
    amount = _minor(request.amount, left, _at("amount")) or 0
    if amount == 0:
        raise InvalidInput("A credit memo gives something back: at least the smallest amount.", path=_at("amount"))
    if amount > left.money:
        raise _too_much(amount, left.money, left, _at("amount"))
    return MemoDraft(
        order=left.order, lines=(), shipping=0, adjustment_refund=amount, reason=request.reason.value, note=note
    )


def _everything(left: Refundable) -> list[MemoLine]:
    return [
        MemoLine(line=line.line, quantity=line.quantity, goods=line.goods)
        for line in left.lines
        if line.quantity or line.goods
    ]


def _lines(wanted: Sequence[RefundLine], left: Refundable) -> list[MemoLine]:
    known = {line.line.item_id: line for line in left.lines}
    found: dict[int, MemoLine] = {}
    for at, one in enumerate(wanted):
        path = _at("lines", str(at))
        if one.item_id not in known:
            raise NotFound("The order has no such line.", path=(*path, "itemId"))
        if one.item_id in found:
            raise InvalidInput("The same line is given twice.", path=(*path, "itemId"))
        found[one.item_id] = _line(one, known[one.item_id], left, path)
    return list(found.values())


def _line(one: RefundLine, of: LineLeft, left: Refundable, path: Path) -> MemoLine:
    if one.quantity < 0 or (one.quantity == 0 and not one.amount):
        raise InvalidInput("A quantity is at least 1, or 0 with an amount.", path=(*path, "quantity"))
    if one.quantity > of.quantity:
        raise QuantityTooLarge(
            f"{one.quantity} asked for, {of.quantity} left to refund.",
            path=(*path, "quantity"),
            requested=one.quantity,
            available=of.quantity,
        )
    amount = _minor(one.amount, left, (*path, "amount"))
    if amount is not None and amount > of.goods:
        raise _too_much(amount, of.goods, left, (*path, "amount"))
    return MemoLine(line=of.line, quantity=one.quantity, goods=of.goods_of(one.quantity) if amount is None else amount)


def _shipping(request: RefundRequest, left: Refundable, others: int) -> int:
    """Return the shipping: what is asked for, or what is left of it and of the money besides the others."""
    asked = _minor(request.shipping, left, _at("shipping"))
    if asked is None:
        return left.shipping if request.lines is None else max(0, min(left.shipping, left.money - others))
    if asked > left.shipping:
        raise _too_much(asked, left.shipping, left, _at("shipping"))
    return asked


def _with_shipping(lines: Sequence[MemoLine], left: Refundable, shipping: int) -> list[MemoLine]:
    """Say whose shipping it is: first that of the lines given back, then of the others; the rest is no line's."""
    wanted = {line.line.id: line for line in lines}
    parts: dict[int, MemoLine] = {}
    for of in sorted(left.lines, key=lambda one: one.line.id not in wanted):
        own = wanted.get(of.line.id) or MemoLine(line=of.line, quantity=0, goods=0)
        part = min(shipping, of.shipping)
        shipping -= part
        if part or of.line.id in wanted:
            parts[of.line.id] = MemoLine(line=own.line, quantity=own.quantity, goods=own.goods, shipping=part)
    return [parts[of.line.id] for of in left.lines if of.line.id in parts]


def _total_refusal(request: RefundRequest, draft: MemoDraft, left: Refundable) -> DomainError | None:
    if draft.total > left.money:
        return _excess(request, draft, left)
    if draft.total > 0:
        return None
    fee = _minor(request.adjustment_fee, left, ()) or 0
    if fee and (fits := fee + draft.total - 1) >= 0:
        return _too_much(fee, fits, left, _at("adjustmentFee"))
    total = Money(draft.total, left.order.currency)
    return InvalidInput(f"The credit memo would come to {total}: it has to give something back.", path=_INPUT)


def _excess(request: RefundRequest, draft: MemoDraft, left: Refundable) -> AmountTooLarge:
    """Name the amount that can be lowered, the last one added first, with how much of it fits."""
    over = draft.total - left.money
    named = (
        ("adjustmentRefund", _minor(request.adjustment_refund, left, ()) or 0),
        ("shipping", draft.shipping if request.shipping is not None else 0),
    )
    for name, amount in named:
        if amount:
            return _too_much(amount, max(0, amount - over), left, _at(name))
    return _too_much(draft.total, left.money, left, _at("lines"))


def _minor(amount: Decimal | None, left: Refundable, path: Path) -> int | None:
    """Return an amount in minor units.

    Raises InvalidInput for less than nothing, for decimals that the currency does not have, and for what is no amount.
    """
    if amount is None:
        return None
    try:
        minor = Money.parse(f"{amount:f}", left.order.currency).minor
    except InvalidInput as refusal:
        refusal.path = path
        raise
    if minor < 0:
        raise InvalidInput("An amount is not negative.", path=path)
    return minor


def _too_much(requested: int, available: int, left: Refundable, path: Path) -> AmountTooLarge:
    currency = left.order.currency
    return AmountTooLarge(
        f"{Money(requested, currency)} asked for, {Money(available, currency)} left.",
        path=path,
        requested=requested,
        available=available,
        currency=currency,
    )


def _at(*names: str) -> Path:
    return (*_INPUT, *names)
