from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder, Command
from tests.api.schema.asking import Client
from tests.domain.channel.refunds import refund, request
from tests.domain.channel.stage import Stage, item, items_of

ERRORS = """errors { __typename code message path ... on ActionNotAllowedError { action currentStatus }
  ... on StaleVersionError { expectedVersion } }"""
CANCEL = f"""mutation ($i: CancelRestInput!) {{ cancelRest(input: $i) {{
  order {{ displayStatus version }} command {{ id kind state }} {ERRORS} }} }}"""
CONFIRM = f"""mutation ($id: ID!, $note: String!) {{ confirmCommand(commandId: $id, note: $note) {{
  command {{ state confirmedAt }} {ERRORS} }} }}"""
RETRY = f"""mutation ($id: ID!, $note: String) {{ retryCommand(commandId: $id, note: $note) {{
  command {{ state }} {ERRORS} }} }}"""
ACTIONS = """query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { actions { kind allowed reasons { message } } } }"""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Three mugs, one of which has left."""
    await stage.products({"sku": "MUG", "quantity": "5"})
    mugs = item("MUG", 3, quantity_shipped=1, quantity_unshipped=2)
    return await stage.arrive(mugs, status="PARTIALLY_SHIPPED")


def wanted(order: AmazonOrder, **given: Any) -> dict[str, Any]:
    return {"orderId": id_of(order), "reason": "NO_INVENTORY", "idempotencyKey": "p"} | given


async def canceled(client: Client, **given: Any) -> Any:
    return (await client.ask(CANCEL, i=given))["cancelRest"]


async def test_the_rest_is_asked_for(client: Client, order: AmazonOrder) -> None:
    payload = await canceled(client, **wanted(order, expectedVersion=order.version))
    assert (payload["errors"], payload["order"]["displayStatus"]) == ([], "PARTIALLY_SHIPPED")
    assert (payload["command"]["kind"], payload["command"]["state"]) == ("PARTIAL_CANCEL", "QUEUED")
    assert (await canceled(client, **wanted(order, expectedVersion=order.version)))["command"] == payload["command"]
    assert len(client.woken) == 2
    (error,) = (await canceled(client, **wanted(order, restock=False)))["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    (error,) = (await canceled(client, **wanted(order, idempotencyKey="other")))["errors"]
    shown = (await client.ask(ACTIONS, by={"id": id_of(order)}))["amazonOrder"]["actions"]
    (action,) = [one for one in shown if one["kind"] == "PARTIAL_CANCEL"]
    assert (action["allowed"], action["reasons"]) == (False, [{"message": error["message"]}])


async def test_only_some_units_are_asked_for(client: Client, order: AmazonOrder) -> None:
    (mug,) = await items_of(order)
    lines = [{"itemId": id_of(mug), "quantity": 1}]
    assert (await canceled(client, **wanted(order, lines=lines)))["errors"] == []
    assert (await Command.get()).payload["items"] == [["item-MUG", 1]]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"orderId": "nonsense"}, "INVALID", ["input", "orderId"]),
        ({"orderId": "QW1hem9uT3JkZXI6MS45OTk="}, "NOT_FOUND", ["input", "orderId"]),
        ({"lines": []}, "REQUIRED", ["input", "lines"]),
        ({"lines": [{"itemId": "x", "quantity": 1}]}, "INVALID", ["input", "lines", "0", "itemId"]),
        ({"note": "x" * 501}, "INVALID", ["input", "note"]),
        ({"expectedVersion": 99}, "STALE_VERSION", ["input", "expectedVersion"]),
    ],
)
async def test_bad_input_changes_nothing(
    client: Client, order: AmazonOrder, given: dict[str, Any], code: str, path: list[str]
) -> None:
    (error,) = (await canceled(client, **wanted(order, **given)))["errors"]
    assert (error["code"], error["path"]) == (code, path)
    assert await Command.all().count() == 0


async def test_a_refund_in_doubt_is_settled_or_sent_again_with_a_note(
    client: Client, stage: Stage, order: AmazonOrder
) -> None:
    await refund(stage, order, request(amount="5.00", tell_amazon=True))
    command = await Command.get()
    await Command.all().update(state="PARKED", in_doubt=True)
    (error,) = (await client.ask(RETRY, id=id_of(command)))["retryCommand"]["errors"]
    assert (error["code"], error["path"]) == ("REQUIRED", ["note"])
    again = (await client.ask(RETRY, id=id_of(command), note="Nothing is paid."))["retryCommand"]
    assert (again["errors"], again["command"]["state"]) == ([], "QUEUED")
    (error,) = (await client.ask(CONFIRM, id=id_of(command), note="seen"))["confirmCommand"]["errors"]
    assert (error["code"], error["path"]) == ("ACTION_NOT_ALLOWED", ["commandId"])
    await Command.all().update(state="PARKED", in_doubt=True)
    done = (await client.ask(CONFIRM, id=id_of(command), note="seen"))["confirmCommand"]
    assert (done["errors"], done["command"]["state"]) == ([], "CONFIRMED")
    assert done["command"]["confirmedAt"]
