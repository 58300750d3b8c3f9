import pytest

from tests.simulator.playing import Amazon, package
from tests.simulator.v0.asking import PARTS, V0, get_orders, read

END = "2027-03-27T00:00:00Z"


@pytest.mark.parametrize("part", PARTS)
async def test_an_order_that_is_not_there_or_of_another_is_not_found(amazon: Amazon, part: str) -> None:
    order_id = await amazon.placed()
    assert (await read(amazon, f"/111-1111111-1111111{part}")).status_code == 404
    malformed = await read(amazon, f"/TEST_CASE_400{part}")
    assert (malformed.status_code, malformed.json()["errors"][0]["code"]) == (400, "InvalidInput")
    assert (await read(amazon, f"/{order_id}{part}")).status_code == 200
    await amazon.log_in("other")
    assert (await read(amazon, f"/{order_id}{part}")).status_code == 404


async def test_an_unpaid_order_says_nothing_of_money_gifts_and_places(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    order = (await read(amazon, f"/{order_id}")).json()["payload"]
    assert order["OrderStatus"] == "Pending"
    assert not {"OrderTotal", "ShippingAddress", "BuyerInfo", "LatestDeliveryDate"} & set(order)
    items = (await read(amazon, f"/{order_id}/orderItems")).json()["payload"]["OrderItems"]
    for item in items:
        assert not {"ItemPrice", "ItemTax", "ShippingPrice", "PromotionIds", "PromotionDiscount", "IsGift"} & set(item)
        assert item["BuyerRequestedCancel"] == {"IsBuyerRequestedCancel": "false"}


async def test_the_price_of_an_item_is_that_of_the_whole_line(amazon: Amazon) -> None:
    items = [{"sku": "MUG-STONEWARE-350", "quantity": 3, "price": "10.00"}]
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED", items=items)
    [item] = (await read(amazon, f"/{order_id}/orderItems")).json()["payload"]["OrderItems"]
    assert item["ItemPrice"] == {"CurrencyCode": "USD", "Amount": "30.00"}
    assert item["IsGift"] in ("true", "false")


async def test_items_of_a_large_order_come_in_pages(amazon: Amazon) -> None:
    items = [{"sku": f"SKU-{number}", "quantity": 1, "price": "1.00"} for number in range(120)]
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED", items=items)
    other = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    for path in ("orderItems", "orderItems/buyerInfo"):
        seen: list[int] = []
        query: dict[str, str] = {}
        while True:
            page = (await read(amazon, f"/{order_id}/{path}", **query)).json()["payload"]
            seen.append(len(page["OrderItems"]))
            if "NextToken" not in page:
                break
            query = {"NextToken": page["NextToken"]}
        assert seen == [50, 50, 20]
        assert (await read(amazon, f"/{other}/{path}", **query)).status_code == 400
        assert (await read(amazon, f"/{order_id}/{path}", NextToken="made up")).status_code == 400


class TestTheEnd:
    async def read_all(self, amazon: Amazon, order_id: str) -> set[int]:
        answers = [await read(amazon, f"/{order_id}{part}") for part in PARTS]
        return {answer.status_code for answer in [*answers, await get_orders(amazon)]}

    async def test_v0_is_read_until_its_last_day(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        await amazon.sim("POST", "/clock", {"now": "2027-03-26T23:59:59.999Z"})
        await amazon.log_in()
        assert await self.read_all(amazon, order_id) == {200}
        await amazon.sim("POST", "/clock", {"now": END})
        assert await self.read_all(amazon, order_id) == {404}
        await amazon.sim("POST", "/options", {"v0Reads": "SERVED"})
        assert await self.read_all(amazon, order_id) == {200}

    @pytest.mark.parametrize("status", [403, 404, 410])
    async def test_it_can_end_now_and_in_three_ways(self, amazon: Amazon, status: int) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        await amazon.sim("POST", "/options", {"v0Reads": "GONE", "v0GoneStatus": status})
        assert await self.read_all(amazon, order_id) == {status}
        assert (await read(amazon, f"/{order_id}")).json()["errors"][0]["code"]

    async def test_shipments_are_confirmed_all_the_same(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        await amazon.sim("POST", "/options", {"v0Reads": "GONE"})
        body = package(await amazon.order(order_id))
        assert (await amazon.confirm(order_id, body)).status_code == 204


async def test_rates_are_amazons(amazon: Amazon) -> None:
    order_id = await amazon.placed()
    assert (await get_orders(amazon)).headers["x-amzn-ratelimit-limit"] == "0.0167"
    assert (await amazon.get(f"{V0}/{order_id}/address")).headers["x-amzn-ratelimit-limit"] == "0.5"
