from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.options import Options
from simulator.orders.arrivals import seed_orders
from simulator.orders.book import LAST_UPDATED
from simulator.orders.search import Search, find_page
from simulator.sorted_keys import CHUNK, SortedKeys
from simulator.world import World
from tests.simulator.test_world import new_world

MANY = 100_000
KEYS = st.tuples(st.integers(min_value=0, max_value=50), st.sampled_from(["a", "b", "c", "d"]))


def search(world: World, now: int) -> Search:
    return Search(seller="demo", family=LAST_UPDATED, after=0, before=now)


@pytest.fixture(scope="module")
def past() -> World:
    world = new_world()
    seed_orders(world, count=400, marketplace_ids=("ATVPDKIKX0DER", "A1VC38T7YXB528"))
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
        seed_orders(world, count=3_000)
        now = world.catch_up()
        moments = sorted(order.updated for order in world.book)
        narrow = Search(seller="demo", family=LAST_UPDATED, after=moments[1_500], before=moments[1_520])
        found = find_page(world.book, narrow, start=narrow.start(), limit=100, now=now)
        expected = [order for order in world.book if moments[1_500] <= order.updated <= moments[1_520]]
        assert {order.order_id for order in found.orders} == {order.order_id for order in expected}
        assert found.looked_at == len(expected)


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
