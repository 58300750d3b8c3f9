"""How many Amazon offers: what lies on the shelf, less what is open, whatever orders come in between."""

import random
from typing import Any

import pytest

from api.worker.stock_push import stock_due
from simulator.options import Options
from tests.counted import rounds
from tests.end_to_end.stories.asking import FAILURE, LAMP, MUG, SENT_BY_AMAZON
from tests.end_to_end.town import Town

PUSH = f"""mutation($input: StockPushInput!) {{ updateStockPush(input: $input) {{ {FAILURE}
  stockPush {{ enabled outOfStockThreshold maximumQuantity waiting }} }} }}"""
ASKED = "query($id: ID!) { stockPush(storeId: $id) { enabled outOfStockThreshold maximumQuantity waiting } }"
LOG = """query($sku: String, $first: Int, $after: String) {
  listingChanges(sellerSku: $sku, first: $first, after: $after) {
  nodes { sellerSku action outcome quantity comment submissionId product { sku } } edges { cursor }
  pageInfo { hasNextPage endCursor } } }"""
READ_ONLY = """mutation($on: Boolean!) { updateGlobalSettings(input: {patch: {readOnly: $on}}) {
  errors { code message } } }"""


async def push(shop: Town, **given: Any) -> dict[str, Any]:
    """Let the store push stock, and return the payload."""
    given = {"storeId": shop.store_id, "enabled": True, "sellerId": "demo"} | given
    payload: dict[str, Any] = (await shop.ask(PUSH, input=given))["updateStockPush"]
    return payload


def offered(shop: Town, sku: str) -> int | None:
    """Return how many Amazon offers now."""
    shop.world.catch_up()
    product = shop.world.sellers["demo"].product(sku)
    assert product is not None
    offer = shop.world.offers.of("demo", product)
    assert offer is not None
    return offer.quantity


async def log(shop: Town, sku: str | None = None) -> list[tuple[str, int]]:
    """Return what was sent, the oldest first."""
    nodes = (await shop.ask(LOG, sku=sku))["listingChanges"]["nodes"]
    return [(node["outcome"], node["quantity"]) for node in reversed(nodes)]


async def test_nothing_is_pushed_unless_a_store_wants_it(shop: Town):
    await shop.stock(MUG, 3)
    before = offered(shop, MUG)
    await shop.pass_time()
    assert (offered(shop, MUG), await log(shop)) == (before, [])
    assert (await shop.ask(ASKED, id=shop.store_id))["stockPush"] == {
        "enabled": False,
        "outOfStockThreshold": 0,
        "maximumQuantity": None,
        "waiting": 0,
    }


async def test_what_lies_on_the_shelf_less_what_is_open_is_offered(shop: Town):
    await shop.stock(MUG, 10)
    await shop.stock(LAMP, 1)
    shop.place(MUG, quantity=3)
    shop.place(LAMP, quantity=2)  # blocked: it holds nothing, and is open all the same
    await shop.pass_time()
    assert (await push(shop))["errors"] == []
    await shop.pass_time(minutes=2)
    shop.world.clock.advance(20)  # a change takes effect a little later
    assert (offered(shop, MUG), offered(shop, LAMP)) == (7, 0)
    await shop.stock(LAMP, 5)
    await shop.pass_time(minutes=2)
    shop.world.clock.advance(20)
    assert offered(shop, LAMP) == 3
    nodes = (await shop.ask(LOG, sku=MUG))["listingChanges"]["nodes"]
    assert [(node["action"], node["outcome"], node["quantity"], node["product"]["sku"]) for node in nodes] == [
        ("UPDATE_STOCK", "ACCEPTED", 7, MUG)
    ]
    assert nodes[0]["comment"] == "7 offered."
    assert await log(shop, LAMP) == [("ACCEPTED", 0), ("ACCEPTED", 3)]


async def test_changes_within_a_minute_are_one_message_and_no_change_is_none(shop: Town):
    await shop.stock(MUG, 10)
    await push(shop)
    await shop.pass_time()
    for count in (11, 12, 13):
        await shop.stock(MUG, count)
    await shop.pass_time(minutes=2)
    await shop.pass_time(minutes=30)
    assert await log(shop) == [("ACCEPTED", 10), ("ACCEPTED", 13)]


async def test_threshold_maximum_and_disabled_products(shop: Town):
    await shop.stock(MUG, 10)
    await shop.stock(LAMP, 3)
    payload = await push(shop, outOfStockThreshold=3, maximumQuantity=8)
    assert payload["stockPush"] == {
        "enabled": True,
        "outOfStockThreshold": 3,
        "maximumQuantity": 8,
        "waiting": 2,
    }
    await shop.pass_time(minutes=6)
    shop.world.clock.advance(20)
    assert (offered(shop, MUG), offered(shop, LAMP)) == (8, 0)
    await shop.stock(MUG, 10, enabled=False)
    await shop.stock(LAMP, None)  # nobody counts it any more: Amazon's number stays
    await shop.pass_time(minutes=6)
    shop.world.clock.advance(20)
    assert (offered(shop, MUG), offered(shop, LAMP)) == (0, 0)
    assert (await push(shop, enabled=False))["errors"] == []
    await shop.stock(MUG, 4)
    await shop.pass_time()
    assert await log(shop, MUG) == [("ACCEPTED", 8), ("ACCEPTED", 0)]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"sellerId": None}, "REQUIRED", ["input", "sellerId"]),
        ({"sellerId": "two words"}, "INVALID", ["input", "sellerId"]),
        ({"outOfStockThreshold": -1}, "INVALID", ["input", "outOfStockThreshold"]),
        ({"maximumQuantity": -1}, "INVALID", ["input", "maximumQuantity"]),
    ],
)
async def test_settings_that_cannot_be_are_refused(shop: Town, given: dict[str, Any], code: str, path: list[str]):
    (error,) = (await push(shop, **given))["errors"]
    assert (error["code"], error["path"]) == (code, path)
    assert (await shop.ask(ASKED, id=shop.store_id))["stockPush"]["enabled"] is False


async def fail(shop: Town, operation: str, effect: str, *, times: int = 1) -> None:
    """Let something go wrong at Amazon."""
    rule = {"operation": operation, "effect": effect, "times": times}
    assert await shop.http_to_amazon("/_sim/faults", rule) == 201


async def test_nothing_is_pushed_while_orders_cannot_be_read(shop: Town):
    await shop.stock(MUG, 10)
    await push(shop)
    await shop.pass_time()
    await fail(shop, "searchOrders", "UNAVAILABLE", times=7)
    for _ in range(3):
        await shop.pass_time(minutes=6)
    shop.place(MUG, quantity=4)
    await shop.stock(MUG, 20)
    await shop.pass_time(minutes=1)
    assert await log(shop) == [("ACCEPTED", 10)]
    assert (await shop.ask(ASKED, id=shop.store_id))["stockPush"]["waiting"] == 1
    for _ in range(6):  # the faults are used up, and put-off reading begins again
        await shop.pass_time(minutes=30)
    shop.world.clock.advance(20)
    assert offered(shop, MUG) == 16
    assert (await log(shop))[-1] == ("ACCEPTED", 16)


async def test_a_message_without_an_answer_is_sent_again_and_one_that_is_refused_is_not(shop: Town):
    await shop.stock(MUG, 10)
    await shop.stock(SENT_BY_AMAZON, 4)
    await fail(shop, "patchListingsItem", "UNAVAILABLE")
    await push(shop)
    await shop.pass_time()
    assert await log(shop, MUG) == [("POSTPONED", 10)]
    assert await log(shop, SENT_BY_AMAZON) == [("REFUSED", 4)]
    (refused,) = (await shop.ask(LOG, sku=SENT_BY_AMAZON))["listingChanges"]["nodes"]
    assert "fulfilled by Amazon" in refused["comment"]
    await fail(shop, "patchListingsItem", "THROTTLED")
    await shop.pass_time(minutes=2)
    await shop.pass_time(minutes=2)
    assert await log(shop, MUG) == [("POSTPONED", 10), ("POSTPONED", 10), ("ACCEPTED", 10)]
    await shop.stock(SENT_BY_AMAZON, 5)
    await shop.pass_time(minutes=30)
    assert await log(shop, SENT_BY_AMAZON) == [("REFUSED", 4), ("REFUSED", 5)]

    first = (await shop.ask(LOG, first=2))["listingChanges"]
    assert first["pageInfo"]["hasNextPage"] is True
    rest = (await shop.ask(LOG, first=9, after=first["pageInfo"]["endCursor"]))["listingChanges"]
    assert (len(rest["nodes"]), len(rest["edges"])) == (3, 3)


async def test_without_the_permission_it_is_refused_and_with_the_next_settings_it_is_tried_again(shop: Town):
    await shop.stock(MUG, 10)
    await push(shop)
    await fail(shop, "patchListingsItem", "DENIED", times=2)
    await shop.pass_time()
    assert await log(shop) == [("REFUSED", 10)]
    await push(shop, maximumQuantity=9)
    await shop.pass_time()
    assert await log(shop) == [("REFUSED", 10), ("ACCEPTED", 9)]


async def test_when_amazon_takes_the_credentials_no_more_the_number_waits(shop: Town):
    await shop.stock(MUG, 10)
    assert await shop.http_to_amazon("/_sim/sellers/demo/revoke", {}) == 200
    await push(shop)
    assert await stock_due(shop.joined.worker) == 1
    assert await log(shop) == [("POSTPONED", 10)]
    await shop.pass_time(minutes=10)
    assert await log(shop) == [("POSTPONED", 10)]  # the account does nothing until somebody renews them


async def test_in_read_only_mode_nothing_is_pushed(shop: Town):
    await shop.stock(MUG, 10)
    assert (await shop.ask(READ_ONLY, on=True))["updateGlobalSettings"]["errors"] == []
    await push(shop)
    await shop.pass_time()
    assert await log(shop) == []
    assert (await shop.ask(READ_ONLY, on=False))["updateGlobalSettings"]["errors"] == []
    await shop.pass_time()
    assert await log(shop) == [("ACCEPTED", 10)]


class Schedule:
    """Orders, counts and passes in a random order, and what is free in truth: counted, less ordered."""

    def __init__(self, shop: Town, seed: int) -> None:
        self.shop = shop
        self.random = random.Random(seed)
        self.counted = 0
        self.ordered: dict[str, int] = {}
        self.open: list[str] = []
        self.lately: list[tuple[float, int]] = []

    @property
    def free(self) -> int:
        """How many nobody has ordered."""
        return self.counted - sum(self.ordered.values())

    def place(self) -> None:
        """Let a buyer order."""
        units = self.random.randint(1, 3)
        status = self.random.choice(("UNSHIPPED", "PENDING"))
        number = self.shop.place(MUG, quantity=units, status=status)
        self.ordered[number] = units
        self.open.append(number)
        self.lately.append((self.shop.world.clock.now().timestamp(), units))

    async def cancel(self) -> None:
        """Let a buyer think better of it."""
        if self.open:
            number = self.open.pop(self.random.randrange(len(self.open)))
            await self.shop.happens(number, "cancel", by="BUYER")
            del self.ordered[number]

    async def ship(self) -> None:
        """Ship what can be shipped."""
        for number in self.open:
            order = await self.shop.order(number) if await self._is_here(number) else None
            if order and order["commerceOrder"] and order["status"] == "UNSHIPPED":
                assert (await self.shop.ship(number))["errors"] == []
                self.open.remove(number)
                return

    async def count(self) -> None:
        """Let more come; what is promised is never counted away."""
        more = self.random.randint(1, 5)
        self.counted += more
        shelf = await self.shop.shelf(MUG)
        await self.shop.stock(MUG, shelf["stock"] + more)

    async def step(self) -> None:
        """Do one of these, or let some time pass."""
        match self.random.randrange(9):
            case 0 | 1:
                self.place()
            case 5:
                operation = self.random.choice(("patchListingsItem", "searchOrders"))
                await fail(self.shop, operation, self.random.choice(("UNAVAILABLE", "THROTTLED", "FAILED")))
            case 2:
                await self.cancel()
            case 3:
                await self.ship()
            case 4:
                await self.count()
            case _:
                await self.shop.pass_time(minutes=self.random.choice((0.1, 1, 2, 5)))

    def check(self) -> None:
        """Amazon offers no more than is free, but for orders that it told of too late."""
        since = self.shop.world.clock.now().timestamp() - 20 * 60
        window = sum(units for at, units in self.lately if at >= since)
        assert (offered(self.shop, MUG) or 0) <= max(0, self.free) + window

    async def _is_here(self, number: str) -> bool:
        document = "query($n: String!) { amazonOrder(by: {amazonOrderId: $n}) { id } }"
        return (await self.shop.ask(document, n=number))["amazonOrder"] is not None


@pytest.mark.parametrize("seed", range(rounds(8)))
async def test_both_sides_agree_once_all_is_settled(shop: Town, seed: int):
    schedule = Schedule(shop, seed)
    shop.world.options = Options(restocks_cancelled=seed % 2 == 0)
    schedule.counted = 12
    await shop.stock(MUG, 12)
    await push(shop)
    await shop.pass_time()
    shop.world.clock.advance(20)
    assert offered(shop, MUG) == 12
    for _ in range(24):
        await schedule.step()
        schedule.check()
    for _ in range(4):  # the faults are spent, and whatever was put off is due
        await shop.pass_time(minutes=30)
    shop.world.clock.advance(20)
    assert offered(shop, MUG) == max(0, schedule.free)
