"""The timeline: what happened, in order, told once; only `change.py` writes it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.instant import Instant


class ActorKind(StrEnum):
    """Who did it."""

    USER = "USER"
    SYSTEM = "SYSTEM"
    AMAZON = "AMAZON"
    BUYER = "BUYER"
    SIMULATOR = "SIMULATOR"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, with the name of a person where there is one (never a buyer's)."""

    kind: ActorKind
    name: str | None = None


SYSTEM = Actor(ActorKind.SYSTEM)
AMAZON = Actor(ActorKind.AMAZON)
BUYER = Actor(ActorKind.BUYER)


class EventKind(StrEnum):
    """What happened; the last ones concern stores and products."""

    SEEN = "SEEN"
    STATUS_CHANGED = "STATUS_CHANGED"
    CHANGED = "CHANGED"  # Amazon changed something else than the status
    DECISION = "DECISION"
    BLOCKER_OPENED = "BLOCKER_OPENED"
    BLOCKER_RESOLVED = "BLOCKER_RESOLVED"
    IMPORTED = "IMPORTED"
    ADOPTED = "ADOPTED"  # linked with the order that another system had made of it
    ADOPTION_NOTED = "ADOPTION_NOTED"  # a person said what another system calls the order; its own is not made yet
    ADOPTION_WITHDRAWN = "ADOPTION_WITHDRAWN"  # a person took that back
    STOCK_RESERVED = "STOCK_RESERVED"
    STOCK_RELEASED = "STOCK_RELEASED"
    STOCK_NOT_RESERVED = "STOCK_NOT_RESERVED"  # a pending order could not hold what it wants
    STOCK_DEDUCTED = "STOCK_DEDUCTED"
    STOCK_RETURNED = "STOCK_RETURNED"
    INVOICED = "INVOICED"
    SHIPPED = "SHIPPED"
    TRACK_CHANGED = "TRACK_CHANGED"  # what left travels under another number, or in more parcels
    COMPLETED = "COMPLETED"
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    CANCELED = "CANCELED"
    REFUNDED = "REFUNDED"
    REFUND_REQUESTED = "REFUND_REQUESTED"  # Amazon is asked to pay back
    HELD = "HELD"
    RELEASED = "RELEASED"
    COMMENTED = "COMMENTED"
    ADDRESS_CORRECTED = "ADDRESS_CORRECTED"
    MARKETPLACE_SENT = "MARKETPLACE_SENT"
    MARKETPLACE_ACCEPTED = "MARKETPLACE_ACCEPTED"
    MARKETPLACE_CONFIRMED = "MARKETPLACE_CONFIRMED"
    MARKETPLACE_REJECTED = "MARKETPLACE_REJECTED"
    MARKETPLACE_RETRIED = "MARKETPLACE_RETRIED"
    MARKETPLACE_PARKED = "MARKETPLACE_PARKED"
    MARKETPLACE_WITHDRAWN = "MARKETPLACE_WITHDRAWN"
    ATTENTION_OPENED = "ATTENTION_OPENED"
    ATTENTION_RESOLVED = "ATTENTION_RESOLVED"
    RETRY_REQUESTED = "RETRY_REQUESTED"
    ATTENTION_DISMISSED = "ATTENTION_DISMISSED"  # a person decided to leave it
    PRODUCT_MATCHED = "PRODUCT_MATCHED"  # a person said which product an item means
    PROPOSAL_APPLIED = "PROPOSAL_APPLIED"  # a difference from Amazon's order was dealt with
    MAIL_QUEUED = "MAIL_QUEUED"
    MAIL_SENT = "MAIL_SENT"
    MAIL_FAILED = "MAIL_FAILED"
    TAGGED = "TAGGED"
    EXTERNAL_ID = "EXTERNAL_ID"  # another program said what it calls the order
    REDACTED = "REDACTED"
    STORE_CONNECTED = "STORE_CONNECTED"
    STORE_PAUSED = "STORE_PAUSED"
    STORE_RESUMED = "STORE_RESUMED"
    SETTINGS_CHANGED = "SETTINGS_CHANGED"
    CREDENTIALS_REJECTED = "CREDENTIALS_REJECTED"
    CREDENTIALS_ACCEPTED = "CREDENTIALS_ACCEPTED"
    STORE_DELETED = "STORE_DELETED"
    SYNC_REQUESTED = "SYNC_REQUESTED"
    BACKFILL_STARTED = "BACKFILL_STARTED"
    STATUS_DEFINED = "STATUS_DEFINED"
    PRODUCT_CREATED = "PRODUCT_CREATED"
    PRODUCT_CHANGED = "PRODUCT_CHANGED"
    SOURCE_CHANGED = "SOURCE_CHANGED"


MATERIAL: Final = frozenset(EventKind) - {
    EventKind.SEEN,
    EventKind.DECISION,
    EventKind.STOCK_NOT_RESERVED,
    EventKind.MARKETPLACE_SENT,
    EventKind.MARKETPLACE_ACCEPTED,
    EventKind.MARKETPLACE_RETRIED,
    EventKind.ATTENTION_OPENED,
    EventKind.ATTENTION_RESOLVED,
    EventKind.ATTENTION_DISMISSED,
    EventKind.RETRY_REQUESTED,
    EventKind.MAIL_QUEUED,
    EventKind.MAIL_SENT,
    EventKind.MAIL_FAILED,
}
"""Events after which somebody who looked at the order before has seen an older version of it."""


class Subject(NamedTuple):
    """What an event is about: an order, a store (no order), an account, or the catalog (nothing set)."""

    account_id: int | None = None
    store_id: int | None = None
    order_id: int | None = None


class Event(Model):
    """One line of the timeline; `sequence` counts an order's events from 1 without a gap."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField(null=True)
    store_id = fields.BigIntField(null=True)
    order_id = fields.BigIntField(null=True)
    sequence = fields.IntField(null=True)
    kind = fields.CharEnumField(EventKind, max_length=32)
    actor_kind = fields.CharEnumField(ActorKind, max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    at = Instant()
    message = fields.TextField()
    details: Any = fields.JSONField(default=dict)  # facts for programs; never buyer data
    difference = fields.TextField(null=True)  # JSON: what the order's picture was otherwise after it; see pictures.py

    class Meta:
        """Storage."""

        table = "event"
        unique_together = (("order_id", "sequence"),)
        indexes = (Index(fields=("store_id", "id"), name="ix_event_store"),)
