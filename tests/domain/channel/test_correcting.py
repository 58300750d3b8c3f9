import random
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from domain.amazon.facts import AddressFacts
from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner, read
from domain.change import change
from domain.channel.address_patch import PARTS
from domain.channel.affected import Affected
from domain.channel.correct import AddressPatch, correct_address, correct_refusal
from domain.channel.due_orders import load
from domain.channel.proposals import apply_proposal, proposals_of
from domain.channel.records import Correction
from domain.channel.resolution import ResolutionKind
from domain.channel.retention import redact_expired
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import CommerceOrder
from domain.errors import ActionNotAllowed, NotFound, StaleVersion
from domain.timeline import Event
from tests.counted import IS_THOROUGH
from tests.domain.channel.stage import ADDRESS, CLERK, Stage, commerce_of, decision_of, item, open_attention, told


async def correct(stage: Stage, order: AmazonOrder, version: int | None = None, **parts: Any) -> Affected:
    affected = await correct_address(
        order_id=order.id,
        address=AddressPatch(**parts),
        expected_version=version,
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )
    await stage.evaluate()
    return affected


async def apply(stage: Stage, entry: Any, kind: str) -> Affected:
    async with change(now=stage.now, actor=CLERK) as unit:
        affected = await apply_proposal(unit, entry, ResolutionKind(kind), sealer=stage.sealer)
    await stage.evaluate()
    return affected


async def goes_to(stage: Stage, order: AmazonOrder) -> dict[str, str | None]:
    (due,) = await load([order.id], sealer=stage.sealer)
    assert "Str" not in repr(due.stale)
    return dict((due.buyer or {}).get("address") or {})


async def copy_of(stage: Stage, order: AmazonOrder) -> dict[str, str | None]:
    commerce, _ = await commerce_of(order)
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, sealer=stage.sealer)
    assert kept is not None
    return dict(kept["address"])


async def test_an_order_blocked_by_its_address_is_imported_with_the_corrected_one(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(address=replace(ADDRESS, city=None, postal_code=" "))
    assert [row.blocker_kind for row in await open_attention(order)] == ["INVALID_ADDRESS", "INVALID_ADDRESS"]

    assert await correct(stage, order, city="Berlin", postal_code="10115") == Affected(1, (order.id,))

    assert await open_attention(order) == []
    assert (await copy_of(stage, order))["city"] == "Berlin"
    event = await Event.get(order_id=order.id, kind="ADDRESS_CORRECTED")
    assert event.details == {"fields": ["city", "postalCode"]}
    assert event.message == "The delivery address was corrected: city, postal code."
    assert event.actor_name == "clerk"


async def test_the_same_again_changes_nothing_whatever_version_it_expects(stage: Stage, order: AmazonOrder) -> None:
    await correct(stage, order, order.version, line1="Hinterhof 2")
    events, rows = await told(order), await Correction.all().values()
    assert await correct(stage, order, order.version, line1=" Hinterhof 2") == Affected()
    assert (await told(order), await Correction.all().values()) == (events, rows)
    with pytest.raises(StaleVersion):
        await correct(stage, order, order.version, line1="Hinterhof 3")


async def test_what_amazon_says_again_needs_no_correction(stage: Stage, order: AmazonOrder) -> None:
    await correct(stage, order, line1="Hinterhof 2", city="Bonn")
    await correct(stage, order, line1="Hauptstr. 1")
    assert [row.field for row in await Correction.all()] == ["city"]
    assert (await goes_to(stage, order))["line1"] == "Hauptstr. 1"


async def test_a_correction_of_an_imported_order_changes_its_own_copy(stage: Stage, order: AmazonOrder) -> None:
    before, _ = await commerce_of(order)
    await correct(stage, order, line2="Hinterhaus")
    assert (await copy_of(stage, order))["line2"] == "Hinterhaus"
    assert (await commerce_of(order))[0].version == before.version + 1
    assert await open_attention(order) == []


async def test_an_imported_order_whose_copy_is_gone_is_corrected_all_the_same(stage: Stage, order: AmazonOrder) -> None:
    await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER).delete()
    await correct(stage, order, line2="Hinterhaus")
    assert (await goes_to(stage, order))["line2"] == "Hinterhaus"
    assert await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER).count() == 0


async def test_where_amazon_gives_no_address_the_corrections_have_a_date_too(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(buyer=None, address=None)
    await correct(stage, order, line1="A 1", city="Bonn", postal_code="53111", country_code="de")
    assert (await decision_of(order)).outcome == "IMPORTED"
    kept = await BuyerRecord.get(owner=Owner.AMAZON_ORDER)
    assert kept.purge_at == stage.now + timedelta(days=32)
    await redact_expired(now=stage.later(days=32))
    assert await Correction.all().count() == 0
    assert await goes_to(stage, order) == {}


async def test_a_correction_that_nobody_may_read_any_more_is_laid_over_nothing(
    stage: Stage, order: AmazonOrder
) -> None:
    await correct(stage, order, city="Bonn")
    await BuyerRecord.filter(owner=Owner.AMAZON_ORDER).delete()
    assert await goes_to(stage, order) == {}
    assert await open_attention(order) == []


@pytest.mark.parametrize("status", ["SHIPPED", "CANCELED", "UNFULFILLABLE", "INVOICE_UNCONFIRMED"])
async def test_an_order_of_which_nothing_is_sent_any_more_is_refused(
    stage: Stage, order: AmazonOrder, status: str
) -> None:
    order = await stage.change(order, status=status)
    with pytest.raises(ActionNotAllowed, match=status) as refused:
        await correct(stage, order, city="Bonn")
    assert (refused.value.action, refused.value.path) == ("CORRECT_ADDRESS", ("orderId",))


@pytest.mark.parametrize("sender", ["AMAZON", None])
async def test_only_what_the_merchant_sends_can_be_corrected(stage: Stage, order: AmazonOrder, sender: str) -> None:
    await AmazonOrder.all().update(fulfillment_channel=sender)
    with pytest.raises(ActionNotAllowed, match="Amazon"):
        await correct(stage, order, city="Bonn")


async def test_a_commerce_order_that_is_held_or_over_is_refused(stage: Stage, order: AmazonOrder) -> None:
    commerce = CommerceOrder(state=CommerceOrderState.ON_HOLD)
    assert "Lift the hold" in str(correct_refusal(order, commerce))
    commerce.state = CommerceOrderState.COMPLETE
    assert "Complete" in str(correct_refusal(order, commerce))
    assert correct_refusal(order, None) is None


async def test_an_unknown_order_is_refused(stage: Stage, order: AmazonOrder) -> None:
    order.id += 1
    with pytest.raises(NotFound):
        await correct(stage, order, city="Bonn")


async def test_a_stale_correction_is_shown_and_amazons_word_can_be_taken(stage: Stage, order: AmazonOrder) -> None:
    await correct(stage, order, city="Bonn", line1="Hinterhof 2")
    order = await stage.change(order, address=replace(ADDRESS, city="Ulm"))
    (shown,) = await open_attention(order)
    assert (shown.kind, shown.facts) == ("CONFLICT", {"what": "correction", "parts": "city"})
    assert "Ulm" not in shown.message + shown.subject
    assert [one.kind for one in proposals_of(shown)] == ["TAKE_OVER", "KEEP"]
    assert (await goes_to(stage, order))["city"] == (await copy_of(stage, order))["city"] == "Bonn"

    assert await apply(stage, shown, "TAKE_OVER") == Affected(1, (order.id,))
    assert [row.field for row in await Correction.all()] == ["line1"]
    assert (await goes_to(stage, order))["city"] == (await copy_of(stage, order))["city"] == "Ulm"
    assert await open_attention(order) == []
    assert "PROPOSAL_APPLIED" in await told(order)


async def test_a_stale_correction_that_is_kept_is_stale_again_when_amazon_changes_again(
    stage: Stage, order: AmazonOrder
) -> None:
    await correct(stage, order, city="Bonn")
    order = await stage.change(order, address=replace(ADDRESS, city="Ulm"))
    (shown,) = await open_attention(order)
    assert await apply(stage, shown, "KEEP") == Affected()
    order = await stage.change(order, address=replace(ADDRESS, city="Ulm"), service_level="Other")
    assert await open_attention(order) == []
    order = await stage.change(order, address=replace(ADDRESS, city="Kiel"))
    assert len(await open_attention(order)) == 1
    order = await stage.change(order, address=replace(ADDRESS, city="Bonn"))
    assert await open_attention(order) == []
    assert (await goes_to(stage, order))["city"] == "Bonn"


async def test_amazons_word_is_taken_before_the_import_too(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("NEW"), address=replace(ADDRESS, city=None))
    await correct(stage, order, city="Bonn")
    order = await stage.change(order, address=replace(ADDRESS, city="Ulm"))
    (shown,) = [row for row in await open_attention(order) if row.kind == "CONFLICT"]
    await apply(stage, shown, "TAKE_OVER")
    assert (await goes_to(stage, order))["city"] == "Ulm"
    order = await stage.change(order, status="SHIPPED")
    assert "CONFLICT" not in [row.kind for row in await open_attention(order)]


POOLS: dict[str, list[str]] = {
    "line1": ["A 1", "B 2", "C 3"],
    "line2": ["", "Haus", "Hof"],
    "line3": ["", "links"],
    "city": ["Berlin", "Bonn", "Ulm"],
    "region": ["", "BE", "NW"],
    "postal_code": ["10115", "53111"],
    "country_code": ["DE", "AT"],
}


@pytest.mark.parametrize("seed", range(12 if IS_THOROUGH else 5))
async def test_whatever_comes_in_whatever_order_the_address_is_amazons_under_the_corrections(
    stage: Stage, seed: int
) -> None:
    chance = random.Random(seed)
    await stage.products({"sku": "MUG", "quantity": "5"})
    sku = chance.choice(["MUG", "NEW"])  # imported at once, or not
    order = await stage.arrive(item(sku))
    amazon, corrections = asdict(ADDRESS), dict[str, str | None]()
    for _ in range(14):
        chosen: dict[str, Any] = {
            part: chance.choice(POOLS[part]) for part in chance.sample(PARTS, chance.randint(1, 3))
        }
        if chance.random() < 0.5:
            amazon |= {part: text or None for part, text in chosen.items()}
            order = await stage.change(order, address=AddressFacts(**amazon))
        else:
            effective = amazon | corrections
            await correct(stage, order, **chosen)
            for part, text in chosen.items():
                if (text or None) == amazon[part] != effective[part]:
                    del corrections[part]
                elif (text or None) != effective[part]:
                    corrections[part] = text or None
        assert await goes_to(stage, order) == amazon | corrections
        assert {row.field for row in await Correction.filter(order_id=order.id)} == corrections.keys()
        if sku == "MUG":
            assert corrections.items() <= (await copy_of(stage, order)).items()
