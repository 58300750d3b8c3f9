from typing import Any

import pytest

from domain.amazon.records import Command
from domain.channel.confirm import refused
from domain.channel.credentials import reject_credentials
from domain.channel.overdue import note_overdue
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.errors import MarketplaceRejected
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item
from tests.domain.channel.test_overdue import sent, taken_by_amazon

MESSAGES = """{ systemMessages { severity text createdAt stores { name }
  orders { nodes { amazonOrderId } count { value } } } }"""
BLOCKED = (
    "Your Amazon store(s) has orders that cannot be imported into Commerce. "
    "See Recent Orders in the store dashboard(s): Shop"
)


async def messages(client: Client) -> list[Any]:
    found: list[Any] = (await client.ask(MESSAGES))["systemMessages"]
    return found


async def texts(client: Client) -> list[tuple[str, str]]:
    return [(message["severity"], message["text"]) for message in await messages(client)]


async def test_blocked_orders_are_told_in_the_documented_words_until_none_is_left(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    (message,) = await messages(client)
    assert (message["severity"], message["text"]) == ("CRITICAL", BLOCKED)
    assert message["orders"] == {"nodes": [{"amazonOrderId": order.number}], "count": {"value": 1}}

    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.evaluate()
    assert await messages(client) == []


async def test_an_order_counts_until_all_that_blocks_it_is_put_aside(client: Client, stage: Stage) -> None:
    aside = await stage.arrive(item("MUG", 1), item("CUP", 1, cents=500))
    other = await stage.arrive(item("MUG", 1))
    first, second = await Attention.filter(order_id=aside.id).order_by("id")
    await Attention.filter(id=first.id).update(state=AttentionState.DISMISSED)
    assert [message["orders"]["count"]["value"] for message in await messages(client)] == [2]

    await Attention.filter(id=second.id).update(state=AttentionState.DISMISSED)
    (message,) = await messages(client)
    assert message["orders"]["nodes"] == [{"amazonOrderId": other.number}]

    await Attention.filter(order_id=other.id).update(state=AttentionState.DISMISSED)
    assert await messages(client) == []


async def test_an_evaluation_that_failed_after_the_import_blocks_nothing(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 1, cancel_requested=True))
    await Attention.filter(order_id=order.id).update(kind=AttentionKind.FAILED)

    assert [severity for severity, _ in await texts(client)] == ["ERROR"]


async def test_the_most_urgent_comes_first_and_the_buyers_wishes_come_too(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    late, no, asked = [await stage.arrive(item("MUG", 1, cancel_requested=at == 2)) for at in range(3)]
    await stage.ship(late)
    await taken_by_amazon(stage, late)
    await stage.ship(no, key="k2")
    command: Command = await sent(stage, no)
    never = MarketplaceRejected("No such item.", amazon_code="InvalidInput")
    await refused(command_id=command.id, fence=command.fence, error=never, now=stage.now)
    stage.later(days=1)
    await note_overdue(now=stage.now)
    await reject_credentials(account_id=stage.store.account_id, now=stage.now)
    await stage.arrive(item("NEW", 1))

    found = await messages(client)

    assert [message["severity"] for message in found] == ["CRITICAL", "ERROR", "ERROR", "WARNING", "WARNING"]
    assert found[0]["text"] == BLOCKED
    assert found[2]["text"].startswith("1 message to Amazon did not do what was asked for")
    assert found[3]["text"].startswith("1 order should be canceled, the buyer says")
    assert found[4]["text"].startswith("1 message to Amazon went out more than a day ago")
    shown = [message["orders"] and message["orders"]["nodes"][0]["amazonOrderId"] for message in found[1:]]
    assert shown == [None, no.number, asked.number, late.number]
    assert {message["stores"][0]["name"] for message in found} == {"Shop"}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("COMMAND_PARKED", "2 messages to Amazon did not do what was asked for"),
        ("BUYER_CANCELLATION", "2 orders should be canceled"),
    ],
)
async def test_several_are_counted(client: Client, stage: Stage, kind: str, words: str) -> None:
    await stage.products({"sku": "MUG", "quantity": "50"})
    for _ in range(2):
        await stage.arrive(item("MUG", 1, cancel_requested=True))
    await Attention.all().update(kind=AttentionKind(kind))

    assert [text.startswith(words) for _, text in await texts(client)] == [True]


async def test_a_store_that_is_being_deleted_troubles_nobody(client: Client, stage: Stage) -> None:
    await stage.arrive(item("NEW", 1))
    await type(stage.store).filter(id=stage.store.id).update(state="DELETING")

    assert await messages(client) == []
