"""What an order says of its buyer: sealed with the order, and kept only as long as it may be."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from domain import buyers
from domain.accounts.order_settings import OrderSettings
from domain.accounts.settings import settings_of_stores
from domain.amazon.facts import AmazonOrderStatus, OrderFacts
from domain.sealing import Sealer

LEAST_WHILE_OPEN: Final = timedelta(days=30)
"""For how long at least an open order keeps its address: it may ship late, and Amazon cancels it sooner than that."""

_ENDED: Final = (
    AmazonOrderStatus.SHIPPED,
    AmazonOrderStatus.INVOICE_UNCONFIRMED,
    AmazonOrderStatus.CANCELED,
    AmazonOrderStatus.UNFULFILLABLE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """An order that was just stored, and whether it was known before."""

    order_id: int
    store_id: int
    facts: OrderFacts
    was_known: bool

    @property
    def is_partial(self) -> bool:
        """Whether Amazon withholds the buyer or the address."""
        return self.facts.buyer is None or self.facts.address is None


async def keep_buyers(
    orders: Sequence[Told], *, account_id: int, amazon_now: datetime, now: datetime, sealer: Sealer
) -> None:
    """Seal what the orders say of their buyers, inside the caller's change.

    A part that Amazon withholds now does not wipe what it said before, which goes at its time all the same. What would
    have to go at once is not kept.
    """
    settings = await settings_of_stores({one.store_id for one in orders})
    dates = {one.order_id: _until(one, settings, amazon_now=amazon_now, now=now) for one in orders}
    lasting = [one for one in orders if _tells(one.facts) and dates[one.order_id] > now]
    partial = [one.order_id for one in lasting if one.was_known and one.is_partial]
    before = await buyers.read_many(buyers.Owner.AMAZON_ORDER, partial, sealer)
    kept = [
        _kept(one.order_id, account_id, {**before.get(one.order_id, {}), **_values(one.facts)}, dates[one.order_id])
        for one in lasting
    ]
    await buyers.keep_many(kept, sealer=sealer)
    untold = {one.order_id for one in orders if one.was_known} - {one.order_id for one in lasting}
    await buyers.keep_until(buyers.Owner.AMAZON_ORDER, {order_id: dates[order_id] for order_id in untold})


def purge_at(facts: OrderFacts, *, retention: timedelta, amazon_now: datetime, now: datetime) -> datetime:
    """Return until when an order's buyer data may be kept, in business time.

    Of an order that ended it counts from the last package, else from Amazon's last change, so that reading an order
    again never extends it (Data Protection Policy: at most 30 days after delivery). An order may never end, so what is
    open has a date as well: `while_open`.
    """
    if facts.status not in _ENDED:
        return while_open(facts.latest_ship_at, retention=retention, amazon_now=amazon_now, now=now)
    shipped = [package.shipped_at for package in facts.packages if package.shipped_at is not None]
    ended = max(shipped) if shipped else facts.updated_at
    return now + retention - max(timedelta(), amazon_now - ended)


def while_open(
    latest_ship_at: datetime | None, *, retention: timedelta, amazon_now: datetime, now: datetime
) -> datetime:
    """Return until when an open order's buyer data is kept if nothing is heard of it any more, in business time.

    It counts from now, or from when the order has to ship if that is later.
    """
    ahead = latest_ship_at - amazon_now if latest_ship_at else timedelta()
    return now + max(retention, LEAST_WHILE_OPEN) + max(timedelta(), ahead)


def _until(
    one: Told, settings: Mapping[int, tuple[int, OrderSettings]], *, amazon_now: datetime, now: datetime
) -> datetime:
    retention = timedelta(days=settings[one.store_id][1].pii_retention_days)
    return purge_at(one.facts, retention=retention, amazon_now=amazon_now, now=now)


def _tells(facts: OrderFacts) -> bool:
    return facts.buyer is not None or facts.address is not None


def _values(facts: OrderFacts) -> dict[str, Mapping[str, str | None]]:
    parts = {"buyer": facts.buyer, "address": facts.address}
    return {name: dataclasses.asdict(part) for name, part in parts.items() if part is not None}


def _kept(order_id: int, account_id: int, values: buyers.Values, until: datetime) -> buyers.Kept:
    return buyers.Kept(
        owner=buyers.Owner.AMAZON_ORDER, owner_id=order_id, account_id=account_id, values=values, purge_at=until
    )
