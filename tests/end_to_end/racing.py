"""Seeded schedules in which a cancellation races a shipment, many of them side by side in one town."""

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, Final

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.worker.sweep import deliver_due, evaluate_due, feeds_due, sync_due
from domain.amazon.records import OPEN_COMMANDS, AmazonOrder, Command
from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.timeline import Actor, ActorKind
from simulator.orders.placing import WantedItem, Wish, place_order
from tests.end_to_end.town import Town

ON_HAND: Final = 10
TICKS: Final = 12
STATUSES: Final = {name: name for name in ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")} | {"CANCELLED": "CANCELED"}

RACER = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id status commands { id kind state } items { id quantityOrdered } } }"""
CANCEL = """mutation($input: CancelOrderInput!) { cancelOrder(input: $input) {
  command { state } errors { __typename code message } } }"""
SHIP = """mutation($input: ShipOrderInput!) { shipOrder(input: $input) {
  shipment { id } errors { __typename code message } } }"""
GIVE_UP = """mutation($id: ID!) { giveUpCommand(commandId: $id, note: "a change of mind") {
  command { state } errors { code message } } }"""
RETRY = "mutation($id: ID!) { retryCommand(commandId: $id) { command { state } errors { code message } } }"


class LosesWords:
    """A simulated Amazon that does what it is asked and is cut off before its answer arrives, by the dice."""

    def __init__(self, app: ASGIApp, random: Random, *, often: float) -> None:
        self.app = app
        self.random = random
        self.often = often

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the control plane always answers."""
        if scope["path"].startswith("/_sim") or self.random.random() >= self.often:
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _nowhere)
        raise httpx2.ReadError("the connection broke")


async def _nowhere(_: Message) -> None:
    return None


@dataclass
class Racer:
    """One order with a product of its own and what happens to it, by tick; `initial` is what the shelf got of it.

    `total` is what Amazon says the buyer paid, in minor units.
    """

    number: str
    sku: str
    quantity: int
    acts: dict[int, list[str]]
    initial: int = 0
    total: int = 0
    answers: list[str] = field(default_factory=list)


@dataclass
class Race:
    """A town with its racers, and the dice that say what comes next."""

    town: Town
    random: Random
    racers: list[Racer] = field(default_factory=list)

    async def enter(self, name: str) -> None:
        """Let a buyer order something that only this order needs."""
        quantity = self.random.randint(1, 4)
        racer = Racer(number="", sku=f"RACE-{name}", quantity=quantity, acts=self._schedule())
        if self.random.random() < 0.85:
            await self._stock(racer)
        items = (WantedItem(sku=racer.sku, quantity=quantity, price=1990),)
        wish = Wish(status="UNSHIPPED", items=items, programs=())
        racer.number = place_order(self.town.world, wish, at=self.town.world.catch_up())
        racer.total = round(100 * Decimal(self._document(racer)["proceeds"]["grandTotal"]["amount"]))
        self.racers.append(racer)

    def _document(self, racer: Racer) -> dict[str, Any]:
        order = self.town.world.book.get(racer.number)
        assert order is not None
        document: dict[str, Any] = order.read()
        return document

    def _schedule(self) -> dict[int, list[str]]:
        cancels = self.random.choices(["cancel", "cancel without goods"], k=self.random.randint(1, 2))
        ships = self.random.choices(
            ["ship", "ship a part", "ship at amazon", "ship a part at amazon"], k=self.random.randint(1, 2)
        )
        others = self.random.choices(
            ["give up", "retry", "buyer cancels", "amazon cancels", "buyer asks", "stock comes"],
            k=self.random.randint(0, 2),
        )
        acts: dict[int, list[str]] = {}
        for act in [*cancels, *ships, *others]:
            acts.setdefault(self.random.randrange(TICKS), []).append(act)
        return acts

    async def run(self) -> None:
        """Play all ticks, the steps of the worker in any order between them, and then come to rest."""
        for tick in range(TICKS):
            for racer in self.random.sample(self.racers, len(self.racers)):
                for act in racer.acts.get(tick, ()):
                    racer.answers.append(f"{tick} {act}: {await self._act(racer, act)}")
            self.town.world.clock.advance(self.random.choice([1, 5, 15, 40, 90, 240]))
            await self._work()
        await self.rest()
        for racer in self.racers:
            if (await self.seen(racer))["status"] in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
                racer.answers.append(f"end ship at amazon: {await self._act(racer, 'ship at amazon')}")
        await self.rest()

    async def rest(self) -> None:
        """Let the worker do all that follows from what happened."""
        for _ in range(60):
            await self.town.pass_time()
            if await self._is_at_rest():
                return
        raise AssertionError("it never comes to rest")

    async def _is_at_rest(self) -> bool:
        if await Command.filter(state__in=OPEN_COMMANDS).exists():
            return False
        shown = dict(await AmazonOrder.all().values_list("number", "amazon_status"))
        for racer in self.racers:
            order = self.town.world.book.get(racer.number)
            if order is None or shown.get(racer.number) != STATUSES.get(order.status or ""):
                return False
        return not await AmazonOrder.filter(evaluate_due__lte=self.town.world.clock.now()).exists()

    async def seen(self, racer: Racer) -> Any:
        """Return the racer's order as the API shows it."""
        return (await self.town.ask(RACER, number=racer.number))["amazonOrder"]

    async def _work(self) -> None:
        worker = self.town.joined.worker
        steps = [sync_due, evaluate_due, deliver_due, feeds_due]
        for step in self.random.choices(steps, k=self.random.randint(1, 6)):
            await step(worker)

    async def _act(self, racer: Racer, act: str) -> str:
        match act:
            case "cancel" | "cancel without goods":
                return await self._cancel(racer, restock=act == "cancel")
            case "ship" | "ship a part":
                return await self._ship(racer, 1 if act == "ship a part" else None)
            case "give up" | "retry":
                return await self._choose(racer, GIVE_UP if act == "give up" else RETRY)
            case "stock comes":
                return await self._stock(racer)
        path, body = await self._at_amazon(racer, act)
        return str(await self.town.http_to_amazon(f"/_sim/orders/{racer.number}/{path}", body))

    async def _at_amazon(self, racer: Racer, act: str) -> tuple[str, dict[str, Any]]:
        if act in ("buyer cancels", "amazon cancels"):
            return "cancel", {"by": act.split()[0].upper()}
        if act == "buyer asks":
            return "request-cancel", {}
        if act == "ship at amazon":
            return "ship", {}
        item_id = self._document(racer)["orderItems"][0]["orderItemId"]
        return "ship", {"items": [{"orderItemId": item_id, "quantity": 1}]}

    async def _cancel(self, racer: Racer, *, restock: bool) -> str:
        seen = await self.seen(racer)
        if seen is None:
            return "not known yet"
        key = f"{racer.number} {len(racer.answers)}"
        given = {"orderId": seen["id"], "reason": "NO_INVENTORY", "restock": restock, "idempotencyKey": key}
        return _said((await self.town.ask(CANCEL, input=given))["cancelOrder"])

    async def _ship(self, racer: Racer, quantity: int | None) -> str:
        seen = await self.seen(racer)
        if seen is None:
            return "not known yet"
        given = {
            "orderId": seen["id"],
            "carrierCode": "UPS",
            "trackingNumber": f"1Z{len(racer.answers)}",
            "idempotencyKey": f"{racer.number} {len(racer.answers)}",
        }
        if quantity is not None:
            given["lines"] = [{"itemId": seen["items"][0]["id"], "quantity": quantity}]
        answer = (await self.town.ask(SHIP, input=given))["shipOrder"]
        return _said(answer)

    async def _choose(self, racer: Racer, document: str) -> str:
        seen = await self.seen(racer)
        if not seen or not seen["commands"]:
            return "nothing to choose"
        command = self.random.choice(seen["commands"])
        (payload,) = (await self.town.ask(document, id=command["id"])).values()
        return f"{command['kind']} {command['state']} {_said(payload)}"

    async def _stock(self, racer: Racer) -> str:
        if racer.initial:
            return "is there already"
        row = ProductRow(line=2, sku=racer.sku, name=racer.sku, quantity=str(ON_HAND))
        imported = await import_products(rows=[row], now=self.town.world.clock.now(), actor=Actor(ActorKind.USER))
        assert imported.refused == []
        racer.initial = ON_HAND
        return "done"


def _said(payload: dict[str, Any]) -> str:
    return payload["errors"][0]["message"] if payload["errors"] else "done"
