"""Stored customers: buyers who are found again by their e-mail address."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.instant import Instant


class Customer(Model):
    """A buyer who became a customer: found again by a keyed digest of the e-mail; who it is lies sealed."""

    id = fields.BigIntField(primary_key=True)
    store_view = fields.CharField(max_length=64)
    email_digest = fields.CharField(max_length=64)
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "customer"
        unique_together = (("store_view", "email_digest"),)
        indexes = (Index(fields=("email_digest", "id"), name="ix_customer_email"),)
