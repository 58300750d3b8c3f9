"""Short ways to give back on a bench, and to compare Amazon's ledger with our credit memos and commands."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.worker.sweep import sweep_once
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandKind, CommandState
from domain.channel.partial_cancel import cancel_rest
from domain.channel.refund import refund_order
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.money import Money
from domain.sealing import Sealer
from domain.timeline import SYSTEM
from tests.api.worker.conftest import AMAZON
from tests.domain.channel.refunds import Mailing, request


@dataclass
class Moment:
    """What the short ways of the stage need to know of a bench."""

    now: datetime
    sealer: Sealer


async def imported(bench, count=1, *, shipped=True, **wish):
    """Let so many orders be imported, all of each shipped at Amazon unless told otherwise, and return their numbers."""
    numbers = await bench.place(count, **wish)
    for number in numbers if shipped else ():
        await bench.control(f"/orders/{number}/ship")
    await bench.pass_by(minutes=4)
    for _ in range(20):
        if not await sweep_once(bench.worker):
            break
    assert await CommerceOrder.filter(channel_number__in=numbers).count() == count
    return numbers


async def refund(bench, number, wanted=None, *, key="r1"):
    """Give back, and tell Amazon; without more all that is left."""
    order = await AmazonOrder.get(number=number)
    return await refund_order(
        order_id=order.id,
        request=wanted or request(tell_amazon=True),
        expected_version=None,
        idempotency_key=f"{key} {number}",
        now=bench.clock.now(),
        actor=SYSTEM,
        sealer=bench.sealer,
        mailing=Mailing(),
    )


async def cancel_part(bench, number, lines=None, *, key="p1", restock=True):
    order = await AmazonOrder.get(number=number)
    return await cancel_rest(
        order_id=order.id,
        lines=lines,
        reason=CancelReason.NO_INVENTORY,
        note=None,
        restock=restock,
        expected_version=None,
        idempotency_key=f"{key} {number}",
        now=bench.clock.now(),
        actor=SYSTEM,
        sealer=bench.sealer,
    )


async def ship_units(bench, number, quantity=1):
    """Let so many units of the order's first item leave, in Seller Central."""
    item = await first_item(number)
    await bench.control(f"/orders/{number}/ship", {"items": {item.item_id: quantity}})


async def first_item(number):
    order = await AmazonOrder.get(number=number)
    return await AmazonItem.filter(order_id=order.id).order_by("position").first()


async def ledger(bench) -> dict[str, list[dict[str, int]]]:
    """Return what Amazon paid back: of each order each refund, by item in minor units."""
    told: Any = (await bench.http.get(f"{AMAZON}/_sim/ledger")).json()["orders"]
    return {
        order["orderId"]: [
            {item["orderItemId"]: _minor(item["total"]) for item in refund["items"]} for refund in order["refunds"]
        ]
        for order in told
        if order["refunds"]
    }


async def at_amazon(bench, number) -> dict[str, Any]:
    state: Any = (await bench.http.get(f"{AMAZON}/_sim/state", params={"orderId": number})).json()
    order: dict[str, Any] = state["orders"][0]["order"]
    return order


async def check_refunds(bench) -> Counter[str]:
    """Check that Amazon's ledger holds exactly what our refunds say, and none twice; return how they ended."""
    paid = await ledger(bench)
    ended: Counter[str] = Counter()
    for command in await Command.filter(kind=CommandKind.REFUND):
        order = await AmazonOrder.get(id=command.order_id)
        memo = await CreditMemo.get(command_id=command.id)
        asked = {item_id: sum(minor for _, minor in parts) for item_id, parts in command.payload["items"]}
        assert sum(asked.values()) == memo.total_minor
        found = paid.get(order.number, [])
        times = found.count(asked)
        assert times <= 1, (order.number, command.state)
        if command.state is CommandState.CONFIRMED:
            assert times == 1, order.number
        elif command.state is not CommandState.PARKED:
            assert times == 0, (order.number, command.state)
        if times:
            found.remove(asked)
        ended[command.state.value] += 1
    assert not any(paid.values()), paid
    return ended


def _minor(money: dict[str, str]) -> int:
    return Money.parse(money["amount"], money["currencyCode"]).minor
