"""The log of calls to Amazon that failed: written now and then, folded, so that no storm of errors fills the disk."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from tortoise.expressions import F

from domain.accounts.global_settings import KEPT, in_force
from domain.accounts.records import Account, Store
from domain.accounts.regions import Region
from domain.accounts.service_records import CommunicationError
from domain.change import change
from domain.instant import to_text
from domain.timeline import SYSTEM

MOST_AN_HOUR: Final = 100
"""So many different errors of an account are written down in an hour one by one; what comes beyond is counted."""

BATCH: Final = 1000

_OTHERS: Final = "OTHERS"
_COUNTED: Final = f"More than {MOST_AN_HOUR} different errors within the hour; these are only counted."
_SHOWN: Final = 500
# Amazon repeats no buyer data, as it gets none with what changes something; this keeps a surprise out of the log.
_MASKED: Final = (
    (re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.\w+"), "(an e-mail address)"),
    (re.compile(r"Atz[ar]\|\S+"), "(a token)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailure:
    """Calls that failed alike since the log was written last; `fingerprint` is that of the account's credentials."""

    region: Region | None
    fingerprint: str | None
    marketplace_id: str | None
    operation: str
    code: str
    message: str
    request_id: str | None
    at: datetime  # of the newest
    times: int = 1


async def note_failures(failures: Sequence[CallFailure], *, now: datetime) -> int:
    """Write failed calls down; return how many rows were added.

    The same error of the same account, store and operation has one row an hour, which counts how often it came.
    """
    if not failures:
        return 0
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        accounts = await _accounts(failures)
        stores = await _stores(accounts.values())
        return sum([await _note(failure, _whose(failure, accounts, stores)) for failure in failures])


async def forget_errors(*, now: datetime, limit: int = BATCH) -> int:
    """Delete entries older than logs are kept, some at a time; return how many went."""
    before = now - KEPT[(await in_force()).chosen.log_retention]
    old = (
        await CommunicationError.filter(created_at__lt=before)
        .order_by("created_at")
        .limit(limit)
        .values_list("id", flat=True)
    )
    if not old:
        return 0
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        return await CommunicationError.filter(id__in=list(old)).delete()


def without_secrets(text: str) -> str:
    """Return a text with what looks like an e-mail address or a token masked, at most 500 characters."""
    for pattern, instead in _MASKED:
        text = pattern.sub(instead, text)
    return text[:_SHOWN]


async def _accounts(failures: Sequence[CallFailure]) -> dict[tuple[Region, str], int]:
    prints = {failure.fingerprint for failure in failures if failure.fingerprint}
    found = await Account.filter(fingerprint__in=sorted(prints))
    return {(account.region, account.fingerprint): account.id for account in found}


async def _stores(account_ids: Iterable[int]) -> dict[tuple[int, str], int]:
    found = await Store.filter(account_id__in=sorted(set(account_ids)))
    return {(store.account_id, store.marketplace_id): store.id for store in found}


def _whose(
    failure: CallFailure, accounts: Mapping[tuple[Region, str], int], stores: Mapping[tuple[int, str], int]
) -> tuple[int | None, int | None]:
    """Return the account and the store of a call; the only store of an account is its store."""
    if failure.region is None or failure.fingerprint is None:
        return None, None
    account_id = accounts.get((failure.region, failure.fingerprint))
    if account_id is None:
        return None, None
    own = {place: store_id for (owner, place), store_id in stores.items() if owner == account_id}
    if len(own) == 1:
        return account_id, next(iter(own.values()))
    return account_id, own.get(failure.marketplace_id or "")


async def _note(failure: CallFailure, whose: tuple[int | None, int | None]) -> int:
    account_id, store_id = whose
    code, message = failure.code[:100], without_secrets(failure.message)
    hour = to_text(failure.at)[:13]
    key = _key(hour, account_id, store_id, failure.operation, code, message)
    if await _count_on(key, failure):
        return 0
    of_hour = CommunicationError.filter(account_id=account_id, created_at__gte=_start_of_hour(failure.at))
    if await of_hour.count() >= MOST_AN_HOUR:
        key, code, message, store_id = _key(hour, account_id, _OTHERS), _OTHERS, _COUNTED, None
        if await _count_on(key, failure):
            return 0
    await CommunicationError.create(
        account_id=account_id,
        store_id=store_id,
        region=failure.region,
        operation=failure.operation[:100],
        code=code,
        message=message,
        request_id=(failure.request_id or "")[:100] or None,
        times=failure.times,
        fold_key=key,
        created_at=failure.at,
        last_at=failure.at,
    )
    return 1


async def _count_on(key: str, failure: CallFailure) -> int:
    return await CommunicationError.filter(fold_key=key).update(
        times=F("times") + failure.times,
        last_at=failure.at,
        request_id=(failure.request_id or "")[:100] or None,
    )


def _start_of_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _key(*parts: object) -> str:
    return blake2b(repr(parts).encode(), digest_size=32).hexdigest()
