"""Taking over from another system: the orders that it made are linked by their numbers, and made by nobody again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.expressions import Q

from domain.accounts.records import Store, StoreState
from domain.accounts.settings import settings_of_stores
from domain.amazon.records import AmazonOrder
from domain.change import Change, change
from domain.channel.adoption_answers import Adopted, Answer, Known, Wish, answers_of, misshapen
from domain.channel.adoption_records import Adoption
from domain.channel.affected import AT_ONCE, Affected
from domain.channel.records import DecisionRecord
from domain.commerce.records import CommerceOrder
from domain.errors import LimitExceeded, NotFound
from domain.timeline import Actor, EventKind, Subject

MOST: Final = 500
"""So many orders are adopted in one request."""

_NEW: Final = (Adopted.LINKED, Adopted.EXPECTED)


@dataclass(frozen=True, slots=True)
class Adoptions:
    """An answer for each wish, and the orders that are to be evaluated."""

    answers: tuple[Answer, ...]
    affected: Affected


@dataclass(frozen=True, slots=True)
class _Found:
    store: Store
    orders: Mapping[str, AmazonOrder]  # by Amazon's number
    adoptions: Mapping[str, Adoption]  # by Amazon's number
    known: Known


async def adopt_orders(
    *, store_id: int, wishes: Sequence[Wish], replace: bool = False, now: datetime, actor: Actor
) -> Adoptions:
    """Note what another system calls orders of a store: they become commerce orders of these numbers, whenever placed.

    With `replace` a number said before may be changed or taken back, as long as no commerce order was made with it.
    What is refused stops no other. Raises NotFound for the store, LimitExceeded beyond 500 orders.
    """
    if len(wishes) > MOST:
        raise LimitExceeded(f"At most {MOST} orders at a time.", path=("input", "orders"))
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        store = await Store.filter(id=store_id).select_for_update().first()
        if store is None or store.state is StoreState.DELETING:
            raise NotFound("There is no such store.", path=("input", "storeId"))
        found = await _find(store, wishes)
        answers = answers_of(wishes, found.known, replace=replace)
        done = list(zip(wishes, answers, strict=True))
        await _withdraw(unit, found, [wish for wish, answer in done if answer is Adopted.WITHDRAWN])
        await _correct(unit, found, [wish for wish, answer in done if answer is Adopted.CORRECTED])
        await _add(unit, found, [wish for wish, answer in done if answer in _NEW])
        due = [
            found.orders[wish.amazon_number].id
            for wish, answer in done
            if isinstance(answer, Adopted) and answer is not Adopted.UNCHANGED and wish.amazon_number in found.orders
        ]
        await unit.due(due)
        return Adoptions(answers, Affected(len(due), tuple(due[:AT_ONCE])))


async def adopted_numbers(orders: Collection[AmazonOrder]) -> dict[int, str]:
    """Return what another system calls these orders, by their row; nobody else changes it until they are stored."""
    rows = Adoption.filter(
        store_id__in={order.store_id for order in orders}, amazon_number__in={order.number for order in orders}
    )
    numbers = {(row.store_id, row.amazon_number): row.number for row in await rows.order_by("id").select_for_update()}
    return {order.id: numbers[key] for order in orders if (key := (order.store_id, order.number)) in numbers}


async def _find(store: Store, wishes: Sequence[Wish]) -> _Found:
    """Lock orders and what was said of them as an evaluation does, in its order; only then see which were made."""
    formed = [wish for wish in wishes if misshapen(wish) is None]
    amazon = [wish.amazon_number for wish in formed]
    own = [wish.number for wish in formed if wish.number is not None]
    orders = await AmazonOrder.filter(store_id=store.id, number__in=amazon).order_by("id").select_for_update()
    concerned = Adoption.filter(Q(amazon_number__in=amazon) | Q(number__in=own), store_id=store.id)
    adoptions = {row.amazon_number: row for row in await concerned.order_by("id").select_for_update()}
    made = await CommerceOrder.filter(store_id=store.id, channel_number__in=amazon)
    view = (await settings_of_stores([store.id]))[store.id][1].commerce_store_view
    same_numbers = await CommerceOrder.filter(store_view=view, number__in=own)
    known = Known(
        orders={order.number for order in orders},
        made={row.channel_number: row.number for row in made},
        adopted={number: row.number for number, row in adoptions.items()},
        numbers={row.number for row in same_numbers},
    )
    return _Found(store, {order.number: order for order in orders}, adoptions, known)


async def _withdraw(unit: Change, found: _Found, wishes: Sequence[Wish]) -> None:
    gone = [found.adoptions[wish.amazon_number] for wish in wishes]
    await Adoption.filter(id__in=[row.id for row in gone]).delete()
    for row in gone:
        unit.event(
            _subject(found, row.amazon_number),
            EventKind.ADOPTION_WITHDRAWN,
            f"Amazon order {row.amazon_number} is no longer linked with commerce order {row.number} of another system.",
            amazon_number=row.amazon_number,
            previous=row.number,
        )


async def _correct(unit: Change, found: _Found, wishes: Sequence[Wish]) -> None:
    """Change rows where they are: who waits for one of them reads what stands there then."""
    rows = [found.adoptions[wish.amazon_number] for wish in wishes]
    if not rows:
        return
    for row in rows:
        row.number = f" {row.id}"  # no number looks so: orders may exchange theirs
    await Adoption.bulk_update(rows, fields=["number"])
    for row, wish in zip(rows, wishes, strict=True):
        row.number = wish.number or ""
        row.adopted_at, row.actor_kind, row.actor_name = unit.now, unit.actor.kind, unit.actor.name
        previous = found.known.adopted[row.amazon_number]
        unit.event(
            _subject(found, row.amazon_number),
            EventKind.ADOPTION_NOTED,
            f"Amazon order {row.amazon_number} is commerce order {row.number} of another system, not {previous}.",
            amazon_number=row.amazon_number,
            number=row.number,
            previous=previous,
        )
    await Adoption.bulk_update(rows, fields=["number", "adopted_at", "actor_kind", "actor_name"])


async def _add(unit: Change, found: _Found, wishes: Sequence[Wish]) -> None:
    rows = [_row(unit, found.store, wish.amazon_number, wish.number or "") for wish in wishes]
    await Adoption.bulk_create(rows)
    known = {order.id for wish in wishes if (order := found.orders.get(wish.amazon_number))}
    decided = set(await DecisionRecord.filter(order_id__in=known).values_list("order_id", flat=True))
    for row in rows:
        order = found.orders.get(row.amazon_number)
        if order is not None and order.id in decided:  # of the others their first decision tells it
            tell_adoption(unit, order, row.number)


def tell_adoption(unit: Change, order: AmazonOrder, number: str) -> None:
    """Tell in an order's timeline that another system made an order of it; its own commerce order may not come soon."""
    unit.event(
        order.subject,
        EventKind.ADOPTION_NOTED,
        f"Amazon order {order.number} is commerce order {number} of another system.",
        amazon_number=order.number,
        number=number,
    )


def _subject(found: _Found, amazon_number: str) -> Subject:
    order = found.orders.get(amazon_number)
    return order.subject if order else Subject(account_id=found.store.account_id, store_id=found.store.id)


def _row(unit: Change, store: Store, amazon_number: str, number: str) -> Adoption:
    return Adoption(
        account_id=store.account_id,
        store_id=store.id,
        amazon_number=amazon_number,
        number=number,
        adopted_at=unit.now,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
    )
