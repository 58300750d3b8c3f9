"""Invoices on paper: what is billed, to the cent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.documents.papers import Column, Paper, PaperKind, Sum, Table, amount, clean, day, plain_amount
from api.documents.surroundings import Surroundings
from domain.commerce.records import CommerceOrderLine, DocumentLine, Invoice
from domain.money import share

COLUMNS: Final = (
    Column("SKU", 32),
    Column("Title", 58),
    Column("Quantity", 16, is_number=True),
    Column("Unit price", 21, is_number=True),
    Column("Tax", 19, is_number=True),
    Column("Discount", 21, is_number=True),
    Column("Total", 23, is_number=True),
)
ROWS_COUNT_ALL: Final = "The total of a line is all of it together: price, shipping, gift wrap, tax and discount."
_PARTS: Final = ("price", "discount", "shipping", "gift_wrap", "tax", "other")
_LABELS: Final = ("Subtotal", "Discount", "Shipping", "Gift wrap", "Tax", "Other")


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of an invoice: the order line, what is billed of it, and how many of it earlier invoices billed."""

    line: CommerceOrderLine
    covered: DocumentLine
    before: int

    def part(self, name: str) -> int:
        """Return what of a part of the line's amount is billed: all invoices of the line add up to it exactly."""
        whole, ordered = getattr(self.line, f"{name}_minor"), self.line.quantity_ordered
        until = share(whole, part=self.before + self.covered.quantity, of=ordered)
        return until - share(whole, part=self.before, of=ordered)


def invoice_paper(
    invoice: Invoice, covered: Sequence[DocumentLine], *, before: Mapping[int, int], around: Surroundings
) -> Paper:
    """Return an invoice as a paper; `before` says how many of each order line earlier invoices billed."""
    billed = [
        Billed(around.lines[one.line_id], one, before.get(one.line_id, 0))
        for one in sorted(covered, key=lambda one: around.lines[one.line_id].position)
    ]
    return Paper(
        kind=PaperKind.INVOICE,
        title="Invoice",
        number=clean(invoice.number),
        seller=around.seller,
        facts=(("Invoice date", day(invoice.created_at)), *around.facts, ("Currency", invoice.currency)),
        parties=around.parties,
        tables=(Table(COLUMNS, tuple(_row(one, invoice.currency) for one in billed)),),
        sums=_sums(billed, before, invoice, around),
        notes=(ROWS_COUNT_ALL,),
    )


def _row(one: Billed, currency: str) -> tuple[str, ...]:
    return (
        clean(one.line.sku),
        clean(one.line.title),
        str(one.covered.quantity),
        plain_amount(one.line.unit_price_minor, currency),
        plain_amount(one.part("tax"), currency),
        plain_amount(one.part("discount"), currency),
        plain_amount(one.covered.amount_minor or 0, currency),
    )


def _sums(
    billed: Sequence[Billed], before: Mapping[int, int], invoice: Invoice, around: Surroundings
) -> tuple[Sum, ...]:
    """Add the lines up, with the share of what belongs to the order alone; a cent of rounding goes to `Other`."""
    after = Counter(before) + Counter({one.line.id: one.covered.quantity for one in billed})
    sums = {part: sum(one.part(part) for one in billed) for part in _PARTS}
    for part in _PARTS:
        alone = _of_order(around, part) - sum(getattr(line, f"{part}_minor") for line in around.lines.values())
        sums[part] += _shared(alone, around, after) - _shared(alone, around, before)
    sums["other"] += invoice.total_minor - sum(sums.values())
    parts = tuple(
        Sum(label, amount(sums[part], invoice.currency))
        for part, label in zip(_PARTS, _LABELS, strict=True)
        if sums[part] or part in ("price", "tax")
    )
    return (*parts, Sum("Grand total", amount(invoice.total_minor, invoice.currency), is_total=True))


def _of_order(around: Surroundings, part: str) -> int:
    minor: int = getattr(around.order, "subtotal_minor" if part == "price" else f"{part}_minor")
    return minor


def _shared(minor: int, around: Surroundings, invoiced: Mapping[int, int]) -> int:
    """Return what of an amount of the order alone goes with so many billed units, as invoices are made."""
    lines = around.lines.values()
    whole = sum(line.total_minor for line in lines)
    part = sum(share(line.total_minor, part=invoiced.get(line.id, 0), of=line.quantity_ordered) for line in lines)
    if whole <= 0:  # nothing to go with: the units themselves
        whole, part = sum(line.quantity_ordered for line in lines), sum(invoiced.get(line.id, 0) for line in lines)
    return share(minor, part=part, of=whole)
