"""Stored decisions, attention entries and address corrections."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.channel.blockers import BlockerKind
from domain.channel.cases import Outcome
from domain.instant import Instant


class AttentionKind(StrEnum):
    """Why a person should look."""

    BLOCKER = "BLOCKER"
    COMMAND_REFUSED = "COMMAND_REFUSED"
    COMMAND_PARKED = "COMMAND_PARKED"
    CONFLICT = "CONFLICT"
    CREDENTIALS = "CREDENTIALS"
    BUYER_CANCELLATION = "BUYER_CANCELLATION"  # the buyer asked for it
    COMMAND_OVERDUE = "COMMAND_OVERDUE"  # Amazon took it and the fact never came
    UNKNOWN_STATUS = "UNKNOWN_STATUS"
    UNREADABLE = "UNREADABLE"  # an order in an answer that could not be decoded
    FAILED = "FAILED"  # evaluating it failed on our side
    MAIL_FAILED = "MAIL_FAILED"  # an e-mail to the buyer cannot be sent


class AttentionState(StrEnum):
    """Whether it still matters."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"
    DISMISSED = "DISMISSED"


class DecisionRecord(Model):
    """The latest decision about an order; earlier ones are in its timeline."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField(unique=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    outcome = fields.CharEnumField(Outcome, max_length=16)
    code = fields.CharField(max_length=40)
    row = fields.IntField()  # of the published decision table
    summary = fields.TextField()
    rules_version = fields.IntField()
    settings_version = fields.IntField()
    steps: Any = fields.JSONField()  # [{rule, passed, because, inputs: [[name, value], ...]}], no buyer data
    evaluated_at = Instant()

    class Meta:
        """Storage."""

        table = "decision"


class Attention(Model):
    """One thing that a person should look at; at most one open entry per `subject`."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField(null=True)
    kind = fields.CharEnumField(AttentionKind, max_length=24)
    blocker_kind = fields.CharEnumField(BlockerKind, max_length=32, null=True)
    subject = fields.CharField(max_length=300)  # what it is about, e.g. OUT_OF_STOCK:order:item
    order_id = fields.BigIntField(null=True)
    item_id = fields.BigIntField(null=True)
    command_id = fields.BigIntField(null=True)
    product_id = fields.BigIntField(null=True)
    seller_sku = fields.CharField(max_length=200, null=True)
    asin = fields.CharField(max_length=20, null=True)  # of an item whose product is not known
    cause = fields.CharField(max_length=300, null=True)  # the same for all entries that one fix clears
    needed = fields.BigIntField(null=True)  # by the whole order, on the first item that lacks the product
    facts: Any = fields.JSONField(default=dict)  # what the kind carries: required, available, field, sums …
    message = fields.TextField()
    state = fields.CharEnumField(AttentionState, max_length=16, default=AttentionState.OPEN)
    opened_at = Instant()
    last_checked_at = Instant()
    due_by = Instant(null=True)
    resolved_at = Instant(null=True)
    actor_kind = fields.CharField(max_length=16, null=True)  # who resolved it
    actor_name = fields.CharField(max_length=100, null=True)

    class Meta:
        """Storage."""

        table = "attention"
        indexes = (
            Index(fields=("order_id",), name="ix_attention_order"),
            Index(fields=("store_id", "state", "due_by", "id"), name="ix_attention_store"),
        )


class Correction(Model):
    """A field that a person corrected over what Amazon said; survives every update."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()
    account_id = fields.BigIntField()
    field = fields.CharField(max_length=40)
    value = fields.BinaryField()  # sealed
    base_hash = fields.CharField(max_length=64)  # keyed digest of what Amazon said when it was corrected
    corrected_at = Instant()
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)

    class Meta:
        """Storage."""

        table = "correction"
        unique_together = (("order_id", "field"),)
