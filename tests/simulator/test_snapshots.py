import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from simulator.clock import SimulatedClock
from simulator.keeping import DRAWN, VERSION, BrokenSnapshot
from simulator.orders.arrivals import keep_arriving, schedule_orders, seed_orders
from simulator.orders.book import FOLDED_FROM
from simulator.world import World
from tests.counted import rounds
from tests.simulator.playing import Amazon
from tests.simulator.scripted import Player
from tests.simulator.test_world import new_world

STEPS = 45


def elsewhere() -> World:
    """A world in another process: another seed, another time."""
    return World(clock=SimulatedClock(monotonic=lambda: 5.0, start=datetime(2025, 1, 1, tzinfo=UTC)), seed="other")


def sent(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What comes out at the other end of a wire."""
    read: dict[str, Any] = orjson.loads(orjson.dumps(snapshot))
    return read


async def played(seed: str, *, cut: int | None = None) -> tuple[Player, bytes, bytes]:
    """Play the script of a seed, put into another process at the cut; return the player, journal and state."""
    player = Player(new_world(seed), seed)
    await player.begin()
    if cut is not None:
        await player.play(range(cut))
        taken = await player.sim("GET", "/snapshot")
        other = Player(elsewhere(), seed)
        other.token, other.grantless, other.answers = player.token, player.grantless, player.answers
        assert (await other.sim("PUT", "/snapshot", taken.json())).status_code == 200
        assert (await other.sim("GET", "/snapshot")).content == taken.content
        player = other
    await player.play(range(cut or 0, STEPS))
    looks = [(await player.sim("GET", path)).content for path in ("/journal", "/state", "/snapshot")]
    return player, looks[0], b"".join(looks[1:])


class TestTheSameAfterASnapshot:
    @pytest.mark.parametrize("seed", list(map(str, range(rounds(30)))))
    async def test_a_script_goes_on_byte_for_byte(self, seed: str) -> None:
        whole, journal, state = await played(seed)
        again, *_ = await played(seed)
        cut, cut_journal, cut_state = await played(seed, cut=(int(seed) * 17 + 11) % STEPS)
        assert whole.answers == again.answers == cut.answers
        assert journal == cut_journal
        assert state == cut_state
        good = sum(status < 400 for status, _, _ in whole.answers)
        assert good > len(whole.answers) / 2

    async def test_orders_that_are_still_to_come_arrive_as_they_would_have(self) -> None:
        def arriving() -> World:
            world = new_world()
            seed_orders(world, count=2 * FOLDED_FROM)
            schedule_orders(world, count=50, over=world.clock.now() - datetime(2026, 11, 1, tzinfo=UTC))
            keep_arriving(world, every=world.clock.now() - datetime(2026, 11, 2, 6, tzinfo=UTC))
            return world

        whole, moved = arriving(), elsewhere()
        moved.restore(sent(arriving().keep()))
        for world in (whole, moved):
            world.clock.advance(10 * 86_400)
            world.catch_up()
        assert sent(moved.keep()) == sent(whole.keep())
        assert len(whole.book) > 2 * FOLDED_FROM + 70


class TestNothingIsForgotten:
    def test_every_attribute_of_a_world_is_kept_or_drawn(self, world: World) -> None:
        assert set(world.keep()["world"]) == set(vars(world)) - DRAWN

    def test_what_nobody_taught_to_be_kept_is_noticed(self, world: World) -> None:
        vars(world)["novelty"] = object()
        with pytest.raises(AttributeError):
            world.keep()

    @pytest.mark.parametrize("seed", list(map(str, range(100, 100 + rounds(10)))))
    async def test_no_attribute_of_any_part_is_lost(self, seed: str) -> None:
        player = Player(new_world(seed), seed)
        await player.begin()
        await player.play(range(STEPS))
        moved = elsewhere()
        moved.restore(sent(player.world.keep()))
        for name, part in vars(player.world).items():
            if name not in {*DRAWN, "clock", "book"}:
                assert dict(leaves(vars(moved)[name])) == dict(leaves(part)), name
        assert dict(leaves(list(moved.book))) == dict(leaves(list(player.world.book)))
        assert (moved.clock.milliseconds(), moved.clock.rate) == (
            player.world.clock.milliseconds(),
            player.world.clock.rate,
        )


def leaves(thing: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk everything that a part holds, by its attributes, whatever it says to keep of itself."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            yield from leaves(value, f"{path}[{key!r}]")
        yield path, len(thing)
    elif isinstance(thing, str | bytes | int | float | None):
        yield path, thing
    elif isinstance(thing, set | frozenset):
        yield path, sorted(map(repr, thing))
    elif hasattr(thing, "__iter__") and not hasattr(thing, "keep"):
        for place, value in enumerate(thing):
            yield from leaves(value, f"{path}[{place}]")
    else:
        for name in attributes(thing):
            yield from leaves(getattr(thing, name), f"{path}.{name}")


def attributes(thing: Any) -> list[str]:
    """What an object has, by its dictionary, slots or fields."""
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    fields = getattr(type(thing), "__struct_fields__", ())
    return sorted({*getattr(thing, "__dict__", {}), *slots, *fields} - {"__weakref__", "__dict__"})


def without(part: str) -> Callable[[dict[str, Any]], object]:
    return lambda snapshot: snapshot["world"].pop(part)


def with_(path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    """Return a change that sets what is found under a path."""

    def change(snapshot: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = snapshot
        for step in way:
            place = place[step]
        place[last] = value

    return change


BROKEN: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (with_("version", VERSION + 1), "version"),
    (with_("version", "1"), "version"),
    (with_("version", True), "version"),
    (with_("digest", "0" * 64), "digest"),
    (with_("digest", None), "digest"),
    (with_("more", 1), ""),
    (with_("world", []), "world"),
    (with_("world/more", 1), "world.more"),
    (without("agenda"), "world.agenda"),
    (without("_requests"), "world._requests"),
    (with_("world/seed", 7), "world.seed"),
    (with_("world/seed", "8"), ""),
    (with_("world/clock/now", -1), "world.clock.now"),
    (with_("world/clock/now", 1e300), "world.clock.now"),
    (with_("world/clock/rate", -1), "world.clock.rate"),
    (with_("world/options/v0Reads", "MAYBE"), "world.options.v0Reads"),
    (with_("world/sellers/demo/catalog/0/cents", "x"), "world.sellers[...].catalog[0].cents"),
    (with_("world/agenda/timers/0/2", "nonsense"), "world.agenda.timers[0]"),
    (with_("world/agenda/timers/0/0", -1), "world.agenda.timers[0]"),
    (with_("world/agenda/timers/0", []), "world.agenda.timers[0]"),
    (with_("world/agenda", None), "world.agenda"),
    (with_("world/quotas/buckets/0/3", -1), "world.quotas.buckets[0][3]"),
    (with_("world/book/orders/0/document", "AAAA"), "world.book.orders[0].document"),
    (with_("world/book/orders/0/document", "no base64"), "world.book.orders[0].document"),
    (with_("world/book/orders/0/document", {}), "world.book.orders[0].document"),
    (with_("world/book/orders/0/isDelivered", "yes"), "world.book.orders[0].isDelivered"),
    (with_("world/book/orders", {}), "world.book.orders"),
    (with_("world/book/sample", "no base64"), "world.book.sample"),
    (with_("world/tokens", {}), "world.tokens"),
    (with_("world/journal", {"entries": 1}), "world.journal"),
    (with_("world/feeds", 5), "world.feeds"),
    (with_("world/documents", "x"), "world.documents"),
    (with_("world/notifications", 5), "world.notifications"),
    (with_("world/orders_drafted", "many"), "world.orders_drafted"),
]


class TestBrokenSnapshots:
    @pytest.mark.parametrize(
        ("change", "field", "count"),
        [(*one, 2) for one in BROKEN] + [(*one, FOLDED_FROM) for one in BROKEN if "book" in one[1]],
    )
    async def test_one_is_refused_by_its_path_and_changes_nothing(
        self, amazon: Amazon, change: Callable[[dict[str, Any]], object], field: str, count: int
    ) -> None:
        amazon.world.quotas.is_enabled = True
        await amazon.place(count=count)
        await amazon.search()
        before = (await amazon.sim("GET", "/snapshot")).json()
        broken = copy.deepcopy(before)
        change(broken)
        answer = await amazon.sim("PUT", "/snapshot", broken)
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"].get("field", "").startswith(field), answer.text
        after = (await amazon.sim("GET", "/snapshot")).json()
        assert after["world"]["journal"]["entries"].pop()["status"] == 422
        after["world"]["_requests"] -= 1
        assert after["world"] == before["world"]

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"{", b"\xff", b'{"version": 1e999}', b"[" * 9_999])
    async def test_what_is_no_snapshot_is_refused(self, amazon: Amazon, body: bytes) -> None:
        answer = await amazon.http.put("/_sim/snapshot", content=body)
        assert answer.status_code in (400, 422)
        assert "message" in answer.json()["error"]

    async def test_a_document_that_is_in_it_twice_is_refused(self, amazon: Amazon) -> None:
        await amazon.place(count=2)
        snapshot = amazon.world.keep()
        orders = snapshot["world"]["book"]["orders"]
        orders[1] = orders[0]
        with pytest.raises(BrokenSnapshot) as refused:
            amazon.world.restore(snapshot)
        assert refused.value.field == "world.book.orders[1].document"


class TestTheControls:
    async def test_a_look_leaves_no_trace(self, amazon: Amazon) -> None:
        journal = (await amazon.sim("GET", "/journal")).content
        first = await amazon.sim("GET", "/snapshot")
        assert (await amazon.sim("GET", "/snapshot")).content == first.content
        assert (await amazon.sim("GET", "/journal")).content == journal

    async def test_putting_one_back_undoes_what_happened_since(self, amazon: Amazon) -> None:
        [first] = await amazon.place()
        snapshot = (await amazon.sim("GET", "/snapshot")).json()
        [second] = await amazon.place()
        await amazon.advance(86_400)
        answer = await amazon.sim("PUT", "/snapshot", snapshot)
        assert answer.json() == {"seed": "7", "now": "2026-11-02T09:00:00.000Z", "orders": 1}
        assert (await amazon.place()) == [second]
        await amazon.advance(180)
        assert await amazon.found() == sorted([first, second])

    async def test_a_page_token_and_a_login_outlive_the_move(self, amazon: Amazon) -> None:
        await amazon.place(count=3)
        await amazon.advance(180)
        page = (await amazon.search(maxResultsPerPage=2)).json()
        snapshot = (await amazon.sim("GET", "/snapshot")).json()
        moved = Amazon(elsewhere())
        moved.token = amazon.token
        await moved.sim("PUT", "/snapshot", snapshot)
        rest = await moved.search(paginationToken=page["pagination"]["nextToken"])
        assert rest.status_code == 200
        assert len(page["orders"] + rest.json()["orders"]) == 3

    async def test_the_clock_runs_on_at_the_rate_it_had(self, amazon: Amazon) -> None:
        await amazon.sim("POST", "/clock", {"rate": 60})
        snapshot = (await amazon.sim("GET", "/snapshot")).json()
        seconds = 0.0
        start = datetime(2025, 1, 1, tzinfo=UTC)
        moved = Amazon(World(clock=SimulatedClock(monotonic=lambda: seconds, start=start)))
        await moved.sim("PUT", "/snapshot", snapshot)
        seconds = 2.0
        clock = (await moved.sim("GET", "/clock")).json()
        assert clock == {"now": "2026-11-02T09:02:00.000Z", "rate": 60.0}
