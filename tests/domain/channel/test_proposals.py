from dataclasses import replace
from typing import Any

import pytest

from domain.accounts.records import Store, StoreState
from domain.amazon.facts import Breakdown, BreakdownKind
from domain.amazon.records import AmazonItem, AmazonOrder
from domain.buyers import BuyerRecord, Owner, read
from domain.change import change
from domain.channel.affected import Affected
from domain.channel.proposals import apply_proposal, proposals_of
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.resolution import ResolutionKind
from domain.commerce.records import CommerceOrder, CreditMemo, DocumentLine
from domain.errors import ActionNotAllowed
from domain.timeline import Event
from tests.domain.channel.stage import (
    ADDRESS,
    CLERK,
    Stage,
    commerce_of,
    euro,
    item,
    items_of,
    mugs,
    open_attention,
    package,
    shelf,
    told,
)

REFUND, TAKE_OVER, KEEP = ResolutionKind.REFUND_DIFFERENCE, ResolutionKind.TAKE_OVER, ResolutionKind.KEEP


async def apply(stage: Stage, entry: Attention, kind: ResolutionKind) -> Affected:
    async with change(now=stage.now, actor=CLERK) as unit:
        affected = await apply_proposal(unit, entry, kind, sealer=stage.sealer)
    await stage.evaluate()
    return affected


async def difference(order: AmazonOrder) -> Attention:
    (shown,) = await open_attention(order)
    assert shown.kind == "CONFLICT"
    return shown


async def memos() -> list[tuple[str, int, int, int]]:
    rows = await CreditMemo.all().order_by("id")
    return [(row.reason, row.total_minor, row.shipping_minor, row.adjustment_minor) for row in rows]


def kinds(entry: Attention) -> list[ResolutionKind]:
    return [one.kind for one in proposals_of(entry)]


async def test_units_that_amazon_dropped_are_given_back_with_their_share_and_freed(
    stage: Stage, order: AmazonOrder
) -> None:
    order = await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=500)))
    shown = await difference(order)
    assert [(one.kind, one.label, one.mutation, one.needs_input) for one in proposals_of(shown)] == [
        (REFUND, "Give 1 back with a credit memo", "applyResolution", ()),
        (KEEP, "Leave the order as it is", "applyResolution", ()),
    ]
    assert await apply(stage, shown, REFUND) == Affected(1, (order.id,))

    commerce, (mug, cup) = await commerce_of(order)
    assert (commerce.refunded_minor, mug.quantity_refunded, cup.quantity_refunded) == (663, 1, 0)
    assert (commerce.state, commerce.completed_at) == ("PROCESSING", None)
    assert await memos() == [("QUANTITY_LOWERED", 663, 0, 0)]
    assert (await CreditMemo.get()).restocked is True
    assert await shelf("MUG") == (5, 2)
    assert await open_attention(order) == []
    assert (await told(order))[-3:] == ["REFUNDED", "STOCK_RELEASED", "PROPOSAL_APPLIED"]
    event = await Event.get(order_id=order.id, kind="PROPOSAL_APPLIED")
    assert (event.actor_name, event.details["proposal"]) == ("clerk", "REFUND_DIFFERENCE")
    shown = await Attention.get(id=shown.id)
    assert (shown.state, shown.actor_name) == ("RESOLVED", "clerk")

    order = await stage.change(order, status="SHIPPED", items=(item("MUG", 2), item("CUP", 1, cents=500)))
    commerce, lines = await commerce_of(order)
    assert (commerce.state, [line.quantity_shipped for line in lines]) == ("COMPLETE", [2, 1])
    assert await shelf("MUG") == (3, 0)
    assert await open_attention(order) == []


async def test_what_amazon_says_of_the_rest_counts_before_a_share(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    parts = {"ITEM": 3000, "SHIPPING": 300, "TAX": 570}
    order = await stage.arrive(item("MUG", 3, parts=parts))
    rest = {"ITEM": 2100, "SHIPPING": 250, "TAX": 400}
    order = await stage.change(order, items=(item("MUG", 2, parts=rest),))
    await apply(stage, await difference(order), REFUND)
    assert await memos() == [("QUANTITY_LOWERED", 3870 - 2750, 50, 0)]
    assert (await DocumentLine.filter(document="CREDIT_MEMO").get()).amount_minor == 1070
    assert await open_attention(order) == []

    order = await stage.change(order, items=(item("MUG", 2, parts=rest | {"SHIPPING": 0}),))
    shown = await difference(order)
    assert shown.facts == {"what": "price", "was": "27.50 EUR", "is": "25.00 EUR"}
    await apply(stage, shown, REFUND)
    assert (await memos())[1:] == [("PRICE_LOWERED", 250, 250, 0)]

    order = await stage.change(order, status="CANCELED", items=(item("MUG", 0),))
    commerce, _ = await commerce_of(order)
    assert commerce.refunded_minor == commerce.total_minor == 3870
    assert (await memos())[2:] == [("CANCELED_ON_AMAZON", 2500, 0, 0)]


async def test_an_item_that_amazon_dropped_is_given_back_whole(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 3),))
    await apply(stage, await difference(order), REFUND)
    assert await memos() == [("QUANTITY_LOWERED", 500, 0, 0)]
    assert (await shelf("CUP"), await open_attention(order)) == ((5, 0), [])


async def test_an_order_of_which_nothing_is_left_is_closed_and_its_copy_of_the_buyer_is_dated(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2))
    order = await stage.change(order, items=(item("MUG", 0, cents=None),), grand_total=None)
    await apply(stage, await difference(order), REFUND)
    commerce, _ = await commerce_of(order)
    assert (commerce.state, commerce.refunded_minor) == ("CLOSED", 1990)
    assert (await BuyerRecord.get(owner=Owner.COMMERCE_ORDER)).purge_at is not None
    order = await stage.change(order, items=(item("MUG", 0),), service_level="Other")
    assert await open_attention(order) == []


async def test_of_what_has_left_the_money_goes_back_and_no_stock(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await stage.ship(order, package((mug.id, 3)))
    order = await stage.change(order, items=(item("MUG", 1), item("CUP", 1, cents=500)))
    await apply(stage, await difference(order), REFUND)
    assert (await CreditMemo.get()).restocked is False
    assert await shelf("MUG") == (2, 0)
    assert "STOCK_RELEASED" not in await told(order)


async def test_a_price_that_fell_is_given_back_and_one_that_rose_can_only_be_kept(
    stage: Stage, order: AmazonOrder
) -> None:
    order = await stage.change(order, items=(item("MUG", 3, cents=1500), item("CUP", 1, cents=501)))
    fell, rose = await open_attention(order)
    assert (kinds(fell), kinds(rose)) == ([REFUND, KEEP], [KEEP])
    assert proposals_of(fell)[0].label == "Give 4.90 EUR back with a credit memo"
    await apply(stage, fell, REFUND)
    assert await apply(stage, rose, KEEP) == Affected()
    assert await memos() == [("PRICE_LOWERED", 490, 0, 0)]
    assert await open_attention(order) == []
    assert (await Attention.get(id=rose.id)).state == "DISMISSED"

    order = await stage.change(order, items=(item("MUG", 3, cents=1500), item("CUP", 1, cents=502)))
    assert [row.facts["is"] for row in await open_attention(order)] == ["5.02 EUR"]


async def test_what_was_raised_or_added_is_kept_until_amazon_changes_it_again(stage: Stage, order: AmazonOrder) -> None:
    more = item("MUG", 4), item("CUP", 1, cents=500), item("NEW", 1, cents=100)
    order = await stage.change(order, items=more)
    for shown in await open_attention(order):
        assert kinds(shown) == [KEEP]
        await apply(stage, shown, KEEP)
    order = await stage.change(order, items=more, service_level="Other")
    assert await open_attention(order) == []
    order = await stage.change(order, items=(item("MUG", 5), *more[1:]))
    assert [row.facts["is"] for row in await open_attention(order)] == [5]


async def test_units_that_come_back_after_they_were_given_back_are_shown(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 1), item("CUP", 1, cents=500)))
    await apply(stage, await difference(order), REFUND)
    order = await stage.change(order, items=(item("MUG", 3), item("CUP", 1, cents=500)))
    shown = await difference(order)
    assert (shown.facts, kinds(shown)) == ({"what": "quantity", "was": 1, "is": 3}, [KEEP])
    await apply(stage, shown, KEEP)
    order = await stage.change(order, items=(item("MUG", 1), item("CUP", 1, cents=500)))
    assert (await open_attention(order), await shelf()) == ([], (5, 1))


async def test_a_new_address_is_taken_over_or_kept(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, address=replace(ADDRESS, city="Ulm"))
    shown = await difference(order)
    assert kinds(shown) == [TAKE_OVER, KEEP]
    await apply(stage, shown, TAKE_OVER)
    commerce, _ = await commerce_of(order)
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, sealer=stage.sealer)
    assert kept is not None
    assert (kept["address"]["city"], kept["buyer"]["name"]) == ("Ulm", "Ada Byron")
    assert await open_attention(order) == []

    order = await stage.change(order, address=replace(ADDRESS, city="Kiel"))
    await apply(stage, await difference(order), KEEP)
    order = await stage.change(order, address=replace(ADDRESS, city="Kiel"), service_level="Other")
    assert await open_attention(order) == []


async def test_an_address_is_not_taken_over_by_an_order_on_hold(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, address=replace(ADDRESS, city="Ulm"))
    await CommerceOrder.all().update(state="ON_HOLD")
    with pytest.raises(ActionNotAllowed, match="Lift the hold") as refused:
        await apply(stage, await difference(order), TAKE_OVER)
    assert refused.value.action == "TAKE_OVER"


async def test_nothing_is_given_back_of_an_order_on_hold_or_in_another_currency(
    stage: Stage, order: AmazonOrder
) -> None:
    order = await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=500)))
    shown = await difference(order)
    await CommerceOrder.all().update(state="ON_HOLD")
    with pytest.raises(ActionNotAllowed, match="On Hold"):
        await apply(stage, shown, REFUND)
    await CommerceOrder.all().update(state="PROCESSING")
    await AmazonItem.all().update(currency="USD")
    with pytest.raises(ActionNotAllowed, match="USD"):
        await apply(stage, shown, REFUND)
    assert await CreditMemo.all().count() == 0


async def test_what_changed_meanwhile_or_is_decided_cannot_be_applied(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=500)))
    shown = await difference(order)
    with pytest.raises(ActionNotAllowed, match="no way out"):
        await apply(stage, shown, TAKE_OVER)
    await AmazonItem.filter(seller_sku="MUG").update(quantity_ordered=1)
    for kind in (REFUND, KEEP):
        with pytest.raises(ActionNotAllowed, match="meanwhile"):
            await apply(stage, shown, kind)
    await AmazonItem.filter(seller_sku="MUG").update(quantity_ordered=2)
    await apply(stage, shown, REFUND)
    with pytest.raises(ActionNotAllowed, match="no way out"):
        await apply(stage, shown, REFUND)
    assert await CreditMemo.all().count() == 1


def test_what_is_no_difference_has_no_proposals() -> None:
    given: dict[str, Any] = {"state": AttentionState.OPEN, "facts": {"what": "quantity", "was": 2, "is": 1}}
    assert kinds(Attention(kind=AttentionKind.CONFLICT, **given)) == [REFUND, KEEP]
    assert kinds(Attention(kind=AttentionKind.BLOCKER, **given)) == []
    assert kinds(Attention(kind=AttentionKind.CONFLICT, **given | {"state": AttentionState.RESOLVED})) == []
    assert kinds(Attention(kind=AttentionKind.CONFLICT, **given | {"facts": {}})) == []


async def test_an_imported_order_that_cannot_be_fulfilled_is_shown_and_its_buyer_goes(
    stage: Stage, order: AmazonOrder
) -> None:
    order = await stage.change(order, status="UNFULFILLABLE")
    shown = await difference(order)
    assert (shown.facts, kinds(shown)) == ({"what": "status", "is": "UNFULFILLABLE"}, [KEEP])
    assert (await commerce_of(order))[0].state == "PROCESSING"
    assert None not in await BuyerRecord.all().values_list("purge_at", flat=True)
    await apply(stage, shown, KEEP)
    order = await stage.change(order, service_level="Other")
    assert await open_attention(order) == []


async def test_a_canceled_order_that_amazon_shows_alive_again_is_shown_and_stays_canceled(
    stage: Stage, order: AmazonOrder
) -> None:
    order = await stage.change(order, status="CANCELED")
    before, _ = await commerce_of(order)
    order = await stage.change(order, status="UNKNOWN", raw_status="Odd")
    assert [row.kind for row in await open_attention(order)] == ["UNKNOWN_STATUS"]
    order = await stage.change(order, status="UNSHIPPED", items=mugs(0))
    shown = await difference(order)
    assert (shown.facts, kinds(shown)) == ({"what": "status", "was": "CANCELED", "is": "UNSHIPPED"}, [KEEP])
    await apply(stage, shown, KEEP)

    order = await stage.change(order, status="SHIPPED")
    assert [row.facts["is"] for row in await open_attention(order)] == ["SHIPPED"]
    after, lines = await commerce_of(order)
    assert (after.state, after.refunded_minor, after.version) == (before.state, before.refunded_minor, before.version)
    assert [line.quantity_shipped for line in lines] == [0, 0]
    assert (order.display_status, await shelf("MUG")) == ("SHIPPED", (5, 0))
    order = await stage.change(order, status="CANCELED")
    assert await open_attention(order) == []


async def test_a_discount_of_the_order_alone_is_never_given_back(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    alone = (Breakdown(BreakdownKind.DELIVERY_TIP, euro(-100)),)
    order = await stage.arrive(item("MUG", 2, cents=1000), grand_total=euro(900), breakdowns=alone)
    for left in (1, 0):
        order = await stage.change(order, items=(item("MUG", left, cents=None),))
        await apply(stage, await difference(order), REFUND)
    assert await memos() == [("QUANTITY_LOWERED", 500, 0, 0), ("QUANTITY_LOWERED", 400, 0, -100)]
    assert (await commerce_of(order))[0].refunded_minor == 900


async def test_nothing_is_decided_for_a_store_that_is_being_deleted(stage: Stage, order: AmazonOrder) -> None:
    order = await stage.change(order, items=(item("MUG", 2), item("CUP", 1, cents=500)))
    entry = await difference(order)
    await Store.all().update(state=StoreState.DELETING)

    for kind in (REFUND, KEEP):
        with pytest.raises(ActionNotAllowed, match="being deleted"):
            await apply(stage, entry, kind)
    assert await memos() == []
