from datetime import UTC, datetime
from typing import Any

import pytest

from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.stores import connect_store
from domain.amazon.facts import (
    AddressFacts,
    AmazonOrderStatus,
    Breakdown,
    BreakdownKind,
    BuyerFacts,
    FulfillmentChannel,
    ItemFacts,
    OrderFacts,
)
from domain.money import Money
from domain.timeline import SYSTEM

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"
UPDATED = datetime(2026, 3, 2, 8, tzinfo=UTC)


def item(item_id: str = "1", **parts: object) -> ItemFacts:
    known: dict[str, Any] = {
        "order_item_id": item_id,
        "seller_sku": "MUG",
        "quantity_ordered": 2,
        "proceeds_total": Money(2000, "USD"),
        "breakdowns": (Breakdown(BreakdownKind.ITEM, Money(2000, "USD")),),
    }
    return ItemFacts(**(known | parts))


def order(number: str = "902-0000000-0000001", **parts: object) -> OrderFacts:
    known: dict[str, Any] = {
        "amazon_order_id": number,
        "marketplace_id": US,
        "created_at": datetime(2026, 3, 1, tzinfo=UTC),
        "updated_at": UPDATED,
        "status": AmazonOrderStatus.UNSHIPPED,
        "raw_status": "UNSHIPPED",
        "fulfillment_channel": FulfillmentChannel.MERCHANT,
        "grand_total": Money(2000, "USD"),
        "items": (item(),),
        "buyer": BuyerFacts(name="Ada", email="ada@example.org"),
        "address": AddressFacts(name="Ada", line1="1 Main St", city="Springfield", country_code="US"),
    }
    return OrderFacts(**(known | parts))


async def connect(marketplace_id, *, now, sealer, refresh_token="Atzr|demo", seller_id="SELLER"):
    return await connect_store(
        name=marketplace_id,
        marketplace_id=marketplace_id,
        refresh_token=refresh_token,
        verified=Verified((Participation(US, True), Participation(CA, True)), now),
        seller_id=seller_id,
        contact_email=None,
        import_from=None,
        now=now,
        sealer=sealer,
        actor=SYSTEM,
    )


@pytest.fixture
async def store(database, now, sealer):
    return await connect(US, now=now, sealer=sealer)


@pytest.fixture
def stores(store):
    return {store.marketplace_id: store}
