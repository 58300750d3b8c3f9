"""Stored e-mails to buyers, without address and text, and the versions of each store's mail settings."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.commerce.mail_rules import MailKind
from domain.instant import Instant


class MailState(StrEnum):
    """How far an e-mail has come."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"  # handed to the mail server, which has not answered yet
    SENT = "SENT"
    FAILED = "FAILED"  # the mail server said never, or nothing for too long
    REFUSED = "REFUSED"  # not handed over: by then there was a reason against it


class MailMessage(Model):
    """One e-mail to a buyer; it is written when it is sent, from what is sealed, so that no address or text is here."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    order_id = fields.BigIntField()  # the commerce order
    channel_order_id = fields.BigIntField()
    kind = fields.CharEnumField(MailKind, max_length=24)
    document_id = fields.BigIntField(null=True)
    turn = fields.IntField()  # 1 for the first of its kind about the same paper
    message_id = fields.CharField(max_length=320, unique=True)  # the Message-ID of RFC 5322, the same in every attempt
    has_comment = fields.BooleanField(default=False)  # kept sealed until it is sent
    state = fields.CharEnumField(MailState, max_length=16, default=MailState.QUEUED)
    attempts = fields.IntField(default=0)
    fence = fields.IntField(default=0)
    due_at = Instant(null=True)
    lease_until = fields.BigIntField(null=True)  # machine time in ms
    reason = fields.CharField(max_length=500, null=True)  # why it is not sent; never buyer data
    queued_at = Instant()
    sent_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "mail_message"
        indexes = (Index(fields=("order_id", "id"), name="ix_mail_order"),)


class MailSettingsVersion(Model):
    """One saved version of a store's mail settings; the newest one counts."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    version = fields.IntField()
    values: Any = fields.JSONField()
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    at = Instant()

    class Meta:
        """Storage."""

        table = "mail_settings"
        unique_together = (("store_id", "version"),)
