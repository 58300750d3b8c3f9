"""Refunds of any shape, and what their refusals advise."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from domain.channel.refund_input import RefundLine, RefundRequest
from domain.commerce.refund_reasons import RefundReason
from domain.errors import AmountTooLarge, DomainError, QuantityTooLarge
from domain.money import decimals_of

FIELDS = {
    "amount": "amount",
    "shipping": "shipping",
    "adjustmentRefund": "adjustment_refund",
    "adjustmentFee": "adjustment_fee",
}


def exact(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-decimals_of(currency))


@st.composite
def requests(draw: st.DrawFn, currency: str, *, largest: int = 4000) -> RefundRequest:
    """Ask for anything: often too much, seldom what is left."""
    money = st.none() | st.integers(0, largest).map(lambda minor: exact(minor, currency))
    if draw(st.integers(0, 4)) == 0:
        amount = exact(draw(st.integers(1, largest)), currency)
        return RefundRequest(reason=RefundReason.OTHER, amount=amount)
    places = draw(st.lists(st.integers(0, 2), unique=True, max_size=3))
    lines = tuple(RefundLine(item_id=100 + at, quantity=draw(st.integers(0, 3)), amount=draw(money)) for at in places)
    return RefundRequest(
        reason=RefundReason.OTHER,
        lines=lines if draw(st.integers(0, 9)) else None,
        shipping=draw(money),
        adjustment_refund=draw(st.none() | money),
        adjustment_fee=draw(st.none() | money),
    )


def advised(request: RefundRequest, refusal: DomainError, currency: str) -> RefundRequest | None:
    """Return the request with no more than what the refusal says is left of what it names; None where it says none."""
    match refusal:
        case AmountTooLarge(path=(_, name), available=available) if name in FIELDS:
            changed: dict[str, Any] = {FIELDS[name]: exact(available, currency)}
            return replace(request, **changed)
        case AmountTooLarge(path=(_, "lines", at, "amount"), available=available):
            return replaced(request, int(at), amount=exact(available, currency))
        case QuantityTooLarge(path=(_, "lines", at, "quantity"), available=available):
            return replaced(request, int(at), quantity=available)
    return None


def replaced(
    request: RefundRequest, at: int, *, amount: Decimal | None = None, quantity: int | None = None
) -> RefundRequest:
    lines = list(request.lines or ())
    line = lines[at]
    lines[at] = replace(
        line, amount=line.amount if amount is None else amount, quantity=line.quantity if quantity is None else quantity
    )
    return replace(request, lines=tuple(lines))
