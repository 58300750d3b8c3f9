from datetime import timedelta
from typing import Any

from domain.accounts import runs
from domain.accounts.cursors import Fenced, take
from domain.accounts.records import JobState, SyncCursor, SyncRun
from domain.accounts.runs import finish_run, open_run, postpone_run
from domain.accounts.sync_requests import finish_order_run, request_sync, take_order_runs
from domain.amazon.commands import take as take_command
from domain.amazon.facts import AmazonOrderStatus, Problem, UnreadableOrder
from domain.amazon.records import Command
from domain.change import change
from domain.channel.credentials import reject_credentials, resolve_rejection
from domain.channel.records import Attention, AttentionKind
from domain.channel.unreadable import note_unreadable
from domain.errors import MarketplaceRejected, MarketplaceThrottled, MarketplaceUnavailable
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import CLERK, Stage, item

MESSAGES = "{ systemMessages { id severity text stores { name } orders { nodes { amazonOrderId } } } }"
RUNS = """{ stores { syncRuns { nodes { state failed errors { __typename code message retryable
  ... on MarketplaceError { amazonCode retryAfterSeconds } } } } } }"""
NUMBER = "902-0000000-0000001"


def unreadable(number: str | None = NUMBER) -> UnreadableOrder:
    return UnreadableOrder(amazon_order_id=number, problem=Problem("order", None, "Expected `object`, got `null`"))


async def reading_began(stage: Stage) -> Fenced:
    await request_sync(store_id=stage.store.id, now=stage.now, actor=CLERK)
    asked = await SyncCursor.first()
    assert asked is not None
    cursor = await take(cursor_id=asked.id, machine_ms=0, lease_ms=1000, now=stage.now)
    assert cursor is not None
    run = await open_run(cursor=cursor, now=stage.now)
    return Fenced(cursor.id, cursor.fence, run.id)


async def shown_run(client: Client) -> dict[str, Any]:
    (store,) = (await client.ask(RUNS))["stores"]
    (run,) = store["syncRuns"]["nodes"]
    shown: dict[str, Any] = run
    return shown


async def note(stage: Stage, *orders: Any) -> None:
    await note_unreadable(account_id=stage.store.account_id, store=stage.store, orders=orders, now=stage.now)


async def test_a_run_that_waits_for_quota_says_so_and_when_it_goes_on(client: Client, stage: Stage) -> None:
    fenced = await reading_began(stage)
    spent = MarketplaceThrottled("Amazon's quota is spent.", amazon_code="QuotaExceeded")

    await postpone_run(fenced=fenced, retry_at=stage.now + timedelta(seconds=90), error=spent, now=stage.now)

    run = await shown_run(client)
    assert run["state"] == "RUNNING"
    assert run["errors"] == [
        {
            "__typename": "MarketplaceError",
            "code": "MARKETPLACE_THROTTLED",
            "message": "Amazon's quota is spent. The next try is at 2026-03-02T09:01:30.000Z.",
            "retryable": True,
            "amazonCode": None,
            "retryAfterSeconds": 90,
        }
    ]
    stage.later(seconds=91)
    (error,) = (await shown_run(client))["errors"]
    assert (error["message"], error["retryAfterSeconds"]) == ("Amazon's quota is spent.", None)


async def test_amazons_own_code_is_shown_where_it_said_never(client: Client, stage: Stage) -> None:
    fenced = await reading_began(stage)
    never = MarketplaceRejected("Amazon refused (403): Access denied.", amazon_code="Unauthorized")

    await runs.fail_run(fenced=fenced, error=never, now=stage.now, interval=timedelta(minutes=5))

    (error,) = (await shown_run(client))["errors"]
    assert (error["code"], error["amazonCode"], error["retryable"]) == ("MARKETPLACE_REJECTED", "Unauthorized", False)


async def test_one_order_that_amazon_could_not_answer_for_can_be_asked_for_again(client: Client, stage: Stage) -> None:
    run = await request_sync(store_id=stage.store.id, amazon_order_id=NUMBER, now=stage.now, actor=CLERK)
    await take_order_runs(limit=5, now=stage.now)
    down = MarketplaceUnavailable("Amazon answered 503.", amazon_code="ServiceUnavailable")

    await finish_order_run(run_id=run.id, counts=None, error=down, now=stage.now)

    (error,) = (await shown_run(client))["errors"]
    assert (error["code"], error["retryable"], error["retryAfterSeconds"]) == ("MARKETPLACE_UNAVAILABLE", True, None)


async def test_a_run_names_the_orders_that_it_could_not_read(client: Client, stage: Stage) -> None:
    fenced = await reading_began(stage)
    numbers = [f"902-0000000-00000{at:02}" for at in range(1, 13)]
    await note(stage, *map(unreadable, numbers))
    await SyncRun.filter(id=fenced.run_id).update(failed=12)
    await finish_run(fenced=fenced, now=stage.now, interval=timedelta(minutes=5))

    run = await shown_run(client)

    (error,) = run["errors"]
    assert (run["state"], error["__typename"], error["code"]) == (JobState.PARTIALLY_SUCCEEDED, "InputError", "INVALID")
    assert error["message"].startswith("12 orders could not be read or stored. Not readable so far: 902-")
    assert sum(number in error["message"] for number in numbers) == 10
    assert "(Expected `object`, got `null`)" in error["message"]


async def test_a_run_for_one_order_names_no_other(client: Client, stage: Stage) -> None:
    await note(stage, unreadable(), unreadable("902-0000000-0000002"))
    run = await request_sync(store_id=stage.store.id, amazon_order_id=NUMBER, now=stage.now, actor=CLERK)
    await take_order_runs(limit=5, now=stage.now)
    await finish_order_run(run_id=run.id, counts=runs.Counts(seen=1, failed=1), error=None, now=stage.now)

    (error,) = (await shown_run(client))["errors"]

    assert error["message"] == (
        f"1 order could not be read or stored. Not readable so far: {NUMBER} (Expected `object`, got `null`)."
    )


async def test_unreadable_orders_are_told_of_until_they_can_be_read(client: Client, stage: Stage) -> None:
    await note(stage, unreadable(), unreadable("902-0000000-0000002"))
    (message,) = (await client.ask(MESSAGES))["systemMessages"]
    found = (await client.ask("query ($id: ID!) { node(id: $id) { id } }", id=message["id"]))["node"]
    await note(stage, stage.facts(number=NUMBER), stage.facts(number="902-0000000-0000002"))

    assert message["text"].startswith("2 orders of Amazon's could not be read")
    assert message["text"].endswith("Stores: Shop")
    assert (message["severity"], message["stores"], message["orders"]) == ("ERROR", [{"name": "Shop"}], None)
    assert found == {"id": message["id"]}
    assert (await client.ask(MESSAGES))["systemMessages"] == []


async def test_rejected_credentials_are_told_of_until_the_store_is_connected_again(
    client: Client, stage: Stage
) -> None:
    await reject_credentials(account_id=stage.store.account_id, now=stage.now)
    (message,) = (await client.ask(MESSAGES))["systemMessages"]
    async with change(now=stage.now, actor=CLERK) as unit:
        await resolve_rejection(unit, stage.store.account_id)

    assert message["severity"] == "ERROR"
    assert "connected again with a new refresh token" in message["text"]
    assert message["stores"] == [{"name": "Shop"}]
    assert (await client.ask(MESSAGES))["systemMessages"] == []


async def test_an_unknown_status_is_told_of_until_amazon_gives_a_known_one(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG"), status=AmazonOrderStatus.UNKNOWN, raw_status=None)
    await stage.arrive(item("MUG"))

    (message,) = (await client.ask(MESSAGES))["systemMessages"]
    said = (await Attention.get(kind=AttentionKind.UNKNOWN_STATUS)).message
    await Attention.filter(kind=AttentionKind.UNKNOWN_STATUS).update(state="RESOLVED")

    assert (message["severity"], message["orders"]["nodes"]) == ("WARNING", [{"amazonOrderId": order.number}])
    assert "Seller Central" in message["text"]
    assert said == "Amazon gives no status for it; the order is left as it is until Amazon gives one that is known."
    assert (await client.ask(MESSAGES))["systemMessages"] == []


async def test_an_evaluation_that_failed_is_told_of_with_the_way_out(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG"))
    blocked = (await client.ask(MESSAGES))["systemMessages"]
    await Attention.filter(order_id=order.id).update(kind=AttentionKind.FAILED)

    both = (await client.ask(MESSAGES))["systemMessages"]

    assert [message["severity"] for message in both] == ["CRITICAL", "ERROR"]
    assert both[0] == blocked[0]
    assert both[1]["text"].startswith("1 order could not be evaluated")
    assert "retryImport" in both[1]["text"]
    assert both[1]["orders"]["nodes"] == [{"amazonOrderId": order.number}]


async def test_the_timeline_tells_of_packages_by_their_number(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2))
    await stage.ship(order)
    (command,) = await Command.all()
    for _ in range(2):
        await take_command(command_id=command.id, now=stage.now, machine_ms=0, lease_ms=0)
        stage.later(seconds=1)
        await Command.all().update(lease_until=None)

    told = [event.message for event in await Event.filter(order_id=order.id).order_by("id")]

    assert any(message.endswith("left; Amazon will be told of 1 package.") for message in told)
    assert told[-2:] == [
        f"Sent to Amazon: the shipping confirmation of package {command.package_reference}.",
        f"Sent again to Amazon: the shipping confirmation of package {command.package_reference}.",
    ]
