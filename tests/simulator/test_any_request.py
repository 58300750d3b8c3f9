import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.simulator.orders.test_loading import ORDER
from tests.simulator.playing import ORDERS, Amazon, package
from tests.simulator.submitting import (
    ACKNOWLEDGEMENT,
    FEEDS,
    FLAT,
    ask,
    envelope,
    feed,
    message,
    specification,
    submit,
    uploaded,
)
from tests.simulator.test_world import new_world

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PARAMETERS = st.sampled_from(
    [
        "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "fulfillmentStatuses",
        "marketplaceIds", "fulfilledBy", "maxResultsPerPage", "paginationToken", "includedData",
    ]
)  # fmt: skip
VALUES = st.text(max_size=30) | st.sampled_from(
    [
        "2026-10-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z",
        "SHIPPED,PENDING", "ATVPDKIKX0DER", "100", "+/+/", "BUYER,,",
    ]
)  # fmt: skip
CONTROLS = st.sampled_from(
    [
        ("POST", "/clock"), ("POST", "/orders"), ("PUT", "/orders"), ("POST", "/reset"), ("POST", "/limits"),
        ("POST", "/sellers/demo/revoke"), ("POST", "/orders/902-0000001-0000001/cancel"),
        ("POST", "/orders/902-0000001-0000001/ship"), ("POST", "/orders/902-0000001-0000001/pay"),
        ("POST", "/feeds/{feed}/stick"), ("POST", "/feeds/{feed}/fatal"),
    ]
)  # fmt: skip
ANY = settings(max_examples=rounds(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


async def new_amazon() -> Amazon:
    amazon = Amazon(new_world())
    await amazon.log_in()
    amazon.world.quotas.is_enabled = False
    await amazon.sim("PUT", "/orders", {"orders": [ORDER]})
    return amazon


@st.composite
def spoiled(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """A document of which one value, anywhere, is replaced or removed."""
    spoilt: dict[str, Any] = {}
    victim = draw(st.sampled_from(sorted(whole)))
    for name, value in whole.items():
        if name != victim:
            spoilt[name] = value
        elif isinstance(value, dict) and value and draw(st.booleans()):
            spoilt[name] = draw(spoiled(value))
        elif isinstance(value, list) and value and isinstance(value[0], dict) and draw(st.booleans()):
            spoilt[name] = [draw(spoiled(value[0])), *value[1:]]
        elif draw(st.booleans()):
            spoilt[name] = draw(JSON)
    return spoilt


class TestNoRequestBreaksTheSimulator:
    @ANY
    @given(query=st.lists(st.tuples(PARAMETERS, VALUES), max_size=5))
    def test_no_query_of_a_search(self, runner: asyncio.Runner, query: list[tuple[str, str]]) -> None:
        async def play() -> None:
            amazon = await new_amazon()
            params: dict[str, list[str]] = {}
            for name, value in query:
                params.setdefault(name, []).append(value)
            answer = await amazon.get(ORDERS, params)
            assert answer.status_code in {200, 400}
            if answer.status_code == 400:
                assert answer.json()["errors"][0]["code"] == "InvalidInput"

        runner.run(play())

    @ANY
    @given(control=CONTROLS, body=JSON)
    def test_no_body_of_the_control_plane(self, runner: asyncio.Runner, control: tuple[str, str], body: Any) -> None:
        async def play() -> None:
            amazon = await new_amazon()
            feed_id = await submit(amazon, envelope(message("902-0000001-0000001")))
            answer = await amazon.sim(control[0], control[1].replace("{feed}", feed_id), body)
            assert answer.status_code in {200, 201, 400, 404, 409, 422}
            assert answer.status_code < 400 or set(answer.json()["error"]) >= {"code", "message"}

        runner.run(play())

    @ANY
    @given(body=spoiled(specification("document", feedOptions={"a": "b"})) | JSON)
    def test_no_feed(self, runner: asyncio.Runner, body: Any) -> None:
        async def play() -> None:
            amazon = await new_amazon()
            if isinstance(body, dict) and body.get("inputFeedDocumentId") == "document":
                body["inputFeedDocumentId"] = await uploaded(amazon, b"<a/>")
            assert (await ask(amazon, "POST", FEEDS, body)).status_code in {202, 400}

        runner.run(play())

    @ANY
    @given(contents=st.binary(max_size=300), feed_type=st.sampled_from([ACKNOWLEDGEMENT, FLAT]))
    def test_no_document_of_a_feed(self, runner: asyncio.Runner, contents: bytes, feed_type: str) -> None:
        async def play() -> None:
            amazon = await new_amazon()
            feed_id = await submit(amazon, contents, feed_type)
            await amazon.advance(60)
            status = (await feed(amazon, feed_id))["processingStatus"]
            assert status == ("DONE" if contents.strip() else "FATAL")

        runner.run(play())

    @ANY
    @given(order=spoiled(ORDER))
    def test_no_loaded_order(self, runner: asyncio.Runner, order: dict[str, Any]) -> None:
        async def play() -> None:
            amazon = await new_amazon()
            answer = await amazon.sim("PUT", "/orders", {"orders": [order]})
            assert answer.status_code in {200, 400, 422}
            if answer.status_code != 200:
                return
            order_id = order["orderId"]
            assert amazon.world.book.get(order_id) is not None
            for act in ("pay", "request-cancel", "ship", "deliver", "return"):
                acted = await amazon.sim("POST", f"/orders/902-0000001-0000001/{act}")
                assert acted.status_code in {200, 404, 409}
            await amazon.advance(40 * 86_400)
            await amazon.log_in()
            assert (await amazon.search()).status_code == 200

        runner.run(play())

    @ANY
    @given(body=spoiled(package(ORDER)) | JSON)
    def test_no_confirmation(self, runner: asyncio.Runner, body: Any) -> None:
        async def play() -> None:
            amazon = await new_amazon()
            [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
            assert (await amazon.confirm(order_id, body)).status_code in {204, 400}

        runner.run(play())
