"""What an e-mail to a buyer says, read when it is sent: from the order, its papers, and what is sealed of the buyer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from domain.buyers import Owner, read
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import ACTION, Mailing, MailKind, mail_refusal
from domain.commerce.mail_settings import mail_settings_of
from domain.commerce.mails import PAPERS
from domain.commerce.orders import lines_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Package
from domain.errors import ActionNotAllowed
from domain.money import Money
from domain.sealing import Sealer

_ADDRESS: Final = ("name", "line1", "line2", "line3", "city", "region", "postal_code", "country_code")


class LetterLine(NamedTuple):
    """One line of the order or the paper; `amount` is for all of it, None where the paper names no amounts."""

    sku: str
    title: str
    quantity: int
    amount: Money | None


class LetterParcel(NamedTuple):
    """A parcel of a shipment."""

    carrier: str
    tracking_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One e-mail before it is worded. It holds buyer data: never log it."""

    kind: MailKind
    message_id: str
    at: datetime
    sender_name: str | None
    sender_address: str
    recipient: str = field(repr=False)
    copy_to: tuple[str, ...] = field(repr=False)
    store_view: str
    is_guest: bool
    buyer_name: str | None = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    order_number: str
    amazon_order_number: str
    document_number: str | None
    lines: Sequence[LetterLine]
    totals: Sequence[tuple[str, Money]]
    total: Money | None
    parcels: Sequence[LetterParcel] = field(repr=False)
    comment: str | None = field(repr=False)


async def letter_of(mail: MailMessage, *, mailing: Mailing, sealer: Sealer, now: datetime) -> Letter:
    """Return what an e-mail says now.

    Raises ActionNotAllowed or MailNotConfigured for what stands against it by now, CannotUnseal.
    """
    order = await CommerceOrder.get(id=mail.order_id)
    _, settings = await mail_settings_of(mail.store_id)
    buyer = await read(owner=Owner.COMMERCE_ORDER, owner_id=order.id, sealer=sealer)
    status = order.state.value
    if refusal := mail_refusal(mail.kind, mailing=mailing, settings=settings, buyer=buyer, status=status):
        raise refusal
    kept = buyer or {}
    paper = await PAPERS[mail.kind.subject].get(id=mail.document_id) if mail.document_id is not None else None
    return Letter(
        kind=mail.kind,
        message_id=mail.message_id,
        at=now,
        sender_name=settings.sender_name,
        sender_address=settings.sender_address or mailing.sender or "",
        recipient=(kept["buyer"]["email"] or "").strip(),
        copy_to=settings.copy_to,
        store_view=order.store_view,
        is_guest=order.customer_id is None,
        buyer_name=(kept["buyer"].get("name") or "").strip() or None,
        address=_address(kept.get("address") or {}),
        order_number=order.number,
        amazon_order_number=order.channel_number,
        document_number=paper.number if paper else None,
        lines=await _lines(mail, order),
        totals=() if paper else _totals(order),
        total=_total(mail.kind, paper or order),
        parcels=await _parcels(mail),
        comment=await _comment(mail, sealer, status=status),
    )


def _address(kept: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(text for name in _ADDRESS if (text := (kept.get(name) or "").strip()))


async def _lines(mail: MailMessage, order: CommerceOrder) -> list[LetterLine]:
    lines = await lines_of([order.id])
    if mail.document_id is None:
        return [_line(line, line.quantity_ordered, line.total_minor, order.currency) for line in lines]
    covered = {
        row.line_id: row
        for row in await DocumentLine.filter(document=Document(mail.kind.subject), document_id=mail.document_id)
    }
    return [
        _line(line, covered[line.id].quantity, covered[line.id].amount_minor, order.currency)
        for line in lines
        if line.id in covered
    ]


def _line(line: CommerceOrderLine, quantity: int, minor: int | None, currency: str) -> LetterLine:
    return LetterLine(line.sku, line.title, quantity, None if minor is None else Money(minor, currency))


def _totals(order: CommerceOrder) -> list[tuple[str, Money]]:
    sums = (
        ("Subtotal", order.subtotal_minor),
        ("Shipping", order.shipping_minor),
        ("Gift wrap", order.gift_wrap_minor),
        ("Tax", order.tax_minor),
        ("Discount", order.discount_minor),
        ("Other", order.other_minor),
    )
    return [(name, Money(minor, order.currency)) for name, minor in sums if minor or name == "Subtotal"]


def _total(kind: MailKind, paper: "CommerceOrder") -> Money | None:
    return None if kind.subject == "SHIPMENT" else Money(paper.total_minor, paper.currency)


async def _parcels(mail: MailMessage) -> list[LetterParcel]:
    if mail.kind.subject != "SHIPMENT":
        return []
    packages = await Package.filter(shipment_id=mail.document_id).order_by("id")
    return [LetterParcel(package.carrier_name or package.carrier_code, package.tracking_number) for package in packages]


async def _comment(mail: MailMessage, sealer: Sealer, *, status: str) -> str | None:
    if not mail.has_comment:
        return None
    kept = await read(owner=Owner.MAIL, owner_id=mail.id, sealer=sealer)
    if kept is None:
        raise ActionNotAllowed(
            "Its text is no longer kept: the time for buyer data is over. Write the comment anew.",
            action=ACTION,
            current_status=status,
            path=("input", "mailId"),
        )
    return kept["mail"]["comment"]
