from typing import Any

import pytest

from api.schema.ids import id_of
from domain.accounts.records import Store
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import AmazonOrder, Command, FeedSubmission
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, shelf

ERRORS = """errors { __typename code message path retryable ... on ActionNotAllowedError { action currentStatus }
  ... on StaleVersionError { expectedVersion actualVersion } }"""
CANCEL = (
    """mutation ($i: CancelOrderInput!) { cancelOrder(input: $i) {
  order { status displayStatus version } command { id kind state nextAttemptAt } """
    + ERRORS
    + "} }"
)
BULK = (
    """mutation ($i: BulkCancelInput!) { bulkCancelOrders(input: $i) { succeeded failed
  results { index order { displayStatus } """
    + ERRORS
    + "} "
    + ERRORS
    + "} }"
)
ACTIONS = (
    "query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { actions { kind allowed "
    + ERRORS.replace("errors", "reasons", 1)
    + " } } }"
)


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "50"})
    return await stage.arrive(item("MUG", 2))


def wanted(order: AmazonOrder, **given: Any) -> dict[str, Any]:
    return {"orderId": id_of(order), "reason": "NO_INVENTORY", "idempotencyKey": f"c{order.id}"} | given


async def canceled(client: Client, **given: Any) -> Any:
    return (await client.ask(CANCEL, i=given))["cancelOrder"]


async def test_a_cancellation_is_shown_as_requested_and_queued(client: Client, order: AmazonOrder) -> None:
    payload = await canceled(client, **wanted(order, note="none left", expectedVersion=order.version))

    assert payload["errors"] == []
    assert payload["order"] == {
        "status": "UNSHIPPED",
        "displayStatus": "CANCEL_REQUESTED",
        "version": order.version + 1,
    }
    assert (payload["command"]["kind"], payload["command"]["state"]) == ("CANCEL", "QUEUED")
    command = await Command.get()
    assert (command.payload["restock"], command.payload["note"]) == (True, "none left")
    assert len(client.woken) == 1
    assert await shelf() == (50, 2)


async def test_the_same_key_answers_with_the_same_command(client: Client, order: AmazonOrder) -> None:
    first = await canceled(client, **wanted(order, restock=False))
    again = await canceled(client, **wanted(order, restock=False))
    assert first["command"] == again["command"]
    assert await Command.all().count() == 1
    (error,) = (await canceled(client, **wanted(order, restock=True)))["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"orderId": "nonsense"}, "INVALID", ["input", "orderId"]),
        ({"orderId": "U3RvcmU6MS4x"}, "INVALID", ["input", "orderId"]),
        ({"orderId": "QW1hem9uT3JkZXI6MS45OTk="}, "NOT_FOUND", ["input", "orderId"]),
        ({"note": "n" * 501}, "INVALID", ["input", "note"]),
        ({"note": "\u0007"}, "INVALID", ["input", "note"]),
        ({"idempotencyKey": ""}, "REQUIRED", ["input", "idempotencyKey"]),
        ({"idempotencyKey": "k" * 201}, "INVALID", ["input", "idempotencyKey"]),
        ({"expectedVersion": 77}, "STALE_VERSION", ["input", "expectedVersion"]),
    ],
)
async def test_bad_input_is_refused_with_its_place(
    client: Client, order: AmazonOrder, given: dict[str, Any], code: str, path: list[str]
) -> None:
    payload = await canceled(client, **wanted(order, **given))
    (error,) = payload["errors"]
    assert (error["code"], error["path"], payload["command"]) == (code, path, None)
    assert await Command.all().count() == 0
    assert client.woken == []


async def test_an_unknown_reason_and_a_partial_cancellation_are_not_even_requests(
    client: Client, order: AmazonOrder
) -> None:
    extras: list[dict[str, Any]] = [{"reason": "BECAUSE"}, {"lines": []}]
    for extra in extras:
        answer = await client.post(CANCEL, i=wanted(order, **extra))
        assert answer.get("data") is None
        assert "BECAUSE" not in str(answer["errors"])


@pytest.mark.parametrize("status", [status for status in AmazonOrderStatus if status != "UNSHIPPED"])
async def test_why_not_is_the_same_in_actions_and_in_the_answer(
    client: Client, order: AmazonOrder, status: AmazonOrderStatus
) -> None:
    await AmazonOrder.filter(id=order.id).update(amazon_status=status)

    (error,) = (await canceled(client, **wanted(order)))["errors"]
    shown = (await client.ask(ACTIONS, by={"id": id_of(order)}))["amazonOrder"]["actions"]

    assert (error["__typename"], error["code"]) == ("ActionNotAllowedError", "ACTION_NOT_ALLOWED")
    assert (error["action"], error["currentStatus"]) == ("CANCEL", status)
    assert {"kind": "CANCEL", "allowed": False, "reasons": [error]} in shown


async def test_an_order_that_is_shipped_here_says_why_it_cannot_be_canceled(
    client: Client, stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    (error,) = (await canceled(client, **wanted(order)))["errors"]
    shown = (await client.ask(ACTIONS, by={"id": id_of(order)}))["amazonOrder"]["actions"]
    assert error["message"] == "Its goods have left: Amazon is about to be told of the shipment."
    assert {"kind": "CANCEL", "allowed": False, "reasons": [error]} in shown


async def test_a_blocked_order_can_be_canceled(client: Client, stage: Stage) -> None:
    blocked = await stage.arrive(item("NEW", 1))
    shown = (await client.ask(ACTIONS, by={"id": id_of(blocked)}))["amazonOrder"]["actions"]
    assert {"kind": "CANCEL", "allowed": True, "reasons": []} in shown
    assert (await canceled(client, **wanted(blocked)))["errors"] == []


async def many(stage: Stage, count: int) -> list[AmazonOrder]:
    return [await stage.arrive(item("MUG", 1)) for _ in range(count)]


async def test_each_row_of_many_has_its_answer_in_its_place(client: Client, stage: Stage, order: AmazonOrder) -> None:
    second, third = await many(stage, 2)
    await stage.ship(second)
    foreign = AmazonOrder(id=third.id, account_id=third.account_id + 1)
    rows = [wanted(order), wanted(second), wanted(order, orderId="x"), wanted(foreign), wanted(third), wanted(third)]
    payload = (await client.ask(BULK, i={"orders": rows}))["bulkCancelOrders"]

    assert (payload["succeeded"], payload["failed"], payload["errors"]) == (2, 4, [])
    assert [result["index"] for result in payload["results"]] == [0, 1, 2, 3, 4, 5]
    assert [[(e["code"], e["path"]) for e in result["errors"]] for result in payload["results"]] == [
        [],
        [("ACTION_NOT_ALLOWED", ["input", "orders", "1", "orderId"])],
        [("INVALID", ["input", "orders", "2", "orderId"])],
        [("NOT_FOUND", ["input", "orders", "3", "orderId"])],
        [],
        [("INVALID", ["input", "orders", "5", "orderId"])],
    ]
    shown = [result["order"] and result["order"]["displayStatus"] for result in payload["results"]]
    assert shown == ["CANCEL_REQUESTED", "UNSHIPPED", None, None, "CANCEL_REQUESTED", "CANCEL_REQUESTED"]
    assert len(client.woken) == 1


async def test_everything_is_rejected_if_one_row_is_and_that_is_the_policy(
    client: Client, stage: Stage, order: AmazonOrder
) -> None:
    (other,) = await many(stage, 1)
    await stage.ship(other)
    events = await Event.all().count()
    rows = [wanted(order), wanted(other)]
    given = {"orders": rows, "errorPolicy": "REJECT_EVERYTHING"}
    payload = (await client.ask(BULK, i=given))["bulkCancelOrders"]

    assert (payload["succeeded"], payload["failed"]) == (0, 2)
    (whole,) = payload["errors"]
    assert whole["message"] == "1 of 2 rows are refused, so nothing was done."
    first, second = payload["results"]
    assert [error["message"] for error in first["errors"]] == ["Not done, as other rows are refused."]
    assert [error["__typename"] for error in second["errors"]] == ["ActionNotAllowedError"]
    assert first["order"]["displayStatus"] == "UNSHIPPED"
    assert await Event.all().count() == events
    assert client.woken == []

    payload = (await client.ask(BULK, i=given | {"orders": rows[:1]}))["bulkCancelOrders"]
    assert (payload["succeeded"], payload["failed"], payload["errors"]) == (1, 0, [])


async def test_a_dry_run_stores_nothing(client: Client, stage: Stage, order: AmazonOrder) -> None:
    (other,) = await many(stage, 1)
    await stage.ship(other)
    commands, events = await Command.all().count(), await Event.all().count()
    given = {"orders": [wanted(order), wanted(other)], "dryRun": True}
    payload = (await client.ask(BULK, i=given))["bulkCancelOrders"]
    assert (payload["succeeded"], payload["failed"]) == (1, 1)
    assert (await Command.all().count(), await Event.all().count(), client.woken) == (commands, events, [])


async def test_the_list_has_at_least_one_row_and_at_most_five_hundred(client: Client, order: AmazonOrder) -> None:
    for rows, code in (([], "REQUIRED"), ([wanted(order)] * 501, "LIMIT_EXCEEDED")):
        payload = (await client.ask(BULK, i={"orders": rows}))["bulkCancelOrders"]
        (error,) = payload["errors"]
        assert (error["code"], error["path"], payload["results"]) == (code, ["input", "orders"], [])


RETRY = """mutation ($id: ID!) { retryCommand(commandId: $id) {
  command { id state attempts nextAttemptAt } errors { code message path } } }"""
GIVE_UP = """mutation ($id: ID!, $note: String!) { giveUpCommand(commandId: $id, note: $note) {
  command { id state } errors { code message path } } }"""
LIST = """query ($first: Int, $after: String, $store: ID, $states: [CommandState!]) {
  commands(first: $first, after: $after, storeId: $store, states: $states) {
    nodes { id state feedId order { id } } edges { cursor } pageInfo { hasNextPage endCursor } } }"""


async def test_a_failed_command_is_sent_again_or_given_up(client: Client, stage: Stage, order: AmazonOrder) -> None:
    command = await stage.cancel(order)
    await Command.all().update(state="PARKED", attempts=3)
    again = (await client.ask(RETRY, id=id_of(command)))["retryCommand"]
    assert (again["errors"], again["command"]["state"], again["command"]["attempts"]) == ([], "QUEUED", 0)

    (error,) = (await client.ask(RETRY, id=id_of(command)))["retryCommand"]["errors"]
    assert (error["code"], error["path"]) == ("ACTION_NOT_ALLOWED", ["commandId"])

    dropped = (await client.ask(GIVE_UP, id=id_of(command), note="found"))["giveUpCommand"]
    assert (dropped["errors"], dropped["command"]) == ([], {"id": id_of(command), "state": "WITHDRAWN"})
    assert len(client.woken) == 2


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"id": "nonsense"}, "INVALID", ["commandId"]),
        ({"id": "Q29tbWFuZDoxLjk5OQ=="}, "NOT_FOUND", ["commandId"]),
        ({"note": " "}, "REQUIRED", ["note"]),
        ({"note": "n" * 501}, "INVALID", ["note"]),
    ],
)
async def test_bad_input_about_commands_is_refused_with_its_place(
    client: Client, stage: Stage, order: AmazonOrder, given: dict[str, Any], code: str, path: list[str]
) -> None:
    command = await stage.cancel(order)
    payload = (await client.ask(GIVE_UP, **({"id": id_of(command), "note": "x"} | given)))["giveUpCommand"]
    (error,) = payload["errors"]
    assert (error["code"], error["path"], payload["command"]) == (code, path, None)
    if "id" in given:
        (error,) = (await client.ask(RETRY, id=given["id"]))["retryCommand"]["errors"]
        assert (error["code"], error["path"]) == (code, path)
    foreign = Command(id=command.id, account_id=command.account_id + 1)
    (error,) = (await client.ask(RETRY, id=id_of(foreign)))["retryCommand"]["errors"]
    assert error["code"] == "NOT_FOUND"


async def test_failed_commands_are_listed_the_newest_first(client: Client, stage: Stage, order: AmazonOrder) -> None:
    commands = [await stage.cancel(one, key=f"k{one.id}") for one in [order, *await many(stage, 4)]]
    for command, state in zip(commands, ["REFUSED", "PARKED", "DEAD", "QUEUED", "REFUSED"], strict=True):
        await Command.filter(id=command.id).update(state=state)
    ids = [id_of(command) for command in commands]
    feed = await FeedSubmission.create(
        account_id=order.account_id, feed_type="X", state="DONE", feed_id="500", created_at=stage.now
    )
    await Command.filter(id=commands[2].id).update(submission_id=feed.id)

    first = (await client.ask(LIST, first=2))["commands"]
    assert [node["id"] for node in first["nodes"]] == [ids[4], ids[2]]
    assert [node["feedId"] for node in first["nodes"]] == [None, "500"]
    assert first["nodes"][1]["order"] == {
        "id": id_of(AmazonOrder(id=commands[2].order_id, account_id=order.account_id))
    }
    rest = (await client.ask(LIST, after=first["pageInfo"]["endCursor"]))["commands"]
    assert [node["id"] for node in rest["nodes"]] == [ids[1], ids[0]]
    assert not rest["pageInfo"]["hasNextPage"]

    queued = (await client.ask(LIST, states=["QUEUED"]))["commands"]
    assert [node["id"] for node in queued["nodes"]] == [ids[3]]
    assert (await client.ask(LIST, states=[]))["commands"]["nodes"] == []
    of_store = (await client.ask(LIST, store=id_of(stage.store)))["commands"]
    assert len(of_store["nodes"]) == 4
    elsewhere = id_of(Store(id=stage.store.id, account_id=99))
    assert (await client.ask(LIST, store=elsewhere))["commands"]["nodes"] == []
    refused = await client.refused(LIST, store="nonsense")
    assert refused["code"] == "BAD_USER_INPUT"
