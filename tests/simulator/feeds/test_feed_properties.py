from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.feeds import feeding
from simulator.feeds.queue import Feed, FeedType
from simulator.orders.placing import Wish, place_order
from simulator.world import World
from tests.counted import rounds
from tests.simulator.submitting import AMERICAN, XML, Report, envelope, message

WISHES = st.sampled_from(
    [
        Wish(status="UNSHIPPED"),
        Wish(status="UNSHIPPED", seller="other"),
        Wish(status="UNSHIPPED", fulfilled_by="AMAZON"),
        Wish(status="PENDING"),
        Wish(status="PARTIALLY_SHIPPED"),
        Wish(status="SHIPPED"),
        Wish(status="CANCELLED"),
    ]
)
Asked = tuple[int, int, str]  # a message id, which order (the last one is unknown), and a status code
ASKED = st.lists(
    st.tuples(st.integers(1, 8), st.integers(0, 5), st.sampled_from(["Failure", "Success"])), min_size=1, max_size=20
)


def small_world(wishes: list[Wish]) -> tuple[World, list[str]]:
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC)))
    world.welcome("other")
    return world, [place_order(world, wish, at=world.catch_up()) for wish in wishes]


def queue(world: World, contents: bytes) -> Feed:
    now = world.catch_up()
    document = world.documents.expect(seller="demo", content_type=XML, at=now)
    document.contents = contents
    feed = world.feeds.add(FeedType.ACKNOWLEDGEMENT, document, marketplace_ids=(AMERICAN,), at=now)
    feeding.plan(world, feed)
    return feed


def expected(wishes: list[Wish], asked: list[Asked]) -> tuple[set[int], list[int]]:
    """Which orders should end cancelled, and the ids of the messages that should be refused, in their order."""
    used = Counter(number for number, _, _ in asked)
    done: set[int] = set()
    refused = []
    for number, which, status in asked:
        wish = wishes[which] if which < len(wishes) else None
        is_own = wish is not None and wish.seller == "demo" and wish.fulfilled_by == "MERCHANT"
        is_open = is_own and wish is not None and wish.status == "UNSHIPPED" and which not in done
        if used[number] > 1 or not (is_open or (is_own and status == "Success")):
            refused.append(number)
        elif status == "Failure":
            done.add(which)
    return done, sorted(refused)


class TestAcknowledgements:
    @settings(deadline=None, max_examples=rounds(100))
    @given(wishes=st.lists(WISHES, min_size=1, max_size=5), asked=ASKED)
    def test_only_what_may_be_cancelled_is_and_every_message_has_its_result(
        self, wishes: list[Wish], asked: list[Asked]
    ) -> None:
        world, order_ids = small_world(wishes)
        named = [*order_ids, *["902-0000000-0000000"] * 6]
        before = {order.order_id: order.packed for order in world.book}
        texts = [message(named[which], number=number, status=status) for number, which, status in asked]
        feed = queue(world, envelope(*texts))
        world.clock.advance(60)
        world.catch_up()

        done, refused = expected(wishes, asked)
        for number, order_id in enumerate(order_ids):
            order = world.book.get(order_id)
            assert order is not None
            assert order.status == ("CANCELLED" if number in done else wishes[number].status)
            assert (order.packed == before[order_id]) is (number not in done)
        report = world.documents.find(feed.result_document_id or "", now=world.catch_up())
        assert report is not None
        assert report.contents is not None
        read = Report(report.contents)
        assert read.counts == (len(asked), len(asked) - len(refused), len(refused), 0)
        assert read.numbers == refused
