from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.states import STATES, State
from tests.simulator.conformance.test_feeds import pass_time, processed, submit
from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    ADJUSTMENT_COLUMNS,
    FLAT_ADJUSTMENT,
    FLAT_FULFILLMENT,
    FULFILLMENT,
    FULFILLMENT_COLUMNS,
    adjusted,
    adjustment,
    cancelled,
    component,
    document,
    fulfillment,
    table,
)
from tests.simulator.submitting import AMERICAN, Report

pytestmark = NEEDS_SHARED

PATIENT = settings(max_examples=rounds(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
UNKNOWN = "902-0000000-0000000"
CONTENTS = {
    FULFILLMENT: document(FULFILLMENT, fulfillment(UNKNOWN)),
    ADJUSTMENT: document(ADJUSTMENT, adjustment(UNKNOWN, adjusted("1", component("Principal", "1.00")))),
    FLAT_FULFILLMENT: table(FULFILLMENT_COLUMNS, {"order-id": UNKNOWN}),
    FLAT_ADJUSTMENT: table(ADJUSTMENT_COLUMNS, {"order-id": UNKNOWN, "order-item-id": "1"}),
}


async def read(amazon: Amazon, order_id: str) -> Any:
    """Read an order, which is held against the model."""
    return (await amazon.get_order(order_id)).json()["order"]


async def whole(amazon: Amazon, order_id: str) -> Any:
    """Return an order with all that is withheld from the seller."""
    return (await amazon.control("GET", f"state?orderId={order_id}"))["orders"][0]["order"]


@pytest.mark.parametrize("feed_type", CONTENTS)
async def test_a_feed_is_shown_as_the_model_says_in_each_of_its_states(amazon, feed_type):
    ids = [await submit(amazon, CONTENTS[feed_type], feed_type) for _ in range(2)]
    assert (await amazon.feed("cancelFeed", f"/feeds/{ids[1]}")).status_code == 200
    ids.append(await submit(amazon, b" ", feed_type))
    seen = set()
    for _ in range(5):
        for feed_id in ids:
            seen.add((await amazon.feed("getFeed", f"/feeds/{feed_id}")).json()["processingStatus"])
        listed = await amazon.feed("getFeeds", "/feeds", query={"feedTypes": [feed_type]})
        assert [one["feedId"] for one in listed.json()["feeds"]] == ids[::-1]
        await pass_time(amazon, 15)

    assert seen == {"IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED", "FATAL"}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_a_fulfilment_ships_what_is_open_and_leaves_the_rest_as_it_is(amazon, state: State):
    order_id = await state.bring(amazon, AMERICAN)
    before = await read(amazon, order_id)
    of_seller = before["fulfillment"]["fulfilledBy"] == "MERCHANT" and "FBM_SHIP_PLUS" not in before.get("programs", [])
    is_open = state.status in ("UNSHIPPED", "PARTIALLY_SHIPPED") and of_seller

    report = Report((await processed(amazon, document(FULFILLMENT, fulfillment(order_id)), FULFILLMENT)).content)

    after = await read(amazon, order_id)
    if is_open:
        assert report.counts == (1, 1, 0, 0), report.errors
        assert after["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    else:
        assert (report.counts, after) == ((1, 0, 1, 0), before)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_cancelling_a_unit_of_each_line_leaves_an_order_of_the_model(amazon, state: State):
    order_id = await state.bring(amazon, AMERICAN)
    before = await read(amazon, order_id)
    open_units = {one["orderItemId"]: one["fulfillment"]["quantityUnfulfilled"] for one in before["orderItems"]}
    of_seller = before["fulfillment"]["fulfilledBy"] == "MERCHANT"
    can_cancel = of_seller and state.status in ("UNSHIPPED", "PARTIALLY_SHIPPED")
    messages = [cancelled(order_id, code, 1, number=number) for number, code in enumerate(open_units, 1)]

    report = Report((await processed(amazon, document(ADJUSTMENT, *messages), ADJUSTMENT)).content)

    after = await read(amazon, order_id)
    dropped = [min(units, 1) if can_cancel else 0 for units in open_units.values()]
    left = [one["fulfillment"]["quantityUnfulfilled"] for one in after["orderItems"]]
    assert left == [units - gone for units, gone in zip(open_units.values(), dropped, strict=True)]
    assert report.counts[1] == sum(dropped)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_a_refund_changes_nothing_that_the_order_shows(amazon, state: State):
    order_id = await state.bring(amazon, AMERICAN)
    before = await whole(amazon, order_id)
    items = before["orderItems"]
    sent = [one["orderItemId"] for one in items if one["fulfillment"]["quantityFulfilled"]]
    of_seller = before["fulfillment"]["fulfilledBy"] == "MERCHANT"
    code = sent[0] if sent else items[0]["orderItemId"]
    message = adjustment(order_id, adjusted(code, component("Principal", "0.01")))

    report = Report((await processed(amazon, document(ADJUSTMENT, message), ADJUSTMENT)).content)

    assert report.counts[1] == (1 if sent and of_seller else 0), report.errors
    assert await whole(amazon, order_id) == before
    await read(amazon, order_id)


@PATIENT
@given(
    contents=st.binary(min_size=1, max_size=200).filter(bytes.strip)
    | st.tuples(st.sampled_from(list(CONTENTS.values())), st.integers(0, 400), st.binary(max_size=3)).map(
        lambda cut: cut[0][: cut[1]] + cut[2] + cut[0][cut[1] :]
    ),
    feed_type=st.sampled_from(list(CONTENTS)),
)
async def test_any_document_ends_in_a_report(amazon, contents, feed_type):
    amazon.forget_access_tokens()
    report = (await processed(amazon, contents, feed_type)).content

    assert report.startswith(b"Feed Processing Summary:" if "_FLAT_FILE_" in feed_type else b"<?xml")
    counts = (await amazon.control("GET", "state"))["feeds"][-1]["messages"]
    assert counts["processed"] == counts["successful"] + counts["withError"] >= 1
