from collections.abc import AsyncIterator

import httpx2
import pytest

from api.app import create_app, running
from api.cli.asking import Asker
from api.cli.endings import CommandFailed
from api.cli.product_file import BadLine
from api.cli.product_sending import AT_A_TIME, send_products
from domain.catalog.product_rows import ProductRow, Wish, read_row
from domain.catalog.records import Product, Stock
from tests.end_to_end.town import settings_for


def wishes(*rows: ProductRow) -> list[Wish]:
    return [read_row(row) for row in rows]


@pytest.fixture
async def asker(database_url: str) -> AsyncIterator[Asker]:
    async with running(settings_for(database_url)) as joined:
        transport = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http:
            yield Asker(http)


async def test_a_file_is_sent_in_several_requests_and_the_same_again_changes_nothing(asker: Asker):
    rows = [ProductRow(line=at, sku=f"S{at}", quantity="3") for at in range(2, AT_A_TIME * 2 + 10)]
    bad: list[BadLine] = []
    assert await send_products(asker, wishes(*rows), bad=bad) == {"created": len(rows), "updated": 0, "unchanged": 0}
    again = await send_products(asker, wishes(*rows), bad=bad)
    assert (again, bad) == ({"created": 0, "updated": 0, "unchanged": len(rows)}, [])
    assert await Stock.filter(on_hand=3).count() == len(rows)


async def test_a_product_arrives_with_all_its_columns(asker: Asker):
    full = {"name": "Mug", "price": "19.9", "currency": "EUR", "quantity": "4", "enabled": "no", "asin": "B01"}
    await send_products(asker, wishes(ProductRow(line=2, sku="MUG", manages_stock="yes", **full)), bad=[])
    mug = await Product.get(sku="MUG")
    assert (mug.name, mug.price_minor, mug.currency, mug.asin) == ("Mug", 1990, "EUR", "B01")
    assert (mug.enabled, mug.manages_stock) == (False, True)
    counts = await send_products(asker, wishes(ProductRow(line=2, sku="MUG", manages_stock="0", name=" ")), bad=[])
    assert counts["updated"] == 1
    assert ((await Product.get(sku="MUG")).name, (await Product.get(sku="MUG")).manages_stock) == ("Mug", False)


async def test_each_line_that_the_service_refuses_is_told(asker: Asker):
    await send_products(asker, wishes(ProductRow(line=2, sku="MUG", quantity="5")), bad=[])
    await Stock.all().update(reserved=3)
    rows = [
        ProductRow(line=2, sku="MUG", quantity="2"),
        *[ProductRow(line=at, sku=f"S{at}") for at in range(5, AT_A_TIME + 10)],
    ]
    bad: list[BadLine] = []
    reached: list[int] = []
    counts = await send_products(asker, wishes(*rows), bad=bad, sent=reached.append)
    assert (counts["created"], reached) == (AT_A_TIME + 5, [AT_A_TIME, AT_A_TIME + 6])
    ((line, field, why),) = bad
    assert (line, field, "3 of MUG are promised" in why) == (2, "quantity", True)


async def test_a_service_that_cannot_be_reached_is_told():
    async with httpx2.AsyncClient(base_url="http://127.0.0.1:9", trust_env=False) as http:
        with pytest.raises(CommandFailed, match="cannot be reached"):
            await send_products(Asker(http), wishes(ProductRow(line=2, sku="MUG")), bad=[])
