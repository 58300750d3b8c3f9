"""Stored global settings, where the database is at home, and the log of calls to Amazon that failed."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.accounts.regions import Region
from domain.instant import Instant


class GlobalSettingsVersion(Model):
    """One saved version of the global settings; never changed, only followed by the next. The highest is in force."""

    id = fields.BigIntField(primary_key=True)
    version = fields.IntField(unique=True)
    values: Any = fields.JSONField()
    because = fields.TextField(null=True)  # why the service itself saved it
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    at = Instant()

    class Meta:
        """Storage."""

        table = "global_settings_version"


class Installation(Model):
    """Where the database is at home: a mark that a copy elsewhere does not have. One row, number 1."""

    id = fields.BigIntField(primary_key=True, generated=False)
    home = fields.CharField(max_length=64)
    taken_at = Instant()

    class Meta:
        """Storage."""

        table = "installation"


class CommunicationError(Model):
    """Calls to Amazon that failed alike within an hour; never buyer data."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField(null=True)  # null: whose call it was is not known, or it is of no account
    store_id = fields.BigIntField(null=True)  # null: of several stores, or of none alone
    region = fields.CharEnumField(Region, max_length=2, null=True)
    operation = fields.CharField(max_length=100)
    code = fields.CharField(max_length=100)  # Amazon's own where it gave one, else ours
    message = fields.TextField()
    request_id = fields.CharField(max_length=100, null=True)  # of the newest
    times = fields.BigIntField()
    fold_key = fields.CharField(max_length=64, unique=True)
    created_at = Instant()  # of the first
    last_at = Instant()  # of the newest

    class Meta:
        """Storage."""

        table = "communication_error"
        indexes = (
            Index(fields=("account_id", "created_at", "store_id", "id"), name="ix_communication_error_account"),
            Index(fields=("created_at", "id"), name="ix_communication_error_newest"),
        )
