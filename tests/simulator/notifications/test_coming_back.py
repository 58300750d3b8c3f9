import json
from typing import Any

import pytest

from simulator.faults.rules import Effect
from simulator.notifications.hub import Notifications
from simulator.notifications.pushing import push_all
from tests.simulator.notifications.listening import QUEUE, Listener, only, told
from tests.simulator.notifications.test_pushing import URL, Post
from tests.simulator.notifications.walking import received
from tests.simulator.test_world import new_world


async def busy(listener: Listener) -> list[dict[str, Any]]:
    """Bring about one of everything: hidden, waiting, held, late and pushed messages. Return the hidden ones."""
    queue = await listener.destination()
    pushed = await listener.destination("arn:aws:sqs:us-east-1:123456789012:pushed", "pushed")
    await listener.subscribe(queue, filterExpression="OrderChangeNotification.Summary.OrderStatus == 'Canceled'")
    await listener.subscribe(pushed, filterExpression="OrderChangeNotification.Summary.OrderStatus == 'Pending'")
    await listener.sim("POST", "/push", {"url": URL, "destinationId": pushed})
    await listener.place(count=4, fulfillmentStatus="CANCELLED")
    await listener.place(count=2)
    await listener.advance(5)
    hidden = await listener.received(MaxNumberOfMessages=2)
    for effect, seconds in ((Effect.MESSAGE_SWAPPED, 0.0), (Effect.MESSAGE_DELAYED, 900.0)):
        listener.world.faults.plan(effect, times=1, seconds=seconds)
        await listener.place(fulfillmentStatus="CANCELLED")
    await listener.place(count=3)
    return hidden


async def story(listener: Listener, hidden: list[dict[str, Any]]) -> list[Any]:
    """Play on, and return all that is seen."""
    courier, seen = Post(), []
    await listener.sqs("DeleteMessage", QueueUrl=QUEUE, ReceiptHandle=hidden[0]["ReceiptHandle"])
    for seconds in (0, 5, 25, 600, 3_600):
        await listener.advance(seconds)
        await push_all(listener.world, courier)
        seen += [message["MessageId"] for message in await listener.received()]
    await listener.place(fulfillmentStatus="CANCELLED")
    await listener.advance(60)
    return [*seen, *courier.posted, await listener.outbox(), await listener.received()]


async def test_a_world_that_comes_back_delivers_what_was_under_way(listener: Listener) -> None:
    hidden = await busy(listener)
    snapshot = (await listener.http.get("/_sim/snapshot")).json()
    expected = await story(listener, hidden)

    other = Listener(new_world("another"))
    assert (await other.sim("PUT", "/snapshot", snapshot)).status_code == 200
    await other.arrive()
    again = await story(other, hidden)
    await other.http.aclose()

    assert again == expected
    assert len(expected) > 10


async def test_what_is_kept_is_json_and_the_same_again(listener: Listener) -> None:
    await busy(listener)
    kept = listener.world.notifications.keep()

    back = Notifications("7")
    back.restore(json.loads(json.dumps(kept)))

    assert json.dumps(back.keep()) == json.dumps(kept)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("queues", {"a": 1}),
        ("notifications", []),
        ("parcels", [["x"]]),
        ("made", "many"),
        ("subscriptions", {"x": {"subscription_id": "x"}}),
    ],
)
async def test_what_is_no_state_is_refused_and_changes_nothing(listener: Listener, part: str, value: Any) -> None:
    await listener.subscribe()
    hub = listener.world.notifications
    kept = hub.keep()

    with pytest.raises(ValueError):
        hub.restore(kept | {part: value})

    assert hub.keep() == kept


async def test_an_expression_that_nobody_can_read_is_refused(listener: Listener) -> None:
    await listener.subscribe(eventFilter=only("OrderStatusChange"))
    kept = listener.world.notifications.keep()
    for subscription in kept["subscriptions"].values():
        subscription["directive"] = {"filterExpression": "1 +"}

    with pytest.raises(ValueError, match="understand"):
        listener.world.notifications.restore(kept)


async def test_parcels_and_held_messages_of_nothing_are_passed_over(listener: Listener) -> None:
    subscription_id = await listener.subscribe()
    hub = listener.world.notifications
    hub.restore(hub.keep() | {"parcels": [["nix", 0]], "held": {subscription_id: [["nix", 0]]}})
    [order_id] = await listener.place()
    await listener.advance(5)

    await push_all(listener.world, Post())

    assert [told(each)[0] for each in received(listener.world, "orders")] == [order_id]
