from typing import Any

import pytest

from domain.accounts.records import Store, StoreState, SyncRun
from domain.amazon.records import AmazonOrder, Command, CommandState
from domain.catalog.records import Product
from domain.channel.address_patch import AddressPatch
from domain.channel.affected import Affected
from domain.channel.apply_resolution import Inputs, apply_resolution
from domain.channel.blockers import BlockerKind
from domain.channel.credentials import reject_credentials
from domain.channel.matching import ProductChoice
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.resolutions import resolutions_of, resolutions_together
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, NotFound, RequiredInput
from tests.domain.channel.stage import CLERK, Stage, item, open_attention, shelf, states


async def the_only(**facts: Any) -> Attention:
    return await Attention.get(state=AttentionState.OPEN, **facts)


async def ways(entry: Attention) -> list[str]:
    return [one.id for one in (await resolutions_of([entry]))[entry.id]]


async def ways_together(entry: Attention) -> list[str]:
    return [one.id for one in (await resolutions_together([entry]))[entry.id]]


async def apply(stage: Stage, entry: Attention, resolution: str, *, key: str = "k", **inputs: Any) -> Affected:
    return await apply_resolution(
        attention_id=entry.id,
        resolution_id=resolution,
        inputs=Inputs(**inputs),
        idempotency_key=key,
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )


async def refusal_of(stage: Stage, entry: Attention, resolution: str, **inputs: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await apply(stage, entry, resolution, **inputs)
    return refused.value


async def entry_about(order: AmazonOrder, kind: AttentionKind, **facts: Any) -> Attention:
    """Store an entry as the code elsewhere does."""
    given = {"account_id": order.account_id, "store_id": order.store_id, "order_id": order.id, "message": "Look."}
    given |= {"opened_at": order.seen_at, "last_checked_at": order.seen_at, "subject": f"{kind}:{order.id}"}
    return await Attention.create(kind=kind, **(given | facts))


async def enough(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "9"})
    return await stage.arrive(item("MUG", 1))


async def test_an_order_that_lacks_goods_can_be_canceled_for_that_reason(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("MUG", 3))
    entry = await the_only()
    assert await ways(entry) == ["RESTOCK_PRODUCT", "CANCEL_ORDER", "DISMISS"]
    assert await ways_together(entry) == ["RESTOCK_PRODUCT:TOGETHER"]
    assert await apply(stage, entry, "CANCEL_ORDER") == Affected(1, (order.id,))
    assert (await Command.get(order_id=order.id)).payload["reason"] == "NO_INVENTORY"
    assert await ways(entry) == ["RESTOCK_PRODUCT", "DISMISS"]


async def test_two_items_of_one_product_are_restocked_together(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await stage.arrive(item("MUG", 2, item_id="1"), item("MUG", 2, item_id="2"), item("MUG", 1, item_id="3"))
    entry, second = await Attention.filter(state="OPEN").order_by("id")
    (best, *_) = (await resolutions_of([entry]))[entry.id]
    assert (best.asserts, entry.needed, second.needed) == ("3 more of MUG on the shelf", 5, None)
    await apply(stage, second, "RESTOCK_PRODUCT")
    await stage.evaluate()
    assert await shelf() == (5, 5)


async def test_goods_that_came_meanwhile_are_not_restocked_again(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.arrive(item("MUG", 3))
    entry = await the_only()
    await stage.products({"sku": "MUG", "quantity": "3"})
    assert (await apply(stage, entry, "RESTOCK_PRODUCT")).count == 1
    assert await ways_together(entry) == []
    await stage.evaluate()
    assert await shelf() == (3, 3)


async def test_a_product_whose_stock_is_no_longer_counted_needs_no_restock(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.arrive(item("MUG", 3))
    entry = await the_only()
    await stage.products({"sku": "MUG", "manages_stock": "no"})
    assert (await apply(stage, entry, "RESTOCK_PRODUCT:TOGETHER")).count == 1
    assert await shelf() == (1, 0)


async def test_what_an_order_of_amazons_lacks_is_restocked_where_the_store_asks_for_it(stage: Stage) -> None:
    await stage.settings(fba_requires_stock=True)
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("MUG", 3), status="SHIPPED", fulfillment_channel="AMAZON")
    entry = await the_only()
    assert await ways(entry) == ["RESTOCK_PRODUCT", "DISMISS"]
    await apply(stage, entry, "RESTOCK_PRODUCT")
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"


async def test_a_refused_count_leaves_everything_as_it_was(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.arrive(item("MUG", 3))
    entry = await the_only()
    for quantity in (0, 10**15):
        refused = await refusal_of(stage, entry, "RESTOCK_PRODUCT", quantity=quantity)
        assert (type(refused), refused.path) == (InvalidInput, ("input", "quantity"))
    assert await shelf() == (1, 0)
    assert (await apply(stage, entry, "RESTOCK_PRODUCT", quantity=2)).count == 1


async def test_a_disabled_product_is_enabled_or_another_one_is_meant(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9", "enabled": "no"}, {"sku": "CUP", "quantity": "9"})
    await stage.arrive(item("MUG", 1))
    entry = await the_only()
    assert await ways(entry) == ["ENABLE_PRODUCT", "MATCH_PRODUCT", "DISMISS"]
    refused = await refusal_of(stage, entry, "MATCH_PRODUCT")
    assert (type(refused), refused.path) == (RequiredInput, ("input", "product"))
    refused = await refusal_of(stage, entry, "MATCH_PRODUCT", product=ProductChoice(sku="MUG"))
    assert (type(refused), refused.path) == (ActionNotAllowed, ("input", "product"))
    cup = await Product.get(sku="CUP")
    assert (await apply(stage, entry, "MATCH_PRODUCT", product=ProductChoice(product_id=cup.id))).count == 1
    await stage.evaluate()
    assert await shelf("CUP") == (9, 1)


async def test_an_item_without_sku_is_matched_alone(stage: Stage) -> None:
    await stage.products({"sku": "CUP", "quantity": "9"})
    order = await stage.arrive(item(None, 1))
    entry = await the_only()
    assert await ways(entry) == ["MATCH_PRODUCT", "DISMISS"]
    assert await apply(stage, entry, "MATCH_PRODUCT", product=ProductChoice(sku="CUP")) == Affected(1, (order.id,))


async def test_a_bad_address_is_corrected_read_again_or_the_order_canceled(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item("MUG", 1), address=None)
    entry = await the_only()
    assert await ways(entry) == ["CORRECT_ADDRESS", "READ_AGAIN", "CANCEL_ORDER", "DISMISS"]
    assert await ways_together(entry) == await ways(entry)
    assert (await refusal_of(stage, entry, "CORRECT_ADDRESS")).path == ("input", "address")
    refused = await refusal_of(stage, entry, "CORRECT_ADDRESS", address=AddressPatch(country_code="XX"))
    assert refused.path[:2] == ("input", "address")
    assert await apply(stage, entry, "READ_AGAIN") == Affected()
    assert (await SyncRun.get()).order_number == order.number
    address = AddressPatch(line1="Hauptstr. 1", city="Berlin", postal_code="10115", country_code="DE")
    assert await apply(stage, entry, "CORRECT_ADDRESS", address=address, key="2") == Affected(1, (order.id,))
    await stage.evaluate()
    assert (await AmazonOrder.get(id=order.id)).import_state == "IMPORTED"


async def test_flaws_of_amazons_data_are_read_again_or_tried_again(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item("MUG", 1, cents=None))
    entry = (await open_attention(order))[0]
    assert entry.blocker_kind is BlockerKind.MARKETPLACE_DATA_INVALID
    assert await ways(entry) == ["READ_AGAIN", "RETRY_IMPORT", "DISMISS"]
    assert await apply(stage, entry, "RETRY_IMPORT") == Affected(1, (order.id,))


async def test_an_order_of_a_paused_store_cannot_be_read_again(stage: Stage) -> None:
    await stage.arrive(item("MUG", 1))
    entry = await the_only()
    await Attention.filter(id=entry.id).update(blocker_kind=BlockerKind.INVALID_ADDRESS)
    await type(stage.store).filter(id=stage.store.id).update(state="INACTIVE")
    refused = await refusal_of(stage, await the_only(), "READ_AGAIN")
    assert (type(refused), refused.path) == (ActionNotAllowed, ("input", "blockerId"))


async def test_an_unknown_currency_is_one_cause_for_all_its_orders(stage: Stage) -> None:
    order = await enough(stage)
    entries = [
        await entry_about(
            order,
            AttentionKind.BLOCKER,
            blocker_kind=BlockerKind.CURRENCY_NOT_CONFIGURED,
            cause="CURRENCY_NOT_CONFIGURED:XXQ",
            facts={"field": "x", "value": "XXQ"},
        )
    ]
    assert await ways(entries[0]) == ["READ_AGAIN", "RETRY_IMPORT", "DISMISS"]
    assert await ways_together(entries[0]) == []
    refused = await refusal_of(stage, entries[0], "RETRY_IMPORT")
    assert (type(refused), refused.path) == (ActionNotAllowed, ("input", "blockerId"))


async def test_a_buyers_request_is_followed_or_not(stage: Stage) -> None:
    order = await enough(stage)
    entry = await entry_about(order, AttentionKind.BUYER_CANCELLATION)
    assert await ways(entry) == ["CANCEL_ORDER", "DISMISS"]
    refused = await refusal_of(stage, entry, "DISMISS", note=" ")
    assert (type(refused), refused.path) == (RequiredInput, ("input", "note"))
    assert await apply(stage, entry, "DISMISS", note="sent already") == Affected()
    assert await ways(await Attention.get(id=entry.id)) == ["CANCEL_ORDER"]
    await apply(stage, entry, "CANCEL_ORDER", key="2")
    assert (await Command.get(order_id=order.id)).payload["reason"] == "BUYER_CANCELED"


async def test_a_refused_command_is_sent_again_or_given_up(stage: Stage) -> None:
    order = await enough(stage)
    await stage.ship(order)
    command = await Command.get(order_id=order.id)
    await Command.filter(id=command.id).update(state=CommandState.REFUSED)
    entry = await entry_about(order, AttentionKind.COMMAND_REFUSED, command_id=command.id)
    assert await ways(entry) == ["RETRY_COMMAND", "GIVE_UP_COMMAND"]
    refused = await refusal_of(stage, entry, "GIVE_UP_COMMAND")
    assert (type(refused), refused.path) == (RequiredInput, ("input", "note"))
    assert await apply(stage, entry, "RETRY_COMMAND") == Affected(1, (order.id,))
    assert await states(order) == ["QUEUED"]

    parked = await entry_about(order, AttentionKind.COMMAND_PARKED, command_id=command.id)
    assert await ways(parked) == ["GIVE_UP_COMMAND"]
    assert await apply(stage, parked, "GIVE_UP_COMMAND", note="lost", key="2") == Affected(1, (order.id,))
    assert await states(order) == ["WITHDRAWN"]
    nothing = await entry_about(order, AttentionKind.COMMAND_REFUSED, command_id=command.id + 1, subject="other")
    assert await ways(nothing) == []


async def test_a_difference_has_its_proposals(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item("MUG", 3))
    order = await stage.change(order, items=(item("MUG", 3, cents=1800),))
    entry = await the_only(kind=AttentionKind.CONFLICT)
    assert await ways(entry) == ["REFUND_DIFFERENCE", "KEEP"]
    assert await apply(stage, entry, "KEEP") == Affected()
    assert await ways(await Attention.get(id=entry.id)) == []


async def test_rejected_credentials_take_a_new_token_by_connecting_the_store(stage: Stage) -> None:
    await reject_credentials(account_id=stage.store.account_id, now=stage.now)
    entry = await the_only()
    assert await ways(entry) == ["CONNECT_STORE"]
    refused = await refusal_of(stage, entry, "CONNECT_STORE")
    assert "connectStore" in refused.message
    assert refused.path == ("input", "resolutionId")


async def test_what_failed_here_is_tried_again_and_what_nobody_understands_is_read_again(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    failed = await entry_about(order, AttentionKind.FAILED)
    assert await ways(failed) == ["RETRY_IMPORT"]
    assert await apply(stage, failed, "RETRY_IMPORT") == Affected(1, (order.id,))
    assert await ways(await entry_about(order, AttentionKind.UNKNOWN_STATUS)) == ["READ_AGAIN", "DISMISS"]


async def test_what_failed_is_not_tried_again_for_a_store_that_is_being_deleted(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    failed = await entry_about(order, AttentionKind.FAILED)
    await Store.all().update(state=StoreState.DELETING)
    refused = await refusal_of(stage, failed, "RETRY_IMPORT")
    assert "being deleted" in refused.message


async def test_what_failed_after_the_import_is_tried_again_too(stage: Stage) -> None:
    order = await enough(stage)
    failed = await entry_about(order, AttentionKind.FAILED)
    assert await apply(stage, failed, "RETRY_IMPORT") == Affected(1, (order.id,))
    await stage.evaluate()
    assert (await Attention.get(id=failed.id)).state is AttentionState.RESOLVED


@pytest.mark.parametrize(
    ("number", "expected"),
    [("902-0000000-0000009", ["READ_AGAIN", "DISMISS"]), ("?", ["DISMISS"]), (None, ["DISMISS"])],
)
async def test_an_unreadable_order_is_read_again_where_it_has_a_number(
    stage: Stage, number: str | None, expected: list[str]
) -> None:
    order = await stage.arrive(item("MUG", 1))
    entry = await entry_about(order, AttentionKind.UNREADABLE, order_id=None, facts={"number": number})
    assert await ways(entry) == expected
    if number and "READ_AGAIN" in expected:
        await apply(stage, entry, "READ_AGAIN")
        assert (await SyncRun.get()).order_number == number
    await apply(stage, entry, "DISMISS", note="known", key="2")
    assert (await Attention.get(id=entry.id)).state is AttentionState.DISMISSED


async def test_what_a_blocker_is_about_may_be_gone(stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    for kind in (BlockerKind.PRODUCT_DISABLED, BlockerKind.OUT_OF_STOCK, BlockerKind.PRODUCT_NOT_MATCHED):
        entry = await entry_about(
            order, AttentionKind.BLOCKER, blocker_kind=kind, product_id=999, order_id=None, facts={"short_by": 1}
        )
        assert (await ways(entry))[-1] == "DISMISS"
        await entry.delete()


async def test_a_repeated_request_brings_the_first_count_and_does_nothing(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.arrive(item("MUG", 3))
    entry = await the_only()
    assert await apply(stage, entry, "RESTOCK_PRODUCT") == Affected(1, (entry.order_id or 0,))
    await stage.evaluate()
    assert await apply(stage, entry, "RESTOCK_PRODUCT") == Affected(1)
    assert await shelf() == (3, 3)


async def test_nothing_and_what_is_resolved_cannot_be_cleared(stage: Stage) -> None:
    assert isinstance(await refusal_of(stage, Attention(id=999), "DISMISS"), NotFound)
    await stage.products({"sku": "MUG", "quantity": "1"})
    order = await stage.arrive(item("MUG", 3))
    entry = await the_only()
    assert isinstance(await refusal_of(stage, entry, "NONSENSE"), InvalidInput)
    assert isinstance(await refusal_of(stage, entry, "ENABLE_PRODUCT"), ActionNotAllowed)
    await Attention.filter(id=entry.id).update(state="RESOLVED")
    refused = await refusal_of(stage, entry, "RESTOCK_PRODUCT")
    assert refused.message == "It is resolved already: there is nothing left to do about it."
    await Attention.filter(id=entry.id).update(resolved_at=stage.now, actor_kind="USER", actor_name="clerk")
    refused = await refusal_of(stage, entry, "RESTOCK_PRODUCT")
    assert ", since 2026-03-02T09:00:00.000Z, by USER (clerk)" in refused.message
    assert await ways(await Attention.get(id=entry.id)) == []
    assert await open_attention(order) == []
