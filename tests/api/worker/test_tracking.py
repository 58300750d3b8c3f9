import itertools
from random import Random

import pytest

from api.worker.sweep import sweep_once
from domain.amazon.records import OPEN_COMMANDS, AmazonItem, AmazonOrder, Command, CommandState
from domain.channel.records import Attention, AttentionState
from domain.channel.told_parcels import Track
from domain.channel.track import add_track, correct_track
from domain.commerce.records import DocumentLine, Package, Shipment
from domain.timeline import SYSTEM
from tests.api.wire_between import answers, loses_the_answer, never_arrives, refuses
from tests.api.worker.test_deliver import at_amazon, ship, stock_up
from tests.counted import rounds

CONFIRM = "confirmShipment"
KEYS = itertools.count()


@pytest.fixture
async def sent(bench):
    """An order of three units that left in one parcel; Amazon took note and shows it."""
    await bench.connect()
    await stock_up(bench)
    state = (await bench.http.get("http://amazon.test/_sim/state")).json()
    sku = next(entry["sku"] for entry in state["sellers"][0]["catalog"] if entry["fulfilledBy"] == "MERCHANT")
    (bench.number,) = await bench.place(items=[{"sku": sku, "quantity": 3}])
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    await ship(bench, bench.number)
    await settle(bench)
    assert (await AmazonOrder.get()).display_status == "COMPLETED"
    return bench


async def settle(bench):
    for _ in range(12):
        await sweep_once(bench.worker)
        await bench.pass_by(minutes=5)
        if not await Command.filter(state__in=OPEN_COMMANDS).exists():
            return


def request_to(bench):
    return {
        "order_id": None,
        "package_id": None,
        "expected_version": None,
        "idempotency_key": f"k{next(KEYS)}",
        "now": bench.clock.now(),
        "actor": SYSTEM,
        "sealer": bench.sealer,
    }


async def correct(bench, number, package=None):
    order, package = await AmazonOrder.get(), package or (await Package.all().order_by("id"))[0]
    track = Track(carrier_code="fedex", tracking_number=number)
    given = request_to(bench) | {"order_id": order.id, "package_id": package.id, "track": track}
    await correct_track(**given)


async def divide(bench, number, units=1):
    order, item = await AmazonOrder.get(), await AmazonItem.get()
    first = (await Package.all().order_by("id"))[0]
    given = request_to(bench) | {"order_id": order.id, "package_id": first.id}
    return await add_track(
        **given,
        lines=[(item.id, units)],
        track=Track(carrier_code="usps", tracking_number=number),
        new_reference=bench.worker.service.new_reference,
    )


async def ours():
    found = {}
    for package in await Package.all():
        units = sum(row.quantity for row in await DocumentLine.filter(document="PACKAGE", document_id=package.id))
        found[package.package_reference] = (
            package.carrier_code,
            package.tracking_number,
            units,
        )
    return found


async def theirs(bench):
    return {
        one["packageReferenceId"]: (
            one["carrier"], one["trackingNumber"], sum(item["quantity"] for item in one["packageItems"])
        )
        for one in (await at_amazon(bench, bench.number))["packages"]
    }  # fmt: skip


async def test_another_number_edits_the_package_at_amazon_and_a_further_parcel_comes_after_it(sent):
    await correct(sent, "FX1")
    await settle(sent)
    assert await theirs(sent) == await ours() == {(await Package.get()).package_reference: ("FedEx", "FX1", 3)}
    assert (await AmazonOrder.get()).display_status == "COMPLETED"

    await divide(sent, "US1")
    await settle(sent)
    assert await theirs(sent) == await ours()
    assert sorted(units for _, _, units in (await ours()).values()) == [1, 2]
    assert [command.state.value for command in await Command.all().order_by("id")] == ["CONFIRMED"] * 4
    order = await AmazonOrder.get()
    assert (order.amazon_status, order.display_status, await Shipment.all().count()) == ("SHIPPED", "COMPLETED", 1)
    assert await Attention.filter(state=AttentionState.OPEN).count() == 0


async def test_a_number_that_is_refused_on_the_repeat_but_arrived_counts_as_taken(sent):
    sent.wire.happens(CONFIRM, loses_the_answer, refuses(400, "InvalidInput", "already so"))
    await correct(sent, "FX1")
    await settle(sent)
    assert await theirs(sent) == await ours()
    assert await Attention.filter(state=AttentionState.OPEN).count() == 0


async def test_a_number_that_is_refused_on_the_repeat_and_did_not_arrive_is_refused(sent):
    sent.wire.happens(CONFIRM, never_arrives, answers(503), refuses(400, "InvalidInput", "no such carrier"))
    await correct(sent, "FX1")
    await settle(sent)
    assert (await Command.all().order_by("-id"))[0].state is CommandState.REFUSED
    assert await Attention.filter(state=AttentionState.OPEN, kind="COMMAND_REFUSED").count() == 1
    await correct(sent, "FX2")
    await settle(sent)
    assert await theirs(sent) == await ours()
    assert await Attention.filter(state=AttentionState.OPEN).count() == 0


async def test_whatever_is_lost_amazon_ends_with_what_was_said_last(sent):
    for seed in range(rounds(20)):
        chance = Random(seed)
        faults = chance.choices([loses_the_answer, never_arrives, answers(500), answers(429)], k=chance.randint(0, 3))
        sent.wire.happens(CONFIRM, *faults)
        for step in range(chance.randint(1, 3)):
            packages = await Package.all().order_by("id")
            if len(packages) == 1 and chance.random() < 0.3:
                await divide(sent, f"US{seed}")
            else:
                await correct(sent, f"FX{seed}-{step}", chance.choice(packages))
            if chance.random() < 0.5:
                await sweep_once(sent.worker)
        await settle(sent)
        assert await theirs(sent) == await ours(), seed
        states = {command.state for command in await Command.all()}
        assert states <= {CommandState.CONFIRMED, CommandState.WITHDRAWN}, seed
    assert (await AmazonOrder.get()).display_status == "COMPLETED"
    assert await Attention.filter(state=AttentionState.OPEN).count() == 0
