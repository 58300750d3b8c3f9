import random
from dataclasses import dataclass, field

import pytest

from domain.amazon.facts import ItemFacts
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Reservation
from domain.change import change
from domain.channel.proposals import apply_proposal, proposals_of
from domain.channel.resolution import ResolutionKind
from domain.commerce.given_back import given_back
from domain.commerce.orders import quantities
from domain.commerce.records import CommerceOrderLine, CreditMemo, DocumentLine
from tests.counted import IS_THOROUGH
from tests.domain.channel.stage import CLERK, Stage, commerce_of, euro, item, items_of, open_attention, package, shelf

PARTS = ("ITEM", "SHIPPING", "TAX", "GIFT_WRAP")


@dataclass
class Said:
    """What Amazon says of one item; `amounts` is None while it withholds them."""

    sku: str
    quantity: int
    amounts: dict[str, int] | None = field(default_factory=dict)
    shipped: int = 0

    def facts(self) -> ItemFacts:
        return item(self.sku, self.quantity, cents=None, parts=self.amounts, quantity_shipped=self.shipped)


def opening(chance: random.Random) -> list[Said]:
    found = []
    for sku in ("MUG", "CUP", "JAR")[: chance.randint(1, 3)]:
        amounts = {part: chance.randint(0, 999) for part in PARTS} | {"DISCOUNT": -chance.randint(0, 200)}
        amounts["ITEM"] += 300
        found.append(Said(sku, chance.randint(1, 6), amounts))
    return found


def news(chance: random.Random, one: Said) -> None:
    """Let Amazon lower a quantity, a price, or both, or withhold the amounts."""
    if one.quantity > one.shipped and chance.random() < 0.6:
        one.quantity = chance.randint(one.shipped, one.quantity - 1)
    match chance.choice(["fall", "stay", "withheld", "share"]):
        case "fall" if one.amounts:
            part = chance.choice(PARTS)
            one.amounts = one.amounts | {part: chance.randint(0, one.amounts[part])}
        case "share" if one.amounts:
            one.amounts = {part: minor * 2 // 3 for part, minor in one.amounts.items()}
        case "withheld":
            one.amounts = None


async def check_money(order: AmazonOrder) -> None:
    commerce, lines = await commerce_of(order)
    memos = await CreditMemo.filter(order_id=commerce.id)
    given = await given_back([commerce.id])
    for memo in memos:
        covered = await DocumentLine.filter(document="CREDIT_MEMO", document_id=memo.id)
        goods, shipping = (sum(getattr(one, name) for one in covered) for name in ("amount_minor", "shipping_minor"))
        assert memo.total_minor == memo.shipping_minor + memo.adjustment_minor + goods >= 0
        assert memo.shipping_minor == shipping >= 0
    assert commerce.refunded_minor == sum(memo.total_minor for memo in memos) <= commerce.total_minor
    for line in lines:
        assert given[line.id].total <= line.total_minor
        assert given[line.id].shipping <= line.shipping_minor
        if line.quantity_refunded == line.quantity_ordered:
            assert (given[line.id].total, given[line.id].shipping) == (line.total_minor, line.shipping_minor)


async def check_stock(order: AmazonOrder, lines: list[CommerceOrderLine]) -> None:
    held = {row.item_id: row.quantity for row in await Reservation.filter(order_id=order.id, state="ACTIVE")}
    assert held == {line.item_id: left for line in lines if (left := quantities(line).to_ship)}
    for line in lines:
        assert await shelf(line.sku) == (20 - line.quantity_shipped, held.get(line.item_id, 0))


async def decide(stage: Stage, chance: random.Random, order: AmazonOrder) -> int:
    """Decide on all that is open, and return how many decisions that took."""
    decided = 0
    while shown := await open_attention(order):
        entry = chance.choice(shown)
        kinds = [one.kind for one in proposals_of(entry)]
        kind = kinds[0] if chance.random() < 0.8 else ResolutionKind.KEEP
        async with change(now=stage.now, actor=CLERK) as unit:
            await apply_proposal(unit, entry, kind, sealer=stage.sealer)
        await stage.evaluate()
        decided += 1
        assert decided < 30
    return decided


@pytest.mark.parametrize("seed", range(100 if IS_THOROUGH else 4))
async def test_refunds_of_whatever_amazon_lowers_add_up_to_the_cent_and_free_what_will_not_leave(
    stage: Stage, seed: int
) -> None:
    chance = random.Random(seed)
    await stage.products(*({"sku": sku, "quantity": "20"} for sku in ("MUG", "CUP", "JAR")))
    said = opening(chance)
    total = sum(sum(one.amounts.values()) for one in said if one.amounts)
    order = await stage.arrive(*(one.facts() for one in said), grand_total=euro(total))
    if seed % 4 == 0:
        mug = (await items_of(order))[0]
        await stage.ship(order, package((mug.id, 1)))
        said[0].shipped = 1
    for _ in range(7):
        news(chance, chance.choice(said))
        order = await stage.change(order, items=tuple(one.facts() for one in said))
        await decide(stage, chance, order)
        _, lines = await commerce_of(order)
        await check_money(order)
        await check_stock(order, lines)
    order = await stage.change(order, status="CANCELED", items=tuple(one.facts() for one in said))
    commerce, lines = await commerce_of(order)
    await check_money(order)
    assert commerce.refunded_minor == commerce.total_minor == total
    assert [line.quantity_refunded for line in lines] == [line.quantity_ordered for line in lines]
    assert await Reservation.filter(state="ACTIVE").count() == 0
