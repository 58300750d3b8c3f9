from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.world import World
from tests.counted import rounds
from tests.simulator.playing import INVALID, LONG_AGO, Amazon
from tests.simulator.v0.asking import AMERICAN, found, get_orders

BRITISH = "A1F83G8C2ARO7P"
STATUSES = ("PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED")


@pytest.mark.parametrize(
    "query",
    [
        {"MarketplaceIds": None},
        {"MarketplaceIds": ""},
        {"MarketplaceIds": "NOWHERE"},
        {"MarketplaceIds": ",".join([AMERICAN] * 51)},
        {"LastUpdatedAfter": ""},
        {"LastUpdatedAfter": "yesterday"},
        {"LastUpdatedAfter": "2027-01-01T00:00:00Z"},
        {"CreatedBefore": "2026-11-01T00:00:00Z", "LastUpdatedAfter": LONG_AGO},
        {"CreatedAfter": LONG_AGO, "LastUpdatedAfter": LONG_AGO},
        {"CreatedAfter": LONG_AGO, "LastUpdatedBefore": "2026-11-01T00:00:00Z"},
        {"CreatedAfter": "2026-11-01T00:00:00Z", "CreatedBefore": "2026-10-31T00:00:00Z"},
        {"OrderStatuses": "Cancelled"},
        {"OrderStatuses": "UNSHIPPED"},
        {"FulfillmentChannels": "MERCHANT"},
        {"PaymentMethods": "Cash"},
        {"EasyShipShipmentStatuses": "Sent"},
        {"ElectronicInvoiceStatuses": "Sent"},
        {"IsISPU": "yes"},
        {"AmazonOrderIds": "1"},
        {"AmazonOrderIds": ",".join(f"111-0000000-{number:07d}" for number in range(51))},
        {"MaxResultsPerPage": 0},
        {"MaxResultsPerPage": 101},
        {"EarliestDeliveryDateAfter": "soon"},
        {"SellerOrderId": "1", "LastUpdatedAfter": LONG_AGO},
        {"SellerOrderId": "1", "CreatedAfter": LONG_AGO, "OrderStatuses": "Unshipped"},
        {"SellerOrderId": "1", "CreatedAfter": LONG_AGO, "BuyerEmail": "x@example.com"},
        {"NextToken": "made up"},
        {"NextToken": ""},
    ],
)
async def test_a_search_that_breaks_a_rule_is_refused(amazon: Amazon, query: dict[str, Any]) -> None:
    answer = await get_orders(amazon, **query)
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"code": "InvalidInput", "message": INVALID}]}


async def test_a_search_needs_a_lower_bound(amazon: Amazon) -> None:
    answer = await amazon.get("/orders/v0/orders", {"MarketplaceIds": AMERICAN})
    assert answer.status_code == 400


@pytest.mark.parametrize("family", ["Created", "LastUpdated"])
async def test_an_upper_bound_is_two_minutes_old(amazon: Amazon, family: str) -> None:
    bounds = {f"{family}After": LONG_AGO, f"{family}Before": "2026-11-02T08:58:00.001Z"}
    answer = await get_orders(amazon, **bounds)
    assert (answer.status_code, "2 minutes" in answer.text) == (400, True)
    answer = await get_orders(amazon, **bounds | {f"{family}Before": "2026-11-02T08:58:00Z"})
    assert answer.json()["payload"] == {"Orders": [], f"{family}Before": "2026-11-02T08:58:00Z"}


async def test_an_order_is_found_from_two_minutes_on(amazon: Amazon) -> None:
    [order_id] = await amazon.place()
    await amazon.advance(119)
    assert await found(amazon) == []
    await amazon.advance(1)
    assert await found(amazon) == [order_id]


async def test_an_update_is_a_change_of_status(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await amazon.advance(3_600)
    await amazon.sim("POST", f"/orders/{order_id}/request-cancel", {})
    await amazon.advance(180)
    await amazon.log_in()
    assert await amazon.found(lastUpdatedAfter="2026-11-02T10:00:00Z") == [order_id]
    assert await found(amazon, LastUpdatedAfter="2026-11-02T10:00:00Z") == []
    shown = (await amazon.get(f"/orders/v0/orders/{order_id}")).json()["payload"]
    assert shown["LastUpdateDate"] == "2026-11-02T09:00:00Z"
    await amazon.sim("POST", f"/orders/{order_id}/ship", {})
    await amazon.advance(180)
    assert await found(amazon, LastUpdatedAfter="2026-11-02T10:00:00Z") == [order_id]
    assert await found(amazon, LastUpdatedAfter=LONG_AGO, LastUpdatedBefore="2026-11-02T10:00:00Z") == []


async def test_an_order_that_waits_for_its_invoice_has_a_status_of_its_own(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="SHIPPED", awaitsInvoice=True)
    await amazon.place(fulfillmentStatus="SHIPPED")
    await amazon.advance(180)
    assert await found(amazon, OrderStatuses="InvoiceUnconfirmed") == [order_id]
    assert order_id not in await found(amazon, OrderStatuses="Shipped")
    assert len(await found(amazon, OrderStatuses="Shipped,InvoiceUnconfirmed")) == 2
    assert await amazon.status(order_id) == "SHIPPED"


async def test_orders_are_found_by_what_the_buyer_and_the_seller_know(amazon: Amazon) -> None:
    mine = await amazon.placed(fulfillmentStatus="UNSHIPPED", sellerOrderId="OWN-7", serviceLevel="NEXT_DAY")
    other = await amazon.placed(fulfillmentStatus="UNSHIPPED", serviceLevel="STANDARD")
    email = (await amazon.order(mine))["buyer"]["buyerEmail"]
    latest = (await amazon.order(mine))["fulfillment"]["deliverByWindow"]["latestDateTime"]
    assert await found(amazon, CreatedAfter=LONG_AGO, SellerOrderId="OWN-7") == [mine]
    assert await found(amazon, BuyerEmail=email.upper()) == [mine]
    assert await found(amazon, LatestDeliveryDateBefore=latest) == [mine]
    assert await found(amazon, LatestDeliveryDateAfter=latest) == [mine, other]
    assert sorted(await found(amazon, AmazonOrderIds=f"{other},{mine},111-1111111-1111111")) == sorted([mine, other])
    assert await found(amazon, AmazonOrderIds=other, OrderStatuses="Shipped") == []
    assert await found(amazon, IsISPU="false") == [mine, other]
    for nowhere in ("IsISPU", "ActualFulfillmentSupplySourceId", "StoreChainStoreId"):
        assert await found(amazon, **{nowhere: "true"}) == []
    journal = (await amazon.sim("GET", "/journal")).text
    assert "BuyerEmail=" in journal
    assert email.split("@")[0] not in journal.lower()


async def test_a_japanese_order_is_found_by_its_payment(amazon: Amazon) -> None:
    japan = "A1VC38T7YXB528"
    cash = await amazon.placed(fulfillmentStatus="UNSHIPPED", marketplaceId=japan, paymentMethod="CashOnDelivery")
    store = await amazon.placed(fulfillmentStatus="UNSHIPPED", marketplaceId=japan, paymentMethod="ConvenienceStore")
    card = await amazon.placed(fulfillmentStatus="UNSHIPPED", marketplaceId=japan)
    assert await found(amazon, MarketplaceIds=japan, PaymentMethods="COD") == [cash]
    assert await found(amazon, MarketplaceIds=japan, PaymentMethods="CVS") == [store]
    assert await found(amazon, MarketplaceIds=japan, PaymentMethods="Other,CVS") == [store, card]


class TestNextToken:
    async def test_comes_alone_as_clients_send_it_and_holds_the_search(self, amazon: Amazon) -> None:
        ids = await amazon.place(count=5, fulfillmentStatus="UNSHIPPED")
        await amazon.place(count=3, fulfillmentStatus="SHIPPED")
        await amazon.advance(180)
        first = (await get_orders(amazon, OrderStatuses="Unshipped", MaxResultsPerPage=3)).json()["payload"]
        token = first["NextToken"]
        assert {"+", "/"} <= set(token)
        second = (await amazon.get("/orders/v0/orders", {"MarketplaceIds": AMERICAN, "NextToken": token})).json()[
            "payload"
        ]
        assert "NextToken" not in second
        assert sorted(one["AmazonOrderId"] for one in first["Orders"] + second["Orders"]) == sorted(ids)
        assert first["LastUpdatedBefore"] == second["LastUpdatedBefore"]

    async def test_goes_with_the_parameters_it_came_with_and_no_others(self, amazon: Amazon) -> None:
        await amazon.place(count=3)
        await amazon.advance(180)
        token = (await get_orders(amazon, MaxResultsPerPage=1)).json()["payload"]["NextToken"]
        for changed in (
            {"MarketplaceIds": BRITISH},
            {"OrderStatuses": "Pending"},
            {"LastUpdatedAfter": "2026-10-02T00:00:00Z"},
        ):
            assert (await get_orders(amazon, NextToken=token, **changed)).status_code == 400
        assert len(await found(amazon, NextToken=token, MaxResultsPerPage=2)) == 2
        damaged = token.replace("+", " ")
        assert (await get_orders(amazon, NextToken=damaged)).status_code == 400

    async def test_belongs_to_its_caller_for_a_day(self, amazon: Amazon) -> None:
        await amazon.place(count=2)
        await amazon.advance(180)
        token = (await get_orders(amazon, CreatedAfter=LONG_AGO, MaxResultsPerPage=1)).json()["payload"]["NextToken"]
        await amazon.log_in("other")
        assert (await get_orders(amazon, CreatedAfter=LONG_AGO, NextToken=token)).status_code == 400
        await amazon.log_in("demo")
        await amazon.advance(86_400)
        await amazon.log_in("demo")
        assert len(await found(amazon, CreatedAfter=LONG_AGO, NextToken=token)) == 1
        await amazon.advance(1)
        assert (await get_orders(amazon, CreatedAfter=LONG_AGO, NextToken=token)).status_code == 400


@settings(
    max_examples=rounds(50),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    wishes=st.lists(
        st.tuples(st.sampled_from(STATUSES), st.sampled_from([AMERICAN, BRITISH]), st.booleans()), max_size=12
    ),
    statuses=st.sets(st.sampled_from(["Pending", "Unshipped", "PartiallyShipped", "Shipped", "Canceled"])),
    channels=st.sets(st.sampled_from(["AFN", "MFN"])),
    size=st.integers(1, 5),
    family=st.sampled_from(["Created", "LastUpdated"]),
)
async def test_the_pages_hold_what_the_filter_leaves(
    wishes: list[tuple[str, str, bool]], statuses: set[str], channels: set[str], size: int, family: str
) -> None:
    clock = SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC))
    amazon = Amazon(World(clock=clock, seed="pages"))
    amazon.world.quotas.is_enabled = False
    expected = set()
    async with amazon.http:
        await amazon.log_in()
        for status, marketplace_id, by_amazon in wishes:
            wanted = "SHIPPED" if by_amazon and status == "PARTIALLY_SHIPPED" else status
            party = "AMAZON" if by_amazon else "MERCHANT"
            [order_id] = await amazon.place(fulfillmentStatus=wanted, marketplaceId=marketplace_id, fulfilledBy=party)
            word = "Canceled" if wanted == "CANCELLED" else wanted.title().replace("_", "")
            is_in = not channels or ("AFN" if by_amazon else "MFN") in channels
            if is_in and (not statuses or word in statuses):
                expected.add(order_id)
        await amazon.advance(121)
        query = {
            "MarketplaceIds": f"{AMERICAN},{BRITISH}",
            f"{family}After": LONG_AGO,
            "OrderStatuses": ",".join(statuses) or None,
            "FulfillmentChannels": ",".join(channels) or None,
            "MaxResultsPerPage": size,
        }
        seen: list[str] = []
        while True:
            page = (await get_orders(amazon, **query)).json()["payload"]
            assert len(page["Orders"]) <= size
            seen += [order["AmazonOrderId"] for order in page["Orders"]]
            if "NextToken" not in page:
                break
            query["NextToken"] = page["NextToken"]
    assert len(seen) == len(set(seen))
    assert set(seen) == expected
