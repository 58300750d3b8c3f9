from collections import Counter
from random import Random
from typing import Any

import pytest

from domain.amazon.records import AmazonOrder, Command, CommandState
from domain.catalog.records import Product, Reservation, Stock, StockMove
from domain.channel.records import Attention
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, DocumentLine, Shipment
from domain.timeline import Event
from tests.counted import IS_THOROUGH, Show, rounds
from tests.end_to_end.racing import LosesWords, Race, Racer
from tests.end_to_end.town import Town, town

TOWNS, RACERS = rounds(10), 50 if IS_THOROUGH else 20  # 500 schedules in a thorough run

UNDER_WAY = {"QUEUED", "HELD", "SENT", "ACCEPTED"}


@pytest.mark.parametrize("seed", range(TOWNS))
async def test_a_cancellation_that_races_a_shipment_ends_in_one_of_two_worlds(seed: int, database_url: str, show: Show):
    async with town(database_url) as shop:
        await shop.connect()
        worlds = await raced(shop, seed)
    show(f"cancellations that raced a shipment, town {seed}: {dict(sorted(worlds.items()))}")
    assert sum(worlds.values()) == RACERS
    assert min(worlds["CANCELED"], worlds["SHIPPED"]) >= RACERS // 10


@pytest.mark.parametrize("percent", [10, 30])
async def test_they_end_there_too_where_answers_of_amazon_are_lost(percent: int, database_url: str):
    async with town(database_url) as shop:
        await shop.connect()
        shop.amazon.app = LosesWords(shop.amazon.app, Random(f"lost {percent}"), often=percent / 100)
        worlds = await raced(shop, 100 + percent)
    assert sum(worlds.values()) == RACERS


async def raced(shop: Town, seed: int) -> Counter[str]:
    """Play the schedules of a seed, and return in which worlds they ended."""
    random = Random(f"race {seed}")
    race = Race(town=shop, random=random)
    shop.world.clock.advance(60)
    early = random.randint(RACERS // 2, RACERS)
    for number in range(early):
        await race.enter(f"{seed}-{number}")
    await shop.pass_time()
    for number in range(early, RACERS):
        await race.enter(f"{seed}-{number}")
    await race.run()
    at_amazon = {entry["order"]["orderId"]: entry for entry in await shop.seen_by_amazon()}
    return Counter([await check(racer, at_amazon[racer.number]) for racer in race.racers])


async def check(racer: Racer, at_amazon: dict[str, Any]) -> str:
    """Check that an order ended canceled or shipped, with Amazon, stock, money and messages agreeing on it."""
    order = await AmazonOrder.get(number=racer.number)
    story = racer.answers
    assert at_amazon["fulfillmentStatus"] in ("CANCELLED", "SHIPPED"), story
    world = "CANCELED" if at_amazon["fulfillmentStatus"] == "CANCELLED" else "SHIPPED"
    assert order.amazon_status == world, story
    commands = await Command.filter(order_id=order.id).order_by("order_seq")
    states = {kind: [one.state for one in commands if one.kind == kind] for kind in ("CANCEL", "CONFIRM_SHIPMENT")}
    assert not UNDER_WAY & {one.state for one in commands}, story
    assert await Reservation.filter(order_id=order.id, state="ACTIVE").count() == 0, story
    commerce = await CommerceOrder.get_or_none(channel_order_id=order.id)
    gone = await (check_canceled if world == "CANCELED" else check_shipped)(racer, order, commerce, states, commands)
    await check_shelf(racer, gone)
    for one in commands:
        refused = await Attention.filter(command_id=one.id).exclude(state="RESOLVED").count()
        assert refused == (1 if one.state in ("REFUSED", "PARKED", "DEAD") else 0), story
    return world


async def check_canceled(
    racer: Racer,
    order: AmazonOrder,
    commerce: CommerceOrder | None,
    states: dict[str, list[CommandState]],
    commands: list[Command],
) -> int:
    story = racer.answers
    assert order.display_status == "CANCELED", story
    assert set(states["CANCEL"]) <= {"CONFIRMED", "WITHDRAWN"}, story
    assert set(states["CONFIRM_SHIPMENT"]) <= {"REFUSED", "WITHDRAWN"}, story
    if commerce is None:
        assert order.import_state == "SKIPPED", story
        return 0
    (memo,) = await CreditMemo.filter(order_id=commerce.id)
    assert (commerce.state, commerce.refunded_minor) == ("COMPLETE", commerce.total_minor), story
    assert memo.total_minor == commerce.total_minor == racer.total, story
    (line,) = await CommerceOrderLine.filter(order_id=commerce.id)
    assert line.quantity_refunded == racer.quantity, story
    assert await Event.filter(order_id=order.id, kind="CANCELED").count() == 1, story
    assert await Event.filter(order_id=order.id, kind="COMPLETED").count() == 0, story
    carried_out = [one for one in commands if one.kind == "CANCEL" and one.state == "CONFIRMED"]
    written_off = bool(carried_out) and not carried_out[-1].payload["restock"]
    here = racer.quantity - line.quantity_shipped
    assert memo.restocked == (here > 0 and not written_off), story
    shipped: int = line.quantity_shipped
    return shipped + (here if written_off else 0)


async def check_shipped(
    racer: Racer,
    order: AmazonOrder,
    commerce: CommerceOrder | None,
    states: dict[str, list[CommandState]],
    commands: list[Command],
) -> int:
    story = racer.answers
    assert set(states["CANCEL"]) <= {"REFUSED", "WITHDRAWN"}, story
    assert set(states["CONFIRM_SHIPMENT"]) <= {"CONFIRMED", "WITHDRAWN"}, story
    if commerce is None:
        assert racer.initial == 0, story
        return 0
    assert (commerce.state, commerce.total_minor, commerce.refunded_minor) == ("COMPLETE", racer.total, 0), story
    assert order.display_status == "COMPLETED", story
    assert await CreditMemo.filter(order_id=commerce.id).count() == 0, story
    (line,) = await CommerceOrderLine.filter(order_id=commerce.id)
    assert (line.quantity_shipped, line.quantity_refunded) == (racer.quantity, 0), story
    shipments = await Shipment.filter(order_id=commerce.id).values_list("id", flat=True)
    papers = await DocumentLine.filter(document="SHIPMENT", document_id__in=list(shipments))
    assert sum(paper.quantity for paper in papers) == racer.quantity, story
    assert await Event.filter(order_id=order.id, kind="CANCELED").count() == 0, story
    assert await Event.filter(order_id=order.id, kind="COMPLETED").count() == 1, story
    return racer.quantity


async def check_shelf(racer: Racer, gone: int) -> None:
    product = await Product.get_or_none(sku=racer.sku)
    if product is None:
        assert gone == 0
        return
    stock = await Stock.get(product_id=product.id)
    moves = await StockMove.filter(product_id=product.id)
    assert (stock.on_hand, stock.reserved) == (racer.initial - gone, 0), racer.answers
    assert sum(one.on_hand for one in moves) == stock.on_hand, racer.answers
    assert sum(one.reserved for one in moves) == 0, racer.answers
