"""Remembered answers: a repeated request with the same key gets the first result again."""

from tortoise import fields
from tortoise.models import Model

from domain.instant import Instant


class IdempotencyKey(Model):
    """A request that succeeded, as a reference to what it made; the input is kept as a keyed digest only."""

    id = fields.BigIntField(primary_key=True)
    scope = fields.CharField(max_length=64)
    mutation = fields.CharField(max_length=64)
    key = fields.CharField(max_length=200)
    input_digest = fields.CharField(max_length=64)
    result_id = fields.BigIntField()
    expires_at = Instant()

    class Meta:
        """Storage."""

        table = "idempotency"
        unique_together = (("scope", "mutation", "key"),)
