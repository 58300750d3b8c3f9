"""The only table with buyer data: sealed, bound to its owner, with the date on which it goes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import orjson
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.buyer_index import INDEXED, forget_orders, index_orders
from domain.instant import Instant
from domain.sealing import CannotUnseal, Sealer

Values = Mapping[str, Mapping[str, str | None]]
"""Buyer data: under "buyer" and "address" what Amazon says of each, by field name."""

_CHUNK: Final = 500


class Owner(StrEnum):
    """What the buyer data belongs to."""

    AMAZON_ORDER = "AMAZON_ORDER"
    COMMERCE_ORDER = "COMMERCE_ORDER"
    CUSTOMER = "CUSTOMER"
    MAIL = "MAIL"  # the comment of an e-mail that waits to be sent


class BuyerRecord(Model):
    """Who bought and where it goes, sealed."""

    id = fields.BigIntField(primary_key=True)
    owner = fields.CharEnumField(Owner, max_length=16)
    owner_id = fields.BigIntField()
    account_id = fields.BigIntField()
    sealed = fields.BinaryField()
    key_id = fields.CharField(max_length=16)
    purge_at = Instant(null=True)
    indexed = fields.IntField(default=0)  # in which way it can be searched, of Amazon orders; 0: not at all

    class Meta:
        """Storage."""

        table = "buyer_data"
        unique_together = (("owner", "owner_id"),)
        indexes = (
            Index(fields=("purge_at",), name="ix_buyer_purge"),
            Index(fields=("owner", "indexed", "id"), name="ix_buyer_indexed"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Buyer data to be kept; `purge_at` is business time, None as long as the order is open."""

    owner: Owner
    owner_id: int
    account_id: int
    values: Values
    purge_at: datetime | None

    def __repr__(self) -> str:
        return f"Kept({self.owner}, {self.owner_id})"


class Purged(NamedTuple):
    """Whose buyer data was deleted."""

    owner: Owner
    owner_id: int
    account_id: int


async def keep(
    *, owner: Owner, owner_id: int, account_id: int, values: Values, purge_at: datetime | None, sealer: Sealer
) -> None:
    """Seal buyer data for its owner, over what was kept before; inside the caller's change."""
    kept = Kept(owner=owner, owner_id=owner_id, account_id=account_id, values=values, purge_at=purge_at)
    await keep_many([kept], sealer=sealer)


async def keep_many(kept: Iterable[Kept], *, sealer: Sealer) -> None:
    """Seal buyer data of many owners, over what was kept before; inside the caller's change.

    That of Amazon orders can be searched from then on.
    """
    kept = list(kept)
    records = [
        BuyerRecord(
            owner=one.owner,
            owner_id=one.owner_id,
            account_id=one.account_id,
            sealed=sealer.seal(orjson.dumps(one.values), row=_row(one.owner, one.owner_id)),
            key_id=sealer.key_id,
            purge_at=one.purge_at,
            indexed=INDEXED if one.owner is Owner.AMAZON_ORDER else 0,
        )
        for one in kept
    ]
    if records:
        await BuyerRecord.bulk_create(
            records, on_conflict=["owner", "owner_id"], update_fields=["sealed", "key_id", "purge_at", "indexed"]
        )
    orders = {one.owner_id: (one.account_id, one.values) for one in kept if one.owner is Owner.AMAZON_ORDER}
    await index_orders(orders, sealer=sealer)


async def rewrite(*, owner: Owner, owner_id: int, values: Values, sealer: Sealer) -> None:
    """Seal other values for an owner of whom something is kept; the date on which it goes stays."""
    sealed = sealer.seal(orjson.dumps(values), row=_row(owner, owner_id))
    await BuyerRecord.filter(owner=owner, owner_id=owner_id).update(sealed=sealed, key_id=sealer.key_id)


async def keep_until(owner: Owner, dates: Mapping[int, datetime]) -> None:
    """Give what is kept for these owners the date on which it goes; those without anything are left out."""
    records = await BuyerRecord.filter(owner=owner, owner_id__in=list(dates))
    for record in records:
        record.purge_at = dates[record.owner_id]
    if records:
        await BuyerRecord.bulk_update(records, fields=["purge_at"])


async def read(*, owner: Owner, owner_id: int, sealer: Sealer) -> Values | None:
    """Open what is kept for one owner; None if nothing is, or if it was purged.

    Raises CannotUnseal.
    """
    return (await read_many(owner, [owner_id], sealer)).get(owner_id)


async def read_many(owner: Owner, owner_ids: Iterable[int], sealer: Sealer) -> dict[int, Values]:
    """Open what is kept for many owners of one kind; those without are left out.

    Raises CannotUnseal.
    """
    ids = list(owner_ids)
    opened: dict[int, Values] = {}
    for start in range(0, len(ids), _CHUNK):
        kept = BuyerRecord.filter(owner=owner, owner_id__in=ids[start : start + _CHUNK])
        for owner_id, sealed in await kept.values_list("owner_id", "sealed"):
            opened[owner_id] = orjson.loads(sealer.unseal(sealed, row=_row(owner, owner_id)))
    return opened


async def purge(*, now: datetime, limit: int) -> list[Purged]:
    """Delete what is past its date, inside the caller's change, and return whose it was, the oldest first."""
    past = await BuyerRecord.filter(purge_at__lte=now).order_by("purge_at", "id").limit(limit)
    await BuyerRecord.filter(id__in=[record.id for record in past]).delete()
    await forget_orders([record.owner_id for record in past if record.owner is Owner.AMAZON_ORDER])
    return [Purged(record.owner, record.owner_id, record.account_id) for record in past]


async def index_some(*, sealer: Sealer, limit: int) -> int:
    """Let some Amazon orders be found that cannot be yet, inside the caller's change; return how many there were.

    What does not open with this key is left out: nobody can read it, so nobody needs to find it.
    """
    asked = BuyerRecord.filter(owner=Owner.AMAZON_ORDER, indexed__lt=INDEXED).order_by("indexed", "id").limit(limit)
    records = [(record, _opened(record, sealer)) for record in await asked]
    orders = {record.owner_id: (record.account_id, values) for record, values in records}
    await index_orders(orders, sealer=sealer)
    await BuyerRecord.filter(id__in=[record.id for record, _ in records]).update(indexed=INDEXED)
    return len(records)


def _opened(record: BuyerRecord, sealer: Sealer) -> Values:
    try:
        values: Values = orjson.loads(sealer.unseal(record.sealed, row=_row(record.owner, record.owner_id)))
    except CannotUnseal:
        return {}
    return values


def _row(owner: Owner, owner_id: int) -> str:
    return f"buyer_data:{owner}:{owner_id}"
