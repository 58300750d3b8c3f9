from typing import Any

import pytest

from api.schema.ids import id_of
from domain.accounts.records import SettingsVersion
from domain.amazon.records import AmazonOrder
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

IMPACT = """evaluated complete unchanged becomingWaiting becomingSkipped takingStock releasingStock
  becomingBlocked(first: 2) { nodes { number: amazonOrderId } count { value } pageInfo { hasNextPage endCursor } }
  becomingImportable { nodes { amazonOrderId } count { value } }
  errors { __typename code message path }"""
PREVIEW = f"""query ($store: ID!, $patch: OrderSettingsPatch!) {{
  previewOrderSettings(storeId: $store, patch: $patch) {{ {IMPACT} }} }}"""
UPDATE = f"""mutation ($i: UpdateOrderSettingsInput!, $dry: Boolean!) {{ updateOrderSettings(input: $i, dryRun: $dry) {{
  settings {{ version }} impact {{ {IMPACT} }} errors {{ code path }} }} }}"""
NOTHING = {"nodes": [], "count": {"value": 0}}


async def preview(client: Client, stage: Stage, **patch: Any) -> Any:
    return (await client.ask(PREVIEW, store=id_of(stage.store), patch=patch))["previewOrderSettings"]


async def test_a_preview_names_the_orders_that_switching_the_import_on_again_imports_and_blocks(
    client: Client, stage: Stage
) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await stage.settings(import_enabled=False)
    good = await stage.arrive(item("MUG", 2))
    short = [await stage.arrive(item("MUG", 1)), await stage.arrive(item("CUP")), await stage.arrive(item("JUG"))]
    pending = await stage.arrive(status="PENDING")
    before = await _stored()

    found = await preview(client, stage, importEnabled=True)

    assert found["becomingImportable"] == {"nodes": [{"amazonOrderId": good.number}], "count": {"value": 1}}
    blocked = found["becomingBlocked"]
    assert blocked["count"] == {"value": 3}
    assert blocked["pageInfo"]["hasNextPage"]
    assert {node["number"] for node in blocked["nodes"]} < {order.number for order in short}
    counts = {name: found[name] for name in ("evaluated", "unchanged", "becomingWaiting", "becomingSkipped")}
    assert counts == {"evaluated": 5, "unchanged": 0, "becomingWaiting": 1, "becomingSkipped": 0}
    assert (found["complete"], found["errors"]) == (True, [])
    assert (found["takingStock"], found["releasingStock"]) == (0, 0)
    assert await _stored() == before
    assert client.woken == []

    await stage.settings(import_enabled=True)
    await stage.evaluate()
    states = dict(await AmazonOrder.all().values_list("id", "import_state"))
    assert states == {good.id: "IMPORTED", pending.id: "WAITING", **{order.id: "BLOCKED" for order in short}}


async def _stored() -> tuple[int, int, list[Any]]:
    orders = await AmazonOrder.all().order_by("id").values_list("import_state", "version", "evaluate_due")
    return await Event.all().count(), await SettingsVersion.all().count(), orders


async def test_a_preview_tells_what_becomes_of_the_stock_of_pending_orders(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.arrive(status="PENDING")

    found = await preview(client, stage, pendingOrderStock="DO_NOT_RESERVE")
    assert (found["unchanged"], found["releasingStock"], found["takingStock"]) == (1, 1, 0)

    await stage.settings(pending_order_stock="DO_NOT_RESERVE")
    await stage.evaluate()
    found = await preview(client, stage, pendingOrderStock="RESERVE")
    assert (found["unchanged"], found["releasingStock"], found["takingStock"]) == (1, 0, 1)


async def test_a_dry_run_carries_the_same_impact_and_saving_carries_none(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.settings(import_enabled=False)
    await stage.arrive()
    given = {"storeId": id_of(stage.store), "patch": {"importEnabled": True}}

    dry = (await client.ask(UPDATE, i=given, dry=True))["updateOrderSettings"]
    saved = (await client.ask(UPDATE, i=given, dry=False))["updateOrderSettings"]

    assert dry["impact"]["becomingImportable"]["count"] == {"value": 1}
    assert (dry["settings"], saved["settings"]) == ({"version": 3}, {"version": 3})
    assert saved["impact"] is None


async def test_a_patch_that_changes_nothing_does_nothing(client: Client, stage: Stage) -> None:
    await stage.see(stage.facts())
    found = await preview(client, stage, importEnabled=True)
    assert (found["evaluated"], found["unchanged"], found["becomingImportable"]) == (0, 0, NOTHING)


@pytest.mark.parametrize(
    ("patch", "code", "path"),
    [
        ({"reservationDays": 0}, "INVALID", ["patch", "reservationDays"]),
        ({"initialStatusMode": "CUSTOM"}, "REQUIRED", ["patch", "initialStatus"]),
        ({"importEnabled": False, "stockRule": "UNSHIPPED_ONLY"}, "INVALID", ["patch", "stockRule"]),
    ],
)
async def test_a_preview_refuses_what_saving_refuses_with_the_paths_of_the_question(
    client: Client, stage: Stage, patch: dict[str, Any], code: str, path: list[str]
) -> None:
    found = await preview(client, stage, **patch)
    (error,) = found["errors"]
    assert (error["__typename"], error["code"], error["path"]) == ("InputError", code, path)
    assert (found["evaluated"], found["becomingImportable"]) == (0, NOTHING)


async def test_a_preview_of_an_unknown_store_finds_none(client: Client, stage: Stage) -> None:
    unknown = stage.store.clone(pk=stage.store.id + 1)
    found = (await client.ask(PREVIEW, store=id_of(unknown), patch={}))["previewOrderSettings"]
    assert [(error["code"], error["path"]) for error in found["errors"]] == [("NOT_FOUND", ["storeId"])]
