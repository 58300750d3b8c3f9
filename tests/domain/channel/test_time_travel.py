"""How an order was at an instant: what its events up to then say, and nothing that they do not."""

import importlib
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tortoise.connection import get_connection

from domain.amazon.records import AmazonOrder
from domain.change import change
from domain.channel.as_it_was import OrderAsItWas, Recorded, fold
from domain.channel.hold import hold_order, unhold_order
from domain.channel.time_travel import HistoryNotKept
from domain.commerce.workflow_records import HoldReason
from domain.errors import InvalidInput
from domain.pictures import differences
from domain.pictures import fold as fold_changes
from domain.timeline import Event, EventKind
from tests.domain.channel.refunds import part, refund, request
from tests.domain.channel.stage import CLERK, Stage, item, items_of, mugs, package
from tests.domain.histories import as_it_is, as_of, check_histories

MINUTE = timedelta(minutes=1)


class Past:
    """What was seen of one order, and when."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.seen: list[tuple[datetime, OrderAsItWas]] = []

    async def look(self, order: AmazonOrder) -> OrderAsItWas:
        """Remember how the order is, and let an hour pass."""
        present = await as_it_is(order.id)
        self.seen.append((self.stage.now, present))
        self.stage.later(hours=1)
        return present


@pytest.fixture
async def past(stage: Stage) -> Past:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return Past(stage)


async def test_each_instant_of_an_orders_life_is_told_as_it_was(stage: Stage, past: Past) -> None:
    order = await stage.arrive(*mugs(0), status="PENDING")
    assert (await past.look(order)).commerce is None
    order = await stage.change(order, status="UNSHIPPED")
    await past.look(order)
    asked: dict[str, Any] = {"order_id": order.id, "note": None, "expected_version": None, "actor": CLERK}
    await hold_order(reason=HoldReason.FRAUD, until=stage.now + timedelta(days=1), now=stage.now, **asked)
    held = await past.look(order)
    await unhold_order(now=stage.now, **asked)
    await past.look(order)
    mug, cup = await items_of(order)
    await stage.ship(order, package((mug.id, 2)))
    await past.look(order)
    order = await stage.change(order, status="PARTIALLY_SHIPPED", items=mugs(2))
    await past.look(order)
    await stage.ship(order, package((mug.id, 1), (cup.id, 1), tracking_number="JD2"), key="k2")
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    await past.look(order)
    await refund(stage, order, request(part(mug.id, 1), shipping="0"))
    ended = await past.look(order)

    assert len({then.sequence for _, then in past.seen}) == len(past.seen) == 8
    for at, then in past.seen:
        assert await as_of(order.id, at, now=stage.now) == then
        assert await as_of(order.id, at + 59 * MINUTE, now=stage.now) == then
    assert held.commerce is not None
    assert held.commerce.hold is not None
    assert (held.commerce.state, held.commerce.hold.reason) == ("ON_HOLD", "FRAUD")
    assert ended.commerce is not None
    quantities = [(line.quantity_shipped, line.quantity_refunded) for line in ended.commerce.lines]
    assert (ended.display_status, quantities) == ("COMPLETED", [(3, 1), (1, 0)])
    assert ended.completed_at is not None


async def test_of_an_item_that_amazon_no_longer_lists_the_line_stays(stage: Stage, past: Past) -> None:
    order = await stage.arrive(*mugs(0))
    both = await past.look(order)
    await stage.change(order, items=mugs(0)[:1])
    one = await past.look(order)
    assert [len(then.items) for then in (both, one)] == [2, 1]
    assert one.commerce is not None
    assert len(one.commerce.lines) == 2
    for at, then in past.seen:
        assert await as_of(order.id, at, now=stage.now) == then


async def test_an_order_that_tells_nothing_of_itself_was_there_nevertheless(stage: Stage) -> None:
    sparse = item(None, 0, cents=None, item_id="x")
    order = await stage.arrive(sparse, status="PENDING", fulfillment_channel="AMAZON", grand_total=None)
    found = await as_of(order.id, stage.now)
    assert found == await as_it_is(order.id)
    assert found is not None
    assert (found.total, found.items[0].seller_sku, found.items[0].line_total) == (None, None, None)
    (order,) = await stage.see(stage.facts())
    found = await as_of(order.id, stage.now)
    assert found is not None
    assert found.import_outcome is None  # nobody has evaluated it


async def test_before_it_was_seen_there_is_no_order(stage: Stage) -> None:
    order = await stage.arrive()
    assert await as_of(order.id, stage.now - timedelta(milliseconds=1)) is None
    assert await as_of(order.id + 1, stage.now) is None


async def test_instants_that_are_none_of_the_past_are_refused(stage: Stage) -> None:
    order = await stage.arrive()
    later, naive = stage.now + timedelta(milliseconds=1), datetime(2026, 3, 2, 9)  # noqa: DTZ001
    for at, words in ((later, "That is in the future: it is 2026-03-02T09:00:00.000Z now."), (naive, "a time zone")):
        with pytest.raises(InvalidInput, match=words) as refused:
            await as_of(order.id, at, now=stage.now)
        assert refused.value.path == ("asOf",)


async def test_what_one_change_does_is_kept_with_its_last_event(stage: Stage, order: AmazonOrder) -> None:
    events = await Event.filter(order_id=order.id).order_by("sequence")
    telling = [event.kind for event in events if event.difference]
    assert [event.kind for event in events][-2:] == ["IMPORTED", "INVOICED"]
    assert telling == [EventKind.SEEN, EventKind.INVOICED]


async def test_an_event_that_changed_nothing_keeps_nothing(stage: Stage, order: AmazonOrder) -> None:
    async with change(now=stage.later(minutes=1), actor=CLERK) as unit:
        unit.event(order.subject, EventKind.COMMENTED, "Well.")
        assert await differences(unit.connection, [order.id], told_before=[order.id]) == {}
    last = await Event.filter(order_id=order.id).order_by("-sequence").first()
    assert last is not None
    assert (last.kind, last.difference) == ("COMMENTED", None)


async def test_no_event_keeps_buyer_data(stage: Stage, order: AmazonOrder) -> None:
    kept = str(await Event.all().values_list("difference", flat=True))
    for private in ("Ada", "Byron", "example", "Hauptstr", "Berlin", "10115"):
        assert private not in kept


async def test_a_clock_that_was_set_back_hides_nothing(stage: Stage, order: AmazonOrder) -> None:
    async with change(now=stage.now - MINUTE, actor=CLERK) as unit:
        await AmazonOrder.filter(id=order.id).update(raw_status="Late")
        unit.event(order.subject, EventKind.CHANGED, "Told at an earlier time.")
    found = await as_of(order.id, stage.now - MINUTE, now=stage.now)
    assert found is not None
    assert (found.raw_status, found.sequence) == ("Late", (await AmazonOrder.get(id=order.id)).last_sequence)


async def test_of_what_was_before_the_upgrade_only_the_present_is_known(stage: Stage, order: AmazonOrder) -> None:
    stage.later(hours=1)
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    waiting = await stage.arrive(item("JAR"), number="902-9")
    upgraded = stage.now
    await Event.all().update(difference=None)  # as an older version left them
    for operation in importlib.import_module("domain.migrations.0017_time_travel").Migration.operations[1:]:
        editor: Any = SimpleNamespace(client=get_connection("default"))
        await operation.database_forward("models", None, None, editor)

    await check_histories()
    for one in (order, waiting):
        assert await as_of(one.id, upgraded) == await as_it_is(one.id)
    with pytest.raises(HistoryNotKept, match=r"known from 2026-03-02T10:0\d:00\.000Z on") as refused:
        await as_of(order.id, upgraded - 30 * MINUTE, now=upgraded)
    assert (refused.value.path, refused.value.kept_since) == (("asOf",), upgraded)
    assert await as_of(order.id, upgraded - timedelta(days=1), now=upgraded) is None

    then = await as_it_is(order.id)
    stage.later(hours=1)
    await refund(stage, order, request())
    await check_histories()
    assert await as_of(order.id, upgraded, now=stage.now) == then != await as_of(order.id, stage.now)


def test_events_that_say_nothing_make_no_order() -> None:
    at = datetime.fromisoformat("2026-03-02T09:00:00Z")
    assert fold([]) is None
    assert fold([Recorded(1, at, None)]) is None
    with pytest.raises(ValueError, match="not enough values"):
        fold_changes([])
