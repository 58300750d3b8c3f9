"""Rows to test on, written the short way."""

from datetime import datetime
from typing import Any

from domain.accounts.records import Account, Store
from domain.amazon.records import AmazonOrder


async def seed_store(now: datetime, *, marketplace_id: str = "A1PA6795UKMFR9", fingerprint: str = "f") -> Store:
    """Store a German shop of a new account."""
    account = await Account.create(region="EU", fingerprint=fingerprint, credentials=b"x", created_at=now)
    return await Store.create(
        account_id=account.id,
        marketplace_id=marketplace_id,
        name="Shop",
        country_code="DE",
        currency="EUR",
        connected_at=now,
        cutoff_at=now,
    )


async def seed_order(store: Store, number: str, now: datetime, **values: Any) -> AmazonOrder:
    """Store an unshipped order of a shop."""
    fields: dict[str, Any] = {
        "amazon_status": "UNSHIPPED",
        "display_status": "UNSHIPPED",
        "purchased_at": now,
        "updated_at": now,
        "fetched_at": now,
        "seen_at": now,
        "facts_hash": "h",
        "account_id": store.account_id,
        "store_id": store.id,
        "number": number,
    }
    return await AmazonOrder.create(**(fields | values))
