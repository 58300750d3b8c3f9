from typing import Any

import pytest

from api.schema.ids import id_of
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage

HISTORY = """query ($id: ID!, $first: Int, $after: String) { store(id: $id) {
  orderSettingsHistory(first: $first, after: $after) { edges { cursor node { version } }
    nodes { version savedAt savedBy { kind name } changedFields settings { version reservationDays updatedAt } }
    pageInfo { hasNextPage endCursor } } } }"""
FIELDS = "query ($id: ID!) { orderSettings(storeId: $id) { fields { name editable reason } } }"
UPDATE = """mutation ($i: UpdateOrderSettingsInput!) { updateOrderSettings(input: $i, dryRun: true) {
  errors { message path } } }"""
STORED: dict[str, list[Any]] = {
    "importEnabled": [True, False],
    "commerceStoreView": ["default", "german"],
    "customerCreation": ["GUEST", "NEW_CUSTOMER"],
    "orderNumberSource": ["COMMERCE", "AMAZON"],
    "orderNumberPrefix": [None, "DE-"],
    "pendingOrderStock": ["RESERVE", "DO_NOT_RESERVE"],
    "reservationDays": [14, 3],
    "stockRule": ["DOCUMENTED", "UNSHIPPED_ONLY"],
    "fbaRequiresStock": [False, True],
    "autoCreateProducts": [False, True],
    "canceledOrderEndState": ["COMPLETE", "CLOSED"],
    "initialStatusMode": ["DEFAULT", "CUSTOM"],
    "initialStatus": ["fraud", "processing"],
    "piiRetentionDays": [30, 7],
}


async def test_every_saved_version_is_listed_with_its_time_its_actor_and_what_it_changed(
    client: Client, stage: Stage
) -> None:
    stage.later(hours=1)
    await stage.settings(reservation_days=7, fba_requires_stock=True)
    stage.later(hours=1)
    await stage.settings(import_enabled=False)
    store = id_of(stage.store)

    shown = (await client.ask(HISTORY, id=store, first=2))["store"]["orderSettingsHistory"]
    rest = await client.ask(HISTORY, id=store, after=shown["pageInfo"]["endCursor"])

    assert shown["pageInfo"]["hasNextPage"]
    assert [edge["node"]["version"] for edge in shown["edges"]] == [3, 2]
    newest, before = shown["nodes"]
    assert newest == {
        "version": 3,
        "savedAt": "2026-03-02T11:00:00.000Z",
        "savedBy": {"kind": "USER", "name": "clerk"},
        "changedFields": ["importEnabled"],
        "settings": {"version": 3, "reservationDays": 7, "updatedAt": "2026-03-02T11:00:00.000Z"},
    }
    assert (before["changedFields"], before["settings"]["reservationDays"]) == (
        ["reservationDays", "fbaRequiresStock"],
        7,
    )
    (first,) = rest["store"]["orderSettingsHistory"]["nodes"]
    assert (first["version"], first["changedFields"], first["settings"]["reservationDays"]) == (1, [], 14)


@pytest.mark.parametrize("mode", ["DEFAULT", "CUSTOM"])
@pytest.mark.parametrize("enabled", [True, False])
async def test_what_is_greyed_out_has_the_reason_that_saving_gives_for_every_field_and_state(
    client: Client, stage: Stage, enabled: bool, mode: str
) -> None:
    await stage.settings(initial_status_mode="CUSTOM", initial_status="fraud")
    await stage.settings(initial_status_mode=mode)
    await stage.settings(import_enabled=enabled)
    in_force = {"importEnabled": enabled, "initialStatusMode": mode}

    fields = (await client.ask(FIELDS, id=id_of(stage.store)))["orderSettings"]["fields"]

    assert [field["name"] for field in fields] == list(STORED)
    for field in fields:
        name = field["name"]
        now = in_force.get(name, STORED[name][0])
        (other,) = [value for value in STORED[name] if value != now]
        given = {"storeId": id_of(stage.store), "patch": {name: other}}
        errors = (await client.ask(UPDATE, i=given))["updateOrderSettings"]["errors"]
        wanted = [] if field["editable"] else [{"message": field["reason"], "path": ["input", "patch", name]}]
        assert errors == wanted, name
        assert field["editable"] == (field["reason"] is None)
    greyed = {field["name"] for field in fields if not field["editable"]}
    by_mode = {"initialStatus"} if mode == "DEFAULT" else set()
    assert greyed == (by_mode if enabled else set(STORED) - {"importEnabled"})


async def test_switching_the_import_off_and_on_keeps_what_was_stored(client: Client, stage: Stage) -> None:
    await stage.settings(reservation_days=3, order_number_prefix="DE-", stock_rule="UNSHIPPED_ONLY")
    query = "query ($id: ID!) { orderSettings(storeId: $id) { reservationDays orderNumberPrefix stockRule } }"
    before = await client.ask(query, id=id_of(stage.store))
    await stage.settings(import_enabled=False)
    assert await client.ask(query, id=id_of(stage.store)) == before
    await stage.settings(import_enabled=True)
    assert await client.ask(query, id=id_of(stage.store)) == before
