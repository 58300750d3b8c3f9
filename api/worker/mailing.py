"""Sending e-mails to buyers, so that a lost answer loses none and a broken mail server holds up nothing else."""

import logging
from datetime import timedelta
from typing import Final

from api.mail.configuration import Outgoing
from api.mail.port import MailRejected, MailUnavailable
from api.mail.rendering import CannotRender
from api.worker.worker import Worker
from domain.accounts.global_settings import is_read_only
from domain.cause import caused_by
from domain.channel.mail_results import mail_in_vain, mail_postponed, mail_sent
from domain.commerce.letters import letter_of
from domain.commerce.mail_queue import due_mails, take_mail
from domain.commerce.mail_records import MailMessage, MailState
from domain.errors import DomainError

_LOG: Final = logging.getLogger(__name__)
_LONGEST_PAUSE: Final = timedelta(hours=1)


async def mails_due(worker: Worker) -> int:
    """Send the e-mails that are due, one after the other; return how many were tried.

    None without mail server, and none in read-only mode: it may be another installation that has sent them.
    """
    if worker.outgoing is None or await is_read_only():
        return 0
    due = await due_mails(now=worker.now(), machine_ms=worker.machine_ms(), limit=worker.limits.mails_a_sweep)
    outgoing = worker.outgoing
    return sum([await caused_by(f"e-mail {mail.id}", _safely(worker, outgoing, mail.id)) for mail in due])


async def mail_one(worker: Worker, outgoing: Outgoing, mail_id: int) -> bool:
    """Send one e-mail if it is still to be sent, and record what became of it; False if nothing was tried."""
    mail = await take_mail(
        mail_id=mail_id, now=worker.now(), machine_ms=worker.machine_ms(), lease_ms=worker.limits.lease_ms
    )
    if mail is None:
        return False
    try:
        await _send(worker, outgoing, mail)
    except DomainError as refusal:
        await _in_vain(worker, mail, MailState.REFUSED, refusal.message)
    except (MailRejected, CannotRender) as error:
        await _in_vain(worker, mail, MailState.FAILED, str(error))
    except MailUnavailable as error:
        pause = worker.backoff(mail.attempts, longest=_LONGEST_PAUSE)
        _LOG.warning("an e-mail is put off for %.0f s: %s", pause.total_seconds(), error)
        now = worker.now()
        await mail_postponed(mail_id=mail.id, fence=mail.fence, reason=str(error), retry_at=now + pause, now=now)
    else:
        await mail_sent(mail_id=mail.id, fence=mail.fence, now=worker.now())
    return True


async def _send(worker: Worker, outgoing: Outgoing, mail: MailMessage) -> None:
    service = worker.service
    letter = await letter_of(mail, mailing=service.mailing, sealer=service.sealer, now=worker.now())
    message = outgoing.templates.render(letter)
    await outgoing.port.send(message, sender=letter.sender_address, recipient=letter.recipient, copy_to=letter.copy_to)


async def _in_vain(worker: Worker, mail: MailMessage, state: MailState, reason: str) -> None:
    _LOG.error("an e-mail cannot be sent: %s", reason)
    await mail_in_vain(mail_id=mail.id, fence=mail.fence, state=state, reason=reason, now=worker.now())


async def _safely(worker: Worker, outgoing: Outgoing, mail_id: int) -> bool:
    """Keep one e-mail's defect from stopping the others; its lease makes it wait before it is tried again."""
    try:
        return await mail_one(worker, outgoing, mail_id)
    except Exception:
        _LOG.exception("e-mail %s failed", mail_id)
        return False
