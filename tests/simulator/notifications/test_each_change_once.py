from collections import Counter
from random import Random
from typing import Any

import pytest

from simulator.faults.rules import Effect
from simulator.notifications.filters import EventFilter
from tests.counted import Show, rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.notifications.listening import message_validator, told
from tests.simulator.notifications.walking import Watched, new_watched, received, subscribe, walk

WALKS = 100
STEPS = 30
LONGEST_WAY = 4 * 3_600  # seconds: held back for an hour, then behind one that is delayed by two
FAULTS = (Effect.MESSAGE_DUPLICATED, Effect.MESSAGE_DELAYED, Effect.MESSAGE_SWAPPED)
FILTERS: dict[str, Any] = {
    "status": {"event_filter": EventFilter(event_filter_type="ORDER_CHANGE", order_change_types=["OrderStatusChange"])},
    "asked": {"filter_expression": "OrderChangeNotification.OrderChangeType == 'BuyerRequestedChange'"},
    "shipped": {"filter_expression": "OrderChangeNotification.Summary.OrderStatus == 'Shipped'"},
}


def walked(seed: int, *, with_faults: bool) -> Watched:
    """A world after a walk, long enough after it that everything has arrived."""
    world = new_watched(str(seed))
    if with_faults:
        for effect in FAULTS:
            world.faults.plan(effect, probability=0.3, seconds=7_200 if effect is Effect.MESSAGE_DELAYED else 0)
    subscribe(world, "all")
    subscribe(world, "theirs", seller="other")
    for name, directive in FILTERS.items():
        subscribe(world, name, directive=directive)
    walk(world, Random(seed), steps=STEPS)
    world.streams.clear()
    world.clock.advance(LONGEST_WAY)
    world.catch_up()
    return world


def logical(messages: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    """The notifications that messages stand for, however often each came."""
    bodies = {message["NotificationMetadata"]["NotificationId"]: message for message in messages}
    assert all(bodies[message["NotificationMetadata"]["NotificationId"]] == message for message in messages)
    return Counter(told(message) for message in bodies.values())


@pytest.mark.parametrize("with_faults", [False, True], ids=["all is well", "duplicated, delayed and swapped"])
def test_every_change_makes_exactly_one_notification_for_each_who_wants_it(with_faults: bool, show: Show) -> None:
    changes = messages = 0
    for seed in range(rounds(WALKS)):
        world = walked(seed, with_faults=with_faults)
        # What happened after the last message could arrive is left to the outbox, which nothing delays.
        sellers = {order.order_id: order.seller for order in world.book}
        seen = {
            seller: Counter(each for each in world.changes if sellers[each[0]] == seller)
            for seller in ("demo", "other")
        }
        wanted = {
            "all": seen["demo"],
            "theirs": seen["other"],
            "status": only(seen["demo"], 1, "OrderStatusChange"),
            "asked": only(seen["demo"], 1, "BuyerRequestedChange"),
            "shipped": only(seen["demo"], 2, "Shipped"),
        }
        for name, expected in wanted.items():
            made = [each for each in world.notifications.state.notifications.values() if each.subscription_id == name]
            outbox = Counter((each.order_id, each.change_type, each.status) for each in made)
            assert outbox == expected, (seed, name)
            arrived = received(world, name)
            over = Counter(
                (str(each.order_id), each.change_type, str(each.status))
                for each in made
                if any(one.delivered for one in each.deliveries)
            )
            assert logical(arrived) == over, (seed, name)
            late = world.catch_up() - LONGEST_WAY * 1_000
            assert all(each.deliveries[0].delivered for each in made if each.at <= late), (seed, name)
            changes, messages = changes + expected.total(), messages + len(arrived)
    how = "with messages duplicated, delayed and swapped" if with_faults else "undisturbed"
    show(f"{changes} notifications wanted, {messages} messages, one logical notification each, {how}")
    assert messages > changes if with_faults else messages <= changes


def only(seen: Counter[tuple[str, str, str]], place: int, word: str) -> Counter[tuple[str, str, str]]:
    return Counter({change: count for change, count in seen.items() if change[place] == word})


@NEEDS_SHARED
def test_every_message_is_valid(show: Show) -> None:
    validator, checked = message_validator(), 0
    for seed in range(rounds(WALKS) // 2):
        world = walked(seed, with_faults=False)
        for message in received(world, "all"):
            faults = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(message)]
            assert not faults, (seed, faults)
            checked += 1
    show(f"{checked} ORDER_CHANGE messages valid against Amazon's schema")
    assert checked


@pytest.mark.parametrize("seed", range(3))
def test_the_same_walk_sends_the_same_messages_also_after_a_restore(seed: int) -> None:
    first, second = walked(seed, with_faults=True), walked(seed, with_faults=True)
    kept = first.notifications.keep()
    assert kept == second.notifications.keep()

    second.notifications.restore(kept)

    assert second.notifications.keep() == kept
    assert received(first, "all") == received(second, "all")
