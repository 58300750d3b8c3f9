"""What Amazon's data needs so that an order can be made of it: an address, amounts that add up, a known currency."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.amazon.facts import AddressFacts, Breakdown, BreakdownKind, Problem
from domain.channel.blockers import BlockerKind, Flaw
from domain.money import Money, UnknownCurrency, decimals_of

_ALWAYS: Final = ("line1", "city", "country_code")

# What postal addresses of these countries need beyond that; others are asked for neither.
_POSTAL_CODE: Final = frozenset(
    [
        *("AT", "BE", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "HU", "IT"),
        *("KR", "NL", "NO", "PL", "PR", "PT", "SE", "SG", "SK", "TR", "ZA"),
    ]
)
_REGION_AND_POSTAL_CODE: Final = frozenset(["AU", "BR", "CA", "IN", "JP", "MX", "US"])

_WORDS: Final = MappingProxyType(
    {
        "line1": "first line",
        "city": "city",
        "country_code": "country",
        "region": "region",
        "postal_code": "postal code",
    }
)


@dataclass(frozen=True, slots=True)
class AmountLine:
    """The amounts of one item, for the whole line; `item_id` is the item's row."""

    item_id: int
    total: Money | None
    parts: tuple[Breakdown, ...]
    quantity: int


def address_flaws(address: AddressFacts | None) -> tuple[Flaw, ...]:
    """Return a flaw for each part that a parcel needs and the address does not have; a name may be missing.

    `facts` hold the name of the part, never what it says. No address at all is one flaw, of the part "address".
    """
    if address is None:
        return (_address_flaw("address", "Amazon gives no delivery address"),)
    country = (address.country_code or "").strip().upper()
    missing = [part for part in needed_parts(country) if not (getattr(address, part) or "").strip()]
    flaws = [_address_flaw(part, f"The delivery address has no {_WORDS[part]}") for part in missing]
    if country and not _is_country_code(country):
        flaws.append(_address_flaw("country_code", "The country of the delivery address is not a code of two letters"))
    return tuple(flaws)


def amount_flaws(
    *, grand_total: Money | None, order_parts: tuple[Breakdown, ...], lines: Sequence[AmountLine]
) -> tuple[Flaw, ...]:
    """Return what keeps the amounts from being taken over exactly as Amazon gives them.

    Lines of quantity 0 are left out, as they are on import. A line's parts add up to its total; the line totals, with
    the parts of the order that no item carries (a delivery tip), add up to the grand total.
    """
    kept = [line for line in lines if line.quantity != 0]
    flaws = [*_negative_quantities(kept), *_missing(grand_total, kept)]
    currencies = _currencies(grand_total, order_parts, kept)
    if len(currencies) > 1:
        return (*flaws, _data_flaw("proceeds", "The amounts are in several currencies: " + ", ".join(currencies)))
    flaws += [flaw for line in kept for flaw in _line_sum(line)]
    return (*flaws, *_grand_sum(grand_total, order_parts, kept))


def currency_flaws(currency: str | None) -> tuple[Flaw, ...]:
    """Return a flaw for a currency we cannot keep amounts in; none where no amount names one."""
    try:
        decimals_of("EUR" if currency is None else currency)
    except UnknownCurrency as refusal:
        return (_currency_flaw("proceeds.grandTotal.currencyCode", refusal.message, currency),)
    return ()


def problem_flaws(problems: Iterable[Problem]) -> tuple[Flaw, ...]:
    """Return a flaw for each thing in Amazon's answer that could not be used as it is."""
    return tuple(map(_problem_flaw, problems))


def of_the_order_alone(order_parts: tuple[Breakdown, ...], lines: Sequence[AmountLine]) -> list[Breakdown]:
    """Return the parts of the order that no item carries.

    A category is either the sum over all items or the order's own (Orders API v2026-01-01, OrderProceeds). An item
    without parts may carry any category but the tip, which no item can.
    """
    if all(line.parts for line in lines):
        carried = {BreakdownKind.ITEM, *(part.kind for line in lines for part in line.parts)}
        return [part for part in order_parts if part.kind not in carried]
    return [part for part in order_parts if part.kind is BreakdownKind.DELIVERY_TIP]


def needed_parts(country: str) -> tuple[str, ...]:
    """Return which parts an address needs in a country, given by its code of two capital letters."""
    if country in _REGION_AND_POSTAL_CODE:
        return (*_ALWAYS, "region", "postal_code")
    return (*_ALWAYS, "postal_code") if country in _POSTAL_CODE else _ALWAYS


def _is_country_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha()


def _negative_quantities(lines: Sequence[AmountLine]) -> Iterator[Flaw]:
    for line in lines:
        if line.quantity < 0:
            yield _data_flaw(
                "quantityOrdered",
                f"The quantity of an item is negative: {line.quantity}",
                item_id=line.item_id,
                facts={"quantity": line.quantity},
            )


def _missing(grand_total: Money | None, lines: Sequence[AmountLine]) -> Iterator[Flaw]:
    if grand_total is None:
        yield _data_flaw("proceeds.grandTotal", "Amazon gives no total of the order")
    for line in lines:
        if line.total is None:
            yield _data_flaw("proceeds.proceedsTotal", "Amazon gives no total of an item", item_id=line.item_id)


def _currencies(
    grand_total: Money | None, order_parts: tuple[Breakdown, ...], lines: Sequence[AmountLine]
) -> list[str]:
    amounts = [grand_total, *(part.amount for part in order_parts)]
    for line in lines:
        amounts += [line.total, *(part.amount for part in line.parts)]
    return sorted({amount.currency for amount in amounts if amount is not None})


def _line_sum(line: AmountLine) -> Iterator[Flaw]:
    if line.total is None or not line.parts:
        return
    added_up = Money.sum((part.amount for part in line.parts), currency=line.total.currency)
    if added_up != line.total:
        yield _sum_flaw("proceeds.proceedsTotal", "item", stated=line.total, added_up=added_up, item_id=line.item_id)


def _grand_sum(
    grand_total: Money | None, order_parts: tuple[Breakdown, ...], lines: Sequence[AmountLine]
) -> Iterator[Flaw]:
    totals = [line.total for line in lines if line.total is not None]
    if grand_total is None or len(totals) < len(lines):
        return
    alone = (part.amount for part in of_the_order_alone(order_parts, lines))
    added_up = Money.sum([*totals, *alone], currency=grand_total.currency)
    if added_up != grand_total:
        yield _sum_flaw("proceeds.grandTotal", "order", stated=grand_total, added_up=added_up)


def _address_flaw(part: str, message: str) -> Flaw:
    return Flaw(kind=BlockerKind.INVALID_ADDRESS, field=f"address.{part}", message=message, facts={"part": part})


def _currency_flaw(field: str, message: str, value: str | None) -> Flaw:
    return Flaw(kind=BlockerKind.CURRENCY_NOT_CONFIGURED, field=field, message=message, facts={"value": value})


def _data_flaw(
    field: str, message: str, *, item_id: int | None = None, facts: dict[str, str | int | None] | None = None
) -> Flaw:
    return Flaw(
        kind=BlockerKind.MARKETPLACE_DATA_INVALID, field=field, message=message, item_id=item_id, facts=facts or {}
    )


def _sum_flaw(field: str, of: str, *, stated: Money, added_up: Money, item_id: int | None = None) -> Flaw:
    return _data_flaw(
        field,
        f"The amounts of the {of} do not add up: Amazon states {stated}, the parts make {added_up}",
        item_id=item_id,
        facts={"stated": str(stated), "added_up": str(added_up)},
    )


def _problem_flaw(problem: Problem) -> Flaw:
    if problem.field.endswith(".currencyCode") and problem.value is not None:
        return _currency_flaw(problem.field, problem.reason, problem.value)
    return _data_flaw(problem.field, problem.reason, facts={"value": problem.value})
