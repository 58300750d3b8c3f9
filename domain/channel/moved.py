"""Delivery addresses that changed after the import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from domain.buyers import Owner, Values, read_many
from domain.channel.normal_address import normal_address
from domain.commerce.records import CommerceOrder
from domain.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Moved:
    """Which parts of an address are others than before, and a keyed digest of what they are now."""

    parts: tuple[str, ...]
    digest: str


async def moved_addresses(
    orders: Sequence[CommerceOrder], current: Mapping[int, Values | None], *, sealer: Sealer
) -> dict[int, Moved]:
    """Return the changed addresses by Amazon order; those that Amazon or we no longer have are left out.

    `current` is what an Amazon order's address is now, with what people corrected, by Amazon order.
    """
    imported = await read_many(Owner.COMMERCE_ORDER, [order.id for order in orders], sealer)
    found: dict[int, Moved] = {}
    for order in orders:
        was = imported.get(order.id, {}).get("address")
        is_now = (current.get(order.channel_order_id) or {}).get("address")
        if was and is_now and (parts := _changed(normal_address(was), normal_address(is_now))):
            text = orjson.dumps(is_now, option=orjson.OPT_SORT_KEYS).decode()
            found[order.channel_order_id] = Moved(parts, sealer.digest("address", text)[:16])
    return found


def _changed(was: Mapping[str, str | None], is_now: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(part for part in sorted(was.keys() | is_now.keys()) if was.get(part) != is_now.get(part))
