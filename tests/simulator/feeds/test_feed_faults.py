import json
from typing import Any

import pytest

from simulator.clock import SimulatedClock
from simulator.world import World
from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    FULFILLMENT,
    adjusted,
    adjustment,
    codes,
    component,
    document,
    fulfillment,
    ledger,
)
from tests.simulator.playing import Amazon
from tests.simulator.submitting import ACKNOWLEDGEMENT, Report, download, envelope, feed, message, submit


async def plan(amazon: Amazon, **fault: Any) -> None:
    answer = await amazon.sim("POST", "/faults", fault)
    assert answer.status_code in (200, 201), answer.text


async def unshipped(amazon: Amazon, count: int = 1) -> list[str]:
    return await amazon.place(count=count, fulfillmentStatus="UNSHIPPED", programs=[])


async def test_a_feed_that_gets_stuck_does_nothing_and_never_ends(amazon: Amazon) -> None:
    await plan(amazon, effect="FEED_STUCK", operation=FULFILLMENT, times=1)
    [order_id] = await unshipped(amazon)
    stuck = await submit(amazon, document(FULFILLMENT, fulfillment(order_id)), FULFILLMENT)
    await amazon.advance(86_400)
    await amazon.log_in()
    assert (await feed(amazon, stuck))["processingStatus"] == "IN_PROGRESS"
    assert await amazon.status(order_id) == "UNSHIPPED"
    again = await submit(amazon, document(FULFILLMENT, fulfillment(order_id)), FULFILLMENT)
    await amazon.advance(60)
    assert (await feed(amazon, again))["processingStatus"] == "DONE"
    assert await amazon.status(order_id) == "SHIPPED"


async def test_a_fault_is_about_its_own_feed_type(amazon: Amazon) -> None:
    await plan(amazon, effect="FEED_STUCK", operation=ADJUSTMENT)
    feed_id = await submit(amazon, envelope(message("902-0000000-0000000")), ACKNOWLEDGEMENT)
    await amazon.advance(60)
    assert (await feed(amazon, feed_id))["processingStatus"] == "DONE"


@pytest.mark.parametrize("worked_on", [0, 2])
async def test_amazon_gives_up_after_so_many_messages_which_stay_done(amazon: Amazon, worked_on: int) -> None:
    await plan(amazon, effect="FEED_FATAL", operation=FULFILLMENT, messages=worked_on)
    order_ids = await unshipped(amazon, 3)
    messages = [fulfillment(order_id, number=number) for number, order_id in enumerate(order_ids, 1)]
    feed_id = await submit(amazon, document(FULFILLMENT, *messages), FULFILLMENT)
    await amazon.advance(60)
    ended = await feed(amazon, feed_id)
    assert ended["processingStatus"] == "FATAL"
    assert ("resultFeedDocumentId" in ended) is (worked_on > 0)
    statuses = [await amazon.status(order_id) for order_id in order_ids]
    assert statuses == ["SHIPPED"] * worked_on + ["UNSHIPPED"] * (3 - worked_on)
    if worked_on:
        report = Report(await download(amazon, ended["resultFeedDocumentId"]))
        assert report.counts == (worked_on, worked_on, 0, 0)


async def test_refunds_of_a_feed_that_was_given_up_stay_in_the_ledger(amazon: Amazon) -> None:
    [order_id] = await amazon.place(fulfillmentStatus="SHIPPED")
    item = adjusted(codes(await amazon.order(order_id))[0], component("Principal", "0.01"))
    messages = [adjustment(order_id, item, number=number) for number in (1, 2, 3)]
    feed_id = await submit(amazon, document(ADJUSTMENT, *messages), ADJUSTMENT)
    assert (await amazon.sim("POST", f"/feeds/{feed_id}/fatal", {"messages": 2})).status_code == 200
    await amazon.advance(60)
    assert [one["messageId"] for one in (await ledger(amazon, order_id))["refunds"]] == [1, 2]


async def test_feeds_and_ledger_come_back_as_they_were_kept(
    amazon: Amazon, world: World, clock: SimulatedClock
) -> None:
    order_ids = await unshipped(amazon, 2)
    items = codes(await amazon.order(order_ids[0]))
    sent = [fulfillment(order_id, number=number) for number, order_id in enumerate(order_ids, 1)]
    await submit(amazon, document(FULFILLMENT, *sent), FULFILLMENT)
    refund = document(ADJUSTMENT, adjustment(order_ids[0], adjusted(items[0], component("Principal", "0.02"))))
    await submit(amazon, refund, ADJUSTMENT)
    stuck = await submit(amazon, b"\xff\x00 not text", ADJUSTMENT)
    await amazon.sim("POST", f"/feeds/{stuck}/stick", {})
    await amazon.advance(120)

    other = World(clock=clock, seed="7")
    for part, copy in ((world.feeds, other.feeds), (world.ledger, other.ledger)):
        kept = part.keep()
        copy.restore(json.loads(json.dumps(kept)))
        assert copy.keep() == kept
    assert list(other.feeds) == list(world.feeds)
    start = (0, "")
    assert list(other.ledger.after("demo", start)) == list(world.ledger.after("demo", start))
    assert len(list(other.ledger.after("demo", start))) == 3
