"""The queue of e-mails as the worker sees it: what is due, taken by one at a time."""

from datetime import datetime

from tortoise.expressions import F, Q

from domain.accounts.records import Store, StoreState
from domain.change import change
from domain.commerce.mail_records import MailMessage, MailState
from domain.timeline import SYSTEM

UNSENT = (MailState.QUEUED, MailState.SENDING)
"""States from which an e-mail still goes out."""


async def due_mails(*, now: datetime, machine_ms: int, limit: int) -> list[MailMessage]:
    """Return e-mails to send, those longest due first; stores that are paused wait until they are resumed.

    One that was handed to the mail server and never answered for is due again once its lease has run out.
    """
    paused = await Store.exclude(state=StoreState.ACTIVE).values_list("id", flat=True)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms)
    due = MailMessage.filter(free, due_at__lte=now, state__in=UNSENT).exclude(store_id__in=list(paused))
    return await due.order_by("due_at", "id").limit(limit)


async def take_mail(*, mail_id: int, now: datetime, machine_ms: int, lease_ms: int) -> MailMessage | None:
    """Mark an e-mail as being sent, before it goes out; None when somebody else has it or it is settled.

    Every later word about it has to carry the fence of the one that is returned. If we end between the mail server's
    answer and our note of it, the same e-mail with the same Message-ID goes out again: mail servers and programs may
    drop the second one, a person may see both.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms)
        taken = await MailMessage.filter(free, id=mail_id, state__in=UNSENT).update(
            state=MailState.SENDING,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=machine_ms + lease_ms,
        )
        return await MailMessage.get(id=mail_id) if taken else None


async def release_leases(*, now: datetime) -> None:
    """Free every e-mail that a worker left in the middle; for the one that has just taken the worker's role."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await MailMessage.filter(lease_until__isnull=False).update(lease_until=None)
