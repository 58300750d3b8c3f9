"""Whatever happens to an order, in any order: its papers balance, and its past is told as it was."""

import asyncio
import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.amazon.facts import Breakdown, BreakdownKind, ItemFacts
from domain.amazon.records import AmazonOrder
from domain.change import change
from domain.channel.as_it_was import OrderAsItWas
from domain.channel.hold import hold_order, unhold_order
from domain.channel.invoice import invoice_order
from domain.channel.proposals import apply_proposal, proposals_of
from domain.channel.refund_input import RefundRequest
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, Document, DocumentLine, Invoice
from domain.commerce.workflow_records import HoldReason
from domain.errors import DomainError
from domain.money import Money
from domain.timeline import EventKind
from tests.counted import IS_THOROUGH
from tests.domain.channel.refunds import check_books, refund, request
from tests.domain.channel.stage import (
    CLERK,
    Stage,
    check_shelves,
    commerce_of,
    item,
    items_of,
    open_attention,
    package,
)
from tests.domain.histories import as_it_is, as_of
from tests.domain.rules.refunds import advised, requests

STEPS = 20
WALKS, PARTS = (50, range(5)) if IS_THOROUGH else (4, range(1))  # in two currencies: 10,000 steps with THOROUGH=1
SKUS = ("MUG", "CUP", "JAR")
KEYS: Iterator[int] = itertools.count(1)


@dataclass
class Said:
    """What Amazon says of one item."""

    sku: str
    quantity: int
    amounts: dict[str, int]
    shipped: int = 0

    def facts(self, currency: str) -> ItemFacts:
        parts = tuple(Breakdown(BreakdownKind(kind), Money(minor, currency)) for kind, minor in self.amounts.items())
        total = Money(sum(self.amounts.values()), currency)
        said = item(self.sku, self.quantity, item_id=f"{self.sku}-{next(KEYS)}", quantity_shipped=self.shipped)
        return replace(said, proceeds_total=total, breakdowns=parts)


@dataclass
class Walk:
    """One order on its way; `facts` is what Amazon says of its items now, `past` how the order was at each instant."""

    stage: Stage
    order: AmazonOrder
    facts: list[ItemFacts]
    currency: str
    is_billed: bool
    past: list[tuple[datetime, OrderAsItWas]] = field(default_factory=list)

    async def remember(self) -> None:
        """Note how the order is now; its events, folded, say the same."""
        present = await as_it_is(self.order.id)
        assert await as_of(self.order.id, self.stage.now) == present
        self.past.append((self.stage.now, present))

    async def check_past(self) -> None:
        """Check that the order was what it was, also in between."""
        for at, present in self.past:
            assert await as_of(self.order.id, at, now=self.stage.now) == present
            assert await as_of(self.order.id, at + timedelta(seconds=59), now=self.stage.now) == present

    async def refund(self, wanted: RefundRequest, *, alone: bool = True) -> None:
        """Give back, or what a refusal says is left."""
        items = await items_of(self.order)
        lines = wanted.lines and tuple(
            replace(line, item_id=items[line.item_id - 100].id)
            for line in wanted.lines
            if line.item_id < 100 + len(items)
        )
        asked: RefundRequest | None = replace(wanted, lines=lines)
        while asked is not None:
            before = await self.counted()
            try:
                await refund(self.stage, self.order, asked, key=str(next(KEYS)))
                return
            except DomainError as refusal:
                asked = advised(asked, refusal, self.currency)
            assert not alone or await self.counted() == before

    async def refund_at_once(self, wanted: RefundRequest) -> None:
        await asyncio.gather(self.refund(wanted, alone=False), self.refund(wanted, alone=False))

    async def counted(self) -> tuple[int, int]:
        commerce, _ = await commerce_of(self.order)
        return commerce.refunded_minor, await CreditMemo.filter(order_id=commerce.id).count()

    async def ship(self, numbers: list[int]) -> None:
        items = await items_of(self.order)
        of = items[numbers[0] % len(items)].id
        await self.stage.ship(self.order, package((of, 1 + numbers[1] % 2)), key=str(next(KEYS)))

    async def hold(self, numbers: list[int]) -> None:
        await hold_order(order_id=self.order.id, reason=HoldReason.FRAUD, note=None, until=None, **self._asked())

    async def unhold(self, numbers: list[int]) -> None:
        await unhold_order(order_id=self.order.id, note=None, **self._asked())

    async def invoice(self, numbers: list[int]) -> None:
        items = await items_of(self.order)
        lines = [(items[numbers[0] % len(items)].id, 1 + numbers[1] % 2)] if numbers[1] % 3 else None
        given = self._asked() | {"idempotency_key": str(next(KEYS)), "sealer": self.stage.sealer}
        await invoice_order(order_id=self.order.id, lines=lines, **given)

    async def lower(self, numbers: list[int]) -> None:
        """Let Amazon take units off an item, or money, or both; only of what is billed that is a credit memo."""
        if self.is_billed and self.order.amazon_status not in ("CANCELED", "SHIPPED"):
            at = numbers[0] % len(self.facts)
            one = self.facts[at]
            fewer = max(one.quantity_shipped, one.quantity_ordered - numbers[1] % 3)
            self.facts[at] = replace(one, **_scaled(one, 100 - numbers[2] % 50), quantity_ordered=fewer)
            await self.tell(items=tuple(self.facts))

    async def decide(self, numbers: list[int]) -> None:
        for entry in await open_attention(self.order):
            ways = proposals_of(entry)
            if ways:
                async with change(now=self.stage.now, actor=CLERK) as unit:
                    chosen = ways[numbers[0] % 4 // 3 % len(ways)]
                    await apply_proposal(unit, entry, chosen.kind, sealer=self.stage.sealer)
                await self.stage.evaluate()
                return

    async def see_shipped(self, numbers: list[int]) -> None:
        if self.order.amazon_status == "UNSHIPPED" and numbers[0] % 2 == 0:
            self.facts = [replace(one, quantity_shipped=one.quantity_ordered) for one in self.facts]
            await self.tell(status="SHIPPED", items=tuple(self.facts))

    async def see_canceled(self, numbers: list[int]) -> None:
        if self.order.amazon_status == "UNSHIPPED" and numbers[0] % 4 == 0:
            await self.tell(status="CANCELED")

    async def tell(self, **facts: Any) -> None:
        self.order = await self.stage.change(self.order, **facts)

    def _asked(self) -> dict[str, Any]:
        return {"expected_version": None, "now": self.stage.now, "actor": CLERK}


def _scaled(one: ItemFacts, percent: int) -> dict[str, Any]:
    parts = tuple(
        replace(part, amount=Money(part.amount.minor * percent // 100, part.amount.currency)) for part in one.breakdowns
    )
    total = Money(sum(part.amount.minor for part in parts), parts[0].amount.currency)
    return {"breakdowns": parts, "proceeds_total": total}


MOVES = (
    *("ship", "ship", "hold", "unhold", "unhold", "invoice", "invoice"),
    *("lower", "lower", "lower", "decide", "decide", "decide", "decide", "see_shipped", "see_canceled"),
)


@st.composite
def openings(draw: st.DrawFn) -> list[Said]:
    said = []
    for sku in SKUS[: draw(st.integers(1, 3))]:
        amounts = {"ITEM": draw(st.integers(300, 3000)), "SHIPPING": draw(st.integers(0, 600))}
        amounts |= {"TAX": draw(st.integers(0, 300)), "DISCOUNT": -draw(st.integers(0, 200))}
        said.append(Said(sku, draw(st.integers(1, 5)), amounts))
    return said


def steps(currency: str) -> st.SearchStrategy[list[tuple[str, Any]]]:
    numbers = st.lists(st.integers(0, 99), min_size=3, max_size=3)
    moves = st.tuples(st.sampled_from(MOVES), numbers)
    refunds = st.tuples(st.sampled_from(["refund", "refund", "refund_at_once"]), requests(currency, largest=400))
    return st.lists(moves | refunds, min_size=STEPS, max_size=STEPS)


async def begun(stage: Stage, said: list[Said], currency: str, *, is_billed: bool) -> Walk:
    await stage.products(*({"sku": sku, "quantity": "999999"} for sku in SKUS))
    facts = [one.facts(currency) for one in said]
    total = Money(sum(sum(one.amounts.values()) for one in said), currency)
    order = await stage.arrive(*facts, grand_total=total)
    commerce, _ = await commerce_of(order)
    if not is_billed:
        async with change(now=stage.now, actor=CLERK) as unit:
            bills = await Invoice.filter(order_id=commerce.id).values_list("id", flat=True)
            await DocumentLine.filter(document=Document.INVOICE, document_id__in=list(bills)).delete()
            await Invoice.filter(order_id=commerce.id).delete()
            await CommerceOrderLine.filter(order_id=commerce.id).update(quantity_invoiced=0)
            await CommerceOrder.filter(id=commerce.id).update(paid_minor=0)
            unit.event(order.subject, EventKind.CHANGED, "Its bill was torn up.")
    return Walk(stage, order, facts, currency, is_billed)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("currency", ["EUR", "JPY"])
@settings(max_examples=WALKS, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_quantities_and_money_balance_whatever_happens(
    stage: Stage, currency: str, part: int, data: st.DataObject
) -> None:
    walk = await begun(stage, data.draw(openings()), currency, is_billed=data.draw(st.integers(0, 2)) > 0)
    for move, argument in data.draw(steps(currency)):
        stage.later(minutes=1)
        with contextlib.suppress(DomainError):  # the books say whether a refusal changed anything
            await getattr(walk, move)(argument)
        await check_books(walk.order)
        await walk.remember()
    stage.later(minutes=1)
    await ends(walk)
    await walk.check_past()


async def ends(walk: Walk) -> None:
    """Give back whatever is left, and find all of it given back."""
    commerce, _ = await commerce_of(walk.order)
    if commerce.state == "ON_HOLD":
        await walk.unhold([])
    if walk.order.amazon_status == "UNSHIPPED":
        await walk.tell(status="CANCELED")
    commerce, _ = await commerce_of(walk.order)
    if commerce.refunded_minor < commerce.paid_minor:
        await refund(walk.stage, walk.order, request(), key=str(next(KEYS)))
    await check_books(walk.order)
    commerce, _ = await commerce_of(walk.order)
    assert commerce.refunded_minor == commerce.paid_minor
    await check_shelves()
