"""Logs whose entries go when the global settings keep them no longer."""

from datetime import datetime

from domain.accounts.error_log import BATCH, forget_errors
from domain.accounts.global_settings import KEPT, in_force
from domain.catalog.listing_records import ListingChange
from domain.change import change
from domain.timeline import SYSTEM


async def forget_logs(*, now: datetime, limit: int = BATCH) -> int:
    """Delete entries of logs that are too old, some at a time; return how many went, 0: none is left."""
    return await forget_errors(now=now, limit=limit) + await _forget_listing_changes(now, limit)


async def _forget_listing_changes(now: datetime, limit: int) -> int:
    before = now - KEPT[(await in_force()).chosen.log_retention]
    oldest = await ListingChange.all().order_by("id").limit(limit)
    old = [entry.id for entry in oldest if entry.at < before]
    if not old:
        return 0
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await ListingChange.filter(id__in=old).delete()
