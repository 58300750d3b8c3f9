"""What other programs call an order, and the tags on it."""

import re
from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeAlias

from tortoise.exceptions import IntegrityError

from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.requested import locked_order
from domain.errors import Duplicate, InvalidInput, LimitExceeded
from domain.outward.records import ExternalId, OrderTag
from domain.timeline import Actor, EventKind

MOST_TAGS: Final = 50
"""So many tags an order has at most."""

_Path: TypeAlias = tuple[str, ...]

_SYSTEM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")
_TAG: Final = re.compile(r"[^\W_](?:[\w .:/-]{0,48}[^\W_])?")


async def set_external_id(*, order_id: int, system: str, value: str | None, now: datetime, actor: Actor) -> None:
    """Note what another program calls an order; without a value, that it no longer calls it anything.

    The same again changes nothing. Raises NotFound, InvalidInput, or Duplicate if the program calls another order so.
    """
    _check(_SYSTEM, system, ("input", "system"), "1 to 64 letters, digits, dots, hyphens and underscores")
    if value is not None:
        _check(_VALUE, value, ("input", "value"), "1 to 200 printable ASCII characters without spaces at its ends")
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        order = await locked_order(order_id, None)
        known = await ExternalId.get_or_none(order_id=order.id, system=system)
        if (known.value if known else None) == value:
            return
        if known is not None:
            await known.delete()
        if value is not None:
            await _store(unit, order, system, value)
        words = f"{system} calls it {value}." if value is not None else f"{system} no longer has a number for it."
        unit.event(order.subject, EventKind.EXTERNAL_ID, words, system=system, value=value)


async def tag_order(
    *, order_id: int, add: Collection[str], remove: Collection[str], now: datetime, actor: Actor
) -> None:
    """Put tags on an order and take others off; what is there already, or is not there, changes nothing.

    Raises NotFound, InvalidInput, or LimitExceeded beyond 50 tags.
    """
    for name, tags in (("add", add), ("remove", remove)):
        for place, tag in enumerate(tags):
            _check(_TAG, tag, ("input", name, str(place)), "1 to 50 letters, digits and . : / - _, words apart")
    if both := sorted(set(add) & set(remove)):
        raise InvalidInput(f"{both[0]} cannot be put on and taken off at once.", path=("input", "remove"))
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        order = await locked_order(order_id, None)
        has = set(map(str, await OrderTag.filter(order_id=order.id).values_list("tag", flat=True)))
        new, gone = sorted(set(add) - has), sorted(set(remove) & has)
        if len(has) + len(new) - len(gone) > MOST_TAGS:
            raise LimitExceeded(f"An order has at most {MOST_TAGS} tags; it has {len(has)}.", path=("input", "add"))
        await OrderTag.filter(order_id=order.id, tag__in=gone).delete()
        await OrderTag.bulk_create(
            OrderTag(
                account_id=order.account_id, store_id=order.store_id, order_id=order.id, tag=tag, created_at=unit.now
            )
            for tag in new
        )
        if new or gone:
            told = ", ".join([*(f"+{tag}" for tag in new), *(f"-{tag}" for tag in gone)])
            unit.event(order.subject, EventKind.TAGGED, f"Tags: {told}.", added=new, removed=gone)


async def _store(unit: Change, order: AmazonOrder, system: str, value: str) -> None:
    try:
        async with unit.savepoint():
            await ExternalId.create(
                account_id=order.account_id,
                store_id=order.store_id,
                order_id=order.id,
                system=system,
                value=value,
                created_at=unit.now,
            )
    except IntegrityError:
        taken = await ExternalId.get(account_id=order.account_id, system=system, value=value)
        other = await AmazonOrder.get(id=taken.order_id)
        message = f"{system} calls order {other.number} so already; take it off there first."
        raise Duplicate(message, path=("input", "value")) from None


def _check(shape: re.Pattern[str], text: str, path: _Path, words: str) -> None:
    if shape.fullmatch(text) is None:
        raise InvalidInput(f"This has to be {words}. Write no buyer data into it.", path=path)
