import asyncio
import itertools

import pytest

from api.worker.deliver import deliver_one
from api.worker.sweep import deliver_due, sweep_once
from domain.accounts import cursors
from domain.accounts.records import Account, AccountState
from domain.amazon import commands
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandState
from domain.catalog.records import Product, Stock
from domain.channel.records import Attention, AttentionKind
from domain.channel.ship import PackageRequest, ship_order
from domain.commerce.records import CommerceOrder
from domain.timeline import SYSTEM, Event, EventKind
from tests.api.wire_between import answers, loses_the_answer, never_arrives, refuses
from tests.counted import IS_THOROUGH

MANY, FEW = (100, 12) if IS_THOROUGH else (30, 6)


async def stock_up(bench, quantity=100_000):
    state = (await bench.http.get("http://amazon.test/_sim/state")).json()
    skus = {product["sku"] for seller in state["sellers"] for product in seller["catalog"]}
    for sku in sorted(skus):
        now = bench.clock.now()
        product = await Product.create(sku=sku, name=sku, created_at=now, updated_at=now)
        await Stock.create(product_id=product.id, on_hand=quantity)


async def ship(bench, number, *, lines=None):
    order = await AmazonOrder.get(number=number)
    return await ship_order(
        order_id=order.id,
        packages=[PackageRequest(lines=lines, carrier_code="ups", carrier_name="UPS", tracking_number="1Z999")],
        shipped_at=None,
        expected_version=None,
        idempotency_key=f"ship {number} {lines}",
        now=bench.clock.now(),
        actor=SYSTEM,
        sealer=bench.sealer,
        new_reference=bench.worker.service.new_reference,
    )


async def at_amazon(bench, number):
    state = (await bench.http.get("http://amazon.test/_sim/state", params={"orderId": number})).json()
    return state["orders"][0]["order"]


@pytest.fixture
async def shipped(bench):
    """One order that was imported and shipped here; Amazon has not been told yet."""
    await bench.connect()
    await stock_up(bench)
    (number,) = await bench.place()
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    assert await CommerceOrder.all().count() == 1, await Attention.all().values("message")
    await ship(bench, number)
    bench.number = number
    return bench


class TestAConfirmation:
    async def test_is_sent_and_confirmed_by_the_fact(self, shipped):
        await sweep_once(shipped.worker)
        assert (await Command.get()).state is CommandState.ACCEPTED
        await shipped.pass_by(minutes=5)
        await sweep_once(shipped.worker)

        order = await AmazonOrder.get()
        assert (await Command.get()).state is CommandState.CONFIRMED
        assert (order.amazon_status, order.display_status) == ("SHIPPED", "COMPLETED")

    async def test_whose_answer_is_lost_is_sent_again_with_the_same_reference(self, shipped):
        shipped.wire.happens("confirmShipment", loses_the_answer)
        await sweep_once(shipped.worker)
        command = await Command.get()
        assert (command.state, command.attempts) == (CommandState.SENT, 1)
        await shipped.pass_by(seconds=3)
        await sweep_once(shipped.worker)

        packages = (await at_amazon(shipped, shipped.number))["packages"]
        assert [package["packageReferenceId"] for package in packages] == [command.package_reference]
        assert (await Command.get()).state in (CommandState.ACCEPTED, CommandState.CONFIRMED)

    async def test_that_was_sent_before_a_crash_goes_out_again_when_its_lease_is_over(self, shipped):
        await Command.all().update(state=CommandState.SENT, attempts=1, fence=1, lease_until=shipped.machine[0] + 50)
        await sweep_once(shipped.worker)
        assert not shipped.wire.made("confirmShipment")
        shipped.machine[0] += 51
        await sweep_once(shipped.worker)

        assert len(shipped.wire.made("confirmShipment")) == 1
        assert (await Command.get()).state is CommandState.ACCEPTED

    async def test_that_amazon_refuses_asks_a_person(self, shipped):
        shipped.wire.happens("confirmShipment", refuses(400, "InvalidInput", "PackageReferenceId: is invalid"))
        await sweep_once(shipped.worker)

        command = await Command.get()
        assert (command.state, command.error_code) == (CommandState.REFUSED, "InvalidInput")
        assert await Attention.filter(kind=AttentionKind.COMMAND_REFUSED).count() == 1
        assert (await AmazonOrder.get()).display_status == "ERROR"

    async def test_that_is_refused_on_the_repeat_but_arrived_counts_as_accepted(self, shipped):
        shipped.wire.happens("confirmShipment", loses_the_answer, refuses(400, "InvalidInput", "already fulfilled"))
        await sweep_once(shipped.worker)
        await shipped.pass_by(seconds=3)
        await sweep_once(shipped.worker)

        assert (await Command.get()).state is CommandState.ACCEPTED
        assert not await Attention.filter(kind=AttentionKind.COMMAND_REFUSED).exists()

    async def test_that_is_refused_on_the_repeat_and_did_not_arrive_is_refused(self, shipped):
        shipped.wire.happens("confirmShipment", never_arrives, refuses(400, "InvalidInput", "no such order"))
        await sweep_once(shipped.worker)
        await shipped.pass_by(seconds=3)
        await sweep_once(shipped.worker)

        assert (await Command.get()).state is CommandState.REFUSED

    async def test_backs_off_twice_as_long_each_time(self, shipped):
        shipped.wire.happens("confirmShipment", *[answers(503, text="")] * 4)
        pauses = []
        for _ in range(4):
            await sweep_once(shipped.worker)
            command = await Command.get()
            pauses.append((command.due_at - shipped.clock.now()).total_seconds())
            shipped.clock.advance(pauses[-1])

        assert pauses == [2, 4, 8, 16]

    async def test_that_is_throttled_waits_for_the_quota(self, shipped):
        shipped.wire.happens("confirmShipment", answers(429, text=""))
        await sweep_once(shipped.worker)
        await sweep_once(shipped.worker)
        assert len(shipped.wire.made("confirmShipment")) == 1
        await shipped.pass_by(seconds=1)
        await sweep_once(shipped.worker)

        assert (await Command.get()).state is CommandState.ACCEPTED


class TestCredentials:
    async def test_that_amazon_rejects_put_the_command_off_until_the_store_is_connected_again(self, shipped):
        await shipped.control("/sellers/demo/revoke")
        await shipped.pass_by(hours=2)
        await deliver_due(shipped.worker)
        command = await Command.get()
        assert (command.state, command.error_code) == (CommandState.SENT, "invalid_grant")
        assert (await Account.get()).state is AccountState.CREDENTIALS_REJECTED
        await shipped.pass_by(hours=1)

        assert await deliver_due(shipped.worker) == 0
        assert not await deliver_one(shipped.worker, command.id)


class TestTheOrderOfCommands:
    async def test_a_later_package_waits_until_the_earlier_one_is_answered(self, bench):
        await bench.connect()
        await stock_up(bench)
        state = (await bench.http.get("http://amazon.test/_sim/state")).json()
        sku = next(entry["sku"] for entry in state["sellers"][0]["catalog"] if entry["fulfilledBy"] == "MERCHANT")
        (number,) = await bench.place(items=[{"sku": sku, "quantity": 2}])
        await bench.pass_by(minutes=4)
        await sweep_once(bench.worker)
        item = await AmazonItem.get()
        await ship(bench, number, lines=((item.id, 1),))
        first = await Command.get()
        bench.wire.happens("confirmShipment", never_arrives)
        await sweep_once(bench.worker)
        order = await AmazonOrder.get()
        order_command = await Command.create(
            account_id=order.account_id,
            store_id=order.store_id,
            order_id=order.id,
            order_seq=first.order_seq + 1,
            kind=first.kind,
            state=CommandState.QUEUED,
            due_at=bench.clock.now(),
            package_reference="777",
            payload=first.payload,
            created_at=bench.clock.now(),
        )
        await sweep_once(bench.worker)
        assert (await Command.get(id=order_command.id)).attempts == 0
        await bench.pass_by(seconds=3)
        await sweep_once(bench.worker)
        await bench.pass_by(seconds=3)
        await sweep_once(bench.worker)

        sent = [call for call in bench.wire.calls if call.url.path.endswith("shipmentConfirmation")]
        assert [b'"777"' in call.content for call in sent] == [False, False, True]
        packages = (await at_amazon(bench, number))["packages"]
        assert sorted(package["packageReferenceId"] for package in packages) == sorted(
            [str(first.package_reference), "777"]
        )


class TestLosses:
    async def test_many_orders_with_every_tenth_answer_lost_lose_and_double_nothing(self, bench):
        await bench.connect()
        await stock_up(bench)
        await bench.control("/limits", {"enabled": False})
        placed = await bench.place(count=MANY)
        bench.with_limits(page_size=10)
        calls = itertools.count(1)
        inner = bench.wire._inner.handle_async_request

        async def drops_each_tenth(request):
            response = await inner(request)
            if "/_sim" not in request.url.path and next(calls) % 10 == 0:
                return await loses_the_answer(request, _already(response))
            return response

        bench.wire._inner.handle_async_request = drops_each_tenth
        shipped: set[str] = set()
        for _ in range(400):
            await bench.pass_by(minutes=1)
            await sweep_once(bench.worker)
            for number in [order.number for order in await AmazonOrder.filter(import_state="IMPORTED")]:
                if number not in shipped:
                    await ship(bench, number)
                    shipped.add(number)
            if await Command.filter(state=CommandState.CONFIRMED).count() == len(placed):
                break

        bench.wire._inner.handle_async_request = inner
        assert shipped == set(placed)
        assert await Command.filter(state=CommandState.CONFIRMED).count() == MANY
        assert await Command.filter(attempts__gt=1).count() >= MANY // 20
        assert await CommerceOrder.all().count() == MANY
        assert await Event.filter(kind=EventKind.SEEN).count() == MANY
        assert await Event.filter(kind=EventKind.COMPLETED).count() == MANY
        references = dict(await AmazonOrder.all().values_list("number", "id"))
        for number in placed:
            order = await at_amazon(bench, number)
            ours = await Command.get(order_id=references[number])
            assert [package["packageReferenceId"] for package in order["packages"]] == [ours.package_reference]
            assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"

    async def test_kills_at_any_moment_lose_and_double_nothing(self, bench):
        await bench.connect()
        await stock_up(bench)
        await bench.control("/limits", {"enabled": False})
        placed = await bench.place(count=FEW)
        bench.with_limits(page_size=3)
        await bench.pass_by(minutes=4)
        shipped: set[str] = set()
        killed = 0
        for kill in range(500):
            sweep = asyncio.create_task(sweep_once(bench.worker))
            await asyncio.wait([sweep], timeout=kill * 0.001)
            sweep.cancel()
            await asyncio.wait([sweep])
            killed += sweep.cancelled()
            await cursors.release_leases(now=bench.clock.now())
            await commands.release_leases(now=bench.clock.now())
            await bench.pass_by(seconds=40)
            for order in await AmazonOrder.filter(import_state="IMPORTED"):
                if order.number not in shipped:
                    await ship(bench, order.number)
                    shipped.add(order.number)
            if await Command.filter(state=CommandState.CONFIRMED).count() == FEW:
                break

        assert killed >= 10
        assert shipped == set(placed)
        assert await Command.filter(state=CommandState.CONFIRMED).count() == FEW
        assert await CommerceOrder.all().count() == FEW
        assert await Event.filter(kind=EventKind.SEEN).count() == FEW
        assert await Event.filter(kind=EventKind.COMPLETED).count() == FEW
        for number in placed:
            assert len((await at_amazon(bench, number))["packages"]) == 1


def _already(response):
    async def forward(request):
        return response

    return forward
