"""Short ways to give back on a bench, and to compare Amazon's ledger with our credit memos and commands."""

from collections import Counter, defaultdict
from typing import Any

from api.worker.sweep import sweep_once
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.channel.partial_cancel import cancel_rest
from domain.channel.refund import refund_order
from domain.commerce.mail_rules import Mailing
from domain.commerce.records import CommerceOrder, CreditMemo
from domain.money import Money
from domain.timeline import SYSTEM
from tests.api.worker.conftest import AMAZON
from tests.domain.channel.refunds import request


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


async def ship_units(bench, number, **quantities):
    """Let units of an order leave, in Seller Central; by the position of their items."""
    items = [
        {"orderItemId": item["orderItemId"], "quantity": quantities[f"at{at}"]}
        for at, item in enumerate((await at_amazon(bench, number))["orderItems"])
        if quantities.get(f"at{at}")
    ]
    await bench.control(f"/orders/{number}/ship", {"items": items})


async def ledger(bench) -> dict[str, Counter[frozenset[tuple[str, int]]]]:
    """Return what Amazon paid back because of feeds: of each order how often what, by item in minor units."""
    told: Any = (await bench.http.get(f"{AMAZON}/_sim/ledger")).json()["orders"]
    return {
        order["orderId"]: Counter(
            frozenset((item["orderItemId"], _minor(item["total"])) for item in refund["items"])
            for refund in order["refunds"]
            if refund["feedId"]
        )
        for order in told
    }


async def at_amazon(bench, number) -> dict[str, Any]:
    state: Any = (await bench.http.get(f"{AMAZON}/_sim/state", params={"orderId": number})).json()
    order: dict[str, Any] = state["orders"][0]["order"]
    return order


async def check_refunds(bench) -> Counter[str]:
    """Check that Amazon paid exactly what is confirmed here, and of the rest only what is parked, none of it twice.

    Returns how our refunds ended.
    """
    paid = await ledger(bench)
    confirmed: defaultdict[str, Counter[Any]] = defaultdict(Counter)
    parked: defaultdict[str, Counter[Any]] = defaultdict(Counter)
    ended: Counter[str] = Counter()
    for command in await Command.filter(kind=CommandKind.REFUND):
        memo = await CreditMemo.get(command_id=command.id)
        asked = frozenset((item_id, sum(minor for _, minor in parts)) for item_id, parts in command.payload["items"])
        assert sum(minor for _, minor in asked) == memo.total_minor
        number = (await AmazonOrder.get(id=command.order_id)).number
        ended[command.state.value] += 1
        if command.state is CommandState.CONFIRMED:
            confirmed[number][asked] += 1
        elif command.state is CommandState.PARKED:
            parked[number][asked] += 1
    for number in {*paid, *confirmed}:
        had = paid.get(number, Counter())
        assert confirmed[number] <= had, (number, "confirmed and not paid")
        assert had - confirmed[number] <= parked[number], (number, "paid twice, or against our word")
    return ended


def _minor(money: dict[str, str]) -> int:
    return Money.parse(money["amount"], money["currencyCode"]).minor
