"""Stored numbers that another system gave orders before this one took over."""

from tortoise import fields
from tortoise.models import Model

from domain.instant import Instant
from domain.timeline import ActorKind


class Adoption(Model):
    """An Amazon order that another system made an order of; the order may not be known here yet."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    amazon_number = fields.CharField(max_length=32)
    number = fields.CharField(max_length=64)  # what the other system calls its order
    adopted_at = Instant()
    actor_kind = fields.CharEnumField(ActorKind, max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)

    class Meta:
        """Storage."""

        table = "adoption"
        unique_together = (("store_id", "amazon_number"), ("store_id", "number"))
