"""Two shops' days at random on one shelf, and a look at the shelf that is quick enough for every step."""

import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tortoise.connection import get_connection

from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Store
from domain.accounts.stores import connect_store
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.facts import AmazonOrderStatus, ItemFacts, OrderFacts
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.catalog.records import Product
from domain.catalog.stock import expire_reservations
from domain.channel.cancel import cancel_order
from domain.channel.matching import ProductChoice, match_product
from domain.channel.records import Attention, AttentionState
from domain.channel.retry import retry_import
from domain.channel.ship import SourceChoice
from domain.channel.sourcing import order_stock_sources
from domain.channel.stocking import disable_product, enable_product, restock_product, transfer_stock
from domain.errors import DomainError
from domain.instant import to_text
from tests.domain.channel.sources import source
from tests.domain.channel.stage import CLERK, MARKETPLACE, Stage, euro, item, package

COUNTED = ("P0", "P1", "P2", "P3")
SOURCES = ("default", "north", "south")
AFTER = {
    "PENDING": ("UNSHIPPED", "UNSHIPPED", "UNSHIPPED", "CANCELED", "PENDING_AVAILABILITY"),
    "PENDING_AVAILABILITY": ("PENDING", "UNSHIPPED", "CANCELED"),
    "UNSHIPPED": ("PARTIALLY_SHIPPED", "SHIPPED", "SHIPPED", "CANCELED", "CANCELED", "UNFULFILLABLE", "UNKNOWN"),
    "PARTIALLY_SHIPPED": ("SHIPPED", "CANCELED", "PARTIALLY_SHIPPED"),
    "UNKNOWN": ("UNSHIPPED", "SHIPPED", "CANCELED"),
    "UNFULFILLABLE": ("UNSHIPPED", "CANCELED"),
}
COUNTS = """
    SELECT product_id, on_hand, reserved, elsewhere, (SELECT coalesce(sum(quantity), 0) FROM reservation held
    WHERE held.product_id = stock.product_id AND held.state = 'ACTIVE') AS held FROM stock"""
PLACES = """
    SELECT lying.product_id, lying.source, lying.physical, source.enabled FROM source_stock lying
    JOIN source ON source.code = lying.source"""
NEEDLESS = """
    SELECT o.number, o.amazon_status, o.import_state, decision.code FROM stock
    JOIN reservation held ON held.product_id = stock.product_id AND held.state = 'ACTIVE'
    JOIN amazon_order o ON o.id = held.order_id LEFT JOIN decision ON decision.order_id = o.id
    WHERE o.fulfillment_channel <> 'MERCHANT' OR (o.evaluate_due IS NULL OR o.evaluate_due > ?1) AND NOT (
        o.import_state = 'IMPORTED' AND o.completed_at IS NULL AND o.amazon_status <> 'CANCELED'
        OR o.import_state = 'BLOCKED' OR o.import_state = 'WAITING' AND decision.code = 'CANCEL_REQUESTED'
        OR o.import_state = 'WAITING' AND decision.code = 'PENDING'
        AND o.store_id NOT IN (SELECT value FROM json_each(?2)))"""
MOVES_OF_AMAZON = """
    SELECT stock_move.id FROM stock_move JOIN amazon_order o ON o.id = stock_move.order_id
    WHERE o.fulfillment_channel <> 'MERCHANT'"""
OPEN = 40  # of the orders that Amazon may still change, only the latest are played on


@dataclass
class StockDays:
    """The walk; `sums` and `places` are the history of each product added up, `done` counts what was played."""

    stage: Stage
    stores: list[Store]
    dice: random.Random
    owner: dict[str, Store] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    sums: Counter[int] = field(default_factory=Counter)  # what is promised, by the history
    places: Counter[tuple[int, str]] = field(default_factory=Counter)  # what lies where, by the history
    last_move: int = 0
    not_reserving: set[int] = field(default_factory=set)  # the stores that hold nothing for pending orders

    @classmethod
    async def start(cls, stage: Stage, seed: int) -> "StockDays":
        """Connect a second shop, of another seller, that sells the same products."""
        other = await connect_store(
            name="Other shop",
            marketplace_id=MARKETPLACE,
            refresh_token="Atzr|other",
            verified=Verified((Participation(MARKETPLACE, True),), stage.now),
            seller_id="other",
            contact_email=None,
            import_from=None,
            now=stage.now,
            sealer=stage.sealer,
            actor=CLERK,
        )
        await stage.products(*({"sku": sku, "quantity": "9"} for sku in COUNTED))
        await stage.products({"sku": "FREE", "manages_stock": "no"}, {"sku": "OFF", "enabled": "no", "quantity": "9"})
        for code in SOURCES[1:]:
            await source(stage, code)
        return cls(stage, [stage.store, other], random.Random(seed))

    async def step(self) -> None:
        """Play one thing that may happen, and now and then let the service evaluate what is due."""
        self.stage.later(seconds=self.dice.randint(1, 60))
        self.stage.store = self.dice.choice(self.stores)
        kinds: list[tuple[int, Callable[[], Awaitable[object]]]] = [
            (26, self.arrive),
            (34, self.go_on),
            (3, self.grow_or_shrink),
            (8, self.ship),
            (5, self.cancel),
            (8, self.restock),
            (4, self.count),
            (4, self.switch),
            (5, self.match),
            (1, self.change_settings),
            (2, self.wait),
            (1, self.retry),
            (3, self.carry),
            (1, self.prefer),
            (2, self.switch_source),
        ]
        (play,) = self.dice.choices([one for _, one in kinds], weights=[weight for weight, _ in kinds])
        try:
            await play()
            self.done[play.__name__] += 1
        except DomainError:
            self.done["refused"] += 1
        if self.dice.random() < 0.08:
            await self.stage.evaluate()

    async def arrive(self) -> None:
        unknown = f"NEW{self.dice.randint(0, 30)}"
        skus = self.dice.sample([*COUNTED * 6, "FREE", "FREE", "OFF", unknown], k=self.dice.choice([1, 1, 1, 2, 3]))
        status = self.dice.choices(
            ["PENDING", "UNSHIPPED", "PENDING_AVAILABILITY", "PARTIALLY_SHIPPED", "SHIPPED"], weights=[9, 9, 1, 1, 1]
        )[0]
        facts = self.stage.facts(
            *(item(sku, self.dice.randint(1, 3), item_id=str(at)) for at, sku in enumerate(skus)),
            status=status,
            fulfillment_channel=self.dice.choice(["MERCHANT"] * 5 + ["AMAZON"]),
            latest_ship_at=self.stage.now + timedelta(hours=self.dice.randint(1, 72)),
        )
        self.owner[facts.amazon_order_id] = self.stage.store
        await self._tell(_counted(facts, self.dice))

    async def go_on(self) -> None:
        if facts := self._any():
            status = self.dice.choice(AFTER[facts.status.value])
            told = replace(facts, status=AmazonOrderStatus(status), raw_status=status, updated_at=self.stage.now)
            await self._tell(_counted(told, self.dice))

    async def grow_or_shrink(self) -> None:
        if facts := self._any():
            first, *others = facts.items
            quantity = max(first.quantity_shipped, first.quantity_ordered + self.dice.choice([-1, -1, 1]))
            items = (replace(first, quantity_ordered=quantity), *others[: self.dice.randint(0, 3)])
            total = euro(sum(one.proceeds_total.minor for one in items if one.proceeds_total))
            await self.stage.see(replace(facts, items=items, grand_total=total, updated_at=self.stage.now))

    async def ship(self) -> None:
        if order := await self._imported():
            items = await AmazonItem.filter(order_id=order.id)
            lines = [(one.id, 1) for one in self.dice.sample(items, k=1)]
            packages = (package(*lines),) if self.dice.random() < 0.4 else ()
            chosen = [SourceChoice(lines[0][0], self.dice.choice(SOURCES), 1)] if self.dice.random() < 0.4 else []
            await self.stage.ship(order, *packages, key=str(self.dice.randrange(10**12)), sources=chosen)

    async def cancel(self) -> None:
        if order := await self._imported():
            command = await cancel_order(
                order_id=order.id,
                reason=CancelReason.NO_INVENTORY,
                note=None,
                restock=self.dice.random() < 0.5,
                expected_version=None,
                idempotency_key=str(self.dice.randrange(10**12)),
                now=self.stage.now,
                actor=CLERK,
                sealer=self.stage.sealer,
            )
            # How far the feed has come by the time Amazon says more of the order.
            state = self.dice.choice(["QUEUED", "SENT", "ACCEPTED", "ACCEPTED", "REFUSED"])
            await Command.filter(id=command.id).update(state=state)
            await self._tell_of_cancellation(order)

    async def _tell_of_cancellation(self, order: AmazonOrder) -> None:
        facts = self.stage.seen.get(order.number)
        if facts and self.dice.random() < 0.7:
            self.stage.store = self.owner[order.number]
            canceled = AmazonOrderStatus.CANCELED
            await self._tell(replace(facts, status=canceled, raw_status="CANCELED", updated_at=self.stage.now))

    async def restock(self) -> None:
        await self._restock(delta=self.dice.choice([-3, -1, 4, 8, 16, 24]))

    async def count(self) -> None:
        await self._restock(set_to=self.dice.randint(0, 25))

    async def _restock(self, **change: int) -> None:
        product = await Product.get(sku=self.dice.choice([*COUNTED, "FREE", "OFF"]))
        given: dict[str, Any] = {"delta": None, "set_to": None, "note": None} | change
        key = str(self.dice.randrange(10**12))
        now, sealer = self.stage.now, self.stage.sealer
        given["source"] = self.dice.choice([None, None, *SOURCES])
        await restock_product(product_id=product.id, **given, idempotency_key=key, now=now, actor=CLERK, sealer=sealer)

    async def carry(self) -> None:
        product = await Product.get(sku=self.dice.choice(COUNTED))
        start, end = self.dice.sample(SOURCES, k=2)
        await transfer_stock(
            product_id=product.id,
            quantity=self.dice.randint(1, 5),
            from_source=start,
            to_source=end,
            note=None,
            idempotency_key=str(self.dice.randrange(10**12)),
            now=self.stage.now,
            actor=CLERK,
            sealer=self.stage.sealer,
        )

    async def prefer(self) -> None:
        codes = self.dice.sample(SOURCES, k=len(SOURCES))
        await order_stock_sources(codes=codes, now=self.stage.now, actor=CLERK)

    async def switch_source(self) -> None:
        await source(self.stage, self.dice.choice(SOURCES), enabled=self.dice.random() < 0.6)

    async def switch(self) -> None:
        product = await Product.get(sku=self.dice.choice([*COUNTED, "OFF", "FREE"]))
        if product.sku == "FREE":
            await self.stage.products({"sku": "FREE", "manages_stock": self.dice.choice(["yes", "no"])})
        elif product.enabled and self.dice.random() < 0.25:
            await disable_product(product_id=product.id, now=self.stage.now, actor=CLERK)
        else:
            await enable_product(product_id=product.id, now=self.stage.now, actor=CLERK)

    async def match(self) -> None:
        unresolved = Attention.filter(state=AttentionState.OPEN, blocker_kind="PRODUCT_NOT_MATCHED")
        if entry := await unresolved.order_by("-id").first():
            product = await Product.get(sku=self.dice.choice(COUNTED))
            choice = ProductChoice(product_id=product.id)
            remember, now = self.dice.random() < 0.8, self.stage.now
            await match_product(attention_id=entry.id, product=choice, remember=remember, now=now, actor=CLERK)

    async def change_settings(self) -> None:
        patches: list[dict[str, Any]] = [
            {"pending_order_stock": "RESERVE"},
            {"pending_order_stock": "DO_NOT_RESERVE"},
            {"stock_rule": "DOCUMENTED"},
            {"stock_rule": "UNSHIPPED_ONLY"},
            {"reservation_days": self.dice.randint(1, 3)},
            {"fba_requires_stock": self.dice.random() < 0.5},
        ]
        patch = self.dice.choice(patches)
        await self.stage.settings(**patch)
        if wish := patch.get("pending_order_stock"):
            (self.not_reserving.discard if wish == "RESERVE" else self.not_reserving.add)(self.stage.store.id)
        if self.dice.random() < 0.2:
            await self.stage.settings(import_enabled=False)
            await self.stage.evaluate()
            await self.stage.settings(import_enabled=True)

    async def wait(self) -> None:
        self.stage.later(hours=self.dice.randint(1, 30))
        await expire_reservations(now=self.stage.now, limit=5)

    async def retry(self) -> None:
        recent = await AmazonOrder.all().order_by("-id").limit(20)
        ids = [order.id for order in self.dice.sample(recent, k=min(3, len(recent)))]
        await retry_import(order_ids=ids, now=self.stage.now, actor=CLERK)

    async def _tell(self, facts: OrderFacts) -> None:
        await self.stage.see(facts)
        if facts.status.value not in AFTER:
            del self.stage.seen[facts.amazon_order_id]

    async def _imported(self) -> AmazonOrder | None:
        orders = AmazonOrder.filter(import_state="IMPORTED", completed_at__isnull=True).order_by("-id")
        recent = await orders.filter(amazon_status__in=("UNSHIPPED", "PARTIALLY_SHIPPED")).limit(20)
        return self.dice.choice(recent) if recent else None

    def _any(self) -> OrderFacts | None:
        recent = list(self.stage.seen.values())[-OPEN:]
        if not recent:
            return None
        facts = self.dice.choice(recent)
        self.stage.store = self.owner[facts.amazon_order_id]
        return facts

    async def end(self) -> None:
        """Let everything that stands in the way be cleared, and every order come to its end."""
        for store in self.stores:
            self.stage.store = store
            await self.stage.settings(import_enabled=True)
        await self.stage.products(*({"sku": sku, "enabled": "yes", "quantity": "99999"} for sku in (*COUNTED, "OFF")))
        await self.stage.products(*({"sku": f"NEW{at}", "manages_stock": "no"} for at in range(31)))
        for facts in list(self.stage.seen.values()):
            self.stage.store = self.owner[facts.amazon_order_id]
            status = AmazonOrderStatus(self.dice.choice(["SHIPPED", "CANCELED"]))
            told = replace(facts, status=status, raw_status=status.value, updated_at=self.stage.later(minutes=1))
            await self.stage.see(_counted(told, self.dice))
        self.stage.later(hours=1)
        while (await self.stage.evaluate()).evaluated:
            await self.check()

    async def check(self) -> None:
        """Look at the shelf: never less than nothing is free, counts are their history, and nobody holds in vain."""
        counts = {row["product_id"]: row for row in await rows(COUNTS)}
        for move in await rows(
            "SELECT id, product_id, source, on_hand, reserved FROM stock_move WHERE id > ?1", self.last_move
        ):
            self.sums[move["product_id"]] += move["reserved"]
            self.places[move["product_id"], move["source"]] += move["on_hand"]
            self.last_move = move["id"]
        lying = {(row["product_id"], row["source"]): row for row in await rows(PLACES)}
        for product_id, row in counts.items():
            assert 0 <= row["reserved"] == row["held"] == self.sums[product_id] <= row["on_hand"]
            others = [(at, one) for at, one in lying.items() if at[0] == product_id]
            assert all(one["physical"] == self.places[at] >= 0 for at, one in others)
            assert row["elsewhere"] == sum(one["physical"] for _, one in others if one["enabled"])
            assert row["on_hand"] - row["elsewhere"] == self.places[product_id, "default"] >= 0
        assert lying.keys() >= {at for at, there in self.places.items() if there and at[1] != "default"}
        needless = await rows(NEEDLESS, to_text(self.stage.now), json.dumps(sorted(self.not_reserving)))
        assert [dict(row) for row in needless] == []


async def rows(sql: str, *values: object) -> Sequence[Any]:
    _, rows = await get_connection("default").execute_query(sql, list(values))
    return rows


def _counted(facts: OrderFacts, dice: random.Random) -> OrderFacts:
    """Let the quantities of an order tell of what its status says."""
    shipped = {"SHIPPED": lambda one: one.quantity_ordered, "PARTIALLY_SHIPPED": lambda one: _some(one, dice)}
    said = shipped.get(facts.status.value, lambda one: one.quantity_shipped)
    return replace(facts, items=tuple(replace(one, quantity_shipped=said(one)) for one in facts.items))


def _some(one: ItemFacts, dice: random.Random) -> int:
    return dice.randint(min(one.quantity_shipped, one.quantity_ordered), one.quantity_ordered)
