"""A store's days at random: everything that Amazon, people and time may do to orders, in any order."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.amazon.commands import due_commands, take
from domain.amazon.facts import AmazonOrderStatus, Breakdown, BreakdownKind, ItemFacts, OrderFacts, PackageFacts
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandState
from domain.catalog.product_rows import ProductRow
from domain.catalog.records import Product
from domain.catalog.stock import expire_reservations
from domain.change import change
from domain.channel.confirm import accepted, postponed, refused
from domain.channel.products import import_products, restock_in
from domain.channel.retry import retry_import
from domain.commerce.parcels import contents_of
from domain.commerce.records import Package
from domain.errors import DomainError, MarketplaceRejected, MarketplaceUnavailable
from domain.timeline import SYSTEM
from tests.domain.channel.stage import CLERK, Stage, euro, item, package
from tests.domain.channel.tracks import add, correct, number

STATUSES = (
    *("PENDING", "UNSHIPPED", "UNSHIPPED", "UNSHIPPED", "PARTIALLY_SHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"),
    *("CANCELED", "PENDING_AVAILABILITY", "UNFULFILLABLE", "INVOICE_UNCONFIRMED", "UNKNOWN"),
)
MANAGED = ("P0", "P1", "P2")
ENDED = ("SHIPPED", "CANCELED", "INVOICE_UNCONFIRMED")


@dataclass
class Walk:
    """One walk; `restocked` counts what came onto the shelf, by product."""

    stage: Stage
    dice: random.Random
    restocked: dict[str, int]

    @classmethod
    async def start(cls, stage: Stage, seed: int) -> "Walk":
        await stage.products(*({"sku": sku, "quantity": "12"} for sku in MANAGED))
        await stage.products({"sku": "FREE", "manages_stock": "no"}, {"sku": "OFF", "enabled": "no", "quantity": "9"})
        await stage.settings(stock_rule="UNSHIPPED_ONLY" if seed % 2 else "DOCUMENTED", reservation_days=1)
        return cls(stage, random.Random(seed), dict.fromkeys(MANAGED, 12))

    async def step(self) -> None:
        self.stage.later(minutes=self.dice.randint(1, 9))
        moves: list[Callable[[], Awaitable[object]]] = [
            *[self.place] * 4,
            *[self.tell] * 6,
            *[self.ship] * 4,
            *[self.deliver] * 3,
            *(
                self.tell_again,
                self.shrink,
                self.restock,
                self.switch_product,
                self.switch_import,
                self.pass_time,
                self.retry,
            ),
            *(self.at_once, self.interrupted, self.track, self.track),
        ]
        await self.dice.choice(moves)()
        if self.dice.random() < 0.7:
            await self.stage.evaluate()

    async def place(self) -> None:
        skus = self.dice.sample([*MANAGED * 3, "FREE", "FREE", "OFF", "NONE"], k=self.dice.randint(1, 3))
        items = [self._item(sku, str(at)) for at, sku in enumerate(skus)]
        tip = self.dice.choice([0, 0, 150])
        total = sum(one.proceeds_total.minor for one in items if one.proceeds_total) + tip
        channel = self.dice.choice(["MERCHANT"] * 4 + ["AMAZON"])
        facts = self.stage.facts(
            *items,
            status=self.dice.choice(STATUSES),
            fulfillment_channel=channel,
            grand_total=euro(total),
            breakdowns=(Breakdown(BreakdownKind.DELIVERY_TIP, euro(tip)),) if tip else (),
        )
        await self.stage.see(self._counted(facts))

    async def tell(self) -> None:
        """Say that something else is true of an order now, however unlikely after what was said before."""
        for facts in self._any_order():
            told = self._counted(self.as_status(facts, self.dice.choice(STATUSES)))
            await self.stage.see(await self.with_packages(told) if self.dice.random() < 0.3 else told)

    async def shrink(self) -> None:
        """Take one off an item that has not shipped."""
        for facts in self._any_order():
            first, *others = facts.items
            fewer = max(first.quantity_shipped, first.quantity_ordered - 1)
            items = (replace(first, quantity_ordered=fewer), *others)
            await self.stage.see(replace(facts, items=items, updated_at=self.stage.now))

    def _any_order(self) -> list[OrderFacts]:
        return self.dice.sample(list(self.stage.seen.values()), k=min(1, len(self.stage.seen)))

    def as_status(self, facts: OrderFacts, status: str, *, at: datetime | None = None) -> OrderFacts:
        """Return an order's facts in another status, as of now unless another time is given."""
        known = AmazonOrderStatus(status)
        return replace(facts, status=known, raw_status=status, updated_at=at or self.stage.now)

    async def tell_again(self) -> None:
        """Say of an order what was true before, which must change nothing."""
        for facts in self._any_order():
            latest, before = dict(self.stage.seen), await self._stored(facts)
            late = replace(facts, updated_at=facts.updated_at - timedelta(minutes=1))
            for said in (facts, self.as_status(late, self.dice.choice(STATUSES), at=late.updated_at)):
                await self.stage.see(said)
                assert await self._stored(facts) == before
            self.stage.seen = latest

    async def _stored(self, facts: OrderFacts) -> dict[str, object]:
        row = await AmazonOrder.get(number=facts.amazon_order_id).values()
        return {name: value for name, value in row.items() if name != "fetched_at"}

    async def ship(self) -> None:
        orders = await AmazonOrder.filter(import_state="IMPORTED").exclude(amazon_status__in=ENDED)
        if orders:
            order = self.dice.choice(orders)
            items = await AmazonItem.filter(order_id=order.id)
            lines = [(one.id, self.dice.randint(1, 2)) for one in self.dice.sample(items, k=1)]
            packages = self.dice.choice([(), (package(*lines),), (package(*lines), package())])
            with contextlib.suppress(DomainError):
                await self.stage.ship(order, *packages, key=str(self.dice.randrange(10**9)))

    async def track(self) -> None:
        """Say another number for a parcel, or that some of it travels apart."""
        packages = await Package.all().order_by("id")
        if not packages:
            return
        parcel = self.dice.choice(packages)
        held = sorted((await contents_of(parcel)).items())
        (order,) = await AmazonOrder.filter(commerce_order_id=parcel.order_id)
        text = str(self.dice.randrange(10**9))
        with contextlib.suppress(DomainError):
            if held and self.dice.random() < 0.4:
                line = self.dice.choice(held)[0], self.dice.randint(1, 2)
                await add(self.stage, order, line, package_id=parcel.id, track=number(text), idempotency_key=text)
            else:
                await correct(self.stage, order, number(text), package_id=parcel.id, idempotency_key=text)

    async def deliver(self) -> None:
        now = self.stage.now
        for due in await due_commands(now=now, machine_ms=0, limit=3):
            command = await take(command_id=due.id, now=now, machine_ms=0, lease_ms=0)
            assert command is not None
            await self._answer(command)

    async def _answer(self, command: Command) -> None:
        now, given = self.stage.now, {"command_id": command.id, "fence": command.fence}
        answer = self.dice.random()
        if answer < 0.6:
            await accepted(**given, now=now, request_id=None)
        elif answer < 0.8:
            lost = MarketplaceUnavailable("No answer.")
            await postponed(**given, error=lost, retry_at=self.stage.now, now=now)
        elif answer < 0.9:
            await refused(**given, error=MarketplaceRejected("Never."), now=now)

    async def restock(self) -> None:
        sku, came = self.dice.choice(MANAGED), self.dice.randint(1, 9)
        async with change(now=self.stage.now, actor=SYSTEM) as unit:
            await restock_in(unit, product_id=(await Product.get(sku=sku)).id, delta=came)
        self.restocked[sku] += came

    async def switch_product(self) -> None:
        row = {"sku": self.dice.choice([*MANAGED, "OFF"]), "enabled": self.dice.choice(["yes", "yes", "no"])}
        await import_products(rows=[ProductRow(line=2, **row)], now=self.stage.now, actor=CLERK)

    async def switch_import(self) -> None:
        await self.stage.settings(import_enabled=False)
        await self.stage.evaluate()
        await self.stage.settings(import_enabled=True)

    async def pass_time(self) -> None:
        self.stage.later(hours=self.dice.randint(1, 40))
        await expire_reservations(now=self.stage.now, limit=3)

    async def retry(self) -> None:
        ids = [order.id for order in await AmazonOrder.all()]
        await retry_import(order_ids=self.dice.sample(ids, k=min(2, len(ids))), now=self.stage.now, actor=CLERK)

    async def at_once(self) -> None:
        await asyncio.gather(self.stage.evaluate(), self.ship(), self.tell(), self.stage.evaluate(), self.deliver())

    async def interrupted(self) -> None:
        task = asyncio.create_task(self.stage.evaluate())
        await asyncio.sleep(self.dice.random() * 0.01)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def _item(self, sku: str, item_id: str) -> ItemFacts:
        sums = {"ITEM": self.dice.randint(0, 5000), "TAX": self.dice.randint(0, 900), "SHIPPING": 490, "DISCOUNT": -7}
        kept = self.dice.sample(sorted(sums), k=self.dice.randint(1, 4))
        return item(sku, self.dice.randint(1, 3), item_id=item_id, parts={kind: sums[kind] for kind in kept})

    def _counted(self, facts: OrderFacts) -> OrderFacts:
        """Let the quantities and packages of an order tell of what its status says."""
        items = [replace(one, quantity_shipped=self._shipped(one, facts.status)) for one in facts.items]
        return replace(facts, items=tuple(items))

    def _shipped(self, one: ItemFacts, status: AmazonOrderStatus) -> int:
        if status in ("SHIPPED", "INVOICE_UNCONFIRMED"):
            return one.quantity_ordered
        if status == "PARTIALLY_SHIPPED":
            return self.dice.randint(one.quantity_shipped, one.quantity_ordered)
        return one.quantity_shipped if status in ("CANCELED", "UNKNOWN") else 0

    async def with_packages(self, facts: OrderFacts) -> OrderFacts:
        """Let Amazon list the packages that it accepted."""
        order = await AmazonOrder.get(number=facts.amazon_order_id)
        taken = Command.filter(order_id=order.id, state__in=(CommandState.ACCEPTED, CommandState.CONFIRMED))
        known = await taken.order_by("order_seq")
        packages = {
            command.package_reference: PackageFacts(
                reference=command.package_reference or "",
                tracking_number=command.payload.get("tracking_number"),
                items=tuple((item_id, quantity) for item_id, quantity in command.payload["items"]),
            )
            for command in known
        }
        return replace(facts, packages=tuple(packages.values()))
