from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.accounts.budgets import SEARCH_ORDERS, drain
from domain.accounts.records import Account, SettingsVersion, Store
from domain.accounts.stores import pause_store
from domain.errors import CredentialsRejected, MarketplaceUnavailable
from tests.api.schema.asking import Client
from tests.domain.channel.stage import CLERK, MARKETPLACE, Stage, item

CONNECT = """mutation ($i: ConnectStoreInput!) { connectStore(input: $i) {
  store { id name marketplaceId countryCode status contactEmail connectedAt cutoffAt nextSyncAt lastSyncedAt }
  errors { __typename code message path retryable
    ... on MarketplaceError { amazonCode requestId retryAfterSeconds } } } }"""
SETTINGS = """id version importEnabled commerceStoreView customerCreation orderNumberSource orderNumberPrefix
  pendingOrderStock reservationDays stockRule fbaRequiresStock canceledOrderEndState initialStatusMode
  initialStatus { code label state } piiRetentionDays updatedAt"""
UPDATE = f"""mutation ($i: UpdateOrderSettingsInput!, $dry: Boolean! = false) {{
  updateOrderSettings(input: $i, dryRun: $dry) {{ settings {{ {SETTINGS} }}
    errors {{ __typename code message path ... on StaleVersionError {{ expectedVersion actualVersion }} }} }} }}"""
SYNC = """mutation ($i: SyncNowInput!) { syncNow(input: $i) {
  run { id state trigger windowFrom windowTo createdAt startedAt finishedAt progress { done total } store { name }
    pages seen imported updated unchanged failed throttled errors { code } }
  errors { __typename code message path } } }"""


def connecting(**given: Any) -> dict[str, Any]:
    return {"name": "Laden", "marketplaceId": MARKETPLACE, "refreshToken": "Atzr|neu"} | given


async def test_a_store_is_connected_after_amazon_was_asked(client: Client) -> None:
    answer = await client.ask(
        CONNECT, i=connecting(contactEmail="a@example.org", importFrom="2026-01-01T00:00:00+01:00")
    )

    payload = answer["connectStore"]
    assert payload["errors"] == []
    assert payload["store"] == {
        "id": payload["store"]["id"],
        "name": "Laden",
        "marketplaceId": MARKETPLACE,
        "countryCode": "DE",
        "status": "ACTIVE",
        "contactEmail": "a@example.org",
        "connectedAt": "2026-03-02T09:00:00.000Z",
        "cutoffAt": "2025-12-31T23:00:00.000Z",
        "nextSyncAt": "2026-03-02T09:00:00.000Z",
        "lastSyncedAt": None,
    }
    assert client.credentials.asked == [("EU", "Atzr|neu")]
    assert client.woken == [1]
    listed = await client.ask("{ stores { id } }")
    assert payload["store"]["id"] in [store["id"] for store in listed["stores"]]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"marketplaceId": "nowhere"}, "INVALID", ["input", "marketplaceId"]),
        ({"refreshToken": " "}, "REQUIRED", ["input", "refreshToken"]),
        ({"refreshToken": "two words"}, "INVALID", ["input", "refreshToken"]),
        ({"name": "  "}, "REQUIRED", ["input", "name"]),
        ({"contactEmail": "nobody"}, "INVALID", ["input", "contactEmail"]),
        ({"marketplaceId": "ATVPDKIKX0DER"}, "INVALID", ["input", "marketplaceId"]),
        ({"importFrom": "2027-01-01T00:00:00Z"}, "INVALID", ["input", "importFrom"]),
    ],
)
async def test_a_store_is_refused_with_the_place_of_the_mistake(
    client: Client, given: dict[str, Any], code: str, path: list[str]
) -> None:
    payload = (await client.ask(CONNECT, i=connecting(**given)))["connectStore"]

    (error,) = payload["errors"]
    assert (error["__typename"], error["code"], error["path"]) == ("InputError", code, path)
    assert payload["store"] is None
    assert await Store.all().count() == 1
    assert client.woken == []


async def test_amazons_no_is_an_error_of_the_payload_with_what_support_asks_for(client: Client) -> None:
    client.credentials.refusal = CredentialsRejected(
        "Amazon does not accept it.", amazon_code="invalid_grant", request_id="r1"
    )
    never = (await client.ask(CONNECT, i=connecting()))["connectStore"]["errors"]
    client.credentials.refusal = MarketplaceUnavailable("Amazon is down.", retry_after=1.2)
    later = (await client.ask(CONNECT, i=connecting()))["connectStore"]["errors"]

    assert never == [
        {
            "__typename": "MarketplaceError",
            "code": "MARKETPLACE_REJECTED",
            "message": "Amazon does not accept it.",
            "path": ["input", "refreshToken"],
            "retryable": False,
            "amazonCode": "invalid_grant",
            "requestId": "r1",
            "retryAfterSeconds": None,
        }
    ]
    assert [(error["code"], error["retryable"], error["retryAfterSeconds"]) for error in later] == [
        ("MARKETPLACE_UNAVAILABLE", True, 2)
    ]


async def test_the_settings_of_a_store_are_reached_both_ways(client: Client, stage: Stage) -> None:
    both = await client.ask(
        f"query ($id: ID!) {{ orderSettings(storeId: $id) {{ {SETTINGS} }} "
        f"store(id: $id) {{ orderSettings {{ {SETTINGS} }} }} }}",
        id=id_of(stage.store),
    )

    assert both["orderSettings"] == both["store"]["orderSettings"]
    shown = both["orderSettings"]
    assert (shown["version"], shown["importEnabled"], shown["reservationDays"]) == (1, True, 14)
    assert (shown["canceledOrderEndState"], shown["initialStatus"]) == ("COMPLETE", None)
    assert shown["updatedAt"] == "2026-03-02T09:00:00.000Z"


async def test_saved_settings_are_shown_and_the_earlier_version_stays(client: Client, stage: Stage) -> None:
    patch = {
        "initialStatusMode": "CUSTOM",
        "initialStatus": "fraud",
        "reservationDays": 7,
        "canceledOrderEndState": "CLOSED",
    }
    given = {"storeId": id_of(stage.store), "patch": patch, "expectedVersion": 1}

    payload = (await client.ask(UPDATE, i=given))["updateOrderSettings"]

    assert payload["errors"] == []
    shown = payload["settings"]
    assert (shown["version"], shown["reservationDays"], shown["canceledOrderEndState"]) == (2, 7, "CLOSED")
    assert shown["initialStatus"] == {"code": "fraud", "label": "Suspected Fraud", "state": "PROCESSING"}
    assert await SettingsVersion.filter(store_id=stage.store.id).count() == 2
    assert client.woken == [1]


async def test_null_clears_what_may_be_empty_and_is_refused_elsewhere(client: Client, stage: Stage) -> None:
    await stage.settings(order_number_prefix="AMZ-")
    store = id_of(stage.store)

    cleared = (await client.ask(UPDATE, i={"storeId": store, "patch": {"orderNumberPrefix": None}}))[
        "updateOrderSettings"
    ]
    refused = (await client.ask(UPDATE, i={"storeId": store, "patch": {"reservationDays": None}}))[
        "updateOrderSettings"
    ]

    assert cleared["settings"]["orderNumberPrefix"] is None
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("REQUIRED", ["input", "patch", "reservationDays"])
    ]


async def test_a_dry_run_shows_what_would_be_saved_and_saves_nothing(client: Client, stage: Stage) -> None:
    given = {"storeId": id_of(stage.store), "patch": {"reservationDays": 7}, "expectedVersion": 1}

    would = (await client.ask(UPDATE, i=given, dry=True))["updateOrderSettings"]
    same = (await client.ask(UPDATE, i=given | {"patch": {}}, dry=True))["updateOrderSettings"]

    assert (would["settings"]["version"], would["settings"]["reservationDays"]) == (2, 7)
    assert (same["settings"]["version"], same["settings"]["reservationDays"]) == (1, 14)
    assert await SettingsVersion.filter(store_id=stage.store.id).count() == 1
    assert client.woken == []


@pytest.mark.parametrize("dry", [False, True])
@pytest.mark.parametrize(
    ("patch", "code", "path"),
    [
        ({"reservationDays": 0}, "INVALID", ["input", "patch", "reservationDays"]),
        ({"piiRetentionDays": 31}, "INVALID", ["input", "patch", "piiRetentionDays"]),
        ({"canceledOrderEndState": "NEW"}, "INVALID", ["input", "patch", "canceledOrderEndState"]),
        ({"initialStatusMode": "CUSTOM"}, "REQUIRED", ["input", "patch", "initialStatus"]),
        ({"importEnabled": False, "reservationDays": 3}, "INVALID", ["input", "patch", "reservationDays"]),
    ],
)
async def test_settings_are_refused_alike_in_a_dry_run(
    client: Client, stage: Stage, patch: dict[str, Any], code: str, path: list[str], dry: bool
) -> None:
    payload = (await client.ask(UPDATE, i={"storeId": id_of(stage.store), "patch": patch}, dry=dry))[
        "updateOrderSettings"
    ]

    assert payload["settings"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, path)]


@pytest.mark.parametrize("dry", [False, True])
async def test_an_outdated_version_of_settings_is_refused_with_the_actual_one(
    client: Client, stage: Stage, dry: bool
) -> None:
    given = {"storeId": id_of(stage.store), "patch": {"reservationDays": 7}, "expectedVersion": 4}

    payload = (await client.ask(UPDATE, i=given, dry=dry))["updateOrderSettings"]

    (error,) = payload["errors"]
    assert (error["__typename"], error["expectedVersion"], error["actualVersion"]) == ("StaleVersionError", 4, 1)
    assert error["path"] == ["input", "expectedVersion"]


async def test_a_sync_is_queued_once_and_shows_in_the_stores_runs(client: Client, stage: Stage) -> None:
    given = {"storeId": id_of(stage.store)}
    first = (await client.ask(SYNC, i=given))["syncNow"]
    second = (await client.ask(SYNC, i=given))["syncNow"]
    listed = await client.ask("query ($id: ID!) { store(id: $id) { syncRuns { nodes { id } } } }", id=given["storeId"])

    assert first["errors"] == []
    assert (first["run"]["state"], first["run"]["trigger"], first["run"]["store"]) == (
        "QUEUED",
        "MANUAL",
        {"name": "Shop"},
    )
    assert (first["run"]["startedAt"], first["run"]["progress"]) == (None, {"done": 0, "total": None})
    assert first["run"]["id"] == second["run"]["id"]
    assert [run["id"] for run in listed["store"]["syncRuns"]["nodes"]] == [first["run"]["id"]]
    assert client.woken == [1, 1]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"amazonOrderId": "902"}, "INVALID", ["input", "amazonOrderId"]),
        ({"window": {"gte": "2026-03-01T00:00:00Z"}}, "REQUIRED", ["input", "window"]),
        ({"storeId": "U3RvcmU6MS45OQ=="}, "NOT_FOUND", ["input", "storeId"]),
        (
            {"window": {"gte": "2026-03-01T00:00:00Z", "lt": "2026-02-01T00:00:00Z"}},
            "INVALID",
            ["input", "window", "lt"],
        ),
        (
            {"window": {"gte": "2027-03-01T00:00:00Z", "lt": "2027-04-01T00:00:00Z"}},
            "INVALID",
            ["input", "window", "gte"],
        ),
        ({"storeId": "1"}, "INVALID", ["input", "storeId"]),
    ],
)
async def test_a_sync_is_refused_with_the_place_of_the_mistake(
    client: Client, stage: Stage, given: dict[str, Any], code: str, path: list[str]
) -> None:
    payload = (await client.ask(SYNC, i={"storeId": id_of(stage.store)} | given))["syncNow"]

    assert payload["run"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, path)]


async def test_a_paused_store_says_so_and_is_not_synced(client: Client, stage: Stage) -> None:
    await pause_store(store_id=stage.store.id, now=stage.now, actor=CLERK)

    refused = (await client.ask(SYNC, i={"storeId": id_of(stage.store)}))["syncNow"]
    shown = await client.ask("{ stores { status nextSyncAt } }")

    assert [(error["__typename"], error["code"]) for error in refused["errors"]] == [
        ("InputError", "ACTION_NOT_ALLOWED")
    ]
    assert shown == {"stores": [{"status": "INACTIVE", "nextSyncAt": None}]}


async def test_a_store_whose_credentials_amazon_rejects_says_so(client: Client, stage: Stage) -> None:
    await Account.all().update(state="CREDENTIALS_REJECTED")

    refused = (await client.ask(SYNC, i={"storeId": id_of(stage.store)}))["syncNow"]

    assert await client.ask("{ stores { status } }") == {"stores": [{"status": "CREDENTIALS_REJECTED"}]}
    assert refused["run"] is None
    assert "connect it again" in refused["errors"][0]["message"]


async def test_the_budgets_of_a_store_tell_when_the_next_call_is_possible(client: Client, stage: Stage) -> None:
    await drain(account_id=stage.store.account_id, operation=SEARCH_ORDERS, at=stage.now, jitter=0.0, now=stage.now)
    stage.later(seconds=60)
    query = "{ stores { apiBudgets { operation ratePerSecond burst available nextTokenAt } } }"

    (store,) = (await client.ask(query))["stores"]

    budgets = {budget["operation"]: budget for budget in store["apiBudgets"]}
    assert budgets["getOrder"]["nextTokenAt"] is None
    search = budgets["searchOrders"]
    assert (search["ratePerSecond"], search["burst"], Decimal(search["available"])) == ("0.0056", 20, Decimal("0.3360"))
    assert search["nextTokenAt"].startswith((stage.now + timedelta(seconds=118)).strftime("%Y-%m-%dT%H:%M:%S"))


async def test_a_store_counts_its_orders_by_amazons_status(client: Client, stage: Stage) -> None:
    for status in ("PENDING", "UNSHIPPED", "UNSHIPPED"):
        await stage.arrive(item("MUG"), status=status)
    query = """query ($w: AmazonOrderWhere) { stores { orderCounts(where: $w) { status count { value precision } }
      orders(where: $w, first: 1) { nodes { status } count { value } } } }"""

    (everything,) = (await client.ask(query))["stores"]
    (some,) = (await client.ask(query, w={"status": {"eq": "PENDING"}}))["stores"]

    assert everything["orderCounts"] == [
        {"status": "PENDING", "count": {"value": 1, "precision": "EXACT"}},
        {"status": "UNSHIPPED", "count": {"value": 2, "precision": "EXACT"}},
    ]
    assert everything["orders"]["count"] == {"value": 3}
    assert [count["status"] for count in some["orderCounts"]] == ["PENDING"]
    assert some["orders"] == {"nodes": [{"status": "PENDING"}], "count": {"value": 1}}


async def test_a_system_message_names_the_stores_of_blocked_orders_and_goes_with_them(
    client: Client, stage: Stage
) -> None:
    query = """{ systemMessages { id severity text createdAt stores { name }
      orders { nodes { amazonOrderId } count { value } } } }"""
    before = await client.ask(query)
    order = await stage.arrive(item("MUG", 1))
    during = await client.ask(query)
    await stage.products({"sku": "MUG", "quantity": "1"})
    await stage.evaluate(only=[order.id])
    after = await client.ask(query)

    (message,) = during["systemMessages"]
    assert message["text"] == (
        "Your Amazon store(s) has orders that cannot be imported into Commerce. "
        "See Recent Orders in the store dashboard(s): Shop"
    )
    assert (message["severity"], message["createdAt"]) == ("CRITICAL", "2026-03-02T09:00:00.000Z")
    assert message["stores"] == [{"name": "Shop"}]
    assert message["orders"] == {"nodes": [{"amazonOrderId": order.number}], "count": {"value": 1}}
    assert before == after == {"systemMessages": []}


async def test_the_api_says_which_schema_it_has(client: Client) -> None:
    from hashlib import sha256

    from api.schema import sdl

    shown = (await client.ask("{ apiInfo { version schemaHash deprecations } }"))["apiInfo"]

    assert shown == {"version": "0.1.0", "schemaHash": sha256(sdl().encode()).hexdigest(), "deprecations": []}
