"""Stored accounts, stores, settings versions, sync cursors and runs, and API budgets."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.accounts.regions import Region
from domain.instant import Instant


class AccountState(StrEnum):
    """Whether Amazon accepts the account's credentials."""

    ACTIVE = "ACTIVE"
    CREDENTIALS_REJECTED = "CREDENTIALS_REJECTED"


class StoreState(StrEnum):
    """Whether a store takes part in syncing."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DELETING = "DELETING"  # being removed with all that belongs to it


class CursorKind(StrEnum):
    """Which reading a cursor belongs to; they never wait for each other."""

    LIVE = "LIVE"
    BACKFILL = "BACKFILL"
    GAP = "GAP"


class SyncTrigger(StrEnum):
    """What started a pass."""

    SCHEDULE = "SCHEDULE"
    MANUAL = "MANUAL"
    NOTIFICATION = "NOTIFICATION"
    BACKFILL = "BACKFILL"


class JobState(StrEnum):
    """Where a piece of background work stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTIALLY_SUCCEEDED = "PARTIALLY_SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


class Account(Model):
    """A seller in one region: whose credentials and whose quota it is."""

    id = fields.BigIntField(primary_key=True)
    region = fields.CharEnumField(Region, max_length=2)
    seller_id = fields.CharField(max_length=64, null=True)
    fingerprint = fields.CharField(max_length=64)  # keyed digest of the refresh token
    credentials = fields.BinaryField()  # the refresh token, sealed
    state = fields.CharEnumField(AccountState, max_length=24, default=AccountState.ACTIVE)
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "account"
        unique_together = (("region", "seller_id"), ("region", "fingerprint"))


class Store(Model):
    """An account's shop on one marketplace."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    marketplace_id = fields.CharField(max_length=20)
    name = fields.CharField(max_length=200)
    contact_email = fields.CharField(max_length=320, null=True)
    country_code = fields.CharField(max_length=2)
    currency = fields.CharField(max_length=3)
    state = fields.CharEnumField(StoreState, max_length=16, default=StoreState.ACTIVE)
    connected_at = Instant()
    cutoff_at = Instant()  # Amazon time; orders placed before are never imported
    next_sync_at = Instant(null=True)  # business time
    last_synced_at = Instant(null=True)
    settings_version = fields.IntField(default=1)

    class Meta:
        """Storage."""

        table = "store"
        unique_together = (("account_id", "marketplace_id"),)
        indexes = (Index(fields=("next_sync_at",), name="ix_store_next_sync"),)


class SettingsVersion(Model):
    """One saved version of a store's order settings; never changed, only followed by the next."""

    id = fields.BigIntField(primary_key=True)
    store_id = fields.BigIntField()
    version = fields.IntField()
    values: Any = fields.JSONField()
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    at = Instant()

    class Meta:
        """Storage."""

        table = "settings_version"
        unique_together = (("store_id", "version"),)


class SyncCursor(Model):
    """How far one reading of an account's orders has come."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    marketplaces = fields.CharField(max_length=1000)  # ids joined by a comma, sorted
    kind = fields.CharEnumField(CursorKind, max_length=16)
    watermark = Instant()  # Amazon time: everything updated before is stored
    span_seconds = fields.BigIntField()  # how wide the next slice may be
    fence = fields.BigIntField(default=0)  # who took the cursor last; a write with an older fence is void
    lease_until = fields.BigIntField(null=True)  # machine time, milliseconds; never virtual
    run_id = fields.BigIntField(null=True)  # the run whose pages are not all read
    until = Instant(null=True)  # Amazon time at which a backfill or gap ends; null: never
    due_at = Instant(null=True)  # business time of the next attempt; a live cursor is also due with its store
    attempts = fields.IntField(default=0)  # in a row without an answer

    class Meta:
        """Storage."""

        table = "sync_cursor"
        unique_together = (("account_id", "marketplaces", "kind"),)


class SyncRun(Model):
    """One pass over one window; its token and parameters are stored with each page."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    cursor_id = fields.BigIntField()
    marketplaces = fields.CharField(max_length=1000, default="")  # those asked for: with a slice, of its parameters
    trigger = fields.CharEnumField(SyncTrigger, max_length=16)
    state = fields.CharEnumField(JobState, max_length=24)
    window_from = Instant()
    window_to = Instant()
    slice_from = Instant(null=True)  # the slice being read: the parameters its next_token belongs to
    slice_to = Instant(null=True)
    slice_pages = fields.IntField(default=0)
    order_number = fields.CharField(max_length=32, null=True)  # a run that reads this one order again
    next_token = fields.TextField(null=True)
    token_at = Instant(null=True)  # Amazon time at which the token was given; it lives 24 h
    pages = fields.IntField(default=0)
    seen = fields.IntField(default=0)
    created = fields.IntField(default=0)
    updated = fields.IntField(default=0)
    unchanged = fields.IntField(default=0)
    failed = fields.IntField(default=0)
    throttled = fields.IntField(default=0)
    error_code = fields.CharField(max_length=64, null=True)
    error_message = fields.TextField(null=True)
    started_at = Instant()
    finished_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "sync_run"
        indexes = (
            Index(fields=("store_id", "started_at", "id"), name="ix_sync_run_store"),
            Index(fields=("account_id", "started_at", "id"), name="ix_sync_run_account"),
        )


class ApiBudget(Model):
    """Our copy of one of Amazon's token buckets: account and operation."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    operation = fields.CharField(max_length=64)
    rate = fields.FloatField()  # tokens a second
    burst = fields.IntField()
    tokens = fields.FloatField()
    tokens_at = Instant()  # Amazon time

    class Meta:
        """Storage."""

        table = "api_budget"
        unique_together = (("account_id", "operation"),)
