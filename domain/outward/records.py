"""Stored ids of other programs, tags, webhooks and what was sent to them."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.instant import Instant


class ExternalId(Model):
    """What another program calls an order; a program has one name for an order, and a name means one order."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    order_id = fields.BigIntField()  # the Amazon order
    system = fields.CharField(max_length=64)
    value = fields.CharField(max_length=200)
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "external_id"
        unique_together = (("order_id", "system"), ("account_id", "system", "value"))


class OrderTag(Model):
    """A word that people or programs put on an order."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    order_id = fields.BigIntField()  # the Amazon order
    tag = fields.CharField(max_length=50)
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "order_tag"
        unique_together = (("order_id", "tag"),)
        indexes = (Index(fields=("tag", "order_id"), name="ix_order_tag"),)


class WebhookState(StrEnum):
    """Whether anything is sent."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"  # what happens meanwhile is sent afterwards


class Webhook(Model):
    """An address that is told of events; `position` is the last event that was looked at for it."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)
    url = fields.CharField(max_length=1000)
    secret = fields.BinaryField()  # sealed
    kinds: Any = fields.JSONField(default=list)  # words of event kinds; empty: all
    store_id = fields.BigIntField(null=True)  # null: all stores
    state = fields.CharEnumField(WebhookState, max_length=16)
    position = fields.BigIntField()
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "webhook"
        unique_together = (("name",),)


class DeliveryState(StrEnum):
    """How far a message has come."""

    QUEUED = "QUEUED"
    DELIVERED = "DELIVERED"  # the address answered with success
    DEAD = "DEAD"  # out of attempts, or nothing is there to send any more


class WebhookDelivery(Model):
    """One event for one address; its id stays the same however often it is sent."""

    id = fields.BigIntField(primary_key=True)
    webhook_id = fields.BigIntField()
    event_id = fields.BigIntField()
    order_id = fields.BigIntField()  # the Amazon order
    state = fields.CharEnumField(DeliveryState, max_length=16)
    attempts = fields.IntField(default=0)
    due_at = Instant(null=True)  # null: nothing to send
    lease_until = fields.BigIntField(null=True)  # machine time, milliseconds
    status_code = fields.IntField(null=True)
    error = fields.CharField(max_length=200, null=True)
    created_at = Instant()
    delivered_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "webhook_delivery"
        unique_together = (("webhook_id", "event_id"),)
        indexes = (
            Index(fields=("due_at",), name="ix_delivery_due"),
            Index(fields=("webhook_id", "state", "id"), name="ix_delivery_state"),
            Index(fields=("order_id",), name="ix_delivery_order"),
        )
