"""Evaluations as they would go, one batch after the other, without writing: on what is stored and what came before."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from domain.accounts.order_settings import OrderSettings
from domain.amazon.display import ImportState
from domain.amazon.facts import AmazonOrderStatus
from domain.catalog.records import Reservation, ReservationState
from domain.catalog.shelf import chunks
from domain.channel.auto_create import lacking, planned_product
from domain.channel.base_currency import find_bases
from domain.channel.canceled import restocks
from domain.channel.cases import Outcome
from domain.channel.due_orders import DueOrder, load
from domain.channel.elsewhere import shipped_elsewhere, unsent
from domain.channel.import_order import draft_of
from domain.channel.proofs import verdicts
from domain.channel.rulings import Ruling, free_stock, rule
from domain.commerce.numbers import Numbered, next_number, numbers_from
from domain.commerce.orders import OrderNumber, number_orders
from domain.sealing import Sealer

_LOG: Final = logging.getLogger(__name__)

_Held = dict[int, tuple[int, int]]  # by item: the product, and how many of it


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of an order; `held` and `holds` say whether it has stock before and afterwards.

    Of one whose evaluation fails they only say whether its time to hold stock is over.
    """

    order_id: int
    state: ImportState
    held: bool
    holds: bool


@dataclass(slots=True)
class _Ahead:
    """What earlier batches have changed beyond what is stored."""

    given_back: Counter[int] = field(default_factory=Counter)  # by product; below 0: taken
    next_numbers: dict[str, int] = field(default_factory=dict)  # by store view
    numbers: set[OrderNumber] = field(default_factory=set)

    def copy(self) -> "_Ahead":
        return _Ahead(Counter(self.given_back), dict(self.next_numbers), set(self.numbers))

    async def take(self, store_view: str, prefix: str, count: int) -> list[str]:
        first = self.next_numbers.get(store_view)
        if first is None:
            first = await next_number(store_view=store_view, kind=Numbered.ORDER)
        self.next_numbers[store_view] = first + count
        return numbers_from(first, count=count, prefix=prefix)


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """Evaluations at one time in which one store has other settings; mirrors `domain.channel.evaluate`."""

    store_id: int
    settings: OrderSettings
    now: datetime
    sealer: Sealer
    expired: set[int] = field(default_factory=set)
    _ahead: _Ahead = field(default_factory=_Ahead)

    async def begin(self) -> None:
        """Give back what was held for too long, as it is done before orders are evaluated."""
        ended = Reservation.filter(state=ReservationState.ACTIVE, expires_at__lte=self.now)
        self.expired = {row.order_id for row in await ended}
        for part in chunks(sorted(self.expired)):
            for row in await Reservation.filter(order_id__in=part, state=ReservationState.ACTIVE):
                self._ahead.given_back[row.product_id] += row.quantity

    async def batch(self, states: dict[int, ImportState]) -> list[Rehearsed]:
        """Say what evaluating these orders in one transaction would lead to, and keep what that changes for the next.

        `states` is what is stored of each. If it would fail, each is tried alone, and one that fails is blocked.
        """
        ids = list(states)
        try:
            return await self._together(ids)
        except Exception as error:
            # As in the evaluation itself: whatever it is, one order must not stop the others.
            _LOG.info("Rehearsing %d orders together failed with %s; each is tried alone.", len(ids), _name(error))
        return [one for order_id in ids for one in await self._alone(order_id, states[order_id])]

    async def _alone(self, order_id: int, stored: ImportState) -> list[Rehearsed]:
        try:
            return await self._together([order_id])
        except Exception as error:
            _LOG.info("Rehearsing order %d failed with %s.", order_id, _name(error))
            state = stored if stored is ImportState.IMPORTED else ImportState.BLOCKED
            return [Rehearsed(order_id, state, held=order_id in self.expired, holds=False)]

    async def _together(self, ids: Sequence[int]) -> list[Rehearsed]:
        ahead = self._ahead.copy()
        due_orders = await self._load(ids)
        held = self.expired | {due.order.id for due in due_orders if due.held}
        _follow_facts(due_orders)
        rulings = await self._rule([due for due in due_orders if due.commerce is None], ahead)
        holding = _holding(due_orders, rulings)
        importable = [ruling.due for ruling in rulings if ruling.decision.outcome is Outcome.IMPORTED]
        await self._import(importable, ahead)
        await _settle(due_orders, holding, ahead, just_imported={due.order.id for due in importable})
        self._ahead = ahead
        states = {ruling.due.order.id: ImportState(ruling.decision.outcome) for ruling in rulings}
        return [
            Rehearsed(
                order_id=due.order.id,
                state=states.get(due.order.id, due.order.import_state),
                held=due.order.id in held,
                holds=any(quantity for _, quantity in holding[due.order.id].values()),
            )
            for due in due_orders
        ]

    async def _load(self, ids: Sequence[int]) -> list[DueOrder]:
        due_orders = await load(ids, sealer=self.sealer)
        for due in due_orders:
            if due.store.id == self.store_id:
                due.settings = self.settings
            if due.order.id in self.expired:
                due.held, due.hold_expired = {}, True
        return due_orders

    async def _rule(self, due_orders: Sequence[DueOrder], ahead: _Ahead) -> list[Ruling]:
        await find_bases(due_orders, now=self.now)
        free = await free_stock(due_orders)
        for product_id in free:
            free[product_id] += ahead.given_back[product_id]
        before = Counter(free)
        rulings = rule(due_orders, free=free, now=self.now)
        ahead.given_back.update(free)
        ahead.given_back.subtract(before)
        return rulings

    async def _import(self, due_orders: Sequence[DueOrder], ahead: _Ahead) -> None:
        for due, item in list(lacking(due_orders)):
            due.products[item.id] = planned_product(item)
        drafts = [draft_of(due, now=self.now) for due in due_orders]
        await number_orders(drafts, take=ahead.take, taken=ahead.numbers)
        for due, draft in zip(due_orders, drafts, strict=True):
            ahead.numbers.add((draft.order.store_view, draft.order.number))
            draft.order.id = -due.order.id  # one that no stored order has
            due.commerce, due.lines = draft.order, draft.lines


def _follow_facts(due_orders: Sequence[DueOrder]) -> None:
    for due in due_orders:
        for verdict in verdicts(due):
            verdict.command.state = verdict.state
        if not restocks(due):
            due.held = {}


def _holding(due_orders: Sequence[DueOrder], rulings: Sequence[Ruling]) -> dict[int, _Held]:
    holding = {
        due.order.id: {item_id: (row.product_id, row.quantity) for item_id, row in due.held.items()}
        for due in due_orders
    }
    for ruling in rulings:
        if ruling.claims is not None:
            claimed = {claim.item_id: (claim.product_id, claim.quantity) for claim in ruling.claims}
            holding[ruling.due.order.id] = claimed
    return holding


async def _settle(
    due_orders: Sequence[DueOrder], holding: dict[int, _Held], ahead: _Ahead, *, just_imported: set[int]
) -> None:
    """Give back what orders with a commerce order hold and do not need; what leaves was not free before either."""
    imported = {due.commerce.id: due for due in due_orders if due.commerce}
    live = [due for due in imported.values() if not (_is_canceled(due) or due.was_canceled)]
    for draft in await shipped_elsewhere(live):
        due = imported[draft.order.id]
        for line, quantity in draft.lines:
            line.quantity_shipped += quantity
            if due.order.id not in just_imported:
                _let_go(holding[due.order.id], line.item_id, quantity)
    for due in live:
        if due.has_shipped and due.order.completed_at is None:
            _give_back(holding[due.order.id], unsent(due), ahead)
            holding[due.order.id].clear()
    for due in filter(_is_canceled, imported.values()):
        held = holding[due.order.id]
        _give_back(held, {item_id: quantity for item_id, (_, quantity) in held.items()}, ahead)


def _give_back(held: _Held, quantities: Mapping[int, int], ahead: _Ahead) -> None:
    for item_id, quantity in quantities.items():
        ahead.given_back.update(_let_go(held, item_id, quantity))


def _let_go(held: _Held, item_id: int, quantity: int) -> dict[int, int]:
    product_id, there = held.get(item_id, (0, 0))
    gone = min(quantity, there)
    if gone:
        held[item_id] = (product_id, there - gone)
    return {product_id: gone} if gone else {}


def _is_canceled(due: DueOrder) -> bool:
    return due.order.amazon_status is AmazonOrderStatus.CANCELED


def _name(error: Exception) -> str:
    return type(error).__name__
