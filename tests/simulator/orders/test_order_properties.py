"""Whatever is done to an order, in whatever order: it stays possible, adds up, and is told of once."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cast.people import Crowd
from simulator.clock import SimulatedClock
from simulator.envelopes import WireError
from simulator.marketplaces import MARKETPLACES
from simulator.orders import acting, lifecycle, parcels
from simulator.orders.book import SimulatedOrder
from simulator.orders.dispatching import ConfirmedItem, ConfirmShipment, PackageDetail, confirm
from simulator.orders.documents import Document
from simulator.orders.drafting import Details
from simulator.orders.happened import Happened
from simulator.orders.item_drafting import Extras
from simulator.orders.notes import Notes, PlannedPayment
from simulator.orders.placing import WantedItem, Wish, place_order
from simulator.orders.proceeds import Charges, item_proceeds, order_proceeds
from simulator.world import World
from tests.counted import rounds

NEXT = {
    "PENDING_AVAILABILITY": {"PENDING", "CANCELLED", "UNFULFILLABLE", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"},
    "PENDING": {"UNSHIPPED", "CANCELLED", "UNFULFILLABLE", "PARTIALLY_SHIPPED", "SHIPPED"},
    "UNSHIPPED": {"PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"},
    "PARTIALLY_SHIPPED": {"SHIPPED"},
    "SHIPPED": {"PARTIALLY_SHIPPED"},  # an edited package may hold less than before
    "CANCELLED": set(),
    "UNFULFILLABLE": set(),
}
CROWD = Crowd("walk")  # drawn once: the walks are about something else
MINOR = st.integers(0, 10**9)
CHARGES = st.builds(
    Charges,
    item=MINOR,
    shipping=MINOR,
    gift_wrap=MINOR,
    cod_fee=MINOR,
    other=MINOR,
    discount=MINOR,
    shipping_discount=MINOR,
    tax_rate=st.integers(0, 9_999),
)
CURRENCIES = st.sampled_from(sorted({marketplace.currency for marketplace in MARKETPLACES.values()}))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["pay", "release", "fail", "buyer", "seller", "amazon", "request", "give up", "ship", "confirm", "part",
             "deliver", "lose", "return", "await", "invoice", "wait", *["confirm"] * 6, *["deliver", "await"] * 2]
        ),
        st.integers(0, 1) | st.integers(0, 3),
        st.integers(1, 3),
    ),
    min_size=4,
    max_size=14,
)  # fmt: skip


class Walk:
    """One order on its way, and what must hold after each step."""

    def __init__(self, wish: Wish) -> None:
        clock = SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC))
        self.world = World(clock=clock, seed="walk")
        self.world.crowd = CROWD
        self.told: list[Happened] = []
        self.world.tell = self.told.append  # type: ignore[method-assign, assignment]
        order = self.world.book.get(place_order(self.world, wish, at=self.world.catch_up()))
        assert order is not None
        self.order: SimulatedOrder = order
        self.cancelled = 0

    def step(self, name: str, which: int, units: int) -> None:
        """Try one act, and hold the order against all rules, whether it was refused or not."""
        packed, status, updated = self.order.packed, self.order.status, self.order.updated
        self.told.clear()
        is_refused = False
        try:
            self._act(name, which, units)
        except (lifecycle.NotAllowed, WireError):
            is_refused = True
        assert not is_refused or self.order.packed == packed
        assert self.order.updated >= updated
        assert self.order.status == status or self.order.status in NEXT[str(status)]
        if name != "wait":
            assert len(self.told) == (1 if self._is_told(name, packed, is_refused) else 0)
        self._check()

    def _is_told(self, name: str, packed: bytes, is_refused: bool) -> bool:
        return self.order.packed != packed or (not is_refused and name not in ("return", "deliver"))

    def _act(self, name: str, which: int, units: int) -> None:
        world, order, at = self.world, self.order, self.world.catch_up()
        items = order.read()["orderItems"]
        item_id = items[which % len(items)]["orderItemId"]
        acts: dict[str, Callable[[], object]] = {
            "pay": lambda: acting.pay(world, order, at=at),
            "release": lambda: acting.release(world, order, at=at),
            "fail": lambda: acting.fail_payment(world, order, at=at),
            "buyer": lambda: acting.cancel(world, order, by="BUYER", reason=None, at=at),
            "seller": lambda: acting.cancel(world, order, by="SELLER", reason=None, at=at),
            "amazon": lambda: acting.cancel(world, order, by="AMAZON", reason=None, at=at),
            "request": lambda: acting.request_cancel(world, order, reason=f"{which}{units}", at=at),
            "give up": lambda: acting.declare_unfulfillable(world, order, at=at),
            "ship": lambda: acting.ship(world, order, quantities={item_id: units} if which else None, at=at),
            "confirm": lambda: confirm(world, order, confirmation(order, str(which + 1), {item_id: units}), at=at),
            "part": lambda: world.change(order, lambda one: cancel_part(one, item_id, units), at=at),
            "deliver": lambda: acting.deliver(world, order, reference=str(which) if which else None, at=at),
            "lose": lambda: acting.lose(world, order, reference=str(which) if which else None, at=at),
            "return": lambda: acting.take_back(world, order, quantities={item_id: units} if which else None),
            "await": lambda: acting.await_invoice(world, order, at=at),
            "invoice": lambda: acting.confirm_invoice(world, order, at=at),
            "wait": lambda: self._wait(which, units),
        }
        acts[name]()

    def _wait(self, which: int, units: int) -> None:
        self.world.clock.advance((60, 1_800, 86_400, 5 * 86_400)[which] * units)
        self.world.catch_up()

    def _check(self) -> None:
        order, document = self.order, self.order.read()
        totals = {"sent": 0, "open": 0, "cancelled": 0}
        for item in document["orderItems"]:
            sent, left = item["fulfillment"]["quantityFulfilled"], item["fulfillment"]["quantityUnfulfilled"]
            cancelled = item["quantityOrdered"] - sent - left
            assert min(sent, left, cancelled) >= 0
            is_called_off = "cancellationExecution" in item.get("cancellation", {})
            assert is_called_off or cancelled == 0 or order.status == "UNFULFILLABLE"
            for name, number in (("sent", sent), ("open", left), ("cancelled", cancelled)):
                totals[name] += number
        assert totals["cancelled"] >= self.cancelled
        self.cancelled = totals["cancelled"]
        assert self._fits(totals["sent"], totals["open"], totals["cancelled"])
        packed_units = [one["quantity"] for sent in document.get("packages", []) for one in sent["packageItems"]]
        assert order.fulfilled_by == "AMAZON" or sum(packed_units) == totals["sent"]
        assert not order.awaits_invoice or order.status == "SHIPPED"
        assert not order.is_delivered or order.status == "SHIPPED"
        delivered = parcels.delivered_units(order)
        assert sum(delivered.values()) <= totals["sent"]

    def _fits(self, sent: int, left: int, cancelled: int) -> bool:
        match self.order.status:
            case "PENDING_AVAILABILITY" | "PENDING":
                return (sent, cancelled) == (0, 0)
            case "UNSHIPPED":
                return sent == 0 and left > 0
            case "PARTIALLY_SHIPPED":
                return sent > 0 and left > 0
            case "SHIPPED":
                return sent > 0 and left == 0
            case "CANCELLED" | "UNFULFILLABLE":
                return (sent, left) == (0, 0)
        return False


def confirmation(order: SimulatedOrder, reference: str, quantities: dict[str, int]) -> ConfirmShipment:
    detail = PackageDetail(
        package_reference_id=reference,
        carrier_code="UPS",
        tracking_number="1",
        ship_date="2026-11-02T08:00:00Z",
        order_items=[ConfirmedItem(order_item_id=name, quantity=units) for name, units in quantities.items()],
    )
    return ConfirmShipment(marketplace_id=str(order.marketplace_id), package_detail=detail)


def cancel_part(document: Document, item_id: str, units: int) -> None:
    lifecycle.cancel_units(document, {item_id: units}, by="SELLER", reason="NoInventory")


@settings(max_examples=rounds(800), deadline=None)
@given(
    party=st.sampled_from(["MERCHANT", "AMAZON"]),
    channel=st.sampled_from(["AMAZON", "NON_AMAZON"]),
    status=st.sampled_from(["UNSHIPPED", "PENDING", "PENDING_AVAILABILITY", "SHIPPED", "UNSHIPPED", "UNSHIPPED"]),
    quantities=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    fails=st.booleans(),
    steps=STEPS,
)
def test_random_acts_never_bring_an_order_into_an_impossible_state(
    party: str, channel: str, status: str, quantities: list[int], fails: bool, steps: list[tuple[str, int, int]]
) -> None:
    items = tuple(WantedItem(sku=f"SKU-{n}", quantity=units, price=100) for n, units in enumerate(quantities))
    details = Details(channel=channel if party == "AMAZON" else "AMAZON")
    payment = PlannedPayment(fails=fails, release_takes=3_600_000)
    walk = Walk(Wish(fulfilled_by=party, status=status, items=items, programs=(), details=details, payment=payment))
    for name, which, units in steps:
        walk.step(name, which, units)


def total(breakdowns: list[dict[str, Any]], key: str = "subtotal") -> Decimal:
    return sum((Decimal(one[key]["amount"]) for one in breakdowns), Decimal(0))


@settings(max_examples=rounds(500), deadline=None)
@given(st.lists(CHARGES, min_size=1, max_size=5), CURRENCIES)
def test_proceeds_of_every_kind_add_up_to_the_cent_in_every_currency(lines: list[Charges], currency: str) -> None:
    order = order_proceeds(lines, currency)
    items = [item_proceeds(charges, currency) for charges in lines]
    assert Decimal(order["grandTotal"]["amount"]) == total(order["breakdowns"]) == total(items, "proceedsTotal")
    for item in items:
        assert Decimal(item["proceedsTotal"]["amount"]) == total(item["breakdowns"])
        for one in item["breakdowns"]:
            if "detailedBreakdowns" in one:
                assert total(one["detailedBreakdowns"], "value") == Decimal(one["subtotal"]["amount"])


@settings(max_examples=rounds(200), deadline=None)
@given(item=MINOR, discount=MINOR, rate=st.integers(1, 9_999))
def test_the_tax_of_a_discount_takes_back_what_was_too_much(item: int, discount: int, rate: int) -> None:
    parts = Charges(item=item, discount=discount, tax_rate=rate).parts()["TAX"]
    net = Decimal((item - discount) * rate) / 10_000
    assert abs(sum(parts.values()) - net) <= 1


@pytest.mark.parametrize("known", [True, False])
def test_notes_come_back_from_a_snapshot(known: bool) -> None:
    notes, again = Notes(), Notes()
    if known:
        notes.payments["1"] = PlannedPayment(takes=5, fails=True)
        notes.take_back("2", {"a": 1})
        notes.take_back("2", {"a": 1, "b": 2})
    again.restore(notes.keep())
    assert again.keep() == notes.keep()
    assert again.returned("2") == ({"a": 2, "b": 2} if known else {})
    assert again.payments == notes.payments


def test_what_is_said_of_a_line_is_not_drawn(world: World) -> None:
    extras = Extras(charges={"shipping": 700, "gift_wrap": 0, "discount": 0})
    wish = Wish(items=[WantedItem(sku="MUG-STONEWARE-350", quantity=1, price=1_000, extras=extras)])
    for _ in range(30):
        order = world.book.get(place_order(world, wish, at=world.catch_up()))
        assert order is not None
        [item] = order.read()["orderItems"]
        amounts = {one["type"]: one["subtotal"]["amount"] for one in item["proceeds"]["breakdowns"]}
        assert {name: amounts[name] for name in amounts if name != "TAX"} == {"ITEM": "10.00", "SHIPPING": "7.00"}
