"""What is kept of what happened: the notes of an order, and what Amazon was told about listings."""

from typing import Any

from tests.end_to_end.stories.asking import LAMP, MUG, SENT_BY_AMAZON, look, notes
from tests.end_to_end.town import MARKETPLACE, Town

EVENTS = """query($number: String!, $after: String) { amazonOrder(by: {amazonOrderId: $number}) {
  latestEvent { message } events(first: 3, after: $after) {
    nodes { sequence at kind message actor { kind } } pageInfo { hasNextPage endCursor } } } }"""
CHANGES = """query($first: Int, $after: String) { listingChanges(first: $first, after: $after) {
  nodes { sellerSku action outcome comment at stores { name marketplaceId } }
  pageInfo { hasNextPage endCursor } } }"""
PUSH = """mutation($input: StockPushInput!) { updateStockPush(input: $input) { errors { message } } }"""


async def history(shop: Town, number: str) -> list[dict[str, Any]]:
    """Return all events of an order, page by page."""
    events: list[dict[str, Any]] = []
    after = None
    while True:
        page = (await shop.ask(EVENTS, number=number, after=after))["amazonOrder"]["events"]
        events += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return events


async def test_note_history(shop: Town):
    number = shop.place(MUG, status="PENDING")
    await shop.pass_time()
    await shop.happens(number, "pay")
    await shop.pass_time()
    await shop.stock(MUG)
    assert (await shop.ship(number))["errors"] == []
    await shop.pass_time()
    await shop.pass_time()

    told = await history(shop, number)
    assert [event["sequence"] for event in told] == list(range(1, len(told) + 1))
    assert [event["at"] for event in told] == sorted(event["at"] for event in told)
    assert len({event["at"] for event in told}) >= 4
    assert [event["message"] for event in told] == notes(await look(shop, number))
    assert (await shop.ask(EVENTS, number=number))["amazonOrder"]["latestEvent"]["message"] == told[-1]["message"]
    kinds = [event["kind"] for event in told]
    story = ["SEEN", "STATUS_CHANGED", "BLOCKER_OPENED", "BLOCKER_RESOLVED", "IMPORTED", "INVOICED", "SHIPPED"]
    story += ["MARKETPLACE_SENT", "STATUS_CHANGED", "MARKETPLACE_CONFIRMED", "COMPLETED"]
    assert [kind for kind in kinds if kind in story] == story
    assert {event["actor"]["kind"] for event in told} == {"AMAZON", "SYSTEM", "USER"}


async def test_listing_changes_log(shop: Town):
    await shop.stock(MUG, 5)
    await shop.stock(SENT_BY_AMAZON, 4)
    pushed = {"storeId": shop.store_id, "enabled": True, "sellerId": "demo"}
    assert (await shop.ask(PUSH, input=pushed))["updateStockPush"]["errors"] == []
    await shop.pass_time()
    await shop.stock(LAMP, 2)
    await shop.pass_time()

    first = (await shop.ask(CHANGES, first=2))["listingChanges"]
    assert first["pageInfo"]["hasNextPage"]
    rest = (await shop.ask(CHANGES, first=2, after=first["pageInfo"]["endCursor"]))["listingChanges"]
    assert not rest["pageInfo"]["hasNextPage"]
    nodes = [*first["nodes"], *rest["nodes"]]
    assert nodes[0]["sellerSku"] == LAMP  # the newest first
    assert [node["at"] for node in nodes] == sorted((node["at"] for node in nodes), reverse=True)
    said = {node["sellerSku"]: (node["action"], node["outcome"], node["comment"]) for node in nodes}
    assert said[LAMP] == ("UPDATE_STOCK", "ACCEPTED", "2 offered.")
    assert said[MUG] == ("UPDATE_STOCK", "ACCEPTED", "5 offered.")
    assert said[SENT_BY_AMAZON][:2] == ("UPDATE_STOCK", "REFUSED")
    assert "fulfilled by Amazon" in said[SENT_BY_AMAZON][2]
    assert all(node["stores"] == [{"name": "Shop", "marketplaceId": MARKETPLACE}] for node in nodes)
