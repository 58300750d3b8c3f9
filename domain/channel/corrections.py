"""What people corrected of delivery addresses: a layer over what Amazon says, which survives every update."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from domain.amazon.records import AmazonOrder
from domain.buyers import Values
from domain.change import Change
from domain.channel.address_patch import Address, plain
from domain.channel.moved import Moved
from domain.channel.records import Correction
from domain.sealing import Sealer

_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Layer:
    """The corrections of one order by part: what it should be, and a keyed digest of what Amazon said before."""

    order_id: int
    values: Address = field(repr=False)
    bases: Mapping[str, str]

    def over(self, address: Address | None) -> dict[str, str | None]:
        """Return Amazon's address with the corrections over it."""
        return {**(address or {}), **self.values}

    def stale(self, address: Address | None, sealer: Sealer) -> tuple[str, ...]:
        """Return the corrected parts of which Amazon says something else than before, and not what we say."""
        said = {part: plain((address or {}).get(part)) for part in self.values}
        return tuple(
            part
            for part in sorted(said)
            if said[part] != self.values[part]
            and self.bases[part] != base_of(self.order_id, part, said[part], sealer=sealer)
        )


def base_of(order_id: int, part: str, said: str | None, *, sealer: Sealer) -> str:
    """Return the keyed digest of what Amazon says of a part, which tells later whether it says something else."""
    return sealer.digest("correction", orjson.dumps([order_id, part, plain(said)]).decode())


async def layers_of(order_ids: Collection[int], sealer: Sealer) -> dict[int, Layer]:
    """Open the corrections of these orders; those without any are left out.

    Raises CannotUnseal.
    """
    ids, rows = list(order_ids), list[Correction]()
    for start in range(0, len(ids), _CHUNK):
        rows += await Correction.filter(order_id__in=ids[start : start + _CHUNK])
    return opened(rows, sealer)


def opened(rows: Iterable[Correction], sealer: Sealer) -> dict[int, Layer]:
    """Open stored corrections, as one layer for each order.

    Raises CannotUnseal.
    """
    values: defaultdict[int, dict[str, str | None]] = defaultdict(dict)
    bases: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        text = sealer.unseal(row.value, row=_row(row.order_id, row.field))
        values[row.order_id][row.field] = orjson.loads(text)
        bases[row.order_id][row.field] = row.base_hash
    return {order_id: Layer(order_id, values[order_id], bases[order_id]) for order_id in values}


def corrected(values: Values | None, layer: Layer | None) -> Values | None:
    """Return an order's buyer data with the corrections over Amazon's address; nothing where nothing is kept."""
    if values is None or layer is None:
        return values
    return {**values, "address": layer.over(values.get("address"))}


def stale_of(layer: Layer | None, values: Values | None, *, sealer: Sealer) -> Moved | None:
    """Return which corrections Amazon has overtaken; None if there are none, or if nothing is kept any more."""
    if layer is None or values is None:
        return None
    address = values.get("address") or {}
    if not (parts := layer.stale(address, sealer)):
        return None
    now = "".join(base_of(layer.order_id, part, address.get(part), sealer=sealer) for part in parts)
    return Moved(parts, sealer.digest("address", now)[:16])


async def store_corrections(
    unit: Change, order: AmazonOrder, changes: Address, *, said: Address, sealer: Sealer
) -> None:
    """Lay these parts over what Amazon says now; a part for which Amazon says the same needs no correction."""
    agreed = [part for part, text in changes.items() if text == plain(said.get(part))]
    await drop_corrections(order.id, agreed)
    rows = [
        Correction(
            order_id=order.id,
            account_id=order.account_id,
            field=part,
            value=sealer.seal(orjson.dumps(text), row=_row(order.id, part)),
            base_hash=base_of(order.id, part, said.get(part), sealer=sealer),
            corrected_at=unit.now,
            actor_kind=unit.actor.kind,
            actor_name=unit.actor.name,
        )
        for part, text in changes.items()
        if part not in agreed
    ]
    if rows:
        taken = ["value", "base_hash", "corrected_at", "actor_kind", "actor_name"]
        await Correction.bulk_create(rows, on_conflict=["order_id", "field"], update_fields=taken)


async def drop_corrections(order_id: int, parts: Collection[str]) -> None:
    """Let Amazon say these parts again."""
    await Correction.filter(order_id=order_id, field__in=list(parts)).delete()


async def confirm_corrections(order_id: int, parts: Collection[str], *, said: Address, sealer: Sealer) -> None:
    """Keep these corrections though Amazon says something else now: they are made over that from now on."""
    for part in parts:
        base = base_of(order_id, part, said.get(part), sealer=sealer)
        await Correction.filter(order_id=order_id, field=part).update(base_hash=base)


def _row(order_id: int, part: str) -> str:
    return f"correction:{order_id}:{part}"
