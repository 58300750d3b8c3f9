import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator.app import create_app
from simulator.clock import SimulatedClock
from simulator.orders.arrivals import keep_arriving, schedule_orders, seed_orders
from simulator.world import World
from tests.simulator.playing import EVERYTHING, ORDERS, Amazon, package
from tests.simulator.submitting import (
    ACKNOWLEDGEMENT,
    DOCUMENTS,
    FEEDS,
    FLAT,
    ask,
    envelope,
    feed,
    message,
    new_document,
    rows,
    specification,
    upload,
)

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def new_world(seed: str = "7") -> World:
    return World(clock=SimulatedClock(monotonic=lambda: 0.0, start=START), seed=seed)


async def play_feeds(amazon: Amazon, order_ids: list[str]) -> list[Any]:
    """Cancel orders by feeds of both kinds, one of them with a large report."""
    messages = [message(order_id, number=number) for number, order_id in enumerate(order_ids * 30)]
    made = [await new_document(amazon) for _ in range(2)]
    answers = [
        await upload(amazon, made[0]["url"], envelope(*messages)),
        await upload(amazon, made[1]["url"], rows(("1", "2", "3"))),
    ]
    for document, feed_type in zip(made, (ACKNOWLEDGEMENT, FLAT), strict=True):
        body = specification(document["feedDocumentId"], feed_type)
        answers.append(await ask(amazon, "POST", FEEDS, body))
    await amazon.advance(60)
    answers.append(await ask(amazon, "GET", FEEDS, feedTypes=f"{ACKNOWLEDGEMENT},{FLAT}", pageSize=1))
    for created in answers[2:4]:
        shown = await feed(amazon, created.json()["feedId"])
        answers.append(await ask(amazon, "GET", f"{DOCUMENTS}/{shown['resultFeedDocumentId']}"))
        answers.append(await amazon.http.get(answers[-1].json()["url"]))
    return answers


async def play(seed: str) -> list[tuple[int, str, bytes]]:
    """Run one script of everything and return every answer, byte for byte."""
    amazon = Amazon(new_world(seed))
    answers: list[Any] = [await amazon.log_in()]
    for marketplace_id in ("ATVPDKIKX0DER", "A1VC38T7YXB528", "A2VIGQ35RCS4UG"):
        for status in ("PENDING", "UNSHIPPED", "SHIPPED"):
            body = {"count": 5, "marketplaceId": marketplace_id, "fulfillmentStatus": status}
            answers.append(await amazon.sim("POST", "/orders", body))
    seed_orders(amazon.world, count=30)
    schedule_orders(amazon.world, count=30, over=timedelta(hours=1))
    unshipped = answers[2].json()["orderIds"][0]
    order = await amazon.order(unshipped)
    answers.append(await amazon.confirm(unshipped, package(order)))
    answers += await play_feeds(amazon, answers[2].json()["orderIds"])
    for _ in range(3):
        answers.append(await amazon.sim("POST", "/clock", {"advance": 1_000}))
        answers.append(await amazon.search(includedData=EVERYTHING, maxResultsPerPage=10))
    answers.append(await amazon.get(f"{ORDERS}/nonsense"))
    answers.append(await amazon.sim("GET", "/state"))
    answers.append(await amazon.sim("GET", "/journal"))
    await amazon.http.aclose()
    return [(one.status_code, repr(sorted(one.headers.items())), one.content) for one in answers]


class TestSameAgain:
    async def test_the_same_seed_and_script_give_the_same_bytes(self) -> None:
        assert await play("7") == await play("7")

    async def test_another_seed_gives_another_world(self) -> None:
        first, second = await play("7"), await play("8")
        assert first[1][2] != second[1][2]

    async def test_after_a_reset_everything_begins_anew(self, amazon: Amazon) -> None:
        reset = {"seed": "x", "now": "2026-11-02T09:00:00Z", "orders": 20}

        async def again() -> tuple[bytes, bytes]:
            assert (await amazon.sim("POST", "/reset", reset)).status_code == 200
            await amazon.place(count=3)
            await amazon.log_in("demo")
            await amazon.advance(500)
            await amazon.search()
            return (await amazon.sim("GET", "/state")).content, (await amazon.sim("GET", "/journal")).content

        first = await again()
        await amazon.log_in("somebody")
        await amazon.place(count=5, seller="somebody")
        assert await again() == first

    async def test_a_reset_answers_what_there_is_now(self, amazon: Amazon) -> None:
        await amazon.place(count=3)
        answer = await amazon.sim("POST", "/reset", {"seed": 5, "orders": 10})
        assert answer.json() == {"seed": "5", "now": "2026-11-02T09:00:00.000Z", "orders": 10}
        state = (await amazon.sim("GET", "/state")).json()
        assert (state["seed"], len(state["orders"])) == ("5", 10)
        assert (await amazon.search()).status_code == 403

    @pytest.mark.parametrize(
        "body",
        [
            {"orders": -1},
            {"orders": True},
            {"seed": None},
            {"seed": ""},
            {"now": 1},
            {"now": "1900-01-01T00:00:00Z"},
            {"x": 1},
            [],
        ],
    )
    async def test_a_wrong_reset_changes_nothing(self, amazon: Amazon, body: object) -> None:
        await amazon.place()
        assert (await amazon.sim("POST", "/reset", body)).status_code == 422
        assert len(amazon.world.book) == 1


class TestArrivals:
    def test_a_past_holds_orders_of_every_kind_up_to_now(self) -> None:
        world = new_world()
        ids = seed_orders(world, count=600)
        now = world.catch_up()
        orders = list(world.book)
        assert {order.order_id for order in orders} == set(ids)
        assert all(order.created <= order.updated <= now for order in orders)
        statuses = {order.status for order in orders}
        assert statuses == {"PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED"}
        late = [order for order in orders if order.status == "UNSHIPPED" and now - order.created > 4 * 86_400_000]
        assert late == []

    def test_orders_arrive_over_time_and_none_is_lost(self) -> None:
        world = new_world()
        schedule_orders(world, count=100, over=timedelta(hours=10))
        counts = []
        for _ in range(10):
            world.clock.advance(3_600)
            world.catch_up()
            counts.append(len(world.book))
        assert counts == sorted(counts)
        assert counts[-1] == 100
        assert all(5 <= later - earlier <= 15 for earlier, later in itertools.pairwise(counts))

    def test_a_stream_of_orders_never_ends(self) -> None:
        world = new_world()
        keep_arriving(world, every=timedelta(minutes=3), seller="busy", marketplace_ids=("A1F83G8C2ARO7P",))
        for hours in (10, 20):
            world.clock.advance(36_000)
            world.catch_up()
            assert 17 * hours <= len(world.book) <= 23 * hours
        assert {(order.seller, order.marketplace_id) for order in world.book} == {("busy", "A1F83G8C2ARO7P")}
        moments = [order.created for order in world.book]
        assert all(90_000 <= later - earlier <= 270_000 for earlier, later in itertools.pairwise(moments))

    def test_it_does_not_matter_how_often_somebody_looks(self) -> None:
        def run(steps: int) -> list[tuple[str, int, bytes]]:
            world = new_world()
            schedule_orders(world, count=200, over=timedelta(hours=5))
            keep_arriving(world, every=timedelta(hours=1))
            for _ in range(steps):
                world.clock.advance(20 * 86_400 / steps)
                world.catch_up()
            return [(order.order_id, order.updated, order.packed) for order in world.book]

        assert run(1) == run(4_800)

    def test_some_payments_fail_and_some_buyers_change_their_minds(self) -> None:
        world = new_world()
        schedule_orders(world, count=500, over=timedelta(hours=5))
        world.clock.advance(86_400)
        world.catch_up()
        parties = {
            item["cancellation"]["cancellationExecution"]["cancelledBy"]
            for order in world.book
            if order.status == "CANCELLED"
            for item in order.read()["orderItems"]
        }
        assert parties == {"AMAZON", "BUYER"}
        assert any(b"cancellationRequest" in order.packed for order in world.book)


class TestStateAndJournal:
    async def test_the_state_shows_one_order_or_all(self, amazon: Amazon) -> None:
        first, second = await amazon.place(count=2)
        state = (await amazon.sim("GET", "/state")).json()
        assert [entry["order"]["orderId"] for entry in state["orders"]] == [first, second]
        assert (state["now"], state["rate"], state["seed"]) == ("2026-11-02T09:00:00.000Z", 1.0, "7")
        assert [seller["name"] for seller in state["sellers"]] == ["demo"]
        one = (await amazon.sim("GET", f"/state?orderId={second}")).json()
        assert [entry["order"]["orderId"] for entry in one["orders"]] == [second]
        assert (await amazon.sim("GET", "/state?orderId=unknown")).json()["orders"] == []

    async def test_the_journal_holds_every_request_without_secrets(self, amazon: Amazon) -> None:
        answer = await amazon.search(maxResultsPerPage=1)
        await amazon.get("/nowhere")
        await amazon.sim("GET", "/state")
        answered = await amazon.sim("GET", "/journal")
        login, search, nowhere = answered.json()["requests"]
        assert login["operation"] == "token"
        assert search == {
            "time": "2026-11-02T09:00:00.000Z",
            "method": "GET",
            "path": ORDERS,
            "query": "maxResultsPerPage=1&lastUpdatedAfter=2026-10-01T00%3A00%3A00Z",
            "operation": "searchOrders",
            "status": 200,
            "seller": "demo",
            "clientId": "app",
            "requestId": answer.headers["x-amzn-requestid"],
        }
        assert (nowhere["operation"], nowhere["status"]) == (None, 404)
        assert "Atza" not in answered.text
        assert "Atzr" not in answered.text

    async def test_the_journal_says_what_a_wrong_path_may_have_meant(self, amazon: Amazon) -> None:
        await amazon.get("/orders/2026-01-01/order")
        await amazon.http.post(f"{ORDERS}")
        await amazon.get("/x")
        hints = [entry.get("hint") for entry in (await amazon.sim("GET", "/journal")).json()["requests"]]
        search = f"searchOrders is GET {ORDERS}"
        assert hints == [None, search, search, None]

    async def test_what_is_not_there_is_answered_in_each_planes_way(self, amazon: Amazon) -> None:
        wire = await amazon.get("/orders/v9/orders/1")
        assert (wire.status_code, wire.json()["errors"][0]["code"]) == (404, "NotFound")
        method = await amazon.http.delete(ORDERS)
        assert (method.status_code, "errors" in method.json()) == (405, True)
        control = await amazon.sim("GET", "/nowhere")
        assert (control.status_code, control.json()["error"]["code"]) == (404, "NOT_FOUND")
        assert (await amazon.sim("DELETE", "/clock")).status_code == 405

    async def test_the_host_header_does_not_matter(self, amazon: Amazon) -> None:
        answer = await amazon.http.get(ORDERS, headers={"host": "27.0.0.1:9000"})
        assert answer.status_code == 403

    async def test_a_defect_is_answered_as_amazon_would_and_still_raised(self, amazon: Amazon) -> None:
        world = amazon.world
        order_id = (await amazon.place())[0]
        broken = world.book.get(order_id)
        assert broken is not None
        broken._kept = b"broken"
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"{ORDERS}/{order_id}",
            "query_string": b"",
            "headers": [(b"x-amz-access-token", (amazon.token or "").encode())],
        }
        with pytest.raises(ValueError, match="unexpected character"):
            await create_app(world)(scope, receive, send)
        assert sent[0]["status"] == 500
        assert b"InternalFailure" in sent[1]["body"]
