"""What people see first: what came in, what it comes to, what has to ship, what failed, and what is held back."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.accounts.service_records import CommunicationError
from domain.channel.read_only import take_home
from tests.end_to_end.stories.asking import LAMP, MUG, UNKNOWN_SKU, look
from tests.end_to_end.town import Town

MONEY = "{ amount currencyCode }"
BOARD = f"""query($id: ID!) {{ store(id: $id) {{ name countryCode status connectedAt dashboard {{
  recentOrders {{ purchasedAt amazonOrderId displayStatus buyer {{ name }} total {MONEY} latestEvent {{ message }} }}
  orders {{ value }} counts {{ status count {{ value }} }} blocked {{ value }} awaitingShipment {{ value }}
  week: revenue(period: LAST_7_DAYS) {{ currencies {{ changePercent total {MONEY} days {{ day amount {MONEY} }} }} }}
  month: revenue(period: LAST_30_DAYS) {{ rule currencies {{ total {MONEY} days {{ day }} }} }}
  lifetimeSales {MONEY} systemMessages {{ text }}
  sync {{ running lastSyncedAt nextSyncAt waits because }} sellerCentral {{ shipping }}
}} }} }}"""
WORKLIST = """query($id: ID) { shipByWorklist(storeId: $id) { all: count { value } late: count(due: LATE) { value }
  orders(first: 20) { nodes { amazonOrderId latestShipAt } } } }"""
FIGURES = """query($id: ID) { deliveryFigures(storeId: $id) { due lateShipments packages validTracking orders
  cancellations { reason countsAgainstSeller orders } } }"""
REASONS = "query($id: ID) { cancelReasons(orderId: $id) { reason countsAgainstSeller because } }"
LOG = """query($where: CommunicationErrorWhere) { communicationErrors(where: $where) {
  nodes { store { name } region code message createdAt times } } }"""
SAVE = """mutation($patch: GlobalSettingsPatch!) { updateGlobalSettings(input: {patch: $patch}) {
  settings { readOnly { enabled held { value } } } errors { code message path } } }"""
HELD = "{ commands(states: [HELD], first: 50) { nodes { kind state } } systemMessages { severity text } }"


async def board(shop: Town) -> dict[str, Any]:
    """Return the shop's dashboard."""
    found: dict[str, Any] = (await shop.ask(BOARD, id=shop.store_id))["store"]["dashboard"]
    return found


async def save(shop: Town, **patch: Any) -> dict[str, Any]:
    """Change the global settings."""
    payload: dict[str, Any] = (await shop.ask(SAVE, patch=patch))["updateGlobalSettings"]
    assert payload["errors"] == []
    return payload


async def test_store_dashboard_query(shop: Town):
    await shop.stock(MUG)
    shop.place(MUG)
    shop.place(UNKNOWN_SKU, price=500)
    await shop.pass_time()
    store = (await shop.ask(BOARD, id=shop.store_id))["store"]
    assert (store["name"], store["countryCode"], store["status"]) == ("Shop", "US", "ACTIVE")
    shown = store["dashboard"]
    assert shown["orders"]["value"] == 2
    assert {entry["status"]: entry["count"]["value"] for entry in shown["counts"]} == {"UNSHIPPED": 1, "ERROR": 1}
    assert shown["blocked"]["value"] == 1
    assert "cannot be imported into Commerce" in shown["systemMessages"][0]["text"]
    assert (shown["sync"]["running"], shown["sync"]["waits"]) == (False, "SCHEDULE")
    assert shown["sync"]["lastSyncedAt"] < shown["sync"]["nextSyncAt"]
    assert shown["sellerCentral"]["shipping"].startswith("https://sellercentral.amazon.com/sbr/")


async def test_recent_orders(shop: Town):
    await shop.stock(MUG, 50)
    numbers = []
    for _ in range(12):
        numbers.append(shop.place(MUG))
        shop.world.clock.advance(60)
    await shop.pass_time()
    recent = (await board(shop))["recentOrders"]
    assert [order["amazonOrderId"] for order in recent] == numbers[:1:-1]  # the newest ten
    for order in recent:
        at_amazon = (await shop.at_amazon(order["amazonOrderId"]))["order"]
        assert datetime.fromisoformat(order["purchasedAt"]) == datetime.fromisoformat(at_amazon["createdTime"])
        assert order["displayStatus"] == "UNSHIPPED"
        assert order["buyer"]["name"]
        assert Decimal(order["total"]["amount"]) == Decimal(at_amazon["proceeds"]["grandTotal"]["amount"])
        assert order["latestEvent"]["message"]


async def test_revenue_7_30_days_lifetime_sales(shop: Town):
    await shop.stock(MUG, 50)
    await shop.stock(LAMP, 50)
    first, canceled = shop.place(MUG), shop.place(LAMP)
    await shop.pass_time()
    await shop.happens(canceled, "cancel", by="BUYER")
    shop.world.clock.advance(timedelta(days=8).total_seconds())
    second, blocked = shop.place(MUG, quantity=2), shop.place(UNKNOWN_SKU, price=500)
    await shop.pass_time()

    def total(order: dict[str, Any]) -> Decimal:
        return Decimal(order["total"]["amount"])

    earlier, later = total(await look(shop, first)), total(await look(shop, second))
    assert (await look(shop, blocked))["displayStatus"] == "ERROR"
    assert (await look(shop, canceled))["displayStatus"] == "CANCELED"
    shown = await board(shop)
    (week,), (month,) = shown["week"]["currencies"], shown["month"]["currencies"]
    assert [Decimal(day["amount"]["amount"]) for day in week["days"]] == [Decimal(0)] * 6 + [later]
    assert Decimal(week["total"]["amount"]) == later
    assert Decimal(week["changePercent"]) == (100 * (later / earlier - 1)).quantize(Decimal("0.01"))
    assert len(month["days"]) == 30
    assert Decimal(month["total"]["amount"]) == earlier + later
    assert "0 % if both are 0" in shown["month"]["rule"]
    assert shown["lifetimeSales"] == [{"amount": f"{earlier + later:.2f}", "currencyCode": "USD"}]


async def test_orders_awaiting_shipment_count(shop: Town):
    await shop.stock(MUG)
    open_, shipped, canceled = shop.place(MUG), shop.place(MUG), shop.place(MUG)
    shop.place(MUG, status="PENDING")
    await shop.pass_time()
    assert (await board(shop))["awaitingShipment"]["value"] == 3
    await shop.ship(shipped)
    await shop.cancel(canceled)
    assert (await board(shop))["awaitingShipment"]["value"] == 1
    await shop.pass_time()
    listed = (await shop.ask(WORKLIST, id=shop.store_id))["shipByWorklist"]
    assert [order["amazonOrderId"] for order in listed["orders"]["nodes"]] == [open_]
    assert listed["all"]["value"] == (await board(shop))["awaitingShipment"]["value"] == 1


async def test_deadlines(shop: Town):
    await shop.stock(MUG)
    kept, late, dropped = shop.place(MUG), shop.place(MUG), shop.place(MUG)
    await shop.pass_time()
    reasons = {one["reason"]: one for one in (await shop.ask(REASONS))["cancelReasons"]}
    assert reasons["NO_INVENTORY"]["countsAgainstSeller"] == "YES"  # said before the click
    await shop.cancel(dropped, reason="NO_INVENTORY")
    await shop.ship(kept)
    await shop.pass_time()
    shop.world.clock.advance(timedelta(days=6).total_seconds())
    await shop.pass_time()
    worklist = (await shop.ask(WORKLIST, id=shop.store_id))["shipByWorklist"]
    assert (worklist["all"]["value"], worklist["late"]["value"]) == (1, 1)
    assert [order["amazonOrderId"] for order in worklist["orders"]["nodes"]] == [late]
    figures = (await shop.ask(FIGURES, id=shop.store_id))["deliveryFigures"]
    assert (figures["due"], figures["lateShipments"]) == (2, 1)
    assert (figures["packages"], figures["validTracking"], figures["orders"]) == (1, 1, 3)
    assert figures["cancellations"] == [{"reason": "NO_INVENTORY", "countsAgainstSeller": "YES", "orders": 1}]


async def test_communication_errors_log(shop: Town):
    await shop.pass_time()
    assert (await shop.ask(LOG))["communicationErrors"]["nodes"] == []
    assert await shop.http_to_amazon("/_sim/faults", {"effect": "UNAVAILABLE", "operation": "searchOrders"}) in (
        200,
        201,
    )
    await shop.pass_time()
    await shop.pass_time(minutes=10)
    (entry,) = (await shop.ask(LOG))["communicationErrors"]["nodes"]
    assert (entry["store"]["name"], entry["region"]) == ("Shop", "NA")
    assert entry["message"].startswith("Amazon answered 503")
    assert entry["times"] > 1  # folded within the hour
    assert (await shop.ask(LOG, where={"region": "EU"}))["communicationErrors"]["nodes"] == []


async def test_log_retention(shop: Town):
    shop.amazon.is_cut_off = True
    await shop.pass_time()
    shop.amazon.is_cut_off = False
    await shop.pass_time()
    assert await CommunicationError.all().count() > 0
    await shop.pass_time(minutes=25 * 60)
    kept = (await shop.ask(LOG))["communicationErrors"]["nodes"]
    assert len(kept) > 0  # a month, unless another time is chosen
    await save(shop, logRetention="DAILY")
    await shop.pass_time(minutes=61)
    assert (await shop.ask(LOG))["communicationErrors"]["nodes"] == []


async def test_read_only_mode(shop: Town):
    await shop.stock(MUG)
    shipped, canceled = shop.place(MUG), shop.place(MUG)
    await shop.pass_time()
    await save(shop, readOnly=True)
    assert (await shop.ship(shipped))["errors"] == []
    assert (await shop.cancel(canceled))["errors"] == []
    await shop.pass_time(minutes=60)
    shown = await shop.ask(HELD)  # what would have been sent
    assert sorted(command["kind"] for command in shown["commands"]["nodes"]) == ["CANCEL", "CONFIRM_SHIPMENT"]
    assert "Read-only mode is on" in shown["systemMessages"][0]["text"]
    assert await shop.feeds_at_amazon() == []
    for number in (shipped, canceled):
        assert (await shop.at_amazon(number))["order"]["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    arrived = shop.place(MUG)  # reading goes on
    await shop.pass_time()
    assert (await look(shop, arrived))["commerceOrder"]["state"] == "PROCESSING"
    assert (await save(shop, readOnly=False))["settings"]["readOnly"] == {"enabled": False, "held": {"value": 0}}
    for _ in range(4):
        await shop.pass_time(minutes=10)
    assert (await look(shop, shipped))["displayStatus"] == "COMPLETED"
    assert (await look(shop, canceled))["displayStatus"] == "CANCELED"


async def test_read_only_mode_switches_itself_on_in_a_copied_database(shop: Town):
    await shop.stock(MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    await shop.ship(number)
    await take_home(home="somewhere else", now=shop.world.clock.now())
    await shop.pass_time(minutes=60)
    assert (await shop.at_amazon(number))["order"]["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    (message,) = (await shop.ask(HELD))["systemMessages"]
    assert (message["severity"], "may be a copy" in message["text"]) == ("CRITICAL", True)
