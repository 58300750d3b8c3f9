"""What goes wrong with orders in answers: left out of listings, seen late, shown as they were, paged twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from simulator.faults.gate import note, struck
from simulator.faults.rules import Effect, Occasion, Rule
from simulator.instants import SECOND
from simulator.orders.book import CREATED, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.calls import Call
    from simulator.orders.book import SimulatedOrder


class Listing:
    """One page of a listing of orders, as the rules leave it.

    A rule that leaves orders out counts pages: those it would change. Which orders a probability picks is drawn by
    their ids, so that an order stays missing from one listing to the next.
    """

    def __init__(self, call: Call, *, family: str, wants: Callable[[SimulatedOrder], bool]) -> None:
        self._call = call
        self._family = family
        self._wants = wants  # whether a search that asks for some orders only asks for this one
        self._faults = call.world.faults
        self._rules = self._faults.armed({Effect.MISSING, Effect.LATE}, at=call.now)
        self._touched: list[tuple[Key, Rule]] = []
        self._aged: dict[str, SimulatedOrder] = {}

    def hides(self, order: SimulatedOrder) -> bool:
        """Say whether the page leaves the order out."""
        is_hidden = False
        for rule in self._rules:  # all of them, because each counts
            is_hidden = self._is_hidden(order, rule) or is_hidden
        return is_hidden

    def show(self, orders: Sequence[SimulatedOrder], *, last: Key | None) -> list[SimulatedOrder]:
        """Return the orders of the page as they are answered, and count; ``last`` is the key that the page ends at."""
        self._count(last)
        return [self._aged.get(order.order_id) or seen(self._call, order) for order in orders]

    def next_key(self, *, start: Key, last: Key | None) -> Key | None:
        """Return the key that the next page begins after: its own, where the page is to be answered once more."""
        is_again = last is not None and _struck(self._call, Effect.DUPLICATE_PAGE, _occasion(self._call)) is not None
        return start if is_again else last

    def _is_hidden(self, order: SimulatedOrder, rule: Rule) -> bool:
        is_covered = rule.covers(_occasion(self._call, order.order_id))
        if not is_covered or not rule.is_drawn(self._faults.seed, order.order_id):
            return False
        if rule.effect is Effect.MISSING:
            is_hidden = True
        else:
            then = self._call.now - round(rule.seconds * SECOND)
            if order.updated <= then:
                return False
            is_hidden = self._is_late(order, then, is_turn=rule.is_turn(rule.seen + 1))
        self._touched.append((order.key(self._family), rule))
        return is_hidden and rule.is_turn(rule.seen + 1)

    def _is_late(self, order: SimulatedOrder, then: int, *, is_turn: bool) -> bool:
        """Hide a change that is not seen yet; a search by creation shows the order as it was."""
        was = self._faults.versions.at(order, then)
        if was is None or self._family != CREATED or not self._wants(was):
            return True
        if is_turn:
            self._aged[order.order_id] = was
        return False

    def _count(self, last: Key | None) -> None:
        touched = {rule.rule_id: rule for key, rule in self._touched if last is None or key <= last}
        for rule in touched.values():
            rule.seen += 1
            if rule.is_turn(rule.seen):
                rule.hit(_occasion(self._call).request_id)
                note(self._call.request, rule)


def seen(call: Call, order: SimulatedOrder) -> SimulatedOrder:
    """Return the order as it is answered: as it is, or as it was before its last change."""
    was = call.world.faults.versions.before_last_change(order)
    if was is None or _struck(call, Effect.STALE, _occasion(call, order.order_id)) is None:
        return order
    return was


def _struck(call: Call, effect: Effect, occasion: Occasion) -> Rule | None:
    return struck(call.world.faults, {effect}, occasion, call.request)


def _occasion(call: Call, order_id: str | None = None) -> Occasion:
    occasion: Occasion = call.request.state.occasion
    return occasion if order_id is None else msgspec.structs.replace(occasion, order_ids=frozenset({order_id}))
