from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.options import Options
from simulator.orders import lifecycle, placing
from simulator.orders.arrivals import seed_orders
from simulator.orders.book import LAST_UPDATED, SimulatedOrder
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed
from simulator.orders.search import Search, find_page, walk
from simulator.sorted_keys import CHUNK, SortedKeys
from simulator.world import World
from tests.counted import IS_THOROUGH, rounds
from tests.simulator.test_world import new_world

MANY = 100_000 if IS_THOROUGH else 5_000
KEYS = st.tuples(st.integers(min_value=0, max_value=50), st.sampled_from(["a", "b", "c", "d"]))


def search(world: World, now: int) -> Search:
    return Search(seller="demo", family=LAST_UPDATED, after=0, before=now)


@pytest.fixture(scope="module")
def past() -> World:
    world = new_world()
    seed_orders(world, count=400, marketplace_ids=("ATVPDKIKX0DER", "A1VC38T7YXB528"))
    world.catch_up()
    return world


@pytest.fixture(scope="module")
def mostly_american() -> World:
    world = new_world()
    seed_orders(world, count=1_000)
    seed_orders(world, count=7, marketplace_ids=("A1VC38T7YXB528",))
    world.catch_up()
    return world


class TestManyOrders:
    @pytest.mark.timeout(600)
    def test_a_page_looks_at_its_own_orders_and_one_more(self, clock: SimulatedClock) -> None:
        world = World(clock=clock, options=Options(moves_packages=False))
        seed_orders(world, count=MANY, over=timedelta(days=200))
        now = world.catch_up()
        assert len(world.book) == MANY
        wanted, start, seen, pages = search(world, now), (0, ""), set[str](), 0
        while True:
            found = find_page(world.book, wanted, start=start, limit=100, now=now)
            assert found.looked_at <= 101
            seen |= {order.order_id for order in found.orders}
            pages += 1
            if found.last is None:
                break
            start = found.last
        assert (len(seen), pages) == (MANY, MANY // 100)

    def test_a_window_is_found_without_looking_at_what_lies_before_and_after(self, clock: SimulatedClock) -> None:
        world = World(clock=clock)
        seed_orders(world, count=1_000)
        now = world.catch_up()
        moments = sorted(order.updated for order in world.book)
        narrow = Search(seller="demo", family=LAST_UPDATED, after=moments[500], before=moments[520])
        found = find_page(world.book, narrow, start=narrow.start(), limit=100, now=now)
        expected = [order for order in world.book if moments[500] <= order.updated <= moments[520]]
        assert {order.order_id for order in found.orders} == {order.order_id for order in expected}
        assert found.looked_at == len(expected)

    @pytest.mark.parametrize(
        "rare",
        [
            {"statuses": frozenset({"PENDING", "UNSHIPPED"})},
            {"marketplace_ids": frozenset({"A1VC38T7YXB528"})},
            {"marketplace_ids": frozenset({"A2VIGQ35RCS4UG"})},
            {"fulfilled_by": frozenset({"AMAZON"}), "statuses": frozenset({"UNSHIPPED"})},
        ],
    )
    @pytest.mark.parametrize("family", ["created", "lastUpdated"])
    def test_what_is_rare_is_found_without_looking_at_what_is_common(
        self, mostly_american: World, family: str, rare: dict[str, frozenset[str]]
    ) -> None:
        world, now = mostly_american, mostly_american.clock.milliseconds()
        wanted = Search(seller="demo", family=family, after=0, before=now, **rare)
        found = find_page(world.book, wanted, start=wanted.start(), limit=100, now=now)
        assert 0 <= found.looked_at == len(found.orders) < 100
        assert [order.order_id for order in walk(world.book, wanted, start=wanted.start(), now=now)] == [
            order.order_id for order in found.orders
        ]

    def test_orders_that_amazon_serves_no_longer_are_not_looked_at(self, clock: SimulatedClock) -> None:
        world = World(clock=clock)
        seed_orders(world, count=500)
        clock.advance(3 * 365 * 86_400)
        now = clock.milliseconds()
        for family in ("created", "lastUpdated"):
            wanted = Search(seller="demo", family=family, after=0, before=now)
            assert find_page(world.book, wanted, start=wanted.start(), limit=100, now=now).looked_at == 0

    def test_many_documents_are_kept_at_a_fifth_of_their_size_at_most(self, mostly_american: World) -> None:
        orders = list(mostly_american.book)
        assert sum(len(order._kept) for order in orders) < sum(len(order.packed) for order in orders) / 5
        assert all(order.read()["orderId"] == order.order_id for order in orders)


class TestPagesAreTheFilterOfTheWorld:
    @settings(max_examples=40, deadline=None)
    @given(
        family=st.sampled_from(["created", "lastUpdated"]),
        bounds=st.tuples(st.integers(0, 31), st.integers(0, 31)).map(sorted),
        statuses=st.none() | st.frozensets(st.sampled_from(["SHIPPED", "UNSHIPPED", "CANCELLED", "PENDING"])),
        party=st.none() | st.frozensets(st.sampled_from(["AMAZON", "MERCHANT"])),
        marketplaces=st.none() | st.frozensets(st.sampled_from(["ATVPDKIKX0DER", "A1VC38T7YXB528"])),
        limit=st.integers(1, 100),
    )
    def test_for_any_search(
        self,
        past: World,
        family: str,
        bounds: list[int],
        statuses: frozenset[str] | None,
        party: frozenset[str] | None,
        marketplaces: frozenset[str] | None,
        limit: int,
    ) -> None:
        now = past.clock.milliseconds()
        after, before = (now - (31 - day) * 86_400_000 for day in bounds)
        wanted = Search(
            seller="demo",
            family=family,
            after=after,
            before=before,
            statuses=statuses,
            marketplace_ids=marketplaces,
            fulfilled_by=party,
        )
        found, start = [], wanted.start()
        while True:
            page = find_page(past.book, wanted, start=start, limit=limit, now=now)
            assert len(page.orders) == limit or page.last is None
            found += [order.key(family) for order in page.orders]
            if page.last is None:
                break
            start = page.last
        assert found == sorted(
            order.key(family)
            for order in past.book
            if after <= order.key(family)[0] <= before
            and (statuses is None or order.status in statuses)
            and (party is None or order.fulfilled_by in party)
            and (marketplaces is None or order.marketplace_id in marketplaces)
        )


class TestPagesWhileTheWorldMoves:
    """A client pages through a search while orders come and change."""

    @pytest.mark.parametrize("seed", list(map(str, range(rounds(100)))))
    def test_what_stands_still_is_found_once_and_nothing_twice_but_what_moved(self, seed: str) -> None:
        random, world = Random(seed), new_world(seed)
        seed_orders(world, count=random.randint(5, 300), marketplace_ids=("ATVPDKIKX0DER", "A1VC38T7YXB528"))
        now = world.catch_up()
        wanted = self.draw(random, world, now)
        first = {order.order_id: order.key(wanted.family) for order in world.book if matches(order, wanted)}
        moved, seen, start = set[str](), list[str](), wanted.start()
        while True:
            page = find_page(world.book, wanted, start=start, limit=random.randint(1, 9), now=now)
            assert all(matches(order, wanted) for order in page.orders)
            assert [order.key(wanted.family) for order in page.orders] == sorted(
                order.key(wanted.family) for order in page.orders
            )
            seen += [order.order_id for order in page.orders]
            if page.last is None:
                break
            start = page.last
            now = self.disturb(random, world, moved)
        assert set(first) - moved <= set(seen)
        assert {order_id for order_id in seen if seen.count(order_id) > 1} <= moved
        assert set(seen) - set(first) <= moved

    def draw(self, random: Random, world: World, now: int) -> Search:
        """Draw a search, often with bounds at which orders lie."""
        family = random.choice(("created", "lastUpdated"))
        moments = [order.key(family)[0] for order in world.book]
        after, before = sorted((random.choice(moments), random.choice([*moments, now])))
        return Search(
            seller="demo",
            family=family,
            after=after,
            before=before,
            statuses=random.choice((None, frozenset({"SHIPPED"}), frozenset({"UNSHIPPED", "CANCELLED", "PENDING"}))),
            marketplace_ids=random.choice((None, frozenset({"A1VC38T7YXB528"}))),
            fulfilled_by=random.choice((None, frozenset({"AMAZON"}), frozenset({"MERCHANT"}))),
        )

    def disturb(self, random: Random, world: World, moved: set[str]) -> int:
        """Let time go on or back, orders change, and others come; return the time."""
        before = {order.order_id: (order.group, order.created, order.updated) for order in world.book}
        world.clock.set(world.clock.now() + timedelta(minutes=random.choice((-90, 1, 30, 600))))
        now = world.catch_up()
        for order in random.sample(list(world.book), min(3, len(world.book))):
            with suppress(NotAllowed):
                act = random.choice((lifecycle.release, lifecycle.send_from_warehouse, self.cancel))
                world.change(order, act, at=now)
        placing.place_order(world, placing.Wish(status=random.choice(("PENDING", "SHIPPED"))), at=now)
        moved |= {
            order.order_id
            for order in world.book
            if before.get(order.order_id) != (order.group, order.created, order.updated)
        }
        return now

    def cancel(self, document: Document) -> None:
        lifecycle.cancel(document, by="AMAZON", reason="Test")


def matches(order: SimulatedOrder, wanted: Search) -> bool:
    """Say whether the order is what the search looks for, both bounds included."""
    return (
        wanted.after <= order.key(wanted.family)[0] <= wanted.before
        and (wanted.statuses is None or order.status in wanted.statuses)
        and (wanted.marketplace_ids is None or order.marketplace_id in wanted.marketplace_ids)
        and (wanted.fulfilled_by is None or order.fulfilled_by in wanted.fulfilled_by)
    )


class TestSortedKeys:
    @given(st.lists(st.tuples(st.booleans(), KEYS), max_size=200), KEYS)
    def test_behaves_like_a_sorted_set(self, steps: list[tuple[bool, tuple[int, str]]], start: tuple[int, str]) -> None:
        keys, model = SortedKeys(), set[tuple[int, str]]()
        for is_added, key in steps:
            if is_added and key not in model:
                keys.add(key)
                model.add(key)
            elif not is_added and key in model:
                keys.remove(key)
                model.remove(key)
        assert len(keys) == len(model)
        assert list(keys.after(start)) == sorted(key for key in model if key > start)

    def test_stays_sorted_when_chunks_split_and_empty(self) -> None:
        keys = SortedKeys()
        numbers = [(number * 7_919) % 10_007 for number in range(5 * CHUNK)]
        for number in numbers:
            keys.add((number, "x"))
        assert [key[0] for key in keys.after((-1, ""))] == sorted(numbers)
        for number in numbers[:-1]:
            keys.remove((number, "x"))
        assert list(keys.after((-1, ""))) == [(numbers[-1], "x")]
        with pytest.raises(KeyError):
            keys.remove((numbers[0], "x"))
