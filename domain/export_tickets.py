"""Tickets of exports: what was asked for waits sealed until its one reader comes, or its time is over."""

from datetime import datetime, timedelta
from typing import Final

from tortoise import fields
from tortoise.models import Model

from domain.change import change
from domain.instant import Instant
from domain.sealing import Sealer
from domain.timeline import Actor

LIFETIME: Final = timedelta(minutes=5)
MOST_WAITING: Final = 100
_PURPOSE: Final = "export ticket"


class ExportTicket(Model):
    """An export that was asked for and not fetched yet; its token is kept as a keyed digest only."""

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    sealed = fields.BinaryField()
    expires_at = Instant()

    class Meta:
        """Storage."""

        table = "export_ticket"


async def issue(*, token: str, asked: bytes, now: datetime, actor: Actor, sealer: Sealer) -> datetime:
    """Keep what was asked for until somebody comes with the token; returns when it is too late, in business time.

    The oldest tickets go when there are too many: nobody who asks for a file waits for a hundred others.
    """
    digest = sealer.digest(_PURPOSE, token)
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        await ExportTicket.filter(expires_at__lte=now).delete()
        waiting = (
            await ExportTicket.all().order_by("-id").offset(MOST_WAITING - 1).limit(1).values_list("id", flat=True)
        )
        await ExportTicket.filter(id__lte=waiting[0] if waiting else 0).delete()
        sealed = sealer.seal(asked, row=_row(digest))
        await ExportTicket.create(digest=digest, sealed=sealed, expires_at=now + LIFETIME)
    return now + LIFETIME


async def redeem(*, token: str, now: datetime, actor: Actor, sealer: Sealer) -> bytes | None:
    """Return what was asked for with a token, to the first who comes in time; None to everybody else."""
    digest = sealer.digest(_PURPOSE, token)
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        ticket = await ExportTicket.get_or_none(digest=digest)
        if ticket is None or not await ExportTicket.filter(id=ticket.id).delete() or ticket.expires_at <= now:
            return None
    return sealer.unseal(ticket.sealed, row=_row(digest))


async def forget_expired(*, now: datetime) -> int:
    """Delete the tickets whose time is over, inside the caller's change; returns how many there were."""
    return await ExportTicket.filter(expires_at__lte=now).delete()


def _row(digest: str) -> str:
    return f"export_ticket:{digest}"
