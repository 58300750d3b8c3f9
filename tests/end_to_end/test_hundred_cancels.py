"""Many cancellations at once, as clients ask for them, while Amazon takes hardly any feeds."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from domain.accounts.records import Account, ApiBudget
from tests.counted import IS_THOROUGH, rounds
from tests.end_to_end.racing import LosesWords
from tests.end_to_end.stories.asking import look, pass_minutes, to_do
from tests.end_to_end.town import Town, town

MUG = "MUG-STONEWARE-350"
MANY, SHIPPED_MEANWHILE = (100, 5) if IS_THOROUGH else (20, 2)
PART = MANY // 4
IDS = "query($after: String) { amazonOrders(first: 100, after: $after) { nodes { id amazonOrderId } } }"
BULK = """mutation($input: BulkCancelInput!) { bulkCancelOrders(input: $input) { succeeded failed
  results { index order { amazonOrderId displayStatus } errors { __typename code message path } } errors { code } } }"""


class LosesTheFeed(LosesWords):
    """As its parent, and it never says that it created its first feed."""

    is_lost = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.is_lost and (scope["method"], scope["path"]) == ("POST", "/feeds/2021-06-30/feeds"):
            self.is_lost = True
            await LosesWords(self.app, self.random, often=1)(scope, receive, send)
        await super().__call__(scope, receive, send)


async def filled(shop: Town) -> dict[str, str]:
    """Let many orders come, and return their ids by their numbers at Amazon."""
    await shop.connect()
    await shop.stock(MUG, 2 * MANY)
    shop.world.clock.advance(60)
    numbers = [shop.place(MUG, quantity=2) for _ in range(MANY)]
    await shop.pass_time()
    nodes = (await shop.ask(IDS))["amazonOrders"]["nodes"]
    assert {node["amazonOrderId"] for node in nodes} == set(numbers)
    return {node["amazonOrderId"]: node["id"] for node in nodes}


async def spend_the_quota(shop: Town) -> None:
    """Leave nothing of the calls that create feeds."""
    account = await Account.get()
    now = shop.world.clock.now()
    await ApiBudget.create(
        account_id=account.id, operation="createFeed", rate=0.0083, burst=15, tokens=0.0, tokens_at=now
    )


async def cancel_all(shop: Town, ids: dict[str, str], **more: Any) -> dict[str, Any]:
    orders = [
        {"orderId": order_id, "reason": "NO_INVENTORY", "idempotencyKey": f"bulk {number}"}
        for number, order_id in ids.items()
    ]
    payload: dict[str, Any] = (await shop.ask(BULK, input={"orders": orders} | more))["bulkCancelOrders"]
    return payload


async def test_many_cancels_cost_one_feed_and_each_has_its_own_result(database_url: str):
    async with town(database_url) as shop:
        ids = await filled(shop)
        await spend_the_quota(shop)
        dry = await cancel_all(shop, ids, dryRun=True)
        assert (dry["succeeded"], dry["failed"]) == (MANY, 0)
        foreign = await cancel_all(shop, ids | {"nobody's": "QW1hem9uT3JkZXI6MS45OTk5"}, dryRun=True)
        assert [result["index"] for result in foreign["results"] if result["errors"]] == [MANY]
        for part in range(0, MANY, PART):
            some = dict(list(ids.items())[part : part + PART])
            assert (await cancel_all(shop, some))["succeeded"] == PART
            await shop.pass_time(minutes=0.3)
        again = await cancel_all(shop, ids)
        assert (again["succeeded"], again["failed"]) == (MANY, 0)
        assert await shop.feeds_at_amazon() == []
        sent_by_hand = list(ids)[:SHIPPED_MEANWHILE]
        for number in sent_by_hand:
            await shop.happens(number, "ship")
        await pass_minutes(shop, 15, at_once=1)

        (feed,) = await shop.feeds_at_amazon()
        assert feed["messages"] == {
            "processed": MANY,
            "successful": MANY - SHIPPED_MEANWHILE,
            "withError": SHIPPED_MEANWHILE,
        }
        await each_has_its_result(shop, ids, sent_by_hand)


async def each_has_its_result(shop: Town, ids: dict[str, str], sent_by_hand: list[str]) -> None:
    at_amazon = {one["order"]["orderId"]: one["fulfillmentStatus"] for one in await shop.seen_by_amazon()}
    refused = {entry["order"]["amazonOrderId"]: entry for entry in await to_do(shop, "COMMAND_REFUSED")}
    assert set(refused) == set(sent_by_hand)
    for number in ids:
        order = await look(shop, number)
        ((kind, state),) = [(command["kind"], command["state"]) for command in order["commands"]]
        if number in sent_by_hand:
            assert (at_amazon[number], order["displayStatus"], kind, state) == (
                "SHIPPED",
                "COMPLETED",
                "CANCEL",
                "REFUSED",
            )
            assert order["commands"][0]["lastError"]["message"] in refused[number]["message"]
            assert order["commerceOrder"]["creditMemos"] == []
        else:
            assert (at_amazon[number], order["displayStatus"], state) == ("CANCELLED", "CANCELED", "CONFIRMED")
            assert [memo["total"] for memo in order["commerceOrder"]["creditMemos"]] == [order["total"]]
    left = 2 * (MANY - len(sent_by_hand))
    assert await shop.shelf(MUG) == {"stock": left, "reserved": 0, "salable": left}


@pytest.mark.parametrize("seed", range(rounds(10)))
async def test_answers_that_are_lost_send_no_cancellation_twice(seed: int, database_url: str):
    async with town(database_url) as shop:
        ids = await filled(shop)
        whole = shop.amazon.app
        shop.amazon.app = lossy = LosesTheFeed(whole, Random(seed), often=0.4)
        assert (await cancel_all(shop, ids))["succeeded"] == MANY
        await pass_minutes(shop, 40)
        shop.amazon.app = whole
        await pass_minutes(shop, 70, at_once=5)

        assert lossy.is_lost
        done = [feed for feed in await shop.feeds_at_amazon() if feed["messages"]]
        states = Counter([(await look(shop, number))["commands"][-1]["state"] for number in list(ids)[:: MANY // 10]])
        assert sum(feed["messages"]["processed"] for feed in done) == MANY
        assert states == {"CONFIRMED": 10}
        assert {one["fulfillmentStatus"] for one in await shop.seen_by_amazon()} == {"CANCELLED"}
        assert await to_do(shop) == []
        assert await shop.shelf(MUG) == {"stock": 2 * MANY, "reserved": 0, "salable": 2 * MANY}
