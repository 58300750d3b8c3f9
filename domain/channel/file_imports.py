"""A file of products taken as a whole: staged in parts, decided in one moment, then carried out part by part.

Until it is decided nothing of it counts; from then on all of it does. Whoever finds a decided file goes on with it, so
one whose command was killed in the middle is finished by the service, or by the next import.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from tortoise.expressions import F

from domain.catalog.import_records import ImportState, ProductImport, ProductImportPart
from domain.catalog.product_rows import Wish
from domain.catalog.product_table import known_products
from domain.catalog.products import ImportedProducts, apply_wishes, below_reserved
from domain.catalog.shelf import chunks
from domain.change import change
from domain.channel.affected import orders_behind
from domain.errors import DomainError
from domain.money import Money
from domain.timeline import Actor, ActorKind

PART: Final = 1_000
"""So many lines are taken in one transaction: other writers wait no longer than that takes (bench/product_file.py)."""

STAGED: Final = 5 * PART
"""So many lines are best staged at once, which takes less than a part that is taken."""

_FORGOTTEN_AFTER: Final = timedelta(hours=24)
_LEFT_ALONE_FOR: Final = timedelta(minutes=1)


async def begin_import(*, name: str, now: datetime, actor: Actor) -> int:
    """Open a file, and forget those that were never decided within a day; returns what to call it by."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        stale = ProductImport.filter(state=ImportState.STAGING, touched_at__lt=now - _FORGOTTEN_AFTER)
        for forgotten in await stale:
            await _forget(forgotten.id)
        opened = await ProductImport.create(
            name=name[:200],
            state=ImportState.STAGING,
            refused=[],
            actor_kind=actor.kind,
            actor_name=actor.name,
            started_at=now,
            touched_at=now,
        )
        import_id: int = opened.id
        return import_id


async def stage(
    *, import_id: int, wishes: Sequence[Wish], now: datetime, actor: Actor
) -> list[tuple[int, DomainError]]:
    """Keep some lines of a file; returns those that cannot be taken as things are, which are left out."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        known = await known_products([wish.sku for wish in wishes])
        refused = {
            wish.line: refusal
            for wish in wishes
            if wish.sku in known and (refusal := below_reserved(wish, known[wish.sku].shelf))
        }
        kept = [_values(wish) for wish in wishes if wish.line not in refused]
        for part in chunks(kept, PART):
            await ProductImportPart.create(import_id=import_id, lines=orjson.dumps(part).decode())
        await ProductImport.filter(id=import_id).update(touched_at=now)
        return [*refused.items()]


async def decide(*, import_id: int, now: datetime, actor: Actor) -> None:
    """Take the file: from now on it is carried out to its end."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        opened = ProductImport.filter(id=import_id, state=ImportState.STAGING)
        await opened.update(state=ImportState.DECIDED, touched_at=now)


async def give_up(*, import_id: int, now: datetime, actor: Actor) -> None:
    """Forget a file that is not decided: nothing of it counted."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        if await ProductImport.exists(id=import_id, state=ImportState.STAGING):
            await _forget(import_id)


async def carry_on(*, now: datetime, abandoned: bool = False) -> int | None:
    """Take the next part of the oldest decided file; returns how many lines that were, None if nothing is left to do.

    The orders that waited for its products are evaluated in the background. With `abandoned` only a file is taken that
    nobody has gone on with for a minute. Two who carry on at once share the parts.
    """
    untouched = {"touched_at__lte": now - _LEFT_ALONE_FOR} if abandoned else {}
    found = await ProductImport.filter(state=ImportState.DECIDED, **untouched).order_by("id").first()
    if found is None:
        return None
    actor = Actor(ActorKind(found.actor_kind), found.actor_name)
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        part = await ProductImportPart.filter(import_id=found.id).order_by("id").select_for_update().first()
        if part is None:
            await ProductImport.filter(id=found.id).update(state=ImportState.DONE, touched_at=now)
            return 0
        wishes = [_wish(values) for values in orjson.loads(part.lines)]
        became = ImportedProducts()
        await orders_behind(unit, await apply_wishes(unit, wishes, into=became))
        await part.delete()
        await _count(found.id, became, now=now)
        return len(wishes)


async def _count(import_id: int, became: ImportedProducts, *, now: datetime) -> None:
    await ProductImport.filter(id=import_id).update(
        created=F("created") + became.created,
        updated=F("updated") + became.updated,
        unchanged=F("unchanged") + became.unchanged,
        touched_at=now,
    )
    if became.refused:
        kept = await ProductImport.get(id=import_id)
        kept.refused += [[line, "quantity", refusal.message] for line, refusal in became.refused]
        await kept.save(update_fields=["refused"])


async def _forget(import_id: int) -> None:
    await ProductImportPart.filter(import_id=import_id).delete()
    await ProductImport.filter(id=import_id).delete()


def _values(wish: Wish) -> list[Any]:
    price = (wish.price.minor, wish.price.currency) if wish.price else None
    # A file clears nothing: its blank fields leave products as they are.
    return [wish.line, wish.sku, wish.name, price, wish.quantity, wish.enabled, wish.manages_stock, wish.asin]


def _wish(values: list[Any]) -> Wish:
    line, sku, name, price, *rest = values
    return Wish(line, sku, name, Money(*price) if price else None, *rest)
