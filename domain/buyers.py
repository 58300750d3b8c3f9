"""The only table with buyer data: sealed, bound to its owner, with the date on which it goes."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.instant import Instant


class Owner(StrEnum):
    """What the buyer data belongs to."""

    AMAZON_ORDER = "AMAZON_ORDER"
    COMMERCE_ORDER = "COMMERCE_ORDER"
    CUSTOMER = "CUSTOMER"


class BuyerRecord(Model):
    """Who bought and where it goes, sealed."""

    id = fields.BigIntField(primary_key=True)
    owner = fields.CharEnumField(Owner, max_length=16)
    owner_id = fields.BigIntField()
    account_id = fields.BigIntField()
    sealed = fields.BinaryField()
    key_id = fields.CharField(max_length=16)
    purge_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "buyer_data"
        unique_together = (("owner", "owner_id"),)
        indexes = (Index(fields=("purge_at",), name="ix_buyer_purge"),)
