"""Small worlds at random: several stores that share a shelf and their numbers, with orders in every state."""

import contextlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from tortoise.connection import get_connection

from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.order_settings import OrderSettings
from domain.accounts.records import SettingsVersion, Store
from domain.accounts.settings import changed_settings, settings_of
from domain.accounts.settings_input import from_values, to_values
from domain.accounts.stores import connect_store
from domain.amazon.facts import AddressFacts, AmazonOrderStatus, FulfillmentChannel, ItemFacts, OrderFacts
from domain.amazon.intake import Answered, store_page
from domain.amazon.records import OPEN_COMMANDS, AmazonOrder, Command, CommandKind, CommandState
from domain.catalog.records import Match, MatchSource, Product, Reservation, ReservationState, Stock
from domain.catalog.stock import expire_reservations
from domain.channel.evaluate import evaluate_batch
from domain.channel.ship import PackageRequest, ship_order
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import CommerceOrder, NumberSequence
from domain.commerce.statuses import create_status
from domain.errors import DomainError
from domain.sealing import Sealer
from tests.domain.channel.stage import ADDRESS, BUYER, CLERK, euro, item

MARKETPLACES: Final = ("A1PA6795UKMFR9", "A13V1IB3VIYZZH")
SHOPS: Final = (("one", 0), ("one", 1), ("two", 0))  # the refresh token and the marketplace of each store
MANAGED: Final = ("P0", "P1", "P2")
SKUS: Final = (*MANAGED * 6, "FREE", "FREE", "OFF", "OFF-TOO", "NONE", "ALIAS", "ALIAS", None)
STATUSES: Final = (
    *["PENDING"] * 3,
    *["UNSHIPPED"] * 7,
    *["PARTIALLY_SHIPPED"] * 2,
    *["SHIPPED"] * 3,
    *("CANCELED", "PENDING_AVAILABILITY", "UNFULFILLABLE", "INVOICE_UNCONFIRMED", "UNKNOWN"),
)
CHANNELS: Final = (*[FulfillmentChannel.MERCHANT] * 8, *[FulfillmentChannel.AMAZON] * 2, None)
ADDRESSES: Final = (*[ADDRESS] * 16, AddressFacts(name="Ada", line1="X 1", country_code="DE"), None)
KEPT: Final = (
    *("account", "store", "settings_version", "order_status", "sync_cursor", "api_budget", "sqlite_sequence"),
)
TELLING: Final = (
    *("import_enabled", "import_enabled", "import_enabled", "pending_order_stock", "pending_order_stock"),
    *("stock_rule", "fba_requires_stock", "auto_create_products", "order_number_source", "order_number_prefix"),
)
CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "import_enabled": (True, False),
    "commerce_store_view": ("default", "default", "german"),
    "customer_creation": ("GUEST", "NEW_CUSTOMER"),
    "order_number_source": ("COMMERCE", "AMAZON"),
    "order_number_prefix": (None, "1", "00000000", "DE-"),
    "pending_order_stock": ("RESERVE", "DO_NOT_RESERVE"),
    "reservation_days": (1, 2, 14),
    "stock_rule": ("DOCUMENTED", "UNSHIPPED_ONLY"),
    "fba_requires_stock": (False, True),
    "auto_create_products": (False, True),
    "canceled_order_end_state": ("COMPLETE", "CLOSED", "CANCELED"),
    "initial_status_mode": ("DEFAULT", "CUSTOM"),
    "initial_status": ("fraud", "packing"),
    "pii_retention_days": (1, 30),
}


@dataclass
class Worlds:
    """A database in which one world follows another, each made of the one before until it is cleared."""

    stores: list[Store]
    now: datetime
    sealer: Sealer
    begins: datetime = field(init=False)
    dice: random.Random = field(default_factory=random.Random)
    facts: dict[tuple[int, str], OrderFacts] = field(default_factory=dict)
    keys: int = 0

    def __post_init__(self) -> None:
        self.begins = self.now

    @classmethod
    async def build(cls, now: datetime, sealer: Sealer) -> "Worlds":
        # Nothing here has to survive the power going out.
        await get_connection("default").execute_query("PRAGMA synchronous=OFF")
        participations = tuple(Participation(marketplace, True) for marketplace in MARKETPLACES)
        stores = [
            await connect_store(
                name=f"{token} {at}",
                marketplace_id=MARKETPLACES[at],
                refresh_token=f"Atzr|{token}",
                verified=Verified(participations, now - timedelta(days=1)),
                seller_id=token,
                contact_email=None,
                import_from=None,
                now=now,
                sealer=sealer,
                actor=CLERK,
            )
            for token, at in SHOPS
        ]
        await create_status(
            code="packing",
            label="Packing",
            state=CommerceOrderState.PROCESSING,
            is_visible=True,
            now=now,
            actor=CLERK,
        )
        return cls(stores, now, sealer)

    async def clear(self, seed: int) -> None:
        """Begin again without orders; the seed says what lies on the shelf and how the stores are set up."""
        self.dice, self.facts, self.now = random.Random(seed), {}, self.begins
        connection = get_connection("default")
        await connection.execute_query("PRAGMA foreign_keys=OFF")
        _, tables = await connection.execute_query("SELECT name FROM sqlite_master WHERE type = 'table'")
        for name in {row["name"] for row in tables} - set(KEPT):
            if not name.startswith(("sqlite_", "tortoise_")):
                await connection.execute_query(f'DELETE FROM "{name}"')
        await connection.execute_query("PRAGMA foreign_keys=ON")
        await self._stock_up()
        for store in self.stores:
            await self._set_up(store)

    async def _stock_up(self) -> None:
        times = {"created_at": self.now, "updated_at": self.now, "name": "Ware"}
        await Product.bulk_create(
            [
                *(Product(sku=sku, asin=f"B0{sku}", **times) for sku in MANAGED),
                Product(sku="FREE", manages_stock=False, **times),
                Product(sku="OFF", enabled=False, **times),
                Product(sku="OFF-TOO", enabled=False, manages_stock=False, **times),
            ]
        )
        products = {product.sku: product for product in await Product.all()}
        await Stock.bulk_create(
            [Stock(product_id=products[sku].id, on_hand=self.dice.randint(1, 4)) for sku in (*MANAGED[:2], "OFF")]
        )
        memory = {"account_id": self.stores[0].account_id, "matched_at": self.now, "actor_kind": "USER"}
        alias = products[self.dice.choice(MANAGED)].id
        await Match.create(seller_sku="ALIAS", product_id=alias, source=MatchSource.MANUAL, **memory)

    async def _set_up(self, store: Store) -> None:
        chosen = {name: self.dice.choice(words) for name, words in CHOICES.items()}
        values = to_values(from_values(chosen))
        await SettingsVersion.filter(store_id=store.id).update(values=values)

    async def evaluate(self, *, batch: int = 100) -> None:
        """Do what a sweep does with orders and reservations that are due, until nothing is."""
        ended = Reservation.filter(state=ReservationState.ACTIVE, expires_at__lte=self.now)
        while await ended.exists():
            await expire_reservations(now=self.now)
        while (await evaluate_batch(now=self.now, sealer=self.sealer, limit=batch)).evaluated:
            pass

    async def busiest(self) -> Store:
        """Return the store with the most orders that are not imported."""
        ids = await AmazonOrder.exclude(import_state="IMPORTED").values_list("store_id", flat=True)
        return max(self.stores, key=lambda store: ids.count(store.id))

    async def patch_for(self, store: Store) -> dict[str, Any]:
        """Return a change that is allowed and changes something."""
        _, current = await settings_of(store.id)
        while True:
            names = self.dice.choice([[self.dice.choice(TELLING)], self.dice.sample(sorted(CHOICES), k=5)])
            patch = {name: self.dice.choice(CHOICES[name]) for name in names}
            if _is_news(current, patch):
                return patch

    async def go_on(self) -> None:
        """Let the next things happen: Amazon tells of orders, people count, switch, ship and cancel, time passes."""
        self.now += timedelta(minutes=self.dice.randint(1, 90))
        if self.dice.random() < 0.3:
            self.now += timedelta(hours=self.dice.randint(20, 60))
        for store in self.dice.sample(self.stores, k=self.dice.choice([1, 2])):
            await self._tell(store)
        for happening in (self._count, self._switch, self._take_numbers, self._ask_to_cancel, self._ship):
            if self.dice.random() < 0.2:
                await happening()

    async def _tell(self, store: Store) -> None:
        known = [facts for (store_id, _), facts in self.facts.items() if store_id == store.id]
        told = [self._changed(facts) for facts in self.dice.sample(known, k=min(len(known), self.dice.randint(0, 2)))]
        told += [self._order(store) for _ in range(self.dice.randint(3, 6) if len(self.facts) < 9 else 0)]
        page = {facts.amazon_order_id: facts for facts in told}
        if page:
            await store_page(
                fenced=None,
                account_id=store.account_id,
                stores={store.marketplace_id: store},
                requested_marketplaces=[store.marketplace_id],
                page=Answered(orders=tuple(page.values())),
                fetched_at=self.now,
                now=self.now,
                sealer=self.sealer,
            )
            self.facts |= {(store.id, number): facts for number, facts in page.items()}

    def _order(self, store: Store) -> OrderFacts:
        dice = self.dice
        skus = dice.sample(SKUS, k=dice.choice([0, 1, 1, 1, 1, 2, 2, 3]))
        items = tuple(self._item(sku, at) for at, sku in enumerate(skus))
        total = sum(one.proceeds_total.minor for one in items if one.proceeds_total)
        status = AmazonOrderStatus(dice.choice(STATUSES))
        facts = OrderFacts(
            amazon_order_id=dice.choice(["902-0000000-{:07d}", "902-0000000-{:07d}", "{:09d}"]).format(
                dice.randint(1, 12)
            ),
            marketplace_id=store.marketplace_id,
            created_at=self.now - timedelta(hours=dice.choice([0, 0, 0, 0, 0, 0, 9000])),
            updated_at=self.now,
            status=status,
            raw_status=status.value,
            fulfillment_channel=dice.choice(CHANNELS),
            latest_ship_at=dice.choice([None, self.now + timedelta(hours=dice.randint(-9, 90))]),
            grand_total=dice.choice([euro(total)] * 20 + [euro(total + 1), None]),
            items=items,
            buyer=dice.choice([BUYER, None]),
            address=dice.choice(ADDRESSES),
        )
        return self._counted(facts)

    def _item(self, sku: str | None, at: int) -> ItemFacts:
        quantity = self.dice.choice([0, 1, 1, 2, 3])
        asin = self.dice.choice([None, None, f"B0{self.dice.choice(MANAGED)}"])
        return item(sku, quantity, item_id=str(at), parts={"ITEM": 100 * (at + 1)}, asin=asin)

    def _changed(self, facts: OrderFacts) -> OrderFacts:
        status = AmazonOrderStatus(self.dice.choice(STATUSES))
        items = facts.items[: self.dice.choice([3, 3, 3, 1])]
        if items and self.dice.random() < 0.3:
            fewer = max(0, items[0].quantity_ordered + self.dice.choice([-1, 1]))
            items = (replace(items[0], quantity_ordered=fewer), *items[1:])
        later = replace(facts, status=status, raw_status=status.value, updated_at=self.now, items=items)
        return self._counted(later)

    def _counted(self, facts: OrderFacts) -> OrderFacts:
        """Let the quantities follow the status, more or less."""
        items = []
        for one in facts.items:
            shipped = self.dice.randint(0, one.quantity_ordered)
            if facts.status in ("SHIPPED", "INVOICE_UNCONFIRMED"):
                shipped = self.dice.choice([one.quantity_ordered, one.quantity_ordered, shipped])
            elif facts.status in ("PENDING", "UNSHIPPED", "PENDING_AVAILABILITY"):
                shipped = 0
            unshipped = self.dice.choice([None, one.quantity_ordered - shipped, 0])
            items.append(replace(one, quantity_shipped=shipped, quantity_unshipped=unshipped))
        return replace(facts, items=tuple(items))

    async def _count(self) -> None:
        for stock in await Stock.all():
            on_hand = stock.reserved + self.dice.choice([0, 1, 2])
            await Stock.filter(id=stock.id).update(on_hand=on_hand)

    async def _switch(self) -> None:
        sku = self.dice.choice([*MANAGED, "OFF"])
        name = self.dice.choice(["enabled", "enabled", "manages_stock"])
        product = await Product.get(sku=sku)
        await Product.filter(id=product.id).update(**{name: not getattr(product, name)})

    async def _take_numbers(self) -> None:
        """Let an order have a number that another one may want."""
        dice = self.dice
        sequence = await NumberSequence.filter(kind="ORDER").first()
        following = (sequence.next_number if sequence else 1) + dice.randint(0, 2)
        prefix = dice.choice(["", "1", "00000000", "DE-"])
        wanted = dice.choice([f"{prefix}{following:09d}", f"902-0000000-{dice.randint(1, 12):07d}"])
        taken = await CommerceOrder.filter(number=wanted).exists()
        orders = [] if taken else await CommerceOrder.all().order_by("id")
        if orders:
            await CommerceOrder.filter(id=dice.choice(orders).id).update(number=wanted)

    async def _ask_to_cancel(self) -> None:
        order = await self._any(AmazonOrder.all())
        if order is None or await Command.filter(order_id=order.id, state__in=OPEN_COMMANDS).exists():
            return
        await Command.create(
            account_id=order.account_id,
            store_id=order.store_id,
            order_id=order.id,
            order_seq=1 + await Command.filter(order_id=order.id).count(),
            kind=CommandKind.CANCEL,
            state=self.dice.choice(list(CommandState)),
            payload={"restock": self.dice.random() < 0.5},
            created_at=self.now,
        )

    async def _ship(self) -> None:
        order = await self._any(AmazonOrder.filter(import_state="IMPORTED"))
        if order is None:
            return
        self.keys += 1
        package = PackageRequest(lines=None, carrier_code="dhl", tracking_number="JD0001")
        with contextlib.suppress(DomainError):
            await ship_order(
                order_id=order.id,
                packages=(package,),
                shipped_at=None,
                expected_version=None,
                idempotency_key=str(self.keys),
                now=self.now,
                actor=CLERK,
                sealer=self.sealer,
                new_reference=lambda: str(7000 + self.keys),
            )

    async def _any(self, orders: Any) -> AmazonOrder | None:
        found = await orders.order_by("id")
        return self.dice.choice(found) if found else None


def _is_news(current: OrderSettings, patch: dict[str, Any]) -> bool:
    try:
        return changed_settings(current, patch) != current
    except DomainError:
        return False
