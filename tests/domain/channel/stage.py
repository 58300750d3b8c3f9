"""A connected store on a real database, and short ways to say what Amazon tells of its orders."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tortoise.connection import get_connection

from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.records import Store
from domain.accounts.settings import update_order_settings
from domain.accounts.stores import connect_store
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.facts import (
    AddressFacts,
    AmazonOrderStatus,
    Breakdown,
    BreakdownKind,
    BuyerFacts,
    FulfillmentChannel,
    ItemFacts,
    OrderFacts,
    PackageFacts,
)
from domain.amazon.intake import Answered, store_page
from domain.amazon.records import AmazonItem, AmazonOrder, Command
from domain.catalog.product_rows import ProductRow
from domain.catalog.records import Product, Stock
from domain.catalog.source_shelf import physical_of
from domain.channel.cancel import cancel_order
from domain.channel.evaluate import Evaluated, evaluate_batch
from domain.channel.products import import_products
from domain.channel.records import Attention, AttentionState, DecisionRecord
from domain.channel.ship import PackageRequest, ship_order
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Shipment
from domain.money import Money
from domain.sealing import Sealer
from domain.timeline import Actor, ActorKind, Event

MARKETPLACE = "A1PA6795UKMFR9"
CLERK = Actor(ActorKind.USER, "clerk")
ADDRESS = AddressFacts(name="Ada Byron", line1="Hauptstr. 1", city="Berlin", postal_code="10115", country_code="DE")
BUYER = BuyerFacts(name="Ada Byron", email="Ada@Example.org")


def euro(cents: int) -> Money:
    return Money(cents, "EUR")


def item(
    sku: str | None = "MUG",
    quantity: int = 1,
    *,
    cents: int | None = 1990,
    item_id: str | None = None,
    parts: dict[str, int] | None = None,
    **facts: Any,
) -> ItemFacts:
    """Say one item; without parts its whole amount is the price."""
    given = parts or ({} if cents is None else {"ITEM": cents})
    total = sum(given.values()) if given else None
    return ItemFacts(
        order_item_id=item_id or f"item-{sku}",
        seller_sku=sku,
        title=f"A fine {sku}",
        quantity_ordered=quantity,
        proceeds_total=None if total is None else euro(total),
        breakdowns=tuple(Breakdown(BreakdownKind(kind), euro(minor)) for kind, minor in given.items()),
        **facts,
    )


@dataclass
class Stage:
    """Everything a test needs to play one store's day."""

    store: Store
    sealer: Sealer
    now: datetime
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    references: Iterator[int] = field(default_factory=lambda: itertools.count(7000))
    seen: dict[str, OrderFacts] = field(default_factory=dict)

    def later(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now

    async def settings(self, **patch: Any) -> None:
        await update_order_settings(
            store_id=self.store.id, patch=patch, expected_version=None, now=self.now, actor=CLERK
        )

    async def products(self, *rows: dict[str, str]) -> None:
        lines = [ProductRow(line=line, **row) for line, row in enumerate(rows, start=2)]
        result = await import_products(rows=lines, now=self.now, actor=CLERK)
        assert result.refused == []

    def facts(
        self, *items: ItemFacts, status: str = "UNSHIPPED", number: str | None = None, **facts: Any
    ) -> OrderFacts:
        listed = items or (item(),)
        totals = [one.proceeds_total for one in listed]
        known = [total.minor for total in totals if total is not None]
        given: dict[str, Any] = {
            "amazon_order_id": number or f"902-0000000-{next(self.numbers):07d}",
            "marketplace_id": MARKETPLACE,
            "created_at": self.now,
            "updated_at": self.now,
            "status": AmazonOrderStatus(status),
            "raw_status": status,
            "fulfillment_channel": FulfillmentChannel.MERCHANT,
            "service_level": "Std DE Dom",
            "latest_ship_at": self.now + timedelta(days=2),
            "grand_total": euro(sum(known)) if known else None,
            "items": listed,
            "buyer": BUYER,
            "address": ADDRESS,
        }
        given |= facts
        given["fulfillment_channel"] = FulfillmentChannel(given["fulfillment_channel"])
        return OrderFacts(**given)

    async def see(self, *orders: OrderFacts) -> list[AmazonOrder]:
        """Store what Amazon says, as the sync does."""
        await store_page(
            fenced=None,
            account_id=self.store.account_id,
            stores={MARKETPLACE: self.store},
            requested_marketplaces=[MARKETPLACE],
            page=Answered(orders=orders),
            fetched_at=self.now,
            now=self.now,
            sealer=self.sealer,
        )
        self.seen |= {facts.amazon_order_id: facts for facts in orders}
        return [await AmazonOrder.get(number=facts.amazon_order_id) for facts in orders]

    async def evaluate(self, **arguments: Any) -> Evaluated:
        return await evaluate_batch(now=self.now, sealer=self.sealer, **arguments)

    async def arrive(self, *items: ItemFacts, **facts: Any) -> AmazonOrder:
        """Let Amazon tell of one order, and evaluate what is due."""
        (order,) = await self.see(self.facts(*items, **facts))
        await self.evaluate()
        return await AmazonOrder.get(id=order.id)

    async def change(self, order: AmazonOrder, **facts: Any) -> AmazonOrder:
        """Let Amazon tell of an order again, a minute later, and evaluate."""
        self.later(minutes=1)
        status = facts.get("status")
        if status is not None:
            facts |= {"status": AmazonOrderStatus(status), "raw_status": status}
        await self.see(replace(self.seen[order.number], updated_at=self.now, **facts))
        await self.evaluate()
        return await AmazonOrder.get(id=order.id)

    async def ship(self, order: AmazonOrder, *packages: PackageRequest, key: str = "k1", **arguments: Any) -> Shipment:
        given: dict[str, Any] = {
            "order_id": order.id,
            "packages": packages or (package(),),
            "shipped_at": None,
            "expected_version": None,
            "idempotency_key": key,
            "now": self.now,
            "actor": CLERK,
            "sealer": self.sealer,
            "new_reference": lambda: str(next(self.references)),
        }
        return await ship_order(**(given | arguments))

    async def cancel(self, order: AmazonOrder, *, key: str = "c1", **arguments: Any) -> Command:
        given: dict[str, Any] = {
            "order_id": order.id,
            "reason": CancelReason.NO_INVENTORY,
            "note": None,
            "restock": True,
            "expected_version": None,
            "idempotency_key": key,
            "now": self.now,
            "actor": CLERK,
            "sealer": self.sealer,
        }
        return await cancel_order(**(given | arguments))


def package(*lines: tuple[int, int], **texts: Any) -> PackageRequest:
    given = {"carrier_code": "dhl", "tracking_number": "JD0001"} | texts
    return PackageRequest(lines=lines or None, **given)


async def connected(now: datetime, sealer: Sealer) -> Stage:
    """Connect a German store."""
    verified = Verified((Participation(MARKETPLACE, True),), now - timedelta(days=1))
    store = await connect_store(
        name="Shop",
        marketplace_id=MARKETPLACE,
        refresh_token="Atzr|demo",
        verified=verified,
        seller_id="demo",
        contact_email=None,
        import_from=None,
        now=now,
        sealer=sealer,
        actor=CLERK,
    )
    return Stage(store=store, sealer=sealer, now=now)


async def commerce_of(order: AmazonOrder) -> tuple[CommerceOrder, list[CommerceOrderLine]]:
    commerce = await CommerceOrder.get(channel_order_id=order.id)
    return commerce, await CommerceOrderLine.filter(order_id=commerce.id).order_by("position")


async def items_of(order: AmazonOrder) -> list[AmazonItem]:
    return await AmazonItem.filter(order_id=order.id).order_by("position")


async def shelf(sku: str = "MUG") -> tuple[int, int]:
    """Return (on hand, reserved), after checking that counts, reservations and moves agree everywhere."""
    await check_shelves()
    stock = await Stock.get(product_id=(await Product.get(sku=sku)).id)
    return stock.on_hand, stock.reserved


async def check_shelves() -> None:
    """Check that no more is promised than there is, that every promise is an order's, and that each move was kept."""
    await _check_places()
    _, wrong = await get_connection("default").execute_query(
        "SELECT stock.product_id, on_hand, reserved FROM stock "
        "LEFT JOIN (SELECT m.product_id, sum(m.reserved) AS promised, "
        "sum(CASE WHEN source.enabled THEN m.on_hand ELSE 0 END) AS came FROM stock_move m "
        "JOIN source ON source.code = m.source GROUP BY m.product_id) moved USING (product_id) "
        "LEFT JOIN (SELECT product_id, sum(quantity) AS held FROM reservation WHERE state = 'ACTIVE' "
        "GROUP BY product_id) orders USING (product_id) "
        "WHERE reserved < 0 OR reserved > on_hand OR on_hand <> coalesce(came, 0) "
        "OR reserved <> coalesce(promised, 0) OR reserved <> coalesce(held, 0)"
    )
    assert [dict(row) for row in wrong] == []


async def _check_places() -> None:
    """Check that at every source lies what its moves come to, never less than nothing."""
    _, moved = await get_connection("default").execute_query(
        "SELECT product_id, source, sum(on_hand) AS there FROM stock_move GROUP BY product_id, source "
        "HAVING sum(on_hand) <> 0"
    )
    by_moves = {(row["product_id"], row["source"]): row["there"] for row in moved}
    lying = await physical_of([stock.product_id for stock in await Stock.all()])
    assert {(one, code): there for one, places in lying.items() for code, there in places.items() if there} == by_moves
    assert all(there > 0 for there in by_moves.values())


async def told(order: AmazonOrder) -> list[str]:
    """Return the kinds of an order's events in order, after checking that their numbering has no gap."""
    events = await Event.filter(order_id=order.id).order_by("sequence")
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    return [event.kind.value for event in events]


async def open_attention(order: AmazonOrder) -> list[Attention]:
    return await Attention.filter(order_id=order.id, state=AttentionState.OPEN).order_by("id")


async def decision_of(order: AmazonOrder) -> DecisionRecord:
    return await DecisionRecord.get(order_id=order.id)


async def commands_of(order: AmazonOrder) -> Sequence[Command]:
    return await Command.filter(order_id=order.id).order_by("order_seq")


def mugs(shipped: int, *, cups: int = 0) -> tuple[Any, Any]:
    return item("MUG", 3, quantity_shipped=shipped), item("CUP", 1, cents=500, quantity_shipped=cups)


def parcel(reference: str, *items: tuple[str, int], at: datetime | None = None, **facts: Any) -> PackageFacts:
    return PackageFacts(reference=reference, carrier="DHL", tracking_number="X", shipped_at=at, items=items, **facts)


async def states(order: AmazonOrder) -> list[str]:
    return [command.state.value for command in await commands_of(order)]
