from datetime import timedelta

from domain.accounts.records import Store
from domain.channel.revenue import RULE
from tests.api.schema.asking import Client
from tests.domain.channel.stage import item

MONEY = "{ amount currencyCode }"
DASHBOARD = f"""query($id: ID!, $first: Int) {{ store(id: $id) {{ status dashboard {{
  recentOrders(first: $first) {{ purchasedAt amazonOrderId displayStatus buyer {{ name }} total {MONEY}
    latestEvent {{ message }} }}
  orders {{ value precision }} counts {{ status count {{ value }} }} blocked {{ value }} awaitingShipment {{ value }}
  revenue(period: LAST_7_DAYS) {{ rule currencies {{ orders changePercent total {MONEY} previous {MONEY}
    days {{ day orders amount {MONEY} }} }} }}
  lifetimeSales {MONEY} systemMessages {{ text severity }}
  sync {{ running waits because lastSyncedAt nextSyncAt currentRun {{ id }} }}
  sellerCentral {{ shipping taxes payments notifications categoryApproval }}
}} }} }}"""
STORES = "{ stores { id } }"


async def dashboard(client: Client, first: int | None = 10):
    store_id = (await client.ask(STORES))["stores"][0]["id"]
    return (await client.ask(DASHBOARD, id=store_id, first=first))["store"]["dashboard"]


async def test_an_empty_store_has_a_dashboard_of_zeros(client: Client):
    shown = await dashboard(client)
    assert shown["recentOrders"] == []
    assert shown["counts"] == []
    assert [shown[name]["value"] for name in ("orders", "blocked", "awaitingShipment")] == [0, 0, 0]
    assert shown["lifetimeSales"] == [{"amount": "0.00", "currencyCode": "EUR"}]
    (sales,) = shown["revenue"]["currencies"]
    assert sales["changePercent"] == "0.00"
    assert [day["amount"]["amount"] for day in sales["days"]] == ["0.00"] * 7
    assert shown["revenue"]["rule"] == RULE
    assert shown["systemMessages"] == []


async def test_the_dashboard_shows_what_came_in_and_what_it_comes_to(client: Client):
    stage = client.stage
    await stage.products({"sku": "MUG", "quantity": "9"})
    first = await stage.arrive(item("MUG", 1, cents=1000))
    stage.later(days=1)
    second = await stage.arrive(item("MUG", 2, cents=2500))
    blocked = await stage.arrive(item("NOBODYS", cents=700))

    shown = await dashboard(client)
    assert [order["amazonOrderId"] for order in shown["recentOrders"]] == [
        blocked.number,
        second.number,
        first.number,
    ]
    assert shown["recentOrders"][1]["buyer"]["name"] == "Ada Byron"
    assert shown["recentOrders"][1]["total"] == {"amount": "25.00", "currencyCode": "EUR"}
    assert shown["recentOrders"][1]["latestEvent"]["message"]
    assert shown["orders"] == {"value": 3, "precision": "EXACT"}
    assert {entry["status"]: entry["count"]["value"] for entry in shown["counts"]} == {"UNSHIPPED": 2, "ERROR": 1}
    assert shown["blocked"]["value"] == 1
    assert shown["awaitingShipment"]["value"] == 3  # Amazon waits for a blocked order just the same
    (sales,) = shown["revenue"]["currencies"]
    assert [day["amount"]["amount"] for day in sales["days"]] == ["0.00"] * 5 + ["10.00", "25.00"]
    assert sales["days"][-1] == {"day": "2026-03-03", "orders": 1, "amount": {"amount": "25.00", "currencyCode": "EUR"}}
    assert (sales["total"]["amount"], sales["previous"]["amount"], sales["changePercent"]) == (
        "35.00",
        "0.00",
        "100.00",
    )
    assert shown["lifetimeSales"] == [{"amount": "35.00", "currencyCode": "EUR"}]
    (message,) = shown["systemMessages"]
    assert message["severity"] == "CRITICAL"


async def test_recent_orders_are_as_many_as_asked_for(client: Client):
    for _ in range(3):
        await client.stage.arrive(status="PENDING")
    assert len((await dashboard(client, first=2))["recentOrders"]) == 2
    assert len((await dashboard(client, first=None))["recentOrders"]) == 3
    store_id = (await client.ask(STORES))["stores"][0]["id"]
    refused = await client.refused(DASHBOARD, id=store_id, first=101)
    assert (refused["code"], refused["message"]) == ("BAD_USER_INPUT", "`first` is from 0 to 100.")


async def test_the_links_lead_to_the_seller_central_of_the_store(client: Client):
    links = (await dashboard(client))["sellerCentral"]
    assert links["payments"].startswith("https://sellercentral-europe.amazon.com/sw/AccountInfo/")
    assert len(set(links.values())) == 5


async def test_it_says_why_a_store_is_not_being_read(client: Client):
    stage, store = client.stage, client.stage.store
    sync = (await dashboard(client))["sync"]
    assert (sync["running"], sync["waits"]) == (False, "TURN")
    await Store.filter(id=store.id).update(next_sync_at=stage.now + timedelta(minutes=4), last_synced_at=stage.now)
    sync = (await dashboard(client))["sync"]
    assert (sync["waits"], sync["because"]) == ("SCHEDULE", "The next pass is due at 2026-03-02T09:04:00.000Z.")
    assert sync["nextSyncAt"] == "2026-03-02T09:04:00.000Z"
    await client.ask("mutation($id: ID!) { pauseStore(storeId: $id) { errors { code } } }", id=await store_id(client))
    assert (await dashboard(client))["sync"]["waits"] == "PAUSED"


async def store_id(client: Client) -> str:
    found: str = (await client.ask(STORES))["stores"][0]["id"]
    return found
