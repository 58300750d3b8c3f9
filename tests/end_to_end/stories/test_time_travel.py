"""How an order was at an instant, asked for afterwards."""

from datetime import datetime, timedelta
from typing import Any

from domain.instant import to_text
from tests.end_to_end.stories.asking import MUG
from tests.end_to_end.stories.test_refunding import refund
from tests.end_to_end.town import Town

MONEY = "{ amount }"
THEN = f"""status displayStatus total {MONEY} items {{ sellerSku quantityOrdered quantityShipped lineTotal {MONEY} }}
  commerceOrder {{ number state status {{ code }} total {MONEY} totalPaid {MONEY} totalRefunded {MONEY}
    lines {{ sku quantityOrdered quantityInvoiced quantityShipped quantityRefunded quantityCanceled }} }}
  latestEvent {{ sequence kind message at }}
  events(first: 100) {{ nodes {{ sequence kind message actor {{ kind }} }} }}"""
NOW = f"query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{ {THEN} }} }}"
AS_OF = f"""query($number: String!, $at: DateTime!) {{
  amazonOrderAsOf(by: {{amazonOrderId: $number}}, asOf: $at) {{ {THEN} }} }}"""


async def now(shop: Town, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(NOW, number=number))["amazonOrder"]
    return found


async def as_of(shop: Town, number: str, at: datetime) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await shop.ask(AS_OF, number=number, at=to_text(at)))["amazonOrderAsOf"]
    return found


async def test_order_as_it_was(shop: Town) -> None:
    number = shop.place(MUG, quantity=3)
    before, past = shop.world.clock.now(), []

    async def look() -> dict[str, Any]:
        seen = await now(shop, number)
        past.append((shop.world.clock.now(), seen))
        shop.world.clock.advance(60)
        return seen

    await shop.pass_time()
    blocked = await look()
    await shop.stock(MUG)
    await shop.pass_time()
    imported = await look()
    assert (await shop.ship(number))["errors"] == []
    await look()
    for _ in range(3):
        await shop.pass_time()
        await look()
    whole = await shop.order(number)
    given = await refund(shop, {"id": whole["id"], "items": whole["items"]}, "one back", (0, 1))
    assert given["errors"] == []
    refunded = await look()

    assert (blocked["displayStatus"], blocked["commerceOrder"]) == ("ERROR", None)
    assert imported["commerceOrder"]["state"] == "PROCESSING"
    assert (past[-2][1]["displayStatus"], past[-2][1]["commerceOrder"]["state"]) == ("COMPLETED", "COMPLETE")
    assert refunded["commerceOrder"]["lines"][0]["quantityRefunded"] == 1
    assert len({seen["latestEvent"]["sequence"] for _, seen in past}) > 4
    for at, seen in past:
        assert await as_of(shop, number, at) == seen
        assert await as_of(shop, number, at + timedelta(seconds=59)) == seen
    assert await as_of(shop, number, before) is None
