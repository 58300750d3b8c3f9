"""One product put on sale, taken off it, counted, or carried to another source, each as a change of its own."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import orjson

from domain.catalog.transfers import transfer
from domain.change import Change, change
from domain.channel.affected import Affected, orders_behind
from domain.channel.products import disable_in, enable_in, locked_product, restock_in
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor

_SCOPE: Final = "catalog"
_RESTOCK: Final = "restockProduct"
_TRANSFER: Final = "transferStock"


async def enable_product(*, product_id: int, now: datetime, actor: Actor) -> Affected:
    """Put a product on sale, and have the orders behind it evaluated.

    Raises NotFound.
    """
    async with change(now=now, actor=actor) as unit:
        return await enable_in(unit, product_id=product_id)


async def disable_product(*, product_id: int, now: datetime, actor: Actor) -> None:
    """Take a product off sale; orders keep what they hold of it.

    Raises NotFound.
    """
    async with change(now=now, actor=actor) as unit:
        await disable_in(unit, product_id=product_id)


async def restock_product(
    *,
    product_id: int,
    delta: int | None,
    set_to: int | None,
    note: str | None,
    source: str | None = None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Affected:
    """Count what came or went of a product, or what there is; the same key again changes nothing, and affects nothing.

    Raises what `restock_in` raises, and IdempotencyKeyReused.
    """

    async def count(unit: Change) -> Affected:
        return await restock_in(unit, product_id=product_id, delta=delta, set_to=set_to, note=note, source=source)

    text = orjson.dumps([product_id, delta, set_to, note, *([source] if source else [])]).decode()
    return await _once(count, _RESTOCK, product_id, text, key=idempotency_key, now=now, actor=actor, sealer=sealer)


async def transfer_stock(
    *,
    product_id: int,
    quantity: int,
    from_source: str,
    to_source: str,
    note: str | None,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Affected:
    """Carry some of a product from one source to another; the same key again changes nothing, and affects nothing.

    Raises NotFound, what `transfer` raises, and IdempotencyKeyReused.
    """

    async def carry(unit: Change) -> Affected:
        product = await locked_product(product_id, path=("input", "productId"))
        await transfer(unit, product, quantity=quantity, from_source=from_source, to_source=to_source, note=note)
        return await orders_behind(unit, [product])

    text = orjson.dumps([product_id, quantity, from_source, to_source, note]).decode()
    return await _once(carry, _TRANSFER, product_id, text, key=idempotency_key, now=now, actor=actor, sealer=sealer)


async def _once(
    act: Callable[[Change], Awaitable[Affected]],
    mutation: str,
    product_id: int,
    text: str,
    *,
    key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Affected:
    async with change(now=now, actor=actor) as unit:
        digest = sealer.digest("idempotency", text)
        request = {"scope": _SCOPE, "mutation": mutation, "key": key, "input_digest": digest}
        if await remembered(**request, now=now) is not None:
            unit.quiet()
            return Affected()
        affected = await act(unit)
        await remember(**request, result_id=product_id, now=now)
        return affected
