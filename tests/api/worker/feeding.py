"""Short ways to cancel orders on a bench, and to see what Amazon was sent and did."""

import re
from collections import Counter

from api.worker.sweep import sweep_once
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder, Command
from domain.channel.cancel import cancel_order
from domain.timeline import SYSTEM
from tests.api.wire_between import operation_of
from tests.api.worker.conftest import AMAZON


async def received(bench, count):
    """Let so many orders arrive that can be canceled, and return their numbers."""
    await bench.connect()
    numbers = await bench.place(count)
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    assert await AmazonOrder.all().count() == count
    return numbers


async def cancel(bench, *numbers):
    for number in numbers:
        order = await AmazonOrder.get(number=number)
        await cancel_order(
            order_id=order.id,
            reason=CancelReason.NO_INVENTORY,
            note=None,
            restock=True,
            expected_version=None,
            idempotency_key=number,
            now=bench.clock.now(),
            actor=SYSTEM,
            sealer=bench.sealer,
        )


async def let_pass(bench, **time):
    """Let time pass, then do all that is due."""
    await bench.pass_by(**time)
    for _ in range(40):
        if not await sweep_once(bench.worker):
            return
    raise AssertionError("the worker finds no end")


async def over(bench, *, minutes, at_once=2):
    """Let many minutes pass, the worker at work after each few of them."""
    for passed in range(0, minutes, at_once):
        await let_pass(bench, minutes=min(at_once, minutes - passed))


async def states():
    return Counter(command.state.value for command in await Command.all())


async def feeds_at_amazon(bench):
    state = (await bench.http.get(f"{AMAZON}/_sim/state")).json()
    return state["feeds"]


async def carried(bench):
    """Return how many of the feeds that Amazon created speak of each order."""
    contents = {
        call.url.path.rpartition("/")[2]: call.content.decode()
        for call in bench.wire.calls
        if operation_of(call) == "upload"
    }
    return Counter(
        number
        for feed in await feeds_at_amazon(bench)
        for number in re.findall("<AmazonOrderID>(.*?)<", contents[feed["inputFeedDocumentId"]])
    )


async def statuses(bench):
    """Return the status of each order at Amazon."""
    orders = (await bench.http.get(f"{AMAZON}/_sim/state")).json()["orders"]
    return {each["order"]["orderId"]: each["order"]["fulfillment"]["fulfillmentStatus"] for each in orders}
