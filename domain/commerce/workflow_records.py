"""Stored holds and comments; what a comment says lies sealed with the buyer data."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import Document
from domain.instant import Instant
from domain.timeline import ActorKind


class HoldReason(StrEnum):
    """Why an order waits."""

    ADDRESS = "ADDRESS"
    FRAUD = "FRAUD"
    STOCK = "STOCK"
    BUYER_REQUEST = "BUYER_REQUEST"
    MANUAL = "MANUAL"
    OTHER = "OTHER"


class HoldEnding(StrEnum):
    """How a hold ended."""

    LIFTED = "LIFTED"  # by a person
    EXPIRED = "EXPIRED"  # its time was over
    OVERTAKEN = "OVERTAKEN"  # Amazon showed the order as shipped or canceled


class OrderHold(Model):
    """A hold with the state and the status that it took the place of; kept when it is over."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()  # the commerce order
    account_id = fields.BigIntField()
    reason = fields.CharEnumField(HoldReason, max_length=16)
    note = fields.TextField(null=True)
    state_before = fields.CharEnumField(CommerceOrderState, max_length=24)
    status_before = fields.CharField(max_length=64)
    placed_at = Instant()
    placed_by_kind = fields.CharEnumField(ActorKind, max_length=16)
    placed_by_name = fields.CharField(max_length=100, null=True)
    until_at = Instant(null=True)  # null: until somebody lifts it
    ended_at = Instant(null=True)
    ended_by_kind = fields.CharEnumField(ActorKind, max_length=16, null=True)
    ended_by_name = fields.CharField(max_length=100, null=True)
    ending = fields.CharEnumField(HoldEnding, max_length=16, null=True)

    class Meta:
        """Storage."""

        table = "order_hold"
        indexes = (Index(fields=("order_id",), name="ix_hold_order"),)


class OrderComment(Model):
    """A comment on an order, or on one of its papers."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()  # the commerce order
    account_id = fields.BigIntField()
    document = fields.CharEnumField(Document, max_length=16, null=True)  # null: the order itself
    document_id = fields.BigIntField(null=True)
    status = fields.CharField(max_length=64)  # the order's status from then on
    is_notified = fields.BooleanField()  # whether an e-mail with it was queued
    is_visible = fields.BooleanField()  # to buyers
    at = Instant()
    actor_kind = fields.CharEnumField(ActorKind, max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)

    class Meta:
        """Storage."""

        table = "order_comment"
        indexes = (Index(fields=("order_id", "id"), name="ix_comment_order"),)
