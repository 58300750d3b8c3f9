"""Delivery addresses that Amazon changed after the import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from domain.buyers import Owner, read_many
from domain.commerce.records import CommerceOrder
from domain.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Moved:
    """Which parts of an address are others than at the import, and a keyed digest of what they are now."""

    parts: tuple[str, ...]
    digest: str


async def moved_addresses(orders: Sequence[CommerceOrder], *, sealer: Sealer) -> dict[int, Moved]:
    """Return the changed addresses by Amazon order; those that Amazon or we no longer have are left out."""
    ids = {order.id: order.channel_order_id for order in orders}
    imported = await read_many(Owner.COMMERCE_ORDER, list(ids), sealer)
    reported = await read_many(Owner.AMAZON_ORDER, [ids[own] for own in imported], sealer)
    found: dict[int, Moved] = {}
    for own, values in imported.items():
        was, is_now = values.get("address"), reported.get(ids[own], {}).get("address")
        if was and is_now and (parts := _changed(was, is_now)):
            text = orjson.dumps(is_now, option=orjson.OPT_SORT_KEYS).decode()
            found[ids[own]] = Moved(parts, sealer.digest("address", text)[:16])
    return found


def _changed(was: Mapping[str, str | None], is_now: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(part for part in sorted(was.keys() | is_now.keys()) if was.get(part) != is_now.get(part))
