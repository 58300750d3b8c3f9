"""Taking over from another system: the orders that it made are linked by their numbers, and made by nobody again."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tortoise.expressions import Q

from domain.accounts.records import Store, StoreState
from domain.accounts.settings import settings_of_stores
from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.adoption_records import Adoption
from domain.channel.affected import AT_ONCE, Affected
from domain.commerce.records import CommerceOrder
from domain.errors import DomainError, Duplicate, InvalidInput, LimitExceeded, NotFound
from domain.timeline import Actor

MOST: Final = 500
"""So many orders are adopted in one request."""

_AMAZON_NUMBER: Final = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)
_NUMBER: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Wish:
    """An Amazon order, by its number, and what the other system calls the order that it made of it."""

    amazon_number: str
    number: str


class Adopted(StrEnum):
    """What became of a wish."""

    LINKED = "LINKED"  # the order is known here and is evaluated at once
    EXPECTED = "EXPECTED"  # the order is linked once Amazon shows it
    UNCHANGED = "UNCHANGED"  # it was said before


@dataclass(frozen=True, slots=True)
class Adoptions:
    """An answer for each wish, and the orders that are to be evaluated."""

    answers: tuple[Adopted | DomainError, ...]
    affected: Affected


async def adopt_orders(*, store_id: int, wishes: Sequence[Wish], now: datetime, actor: Actor) -> Adoptions:
    """Note what another system calls orders of a store: they become commerce orders of these numbers, whenever placed.

    What is refused stops no other. Raises NotFound for the store, LimitExceeded beyond 500 orders.
    """
    if len(wishes) > MOST:
        raise LimitExceeded(f"At most {MOST} orders at a time.", path=("input", "orders"))
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        store = await Store.filter(id=store_id).select_for_update().first()
        if store is None or store.state is StoreState.DELETING:
            raise NotFound("There is no such store.", path=("input", "storeId"))
        known = await _known(store, wishes)
        answers = [_answer(wish, known) for wish in wishes]
        taken = [wish for wish, answer in zip(wishes, answers, strict=True) if answer in _TAKEN]
        await Adoption.bulk_create(_row(unit, store, wish) for wish in taken)
        due = [known.orders[wish.amazon_number].id for wish in taken if wish.amazon_number in known.orders]
        await unit.due(due)
        return Adoptions(tuple(answers), Affected(len(due), tuple(due[:AT_ONCE])))


async def adopted_numbers(orders: Collection[AmazonOrder]) -> dict[int, str]:
    """Return what another system calls these orders, by their row."""
    rows = await Adoption.filter(
        store_id__in={order.store_id for order in orders}, amazon_number__in={order.number for order in orders}
    )
    numbers = {(row.store_id, row.amazon_number): row.number for row in rows}
    return {order.id: numbers[key] for order in orders if (key := (order.store_id, order.number)) in numbers}


_TAKEN: Final = (Adopted.LINKED, Adopted.EXPECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    orders: Mapping[str, AmazonOrder]  # by Amazon's number
    made: Mapping[int, str]  # the numbers of commerce orders here, by the Amazon order's row
    adopted: Mapping[str, str]  # by Amazon's number
    numbers: Collection[str]  # taken by adopted orders or by orders that were made here
    named: Counter[str]  # how often each number, of either kind, stands in the request


async def _known(store: Store, wishes: Sequence[Wish]) -> _Known:
    formed = [wish for wish in wishes if _misshapen(wish) is None]
    amazon, own = [wish.amazon_number for wish in formed], [wish.number for wish in formed]
    orders = {order.number: order for order in await AmazonOrder.filter(store_id=store.id, number__in=amazon)}
    made = await CommerceOrder.filter(channel_order_id__in=[order.id for order in orders.values()])
    view = (await settings_of_stores([store.id]))[store.id][1].commerce_store_view
    same_numbers = await CommerceOrder.filter(store_view=view, number__in=own)
    concerned = Adoption.filter(Q(amazon_number__in=amazon) | Q(number__in=own), store_id=store.id)
    adopted = {row.amazon_number: row.number for row in await concerned}
    return _Known(
        orders=orders,
        made={row.channel_order_id: row.number for row in made},
        adopted=adopted,
        numbers={*adopted.values(), *(row.number for row in same_numbers)},
        named=Counter([*amazon, *(f"#{number}" for number in own)]),
    )


def _misshapen(wish: Wish) -> InvalidInput | None:
    if _AMAZON_NUMBER.fullmatch(wish.amazon_number) is None:
        return InvalidInput("Amazon's numbers look like 902-3159896-1390916.", path=("amazonOrderId",))
    if _NUMBER.fullmatch(wish.number) is None:
        return InvalidInput("A number has 1 to 64 printable ASCII characters, no spaces at its ends.", path=("number",))
    return None


def _answer(wish: Wish, known: _Known) -> Adopted | DomainError:
    if (misshapen := _misshapen(wish)) is not None:
        return misshapen
    if known.named[wish.amazon_number] > 1:
        return Duplicate("This Amazon order stands here several times.", path=("amazonOrderId",))
    order = known.orders.get(wish.amazon_number)
    made = known.made.get(order.id) if order else None
    if wish.number in (made, known.adopted.get(wish.amazon_number)):
        return Adopted.UNCHANGED
    return _clash(wish, known, made=made) or (Adopted.EXPECTED if order is None else Adopted.LINKED)


def _clash(wish: Wish, known: _Known, *, made: str | None) -> DomainError | None:
    if made is not None:
        return Duplicate(f"It was imported here already, as commerce order {made}.", path=("amazonOrderId",))
    if (other := known.adopted.get(wish.amazon_number)) is not None:
        return Duplicate(f"It is linked with {other} already.", path=("amazonOrderId",))
    if wish.number in known.numbers or known.named[f"#{wish.number}"] > 1:
        return Duplicate("Another order has this number.", path=("number",))
    return None


def _row(unit: Change, store: Store, wish: Wish) -> Adoption:
    return Adoption(
        account_id=store.account_id,
        store_id=store.id,
        amazon_number=wish.amazon_number,
        number=wish.number,
        adopted_at=unit.now,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
    )
