from typing import Any

import pytest

from simulator.finances.accounts import Account
from simulator.finances.ledger import Ledger
from simulator.orders.book import SimulatedOrder
from simulator.world import World
from tests.simulator.feeds.writing import ADJUSTMENT, adjusted, adjustment, codes, component, report_on
from tests.simulator.playing import Amazon, package
from tests.simulator.submitting import ask

TRANSACTIONS = "/finances/2024-06-19/transactions"
MUGS = [{"sku": "MUG-STONEWARE-350", "quantity": 2, "price": "10.00"}]
START = "2026-11-01T00:00:00Z"
CANADIAN = "A2EUQ1WTGCTBG2"


async def listed(amazon: Amazon, **query: Any) -> dict[str, Any]:
    await amazon.log_in()
    answer = await ask(amazon, "GET", TRANSACTIONS, **query)
    assert answer.status_code == 200, answer.text
    payload: dict[str, Any] = answer.json()["payload"]
    return payload


async def of_order(amazon: Amazon, order_id: str, **query: Any) -> list[dict[str, Any]]:
    related = {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": order_id}
    found: list[dict[str, Any]] = (await listed(amazon, **related, **query))["transactions"]
    return found


async def refund(amazon: Amazon, order_id: str, amount: str = "4.00") -> None:
    order = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()["orders"][0]["order"]
    item = adjusted(codes(order)[0], component("Principal", amount), component("RestockingFee", "1.00"), quantity=1)
    assert (await report_on(amazon, ADJUSTMENT, adjustment(order_id, item))).errors == {}


class TestTransactions:
    async def test_a_shipment_and_its_refund_are_two_transactions(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED", items=MUGS, programs=["PRIME"])
        assert await of_order(amazon, order_id) == []
        order = await amazon.order(order_id)
        assert (await amazon.confirm(order_id, package(order))).status_code == 204
        await amazon.advance(1800)
        await refund(amazon, order_id)
        await amazon.advance(120)

        assert [one["transactionType"] for one in await of_order(amazon, order_id)] == ["Shipment"]
        await amazon.advance(0.001)
        shipment, refunded = await of_order(amazon, order_id)
        total = float((await amazon.order(order_id))["orderItems"][0]["proceeds"]["proceedsTotal"]["amount"])
        assert shipment["totalAmount"] == {"currencyCode": "USD", "currencyAmount": total}
        assert shipment["postedDate"] == "2026-11-02T09:03:00.000Z"
        [item] = shipment["items"]
        assert item["contexts"][0]["quantityShipped"] == 2
        assert item["contexts"][0]["sku"] == "MUG-STONEWARE-350"
        assert refunded["transactionType"] == "Refund"
        assert refunded["totalAmount"] == {"currencyCode": "USD", "currencyAmount": -3.0}
        parts = refunded["items"][0]["breakdowns"]
        amounts = {one["breakdownType"]: one["breakdownAmount"]["currencyAmount"] for one in parts}
        assert amounts == {"Principal": -4.0, "RestockingFee": 1.0}
        for one in (shipment, refunded):
            names = {
                each["relatedIdentifierName"]: each["relatedIdentifierValue"] for each in one["relatedIdentifiers"]
            }
            assert names["ORDER_ID"] == order_id
            assert one["transactionStatus"] == "RELEASED"
            assert one["marketplaceDetails"]["marketplaceName"] == "Amazon.com"
        assert shipment["transactionId"] != refunded["transactionId"]

    async def test_orders_that_were_placed_as_shipped_are_found_too_and_once(self, amazon: Amazon) -> None:
        await amazon.sim("POST", "/options", {"movesPackages": False})
        order_ids = await amazon.place(count=12, fulfillmentStatus="SHIPPED")
        await amazon.place(count=3, fulfillmentStatus="UNSHIPPED")
        await amazon.advance(600)
        before = (await listed(amazon, postedAfter=START))["transactions"]
        await amazon.sim("POST", f"/orders/{order_ids[3]}/deliver", {})
        await refund(amazon, order_ids[5], "1.01")
        await amazon.advance(600)
        after = (await listed(amazon, postedAfter=START))["transactions"]
        assert sorted(one["relatedIdentifiers"][0]["relatedIdentifierValue"] for one in before) == sorted(order_ids)
        assert [one for one in after if one["transactionType"] == "Shipment"] == before
        assert len(after) == 13

    async def test_another_seller_sees_nothing(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(fulfillmentStatus="SHIPPED")
        await refund(amazon, order_id, "1.01")
        await amazon.advance(600)
        assert len(await of_order(amazon, order_id)) == 2
        await amazon.log_in("other")
        assert await of_order(amazon, order_id) == []
        assert (await listed(amazon, postedAfter=START))["transactions"] == []

    async def test_marketplaces_statuses_and_times_narrow_the_list(self, amazon: Amazon) -> None:
        [american] = await amazon.place(fulfillmentStatus="SHIPPED")
        await amazon.advance(600)
        [canadian] = await amazon.place(fulfillmentStatus="SHIPPED", marketplaceId=CANADIAN)
        await refund(amazon, american, "1.01")
        await amazon.advance(600)

        async def found(**query: Any) -> list[str]:
            page = (await listed(amazon, postedAfter=START, **query))["transactions"]
            return [one["relatedIdentifiers"][0]["relatedIdentifierValue"] for one in page]

        assert await found() == [american, canadian, american]
        assert await found(marketplaceId=CANADIAN) == [canadian]
        assert await found(transactionStatus="RELEASED") == [american, canadian, american]
        assert await found(transactionStatus="DEFERRED") == []
        assert await found(postedBefore="2026-11-02T09:10:00Z") == [american]
        assert await found(postedBefore="2026-11-02T09:10:00.001Z") == [american, canadian]
        late = (await listed(amazon, postedAfter="2026-11-02T09:10:00Z"))["transactions"]
        assert len(late) == 2
        assert (await listed(amazon, postedAfter="2026-01-01T00:00:00Z", postedBefore="2026-11-02T09:15:00Z"))[
            "transactions"
        ] == []
        group = {"relatedIdentifierName": "FINANCIAL_EVENT_GROUP_ID", "relatedIdentifierValue": "1"}
        assert (await listed(amazon, **group))["transactions"] == []

    async def test_orders_of_other_marketplaces_are_not_looked_at(
        self, amazon: Amazon, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await amazon.place(count=5, fulfillmentStatus="SHIPPED")
        [canadian] = await amazon.place(fulfillmentStatus="SHIPPED", marketplaceId=CANADIAN)
        await amazon.advance(600)
        looked_at: list[str] = []
        account = Ledger.account

        def counted(ledger: Ledger, order: SimulatedOrder) -> Account:
            looked_at.append(order.order_id)
            return account(ledger, order)

        monkeypatch.setattr(Ledger, "account", counted)
        assert len((await listed(amazon, postedAfter=START, marketplaceId=CANADIAN))["transactions"]) == 1
        assert set(looked_at) == {canadian}


class TestPages:
    async def test_pages_are_the_whole_list_while_more_is_posted(self, amazon: Amazon, world: World) -> None:
        order_ids = await amazon.place(count=230, fulfillmentStatus="SHIPPED")
        await amazon.advance(600)
        page = await listed(amazon, postedAfter=START)
        pages: list[list[dict[str, Any]]] = [page["transactions"]]
        for order_id in order_ids[::40]:
            await refund(amazon, order_id, "1.01")
        while "nextToken" in page:
            page = await listed(amazon, postedAfter=START, nextToken=page["nextToken"])
            pages.append(page["transactions"])
        assert [len(one) for one in pages] == [100, 100, 30]
        listed_in_all = [one for page in pages for one in page]
        assert len({one["transactionId"] for one in listed_in_all}) == 230
        found = {one["relatedIdentifiers"][0]["relatedIdentifierValue"] for one in listed_in_all}
        assert found == set(order_ids)

    async def test_a_token_is_for_its_own_arguments_and_seller(self, amazon: Amazon) -> None:
        await amazon.place(count=101, fulfillmentStatus="SHIPPED")
        await amazon.advance(600)
        token = (await listed(amazon, postedAfter=START))["nextToken"]
        wrong: list[dict[str, Any]] = [
            {"postedAfter": "2026-11-01T00:00:01Z", "nextToken": token},
            {"postedAfter": START, "marketplaceId": CANADIAN, "nextToken": token},
            {"postedAfter": START, "nextToken": token[:-4]},
            {"postedAfter": START, "nextToken": ""},
        ]
        for query in wrong:
            assert (await ask(amazon, "GET", TRANSACTIONS, **query)).status_code == 400
        await amazon.log_in("other")
        assert (await ask(amazon, "GET", TRANSACTIONS, postedAfter=START, nextToken=token)).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"postedBefore": "2026-11-01T00:00:00Z"},
        {"postedAfter": "yesterday"},
        {"postedAfter": "2026-11-02T08:58:00.001Z"},
        {"postedAfter": START, "postedBefore": "2026-11-02T08:58:00.001Z"},
        {"postedAfter": START, "postedBefore": START},
        {"postedAfter": START, "marketplaceId": "NOWHERE"},
        {"postedAfter": START, "transactionStatus": "released"},
        {"relatedIdentifierName": "ORDER_ID"},
        {"relatedIdentifierValue": "902-0000000-0000000"},
        {"relatedIdentifierName": "SETTLEMENT_ID", "relatedIdentifierValue": "1"},
        {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": ""},
        {"postedAfter": [START, "2026-11-01T00:00:01Z"]},
        {"postedAfter": START, "nextToken": "+/+/"},
        {"postedAfter": START, "nextToken": "\x00"},
    ],
)
async def test_wrong_parameters_are_refused(amazon: Amazon, query: dict[str, Any]) -> None:
    answer = await ask(amazon, "GET", TRANSACTIONS, **query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "InvalidInput")


async def test_keys_that_amazon_does_not_know_are_ignored(amazon: Amazon) -> None:
    assert await listed(amazon, postedAfter=START, MarketplaceId="x", marketplaceIds="y") == {"transactions": []}


async def test_the_ledger_is_shown_for_one_order_or_all_that_were_charged(amazon: Amazon) -> None:
    shipped = await amazon.place(count=2, fulfillmentStatus="SHIPPED")
    [unshipped] = await amazon.place(fulfillmentStatus="UNSHIPPED")
    shown = (await amazon.sim("GET", "/ledger")).json()["orders"]
    assert [one["orderId"] for one in shown] == shipped
    for order_id in (unshipped, "902-0000000-0000000", "\x00"):
        answer = await amazon.http.get("/_sim/ledger", params={"orderId": order_id})
        assert (answer.status_code, answer.json()) == (200, {"orders": []})
