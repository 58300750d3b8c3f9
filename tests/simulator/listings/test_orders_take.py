import pytest

from simulator.orders import arrivals, lifecycle
from simulator.world import World
from tests.simulator.listings.offering import CABLE, EFFECT, MUG, buy, entry, listed, patch, quantity, send, stock
from tests.simulator.playing import Amazon

LAMP = "LAMP-DESK-LED"
ORDER = {
    "orderId": "902-0000001-0000001",
    "createdTime": "2026-11-01T10:00:00Z",
    "lastUpdatedTime": "2026-11-01T10:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER"},
    "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
    "orderItems": [
        {
            "orderItemId": "1",
            "quantityOrdered": 3,
            "product": {"sellerSku": MUG},
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 3},
        }
    ],
}


@pytest.fixture
async def shop(amazon: Amazon) -> Amazon:
    await stock(amazon, 10)
    await stock(amazon, 10, LAMP)
    return amazon


class TestOrders:
    async def test_an_order_takes_its_units_at_once(self, shop: Amazon) -> None:
        items = [{"sku": MUG, "quantity": 2}, {"sku": LAMP, "quantity": 1}, {"sku": MUG, "quantity": 1}]
        await shop.place(items=items)

        assert (await quantity(shop), await quantity(shop, LAMP)) == (7, 9)

    async def test_an_order_of_any_marketplace_takes_from_the_one_quantity(self, shop: Amazon) -> None:
        await buy(shop, 3, marketplaceId="A1PA6795UKMFR9")

        assert await quantity(shop) == 7

    async def test_an_order_takes_from_its_own_seller_only(self, shop: Amazon) -> None:
        await buy(shop, 3, seller="other")

        assert await quantity(shop) == 10

    async def test_an_order_is_taken_even_if_there_is_too_little(self, shop: Amazon) -> None:
        order_id = await buy(shop, 12)

        assert await shop.status(order_id) == "PENDING"
        assert await quantity(shop) == 0
        assert (await listed(shop))["oversold"] == 2

    async def test_orders_of_amazons_warehouse_and_of_unlisted_products_take_nothing(self, shop: Amazon) -> None:
        before = (await shop.sim("GET", "/listings")).json()
        await buy(shop, 3, CABLE)
        await buy(shop, 3, fulfilledBy="AMAZON")
        await buy(shop, 3, "UNLISTED")

        assert (await shop.sim("GET", "/listings")).json() == before

    async def test_a_seeded_past_and_loaded_orders_take_nothing(self, shop: Amazon, world: World) -> None:
        before = (await shop.sim("GET", "/listings?seller=demo")).json()
        arrivals.seed_orders(world, count=30)
        await shop.sim("PUT", "/orders", {"orders": [ORDER]})

        assert (await shop.sim("GET", "/listings?seller=demo")).json() == before

    async def test_a_cancelled_order_gives_its_units_back_once(self, shop: Amazon) -> None:
        order_id = await buy(shop, 4)
        seen = [await quantity(shop)]
        for act, body in (("cancel", {"by": "BUYER"}), ("cancel", {"by": "BUYER"})):
            await shop.sim("POST", f"/orders/{order_id}/{act}", body)
            seen.append(await quantity(shop))

        assert seen == [6, 10, 10]

    async def test_units_are_not_given_back_if_the_world_says_so(self, shop: Amazon) -> None:
        await shop.sim("POST", "/options", {"restocksCancelled": False})
        order_id = await buy(shop, 4)
        await shop.sim("POST", f"/orders/{order_id}/cancel", {"by": "AMAZON"})
        await buy(shop, 1, fulfillmentStatus="CANCELLED")

        assert await quantity(shop) == 5

    async def test_an_order_placed_as_cancelled_leaves_the_quantity_as_it_was(self, shop: Amazon) -> None:
        await buy(shop, 3, fulfillmentStatus="CANCELLED")

        assert await quantity(shop) == 10

    async def test_shipping_gives_nothing_back(self, shop: Amazon) -> None:
        order_id = await buy(shop, 4, fulfillmentStatus="UNSHIPPED")
        for act in ("ship", "deliver", "return"):
            await shop.sim("POST", f"/orders/{order_id}/{act}", {})

        assert await quantity(shop) == 6

    async def test_a_part_that_is_cancelled_comes_back_and_the_rest_later(self, shop: Amazon, world: World) -> None:
        order_id = await buy(shop, 4, fulfillmentStatus="UNSHIPPED")
        order = world.book.get(order_id)
        assert order is not None
        [item] = order.read()["orderItems"]
        part = {item["orderItemId"]: 1}

        world.change(order, lambda it: lifecycle.cancel_units(it, part, by="SELLER", reason="NoInventory"), at=0)
        seen = [await quantity(shop)]
        await shop.sim("POST", f"/orders/{order_id}/cancel", {"by": "SELLER"})

        assert [*seen, await quantity(shop)] == [7, 10]

    async def test_cancelling_a_loaded_order_gives_nothing_back(self, shop: Amazon, world: World) -> None:
        before = world.offers.keep()
        await shop.sim("PUT", "/orders", {"orders": [ORDER]})
        answer = await shop.sim("POST", f"/orders/{ORDER['orderId']}/cancel", {"by": "AMAZON"})

        assert answer.json()["fulfillmentStatus"] == "CANCELLED"
        assert world.offers.keep() == before

    async def test_an_order_that_was_loaded_over_a_placed_one_gives_nothing_back(self, shop: Amazon) -> None:
        [order_id] = await shop.place(fulfillmentStatus="UNSHIPPED", items=[{"sku": MUG, "quantity": 2}])
        order = (await shop.sim("GET", f"/state?orderId={order_id}")).json()["orders"][0]["order"]
        order["orderItems"][0] |= {"quantityOrdered": 50, "fulfillment": {"quantityUnfulfilled": 50}}
        assert (await shop.sim("PUT", "/orders", {"orders": [order]})).status_code == 200
        before = await quantity(shop)
        assert (await shop.sim("POST", f"/orders/{order_id}/cancel", {"by": "AMAZON"})).status_code == 200
        assert await quantity(shop) == before

    async def test_units_that_were_missing_are_made_up_for_first(self, shop: Amazon) -> None:
        lost = await buy(shop, 12)
        small = await buy(shop, 1)
        await shop.sim("POST", f"/orders/{small}/cancel", {"by": "BUYER"})
        assert ((await listed(shop))["oversold"], await quantity(shop)) == (2, 0)
        await shop.sim("POST", f"/orders/{lost}/cancel", {"by": "BUYER"})

        assert await quantity(shop) == 10


class TestRace:
    """Physical stock of ten, three of it in orders that are not shipped yet."""

    async def push(self, amazon: Amazon, units: int) -> None:
        await send(amazon, patch("merge", entry(quantity=units)))

    async def test_sending_the_physical_stock_sells_what_is_promised_already(self, shop: Amazon) -> None:
        await buy(shop, 3)
        await self.push(shop, 10)
        await shop.advance(EFFECT)

        assert await quantity(shop) == 10  # of which seven are there

    async def test_sending_physical_minus_open_does_not(self, shop: Amazon) -> None:
        await buy(shop, 3)
        await self.push(shop, 10 - 3)
        await shop.advance(EFFECT)

        assert await quantity(shop) == 7

    async def test_an_order_between_a_patch_and_its_effect_is_overwritten_until_the_next_patch(
        self, shop: Amazon
    ) -> None:
        await self.push(shop, 10)
        await shop.advance(EFFECT / 2)
        await buy(shop, 3)
        assert await quantity(shop) == 7
        await shop.advance(EFFECT / 2)
        assert await quantity(shop) == 10
        await self.push(shop, 10 - 3)
        await shop.advance(EFFECT)

        assert await quantity(shop) == 7
