"""A script that chance writes: an application, a tester and time do all sorts of things to one world."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx2

from simulator.world import World
from tests.simulator.listings.offering import ITEMS, MUG, entry, patch
from tests.simulator.notifications.listening import QUEUE, Listener
from tests.simulator.playing import EVERYTHING, ORDERS, package
from tests.simulator.reports.asking import REPORTS, specification
from tests.simulator.submitting import ACKNOWLEDGEMENT, DOCUMENTS, FEEDS, envelope, message
from tests.simulator.submitting import specification as feed_specification

MARKETPLACES = ("ATVPDKIKX0DER", "A1VC38T7YXB528", "A2Q3Y263D00KWC")
STATUSES = ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED")
ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("pay", {}),
    ("cancel", {"by": "BUYER"}),
    ("cancel", {"by": "SELLER", "reason": "No stock"}),
    ("request-cancel", {}),
    ("ship", {}),
    ("deliver", {}),
    ("return", {}),
)
FAULTS: tuple[dict[str, Any], ...] = (
    {"effect": "THROTTLED", "operation": "searchOrders", "every": 3, "times": 3},
    {"effect": "FAILED", "operation": "getOrder", "probability": 0.3, "times": 5},
    {"effect": "DUPLICATE_PAGE", "operation": "searchOrders", "times": 1},
    {"effect": "MISSING", "operation": "searchOrders", "probability": 0.2, "times": 10},
    {"effect": "LATE", "operation": "searchOrders", "seconds": 3600, "probability": 0.3},
    {"effect": "STALE", "operation": "getOrder", "times": 2},
    {"effect": "UNKNOWN_FIELD", "operation": "getOrder", "times": 2},
    {"effect": "FEED_FATAL", "messages": 1, "times": 1},
    {"effect": "MESSAGE_DUPLICATED", "times": 2},
    {"effect": "MESSAGE_DELAYED", "seconds": 600, "times": 2},
    {"effect": "MESSAGE_SWAPPED", "times": 1},
)


class Player(Listener):
    """Plays the script; all that was answered is written down, byte for byte."""

    def __init__(self, world: World, seed: str) -> None:
        super().__init__(world)
        self.seed = seed
        self.answers: list[tuple[int, str, bytes]] = []

    async def begin(self) -> None:
        """Log in, and subscribe."""
        await self.arrive()
        await self.subscribe()

    async def play(self, steps: range) -> None:
        """Play these steps of the script; what one does depends on its number and on the world."""
        for number in steps:
            random = Random(f"{self.seed}/{number}")
            await random.choice(STEPS)(self, random)

    def wrote(self, answer: httpx2.Response) -> httpx2.Response:
        """Write an answer down."""
        self.answers.append((answer.status_code, repr(sorted(answer.headers.items())), answer.content))
        return answer

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> httpx2.Response:
        """Call Amazon, and write the answer down."""
        headers = {"x-amz-access-token": self.token or ""}
        return self.wrote(await self.http.request(method, path, json=body, params=query, headers=headers))

    async def act(self, path: str, body: Any, method: str = "POST") -> httpx2.Response:
        """Use the control plane, and write the answer down."""
        return self.wrote(await self.sim(method, path, body))

    def any_order(self, random: Random) -> str:
        """One of the orders that there are."""
        return random.choice([order.order_id for order in self.world.book] or ["111-1111111-1111111"])


async def place(player: Player, random: Random) -> None:
    wish = {
        "count": random.randint(1, 4),
        "marketplaceId": random.choice(MARKETPLACES),
        "fulfilledBy": random.choice(("MERCHANT", "MERCHANT", "AMAZON")),
        "fulfillmentStatus": random.choice(STATUSES),
    }
    await player.act("/orders", wish)


async def pass_time(player: Player, random: Random) -> None:
    await player.act("/clock", {"advance": random.choice((1, 180, 3_600, 40_000, 400_000))})
    await player.log_in()


async def turn_back(player: Player, random: Random) -> None:
    await player.act("/clock", {"now": f"2026-11-0{random.randint(1, 9)}T00:00:00Z"})
    await player.log_in()


async def search(player: Player, random: Random) -> None:
    query = {"lastUpdatedAfter": "2026-10-01T00:00:00Z", "maxResultsPerPage": str(random.randint(1, 5))}
    query |= random.choice(({}, {"fulfillmentStatuses": "UNSHIPPED"}, {"includedData": EVERYTHING}))
    for _ in range(4):
        answer = await player.call("GET", ORDERS, **query)
        token = answer.json().get("pagination", {}).get("nextToken")
        if token is None:
            return
        query["paginationToken"] = token


async def look(player: Player, random: Random) -> None:
    order_id = player.any_order(random)
    await player.call("GET", f"{ORDERS}/{order_id}", includedData=EVERYTHING)
    await player.call("GET", f"/orders/v0/orders/{order_id}")


async def befall(player: Player, random: Random) -> None:
    name, body = random.choice(ACTS)
    await player.act(f"/orders/{player.any_order(random)}/{name}", body)


async def confirm(player: Player, random: Random) -> None:
    order = player.world.book.get(player.any_order(random))
    if order is not None:
        path = f"/orders/v0/orders/{order.order_id}/shipmentConfirmation"
        await player.call("POST", path, package(order.read(), str(random.randint(1, 2))))


async def feed(player: Player, random: Random) -> None:
    made = (await player.call("POST", DOCUMENTS, {"contentType": "text/xml; charset=UTF-8"})).json()
    if "url" in made:
        contents = envelope(message(player.any_order(random), number=1), message(player.any_order(random), number=2))
        headers = {"content-type": "text/xml; charset=UTF-8"}
        player.wrote(await player.http.put(made["url"], content=contents, headers=headers))
        await player.call("POST", FEEDS, feed_specification(made["feedDocumentId"], ACKNOWLEDGEMENT))
    await player.call("GET", FEEDS, feedTypes=ACKNOWLEDGEMENT, pageSize=2)


async def report(player: Player, random: Random) -> None:
    made = (await player.call("POST", REPORTS, specification())).json()
    await player.act("/clock", {"advance": random.choice((1, 120))})
    if "reportId" in made:
        await player.call("GET", f"{REPORTS}/{made['reportId']}")


async def offer(player: Player, random: Random) -> None:
    path = f"{ITEMS}/demo/{MUG}"
    body = patch("replace", entry(quantity=random.randint(0, 9)))
    await player.call("PATCH", path, body, marketplaceIds=MARKETPLACES[0])
    await player.call("GET", path, marketplaceIds=MARKETPLACES[0], includedData="fulfillmentAvailability")


async def listen(player: Player, random: Random) -> None:
    body = {"QueueUrl": QUEUE, "MaxNumberOfMessages": random.randint(1, 10)}
    headers = {"x-amz-target": "AmazonSQS.ReceiveMessage", "content-type": "application/x-amz-json-1.0"}
    player.wrote(await player.http.post("/_sqs", json=body, headers=headers))


async def plan_fault(player: Player, random: Random) -> None:
    await player.act("/faults", random.choice(FAULTS))


async def turn_switch(player: Player, random: Random) -> None:
    switches = ("movesPackages", "restocksCancelled", "showsDetailedStatus")
    await player.act("/options", {random.choice(switches): random.random() < 0.5})
    await player.act("/limits", {"enabled": random.random() < 0.3})


STEPS: tuple[Callable[[Player, Random], Awaitable[None]], ...] = (
    place, place, pass_time, pass_time, turn_back, search, search, look, befall, befall, confirm, feed, report, offer,
    listen, plan_fault, turn_switch,
)  # fmt: skip
