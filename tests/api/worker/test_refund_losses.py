"""Random troubles at random steps: Amazon's ledger and ours agree, and nobody is paid twice."""

import random
from collections import Counter
from decimal import Decimal

import pytest

from api.worker.sweep import feeds_due, sweep_once
from domain.amazon.orders import items_of
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState, FeedSubmission
from domain.catalog.records import Product
from domain.channel.command_choices import needs_word, retry_command
from domain.channel.confirm_by_hand import confirm_command
from domain.channel.records import Attention, AttentionState
from domain.commerce.records import CreditMemo
from domain.errors import DomainError
from domain.timeline import SYSTEM
from tests.api.worker.conftest import AMAZON
from tests.api.worker.refunding import at_amazon, cancel_part, check_refunds, imported, ledger, refund, ship_units
from tests.api.worker.test_deliver import stock_up
from tests.api.worker.test_feed_losses import ASKS, ClockThatCrashes, still_open, sweep, trouble
from tests.counted import IS_THOROUGH
from tests.domain.channel.refunds import part, request

SEEDS = 60 if IS_THOROUGH else 3
ADJUSTMENT = "POST_PAYMENT_ADJUSTMENT_DATA"
TALLY: Counter[str] = Counter()


async def opened(bench, chances):
    """Let three orders of two lines be imported, of each of which some units have left."""
    await bench.connect()
    await stock_up(bench)
    skus = await Product.all().order_by("sku").limit(2).values_list("sku", flat=True)
    lines = [
        {"sku": skus[0], "quantity": 5, "price": "10.01", "shipping": "3.33", "giftWrap": "1.00", "discount": "2.50"},
        {"sku": skus[1], "quantity": 2, "price": "7.77"},
    ]
    numbers = await imported(bench, 3, shipped=False, items=lines)
    for number in numbers:
        await ship_units(bench, number, at0=chances.randint(1, 5), at1=chances.randint(0, 2))
    await passes(bench)
    return numbers


async def passes(bench):
    await bench.pass_by(minutes=6)
    await sweep(bench, sweep_once)


async def ask(bench, number, chances, *, key):
    """Ask for something that the order may allow: money back in one of its shapes, or the cancellation of a part."""
    order = await AmazonOrder.get(number=number)
    items = (await items_of([order.id]))[order.id]
    item = chances.choice(items)
    cents = str(Decimal(chances.randint(1, 900)) / 100)
    shapes = (
        lambda: refund(bench, number, request(amount=cents, tell_amazon=True), key=key),
        lambda: refund(bench, number, request(part(item.id, 1), tell_amazon=True), key=key),
        lambda: refund(bench, number, request(part(item.id, 0, cents), shipping="0", tell_amazon=True), key=key),
        lambda: refund(bench, number, request(part(item.id, 1), adjustment_fee="0.50", tell_amazon=True), key=key),
        lambda: refund(bench, number, key=key),
        lambda: cancel_part(bench, number, [(item.id, chances.randint(1, 2))], key=key),
        lambda: cancel_part(bench, number, key=key),
    )
    try:
        await chances.choice(shapes)()
    except DomainError:
        return
    TALLY["asked"] += 1


async def amazon_fails(bench, chances):
    """Let Amazon's own side go wrong: feeds that hang or are given up half-way, and a seller who pays by hand."""
    if chances.random() < 0.15:
        await bench.control("/faults", {"effect": "FEED_STUCK", "operation": ADJUSTMENT, "times": 1})
    if chances.random() < 0.3:
        fault = {"effect": "FEED_FATAL", "operation": ADJUSTMENT, "times": 1, "messages": chances.randint(0, 3)}
        await bench.control("/faults", fault)


async def by_hand(bench, numbers, chances):
    """Let the seller do something in Seller Central; what an order does not allow is not done."""
    number = chances.choice(numbers)
    act = chances.choice(["refund", "ship"])
    await bench.http.post(f"{AMAZON}/_sim/orders/{number}/{act}", json={})


async def play(bench, chances):
    numbers = await opened(bench, chances)
    clock = ClockThatCrashes(bench.clock)
    bench.keep_time_by(clock)
    for turn in range(3):
        for at in range(chances.randint(1, 3)):
            await ask(bench, chances.choice(numbers), chances, key=f"{turn} {at}")
        await trouble(bench, clock, chances)
        await amazon_fails(bench, chances)
        if chances.random() < 0.3:
            await by_hand(bench, numbers, chances)
        for _ in range(chances.randint(2, 5)):
            await bench.pass_by(seconds=chances.choice([11, 31, 100]))
            await sweep(bench, chances.choice([feeds_due, feeds_due, sweep_once]))
        clock.looks = None
    bench.wire.happenings.clear()
    await settle(bench)
    return numbers


async def settle(bench):
    for _ in range(60):
        await bench.pass_by(minutes=30)
        await sweep(bench, sweep_once)
        if not await FeedSubmission.filter(finished_at__isnull=True).exists() and not await still_open():
            return
    raise AssertionError("something stays open")


async def check(bench, numbers):
    ended = await check_refunds(bench)
    for number in numbers:
        await check_units(bench, number)
    for command in await Command.all():
        asks = Attention.filter(command_id=command.id, state=AttentionState.OPEN)
        assert [entry.kind for entry in await asks] == ASKS.get(command.state, []), command.state
    return ended


async def check_units(bench, number):
    """Check that the units canceled at Amazon are those of the cancellations that are confirmed here."""
    order = await AmazonOrder.get(number=number)
    asked: Counter[str] = Counter()
    for command in await Command.filter(order_id=order.id, kind=CommandKind.PARTIAL_CANCEL):
        if command.state is CommandState.CONFIRMED:
            asked.update(dict(command.payload["items"]))
            assert await CreditMemo.filter(command_id=command.id).count() <= 1
    called_off: Counter[str] = Counter()
    for item in (await at_amazon(bench, number))["orderItems"]:
        told = item["fulfillment"]
        called_off[item["orderItemId"]] = (
            item["quantityOrdered"] - told.get("quantityFulfilled", 0) - told["quantityUnfulfilled"]
        )
    assert +called_off == asked


async def people_look(bench):
    """Let people look into Seller Central and say of what is parked whether it is done; what is refused goes again."""
    now = bench.clock.now()
    for command in await Command.filter(kind=CommandKind.REFUND, state=CommandState.PARKED).order_by("id"):
        TALLY["looked at by a person"] += 1
        if await is_paid(bench, command):
            await confirm_command(command_id=command.id, note="the ledger shows it", now=now, actor=SYSTEM)
        elif needs_word(command):
            with pytest.raises(DomainError):
                await retry_command(command_id=command.id, now=now, actor=SYSTEM)
            await retry_command(command_id=command.id, note="the ledger does not show it", now=now, actor=SYSTEM)
        else:
            await retry_command(command_id=command.id, now=now, actor=SYSTEM)


async def is_paid(bench, command):
    """Return whether Amazon paid more often what a refund asks for than is confirmed here."""
    order = await AmazonOrder.get(id=command.order_id)
    asked = frozenset((item_id, sum(minor for _, minor in parts)) for item_id, parts in command.payload["items"])
    others = await Command.filter(order_id=order.id, kind=CommandKind.REFUND, state=CommandState.CONFIRMED)
    same = [one for one in others if one.payload["items"] == command.payload["items"]]
    return (await ledger(bench)).get(order.number, Counter())[asked] > len(same)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_is_lost_and_wherever_it_crashes_nobody_is_paid_twice(bench, seed, show):
    numbers = await play(bench, random.Random(seed))
    await check(bench, numbers)
    for _ in range(3):
        await people_look(bench)
        await settle(bench)
        ended = await check(bench, numbers)
    assert not ended["PARKED"], ended
    TALLY.update({f"refunds {state.lower()}": count for state, count in ended.items()})
    if seed == SEEDS - 1:
        told = ", ".join(f"{name}: {count}" for name, count in sorted(TALLY.items()))
        show(f"money back and parts canceled in {SEEDS} random schedules with faults, nobody paid twice: {told}")
