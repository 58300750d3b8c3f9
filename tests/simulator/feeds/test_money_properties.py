from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.clock import SimulatedClock
from simulator.feeds import feeding
from simulator.feeds.queue import Feed, FeedType
from simulator.finances.accounts import Account
from simulator.finances.charges import currency_of, includes_tax, parts_of
from simulator.orders.book import SimulatedOrder
from simulator.orders.lifecycle import open_quantity
from simulator.orders.placing import WantedItem, Wish, place_order
from simulator.world import World
from tests.counted import rounds
from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    FULFILLMENT,
    adjusted,
    adjustment,
    component,
    document,
    fulfillment,
    shipped_item,
)
from tests.simulator.submitting import AMERICAN, XML, Report

JAPANESE = "A1VC38T7YXB528"
KINDS = ["Principal", "Shipping", "GiftWrap", "Tax", "ShippingTax", "Goodwill", "Other", "RestockingFee"]
LINES = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3_000)), min_size=1, max_size=3)
COMPONENTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 2_500)), min_size=1, max_size=3)
STEP = st.one_of(
    st.tuples(st.just("ship"), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.just("cancel"), st.integers(0, 2), st.integers(1, 3)),
    st.tuples(st.just("refund"), st.integers(0, 2), COMPONENTS),
)


def new_order(lines: list[tuple[int, int]], marketplace: str) -> tuple[World, SimulatedOrder]:
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC)))
    items = [
        WantedItem(sku=f"SKU-{number}", quantity=units, price=price) for number, (units, price) in enumerate(lines)
    ]
    wish = Wish(status="UNSHIPPED", items=items, marketplace_id=marketplace, programs=())
    order = world.book.get(place_order(world, wish, at=world.catch_up()))
    assert order is not None
    return world, order


def submit(world: World, feed_type: FeedType, contents: bytes) -> Report:
    """Queue a document, let it be done and return the report on it."""
    now = world.catch_up()
    uploaded = world.documents.expect(seller="demo", content_type=XML, at=now)
    uploaded.contents = contents
    feed: Feed = world.feeds.add(feed_type, uploaded, marketplace_ids=(AMERICAN,), at=now)
    feeding.plan(world, feed)
    world.clock.advance(60)
    now = world.catch_up()
    report = world.documents.find(feed.result_document_id or "", now=now)
    assert report is not None
    assert report.contents is not None
    return Report(report.contents)


def decimal(minor: int, currency: str) -> str:
    return str(minor) if currency == "JPY" else f"{minor // 100}.{minor % 100:02d}"


def demand_sound(order: SimulatedOrder, account: Account) -> None:
    """Hold the account against the order: charged by what was sent, refunded never more than charged."""
    document = order.read()
    tax_included = includes_tax(document)
    for item in document["orderItems"]:
        code, ordered = item["orderItemId"], item["quantityOrdered"]
        sent = item["fulfillment"]["quantityFulfilled"]
        whole = parts_of(item, currency=account.currency, tax_included=tax_included)
        paid, refunded = account.paid(code), account.refunded(code)
        assert paid == ({name: amount * sent // ordered for name, amount in whole.items()} if sent else {})
        assert 0 <= sum(refunded.values()) <= sum(paid.values())
        for name, amount in refunded.items():
            assert name in ("Goodwill", "Other", "RestockingFee") or amount <= paid.get(name, 0)


@settings(deadline=None, max_examples=rounds(200))
@given(lines=LINES, marketplace=st.sampled_from([AMERICAN, JAPANESE]), steps=st.lists(STEP, min_size=1, max_size=12))
def test_refunds_stay_within_what_was_paid_and_units_balance(
    lines: list[tuple[int, int]], marketplace: str, steps: list[tuple[str, int, int | list[tuple[str, int]]]]
) -> None:
    world, order = new_order(lines, marketplace)
    code_of = [item["orderItemId"] for item in order.read()["orderItems"]]
    currency = currency_of(order.read())
    gone, accepted = Counter[str](), Counter[str]()
    for what, which, asked in steps:
        code = code_of[which % len(code_of)]
        if what == "ship":
            texts = document(FULFILLMENT, fulfillment(order.order_id, shipped_item(code, str(asked))))
            submit(world, FeedType.FULFILLMENT, texts)
        elif what == "cancel":
            item = adjusted(code, reason="NoInventory", cancelled=str(asked))
            texts = document(ADJUSTMENT, adjustment(order.order_id, item, action="Cancel"))
            gone[code] += 0 if submit(world, FeedType.PAYMENT_ADJUSTMENT, texts).codes else int(str(asked))
        else:
            assert isinstance(asked, list)
            item = adjusted(code, *(component(kind, decimal(minor, currency), currency) for kind, minor in asked))
            texts = document(ADJUSTMENT, adjustment(order.order_id, item))
            if not submit(world, FeedType.PAYMENT_ADJUSTMENT, texts).codes:
                accepted[code] += sum(-minor if kind == "RestockingFee" else minor for kind, minor in asked)

        account = world.ledger.account(order)
        demand_sound(order, account)
        after = order.read()
        for item in after["orderItems"]:
            name, block = item["orderItemId"], item["fulfillment"]
            assert item["quantityOrdered"] == block["quantityFulfilled"] + block["quantityUnfulfilled"] + gone[name]
            assert sum(account.refunded(name).values()) == accepted[name]
        is_open = any(open_quantity(item) for item in after["orderItems"])
        is_sent = any(item["fulfillment"]["quantityFulfilled"] for item in after["orderItems"])
        if sum(gone.values()) or is_sent:
            names = {(True, True): "PARTIALLY_SHIPPED", (True, False): "UNSHIPPED", (False, True): "SHIPPED"}
            assert order.status == names.get((is_open, is_sent), "CANCELLED")
