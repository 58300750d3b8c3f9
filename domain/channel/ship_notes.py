"""What is said with a shipment: a comment on it, and a copy of it to the buyer by e-mail."""

from dataclasses import dataclass

from domain.amazon.records import AmazonOrder
from domain.change import Change
from domain.channel.comment import Remark, comment_in
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.mails import queue_mail
from domain.commerce.records import CommerceOrder, Document, Shipment
from domain.errors import DomainError
from domain.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentNote:
    """A comment that is kept with a shipment; `copy_by` sends the buyer a copy, with the comment if it is appended."""

    comment: str | None = None
    copy_by: Mailing | None = None
    is_appended: bool = False

    @property
    def asked(self) -> list[str | bool | None]:
        """What tells one request from another."""
        return [self.comment, self.copy_by is not None, self.is_appended]


async def note_in(unit: Change, order: AmazonOrder, shipment: Shipment, note: ShipmentNote, *, sealer: Sealer) -> None:
    """Keep what is said with a shipment, and queue its copy, inside the caller's change.

    Raises RequiredInput or InvalidInput for the comment, or what stands against the e-mail.
    """
    if note.comment is not None:
        remark = Remark(text=note.comment, paper=(Document.SHIPMENT, shipment.id))
        try:
            await comment_in(unit, order, remark, mailing=Mailing(), sealer=sealer)
        except DomainError as refusal:
            refusal.path = ("input", "comment")
            raise
    if note.copy_by is not None:
        await _copy(unit, order, shipment, note, mailing=note.copy_by, sealer=sealer)


async def _copy(
    unit: Change, order: AmazonOrder, shipment: Shipment, note: ShipmentNote, *, mailing: Mailing, sealer: Sealer
) -> None:
    try:
        await queue_mail(
            unit,
            order=await CommerceOrder.get(id=shipment.order_id),
            kind=MailKind.SHIPMENT,
            mailing=mailing,
            sealer=sealer,
            document_id=shipment.id,
            comment=note.comment if note.is_appended else None,
            status=order.amazon_status.value,
        )
    except DomainError as refusal:
        refusal.path = ("input", "notify")
        raise
