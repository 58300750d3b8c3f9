from collections import Counter
from datetime import datetime

import pytest
from tortoise.connection import get_connection

from api.database import one_moment
from domain.accounts.records import Store
from domain.accounts.settings import update_order_settings
from domain.channel.preview import SettingsImpact, preview_order_settings
from domain.sealing import Sealer
from tests.counted import IS_THOROUGH, Show
from tests.domain.channel.stage import CLERK
from tests.domain.channel.worlds import Worlds

QUARTERS = 4
TOWNS = 50 if IS_THOROUGH else 2
WORLDS = 5

Standing = dict[int, tuple[str, bool]]  # of a store's orders: what became of them, and whether they hold stock


@pytest.mark.parametrize("quarter", range(QUARTERS))
async def test_a_preview_equals_what_the_change_then_does_in_random_worlds(
    database: str, now: datetime, sealer: Sealer, show: Show, quarter: int
) -> None:
    worlds = await Worlds.build(now, sealer)
    tally: Counter[str] = Counter()
    for town in range(TOWNS * quarter, TOWNS * (quarter + 1)):
        await worlds.clear(town)
        for world in range(WORLDS):
            if world % 2 == 0:
                await worlds.go_on()
            if worlds.dice.random() < 0.1:
                await worlds.evaluate()
                await worlds.go_on()
            tally += await _compare(worlds, f"town {town}, world {world}")
    assert tally["worlds"] == TOWNS * WORLDS
    changes = ", ".join(f"{count} {what}" for what, count in sorted(tally.items()))
    show(f"previews of settings that came true, part {quarter + 1} of {QUARTERS}: {changes}")


async def _compare(worlds: Worlds, where: str) -> Counter[str]:
    store, batch = await worlds.busiest(), worlds.dice.choice([2, 4, 100, 100, 100])
    patch = await worlds.patch_for(store)
    before = await _standing(store)
    async with one_moment():
        foreseen = await preview_order_settings(
            store_id=store.id, patch=patch, now=worlds.now, sealer=worlds.sealer, batch=batch
        )
    assert await _standing(store) == before
    await update_order_settings(store_id=store.id, patch=patch, expected_version=None, now=worlds.now, actor=CLERK)
    await worlds.evaluate(batch=batch)
    happened = _happened(before, await _standing(store))
    assert _told(foreseen) == happened, f"{where}: {patch} in batches of {batch}"
    assert foreseen.is_complete
    changes = Counter({f"becoming {state.value}": len(ids) for state, ids in foreseen.becoming.items()})
    stock = Counter({"taking stock": foreseen.taking_stock, "releasing stock": foreseen.releasing_stock})
    return changes + stock + Counter(worlds=1, evaluated=foreseen.evaluated)


async def _standing(store: Store) -> Standing:
    _, rows = await get_connection("default").execute_query(
        "SELECT id, import_state, EXISTS (SELECT 1 FROM reservation r WHERE r.order_id = amazon_order.id "
        "AND r.state = 'ACTIVE' AND r.quantity > 0) AS holds FROM amazon_order WHERE store_id = ?",
        [store.id],
    )
    return {row["id"]: (row["import_state"], bool(row["holds"])) for row in rows}


def _told(foreseen: SettingsImpact) -> dict[str, object]:
    return {
        "evaluated": foreseen.evaluated,
        "unchanged": foreseen.unchanged,
        "becoming": {state.value: set(ids) for state, ids in foreseen.becoming.items() if ids},
        "taking": foreseen.taking_stock,
        "releasing": foreseen.releasing_stock,
    }


def _happened(before: Standing, after: Standing) -> dict[str, object]:
    own = {order_id for order_id, (state, _) in before.items() if state != "IMPORTED"}
    changing = {order_id: after[order_id][0] for order_id in own if after[order_id][0] != before[order_id][0]}
    staying = [order_id for order_id in own if after[order_id][0] != "IMPORTED"]
    return {
        "evaluated": len(own),
        "unchanged": len(own) - len(changing),
        "becoming": {
            state: {order_id for order_id, became in changing.items() if became == state} for state in changing.values()
        },
        "taking": sum(after[order_id][1] and not before[order_id][1] for order_id in staying),
        "releasing": sum(before[order_id][1] and not after[order_id][1] for order_id in staying),
    }
