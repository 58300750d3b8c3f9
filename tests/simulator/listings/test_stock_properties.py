import json
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.listings.availability import Offer
from simulator.listings.offers import Offers, Submission
from simulator.orders import acting
from simulator.orders.lifecycle import NotAllowed
from simulator.orders.placing import WantedItem, Wish, place_order
from simulator.world import World
from tests.counted import rounds
from tests.simulator.listings.offering import MUG

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 9)),
        st.tuples(st.just("set"), st.integers(0, 30)),
        st.tuples(st.just("patch"), st.integers(0, 30)),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("ship"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(1, 15)),
    ),
    max_size=30,
)


class Shop:
    """One product of one seller, and what its quantity should be, counted beside the simulator."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC))
        self.world = World(clock=self.clock)
        self.orders: list[tuple[str, int]] = []
        self.balance = self.offer.quantity or 0
        self.due: list[tuple[int, int]] = []

    @property
    def offer(self) -> Offer:
        product = self.world.sellers["demo"].product(MUG)
        assert product is not None
        offer = self.world.offers.of("demo", product)
        assert offer is not None
        return offer

    def buy(self, units: int) -> str:
        wish = Wish(status="UNSHIPPED", items=[WantedItem(sku=MUG, quantity=units)])
        order_id = place_order(self.world, wish, at=self.world.catch_up())
        self.orders.append((order_id, units))
        self.balance -= units
        return order_id

    def set(self, units: int) -> None:
        self.world.offers.change(self.world, "demo", MUG, lambda offer: offer.set(units, at=self.world.catch_up()))
        self.balance = units

    def patch(self, units: int) -> None:
        now, offers = self.world.catch_up(), self.world.offers
        submission = Submission(seller="demo", sku=MUG, patches=[("merge", {"quantity": units})])
        offers.submit(self.world, offers.next_submission_id(), submission, at=now)
        self.due.append((now + 10_000, units))

    def cancel(self, which: int) -> None:
        self._act(which, "cancel")

    def ship(self, which: int) -> None:
        self._act(which, "ship")

    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)
        now = self.world.catch_up()
        for moment, units in self.due:
            if moment <= now:
                self.balance = units
        self.due = [one for one in self.due if one[0] > now]

    def _act(self, which: int, act: str) -> None:
        if which >= len(self.orders):
            return
        order_id, units = self.orders[which]
        order = self.world.book.get(order_id)
        assert order is not None
        now = self.world.catch_up()
        try:
            if act == "ship":
                acting.ship(self.world, order, quantities=None, at=now)
            else:
                acting.cancel(self.world, order, by="SELLER", reason="NoInventory", at=now)
                self.balance += units
        except NotAllowed:
            return


@settings(max_examples=rounds(400), deadline=None)
@given(steps=STEPS)
def test_the_quantity_is_what_was_set_less_what_was_taken_plus_what_came_back(steps: list[tuple[str, int]]) -> None:
    shop = Shop()
    for name, number in steps:
        getattr(shop, name)(number)

        assert shop.offer.balance == shop.balance
        assert shop.offer.quantity == max(0, shop.balance)
        assert shop.offer.oversold == max(0, -shop.balance)


@settings(max_examples=rounds(200), deadline=None)
@given(steps=STEPS, later=STEPS)
def test_what_is_kept_comes_back_and_goes_on_alike(steps: list[tuple[str, int]], later: list[tuple[str, int]]) -> None:
    shop = Shop()
    for name, number in steps:
        getattr(shop, name)(number)
    kept = json.dumps(shop.world.offers.keep())

    restored = Offers(shop.world.seed)
    restored.restore(json.loads(kept))
    assert json.dumps(restored.keep()) == kept
    twin = shop.world.offers
    shop.world.offers = restored
    for name, number in later:
        getattr(shop, name)(number)
        assert shop.offer.balance == shop.balance
    assert json.dumps(twin.keep()) == kept


def trade(seed: int, *, minds_open_orders: bool) -> int:
    """Let buyers order what Amazon shows while a client sends its stock again and again; return what is sold too much.

    A client that sends the quantity before it knows of every order loses those, so it looks first, and
    buyers leave it the seconds in which a patch takes effect.
    """
    random, shop, physical = Random(seed), Shop(), 25
    shop.set(physical)
    open_units = sold = 0
    for _ in range(60):
        chosen = random.random()
        if chosen < 0.3:
            shop.patch(max(0, physical - open_units) if minds_open_orders else max(0, physical))
            shop.wait(10)
        elif chosen < 0.4:
            physical, open_units = physical - open_units, 0  # all that is open is sent
            for which in range(len(shop.orders)):
                shop.ship(which)
        elif units := min(random.randint(1, 4), shop.offer.quantity or 0):
            shop.buy(units)
            open_units, sold = open_units + units, sold + units
    return max(0, sold - 25)


@pytest.mark.parametrize("seed", range(5))
def test_only_the_client_that_sends_physical_minus_open_orders_sells_no_more_than_there_is(seed: int) -> None:
    assert trade(seed, minds_open_orders=True) == 0
    assert trade(seed, minds_open_orders=False) > 0
