"""Invoicing what of an order is not billed yet; the import bills all of it, so something has to be left."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import orjson

from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.permitted import invoice_refusal
from domain.channel.requested import check_version, locked_order
from domain.channel.standing import Standing, standings
from domain.commerce.invoices import store_invoice
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.mails import queue_mail
from domain.commerce.orders import advance, quantities
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Invoice
from domain.errors import DomainError, InvalidInput, NotFound, QuantityTooLarge, RequiredInput
from domain.idempotency import remember, remembered
from domain.money import Money
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

Wanted: TypeAlias = Sequence[tuple[int, int]]
"""Items' rows, each with how many of it are billed."""

_LINES: Final = ("input", "lines")
_NOTIFY: Final = ("input", "notify")


async def invoice_order(
    *,
    order_id: int,
    lines: Wanted | None,
    copy_by: Mailing | None = None,
    expected_version: int | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Invoice:
    """Bill some lines of an order, or without lines all that is left of it; `copy_by` sends the buyer a copy.

    Raises NotFound, StaleVersion, ActionNotAllowed, RequiredInput, InvalidInput, QuantityTooLarge,
    IdempotencyKeyReused, or what stands against the e-mail.
    """
    async with change(now=now, actor=actor) as unit:
        order = await locked_order(order_id, None)
        request = _request_of(order, lines, copy_by is not None, idempotency_key, sealer=sealer)
        if (known := await remembered(**request, now=now)) is not None:
            unit.quiet()
            return await Invoice.get(id=known)
        check_version(order, expected_version)
        invoice = await invoice_in(unit, order, lines=lines)
        if copy_by is not None:
            await _send(unit, order, invoice, mailing=copy_by, sealer=sealer)
        await remember(**request, result_id=invoice.id, now=now)
        return invoice


async def invoice_in(unit: Change, order: AmazonOrder, *, lines: Wanted | None = None) -> Invoice:
    """Bill some lines of an order inside the caller's change, or all that is left of it.

    Raises ActionNotAllowed, NotFound, RequiredInput, InvalidInput or QuantityTooLarge.
    """
    standing = (await standings([order]))[order.id]
    commerce = standing.commerce
    if refusal := invoice_refusal(standing):
        raise refusal
    assert commerce is not None, "the rule table lets only imported orders through"
    invoice = await store_invoice(
        unit.connection,
        order=commerce,
        lines=standing.lines,
        quantities=_allotted(standing, lines),
        now=unit.now,
    )
    await advance(commerce, standing.lines, now=unit.now)
    total = Money(invoice.total_minor, invoice.currency)
    unit.event(
        order.subject,
        EventKind.INVOICED,
        f"Invoice {invoice.number} bills {total}.",
        number=invoice.number,
        invoice_id=invoice.id,
    )
    return invoice


def _allotted(standing: Standing, wanted: Wanted | None) -> dict[int, int]:
    """Return how many of each order line are billed, by its id."""
    rest = {line.item_id: (line, quantities(line).to_invoice) for line in standing.lines}
    if wanted is None:
        return {line.id: left for line, left in rest.values() if left}
    if not wanted:
        raise RequiredInput(
            "An invoice needs at least one line; leave the lines out to bill all that is left.", path=_LINES
        )
    billed: dict[int, int] = {}
    for at, (item_id, quantity) in enumerate(wanted):
        line = _checked(rest, item_id, quantity, path=(*_LINES, str(at)))
        if line.id in billed:
            raise InvalidInput("The same line is given twice.", path=(*_LINES, str(at), "itemId"))
        billed[line.id] = quantity
    return billed


def _checked(
    rest: dict[int, tuple[CommerceOrderLine, int]], item_id: int, quantity: int, *, path: tuple[str, ...]
) -> CommerceOrderLine:
    if item_id not in rest:
        raise NotFound("The order has no such line.", path=(*path, "itemId"))
    line, left = rest[item_id]
    if quantity < 1:
        raise InvalidInput("A quantity is at least 1.", path=(*path, "quantity"))
    if quantity > left:
        raise QuantityTooLarge(
            f"{quantity} asked for, {left} left to invoice.",
            path=(*path, "quantity"),
            requested=quantity,
            available=left,
        )
    return line


async def _send(unit: Change, order: AmazonOrder, invoice: Invoice, *, mailing: Mailing, sealer: Sealer) -> None:
    try:
        await queue_mail(
            unit,
            order=await CommerceOrder.get(id=invoice.order_id),
            kind=MailKind.INVOICE,
            mailing=mailing,
            sealer=sealer,
            document_id=invoice.id,
            status=order.amazon_status.value,
        )
    except DomainError as refusal:
        refusal.path = _NOTIFY
        raise


def _request_of(
    order: AmazonOrder, lines: Wanted | None, with_copy: bool, key: str, *, sealer: Sealer
) -> dict[str, Any]:
    text = orjson.dumps([order.id, lines and list(lines), with_copy])
    return {
        "scope": f"account:{order.account_id}",
        "mutation": "invoiceOrder",
        "key": key,
        "input_digest": sealer.digest("idempotency", text.decode()),
    }
