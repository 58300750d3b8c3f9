import contextlib
import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.amazon.facts import Breakdown, BreakdownKind
from domain.catalog.records import MoveReason, Product, Reservation, ReservationState, Stock
from domain.catalog.returns import take_back
from domain.catalog.shelf import Move, move
from domain.catalog.sources import SourceWish, save_source
from domain.catalog.stock import Claim, deduct, expire_reservations, release, reserve
from domain.change import Change, change
from domain.channel.amounts import line_sums, order_sums
from domain.channel.checks import AmountLine, amount_flaws, of_the_order_alone
from domain.errors import ActionNotAllowed, InsufficientStock
from domain.money import Money
from domain.timeline import SYSTEM
from tests.counted import IS_THOROUGH, rounds
from tests.domain.channel.sources import source
from tests.domain.channel.stage import Stage, item, shelf

SOURCES = ("default", "berlin", "cork")

amounts = st.integers(-10_000_000, 10_000_000)
kinds_of_items = st.sampled_from([kind for kind in BreakdownKind if kind is not BreakdownKind.DELIVERY_TIP])
parts = st.dictionaries(kinds_of_items, amounts, max_size=6).map(
    lambda found: tuple(Breakdown(kind, Money(minor, "EUR")) for kind, minor in found.items())
)


@given(
    given_parts=st.lists(st.tuples(parts, amounts), min_size=1, max_size=12),
    tip=st.none() | amounts,
    repeats=st.booleans(),
)
@settings(max_examples=rounds(500), deadline=None)
def test_sums_come_to_amazons_total_whatever_it_is_made_of(
    given_parts: list[tuple[tuple[Breakdown, ...], int]], tip: int | None, repeats: bool
) -> None:
    lines = []
    for at, (found, without) in enumerate(given_parts):
        total = sum(part.amount.minor for part in found) if found else without
        lines.append(AmountLine(item_id=at, total=Money(total, "EUR"), parts=found, quantity=1))
    collected: defaultdict[BreakdownKind, int] = defaultdict(int)
    for line in lines if repeats else []:
        for part in line.parts:
            collected[part.kind] += part.amount.minor
    of_order = [Breakdown(kind, Money(minor, "EUR")) for kind, minor in collected.items()]
    if tip is not None:
        of_order.append(Breakdown(BreakdownKind.DELIVERY_TIP, Money(tip, "EUR")))
    grand = Money(sum(line.total.minor for line in lines if line.total) + (tip or 0), "EUR")

    assert amount_flaws(grand_total=grand, order_parts=tuple(of_order), lines=lines) == ()
    sums = order_sums([line_sums(line) for line in lines], of_the_order_alone(tuple(of_order), lines))
    assert sums.total == grand.minor
    assert [line_sums(line).total for line in lines] == [line.total.minor for line in lines if line.total]


@pytest.mark.parametrize("seed", range(4 if IS_THOROUGH else 2))
async def test_no_walk_breaks_the_shelf(stage: Stage, seed: int) -> None:
    dice = random.Random(seed)
    await stage.products(*({"sku": f"P{at}", "quantity": "10"} for at in range(3)))
    for code in SOURCES[1:]:
        await source(stage, code)
    products = await Product.all().order_by("id")
    for _ in range(300):
        await walk(stage, dice, [product.id for product in products])
        await shelf("P0")


async def walk(stage: Stage, dice: random.Random, product_ids: list[int]) -> None:
    order_ids = dice.sample(range(1, 7), k=dice.randint(1, 3))
    code = dice.choice(SOURCES)
    step = dice.choice(["reserve"] * 3 + ["release", "deduct", "deduct all", "return", "restock", "carry", "switch"])
    async with change(now=stage.later(minutes=1), actor=SYSTEM) as unit:
        unit.quiet()
        if step == "reserve":
            claims = [claim(stage, dice, order_id, product_ids) for order_id in order_ids]
            with contextlib.suppress(InsufficientStock):
                async with unit.savepoint():
                    await reserve(unit, claims)
        elif step == "release":
            await release(unit, order_ids=order_ids)
        elif step == "deduct":
            quantities = {order_id: dice.randint(0, 4) for order_id in order_ids}
            await deduct(unit, order_ids=order_ids, quantities=quantities)
        elif step == "deduct all":
            await deduct(unit, order_ids=order_ids)
        elif step == "return":
            await take_back(unit, account_id=1, order_id=order_ids[0], quantities={order_ids[0]: dice.randint(1, 4)})
        else:
            with contextlib.suppress(InsufficientStock, ActionNotAllowed):
                async with unit.savepoint():
                    await at_sources(unit, dice, step, code, dice.choice(product_ids))


async def at_sources(unit: Change, dice: random.Random, step: str, code: str, product_id: int) -> None:
    by = dice.randint(-3, 5)
    if step == "restock":
        came = Move(product_id=product_id, source=code, reason=MoveReason.RESTOCKED, on_hand=by)
        await move(unit, [came])
    elif step == "carry":
        ends = [(dice.choice(SOURCES), -by), (code, by)]
        moves = [
            Move(product_id=product_id, source=end, reason=MoveReason.TRANSFERRED, on_hand=change)
            for end, change in ends
        ]
        await move(unit, moves)
    else:
        await save_source(unit, SourceWish(code=code, enabled=dice.random() < 0.6))


def claim(stage: Stage, dice: random.Random, order_id: int, product_ids: list[int]) -> Claim:
    return Claim(
        account_id=stage.store.account_id,
        store_id=stage.store.id,
        order_id=order_id,
        item_id=order_id,
        product_id=dice.choice(product_ids),
        quantity=dice.randint(1, 6),
    )


async def test_an_order_that_holds_too_much_is_refused_with_the_numbers(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    mug = await Product.get(sku="MUG")
    async with change(now=stage.now, actor=SYSTEM) as unit:
        unit.quiet()
        wanted = Claim(account_id=1, store_id=1, order_id=1, item_id=1, product_id=mug.id, quantity=3)
        with pytest.raises(InsufficientStock) as refused:
            await reserve(unit, [wanted])
        assert (refused.value.product_id, refused.value.requested, refused.value.available) == (mug.id, 3, 2)
        await Stock.all().delete()
        with pytest.raises(InsufficientStock) as refused:
            await reserve(unit, [wanted])
        assert refused.value.available == 0


async def test_orders_come_and_go_and_hold_nothing_in_the_end(stage: Stage) -> None:
    dice = random.Random(7)
    await stage.products({"sku": "MUG", "quantity": "12"}, {"sku": "CUP", "quantity": "12"})
    orders = [
        await stage.arrive(item("MUG", dice.randint(1, 3)), item("CUP", dice.randint(1, 2)), status="PENDING")
        for _ in range(8)
    ]
    for order in orders:
        await shelf()
        if dice.random() < 0.7:
            order = await stage.change(order, status="UNSHIPPED")
    for order in orders:
        await stage.change(order, status=dice.choice(["CANCELED", "SHIPPED"]))
        await shelf()
    blocked = Reservation.filter(state=ReservationState.ACTIVE)
    assert await blocked.count() == 0
    assert await expire_reservations(now=stage.later(days=30)) == 0
