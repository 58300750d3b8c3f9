"""What another program sees: it reads changes from where it stopped, and is told of them by signed messages."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.end_to_end.stories.asking import MUG
from tests.end_to_end.town import Town, town

CHANGES = """query ($after: String) { changes(first: 100, after: $after) {
  nodes { kind order { amazonOrderId commerceOrder { number } externalIds { value } tags } }
  pageInfo { endCursor hasNextPage } } }"""
LABEL = """mutation ($name: SetExternalIdInput!, $tags: TagOrderInput!) {
  setExternalId(input: $name) { errors { message } } tagOrder(input: $tags) { errors { message } } }"""
HOOK = """mutation { createWebhook(input: {
  name: "ERP", url: "https://erp.example/in", kinds: [IMPORTED, SHIPPED, TAGGED]}) {
  webhook { id } secret errors { message } } }"""


class Erp:
    """Another program's address."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.told.append(json.loads(body))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def erp() -> Erp:
    return Erp()


@pytest.fixture
async def shop(database_url: str, erp: Erp) -> AsyncIterator[Town]:
    async with town(database_url, web=httpx2.ASGITransport(app=erp)) as opened:
        await opened.connect()
        opened.world.clock.advance(60)
        yield opened


async def test_changes_and_webhooks(shop: Town, erp: Erp):
    assert (await shop.ask(HOOK))["createWebhook"]["errors"] == []
    await shop.stock(MUG)
    number = shop.place(MUG, quantity=1)
    await shop.pass_time()
    page = (await shop.ask(CHANGES))["changes"]
    assert "IMPORTED" in [one["kind"] for one in page["nodes"]]

    order = page["nodes"][-1]["order"]
    order_id = (await shop.order(number))["id"]
    name = {"orderId": order_id, "system": "erp", "value": f"SO-{order['commerceOrder']['number']}"}
    await shop.ask(LABEL, name=name, tags={"orderId": order_id, "add": ["picked"]})
    await shop.ship(number)
    await shop.pass_time(minutes=0)
    await shop.pass_time()
    later = (await shop.ask(CHANGES, after=page["pageInfo"]["endCursor"]))["changes"]["nodes"]
    assert {"EXTERNAL_ID", "TAGGED", "SHIPPED", "MARKETPLACE_CONFIRMED", "COMPLETED"} <= {one["kind"] for one in later}
    assert later[-1]["order"] == order | {"externalIds": [{"value": name["value"]}], "tags": ["picked"]}

    assert [one["data"]["kind"] for one in erp.told] == ["IMPORTED", "TAGGED", "SHIPPED"]
    assert {one["data"]["amazonOrderId"] for one in erp.told} == {number}
    assert erp.told[-1]["data"]["commerceNumber"] == order["commerceOrder"]["number"]
