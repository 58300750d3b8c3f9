"""Invoices for some or all of an order: their amounts to the cent, and their records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.commerce.base_amounts import base_of_paper
from domain.commerce.numbers import Numbered, take_numbers
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Invoice
from domain.money import share


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What an invoice is about, in minor units; `lines` has by order line what of the total is for it.

    What belongs to the order as a whole is in the total and in no line.
    """

    total: int
    shipping: int
    tax: int
    lines: Mapping[int, int] = field(default_factory=dict)


def bill_of(order: CommerceOrder, lines: Sequence[CommerceOrderLine], quantities: Mapping[int, int]) -> Bill:
    """Return what billing so many units of each line comes to, by line id; `lines` are all of the order's.

    Each amount is what is billed with these units less what was billed before them, so that an order's invoices add up
    to the order whatever the steps; what belongs to the order as a whole goes with the amounts of the lines.
    """
    before = billed(order, lines)
    after = _billed(order, lines, {line.id: line.quantity_invoiced + quantities.get(line.id, 0) for line in lines})
    return Bill(
        total=after.total - before.total,
        shipping=after.shipping - before.shipping,
        tax=after.tax - before.tax,
        lines={line_id: after.lines[line_id] - before.lines[line_id] for line_id in quantities},
    )


def billed(order: CommerceOrder, lines: Sequence[CommerceOrderLine]) -> Bill:
    """Return what all invoices of an order come to together; `lines` are all of the order's."""
    return _billed(order, lines, {line.id: line.quantity_invoiced for line in lines})


async def store_invoice(
    connection: BaseDBAsyncClient,
    *,
    order: CommerceOrder,
    lines: Sequence[CommerceOrderLine],
    quantities: Mapping[int, int],
    now: datetime,
) -> Invoice:
    """Bill so many units of lines, by line id, and count them and their amount on the order."""
    bill = bill_of(order, lines, quantities)
    numbers = await take_numbers(connection, store_view=order.store_view, kind=Numbered.INVOICE, count=1)
    invoice = await Invoice.create(
        order_id=order.id,
        account_id=order.account_id,
        store_view=order.store_view,
        number=numbers[0],
        currency=order.currency,
        shipping_minor=bill.shipping,
        tax_minor=bill.tax,
        total_minor=bill.total,
        base_currency=order.base_currency,
        base_total_minor=base_of_paper(order, before=order.paid_minor, amount=bill.total),
        created_at=now,
    )
    billed = [line for line in lines if line.id in quantities]
    await DocumentLine.bulk_create(
        DocumentLine(
            document=Document.INVOICE,
            document_id=invoice.id,
            account_id=order.account_id,
            line_id=line.id,
            quantity=quantities[line.id],
            amount_minor=bill.lines[line.id],
        )
        for line in billed
    )
    for line in billed:
        line.quantity_invoiced += quantities[line.id]
    await CommerceOrderLine.bulk_update(billed, fields=["quantity_invoiced"])
    order.paid_minor += bill.total
    order.version += 1
    await order.save(update_fields=["paid_minor", "version"])
    return invoice


def _billed(order: CommerceOrder, lines: Sequence[CommerceOrderLine], invoiced: Mapping[int, int]) -> Bill:
    """Return what so many invoiced units of each line come to in all."""
    amounts = {line.id: _part(line, line.total_minor, invoiced) for line in lines}
    whole = sum(line.total_minor for line in lines)
    part, of = sum(amounts.values()), whole
    if whole <= 0:  # nothing to go with: the units themselves
        part, of = sum(invoiced.values()), sum(line.quantity_ordered for line in lines)
    shipping = sum(line.shipping_minor for line in lines)
    tax = sum(line.tax_minor for line in lines)
    return Bill(
        total=sum(amounts.values()) + share(order.total_minor - whole, part=part, of=of),
        shipping=sum(_part(line, line.shipping_minor, invoiced) for line in lines)
        + share(order.shipping_minor - shipping, part=part, of=of),
        tax=sum(_part(line, line.tax_minor, invoiced) for line in lines)
        + share(order.tax_minor - tax, part=part, of=of),
        lines=amounts,
    )


def _part(line: CommerceOrderLine, minor: int, invoiced: Mapping[int, int]) -> int:
    return share(minor, part=invoiced[line.id], of=line.quantity_ordered)
