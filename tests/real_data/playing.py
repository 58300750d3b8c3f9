"""What the stories on real data share: stores, products for the SKUs, passes to the end."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from api.worker.sweep import sweep_once
from domain.accounts.marketplaces import MARKETPLACES
from domain.accounts.records import JobState, SyncRun
from domain.accounts.stores import connect_store
from domain.amazon.records import AmazonOrder
from domain.catalog.product_rows import ProductRow
from domain.channel.products import import_products
from domain.channel.records import DecisionRecord
from domain.timeline import SYSTEM
from tests.api.worker.conftest import Bench

TOKEN = "Atzr|demo"


async def connect(bench: Bench, marketplace_id: str, *, import_from: datetime) -> None:
    """Connect a store that takes orders placed since a time."""
    region = MARKETPLACES[marketplace_id].region
    await connect_store(
        name=f"Store {marketplace_id}",
        marketplace_id=marketplace_id,
        refresh_token=TOKEN,
        verified=await bench.worker.amazon.verify(region=region, refresh_token=TOKEN),
        seller_id=None,
        contact_email=None,
        import_from=import_from,
        now=bench.clock.now(),
        sealer=bench.sealer,
        actor=SYSTEM,
    )


async def stock_up(bench: Bench, skus: Iterable[str], *, quantity: int) -> None:
    """Make products of SKUs, each with a quantity on the shelf."""
    rows = [
        ProductRow(line=line, sku=sku, name=sku, quantity=str(quantity))
        for line, sku in enumerate(sorted(set(skus)), start=2)
    ]
    report = await import_products(rows=rows, now=bench.clock.now(), actor=SYSTEM)
    assert not report.refused


async def read_to_the_end(bench: Bench) -> None:
    """Sweep until nothing is due and every pass is over; a pass whose quota is spent gets the time it waits for."""
    for _ in range(200):
        if await sweep_once(bench.worker):
            continue
        if not await SyncRun.filter(state=JobState.RUNNING).exists():
            return
        bench.clock.advance(180)
    raise AssertionError("The sweep does not come to an end.")


async def outcomes() -> Counter[str]:
    """Count what became of the orders, by outcome and code."""
    decided = await DecisionRecord.all()
    assert len(decided) == await AmazonOrder.all().count()
    return Counter(f"{decision.outcome.value} {decision.code}" for decision in decided)
