"""Stored sources, and what lies at those beside the default one."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Source(Model):
    """A place that goods leave from; what lies at a disabled one is not for sale. The lowest priority number is first.

    There is always the default source, and it is always enabled.
    """

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(max_length=64, unique=True)
    name = fields.CharField(max_length=100)
    country = fields.CharField(max_length=2, null=True)
    priority = fields.IntField()
    enabled = fields.BooleanField(default=True)

    class Meta:
        """Storage."""

        table = "source"


class SourceStock(Model):
    """How many of a product lie at a source that is not the default one, whether it is enabled or not."""

    id = fields.BigIntField(primary_key=True)
    product_id = fields.BigIntField()
    source = fields.CharField(max_length=64)  # its code
    physical = fields.BigIntField()

    class Meta:
        """Storage."""

        table = "source_stock"
        unique_together = (("product_id", "source"),)
        indexes = (Index(fields=("source", "product_id"), name="ix_source_stock_source"),)
