"""One product put on sale, taken off it, or counted, each as a change of its own."""

from datetime import datetime
from typing import Final

import orjson

from domain.change import change
from domain.channel.affected import Affected
from domain.channel.products import disable_in, enable_in, restock_in
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor

_SCOPE: Final = "catalog"
_MUTATION: Final = "restockProduct"


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
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Affected:
    """Count what came or went of a product, or what there is; the same key again changes nothing, and affects nothing.

    Raises what `restock_in` raises, and IdempotencyKeyReused.
    """
    async with change(now=now, actor=actor) as unit:
        text = orjson.dumps([product_id, delta, set_to, note]).decode()
        request = {
            "scope": _SCOPE,
            "mutation": _MUTATION,
            "key": idempotency_key,
            "input_digest": sealer.digest("idempotency", text),
        }
        if await remembered(**request, now=now) is not None:
            unit.quiet()
            return Affected()
        affected = await restock_in(unit, product_id=product_id, delta=delta, set_to=set_to, note=note)
        await remember(**request, result_id=product_id, now=now)
        return affected
