"""Files of products being imported: decided as a whole, taken in parts."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from domain.instant import Instant


class ImportState(StrEnum):
    """How far a file is."""

    STAGING = "STAGING"  # it is being read; nothing of it counts yet
    DECIDED = "DECIDED"  # all of it is taken, whatever happens to who reads it
    DONE = "DONE"


class ProductImport(Model):
    """A file that is imported, and what became of its lines so far."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=200)
    state = fields.CharEnumField(ImportState, max_length=16)
    created = fields.IntField(default=0)
    updated = fields.IntField(default=0)
    unchanged = fields.IntField(default=0)
    refused: Any = fields.JSONField(default=list)  # [line, field, why] of lines that could not be taken any more
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    started_at = Instant()
    touched_at = Instant()

    class Meta:
        """Storage."""

        table = "product_import"


class ProductImportPart(Model):
    """Some lines that are still to be taken; gone once they are."""

    id = fields.BigIntField(primary_key=True)
    import_id = fields.BigIntField()
    lines = fields.TextField()

    class Meta:
        """Storage."""

        table = "product_import_part"
