"""Products written into a file that imports back unchanged."""

import csv
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

from api.cli.asking import Asker
from api.cli.product_file import COLUMNS

_PAGE: Final = """query Export($after: String) {
  products(first: 100, after: $after) {
    nodes { sku name price { amount currencyCode } enabled managesStock asin stock(source: "default") }
    pageInfo { hasNextPage endCursor }
  }
}"""


async def export_to(path: Path, asker: Asker) -> int:
    """Write all products, in the order of their SKUs, and return how many; a file of this name is replaced at the end.

    What changes meanwhile is in it or not; every product is whole.
    """
    beside = path.with_name(f".{path.name}.part")
    write = _write_json if path.suffix.lower() == ".json" else _write_csv
    try:
        count = await write(beside, _products(asker))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


async def _products(asker: Asker) -> AsyncIterator[dict[str, Any]]:
    after: str | None = None
    while True:
        page = (await asker.data(_PAGE, {"after": after}))["products"]
        for product in page["nodes"]:
            yield _entry(product)
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def _entry(product: dict[str, Any]) -> dict[str, Any]:
    price = product["price"] or {"amount": None, "currencyCode": None}
    values = (
        product["sku"],
        product["name"],
        price["amount"],
        price["currencyCode"],
        product["stock"],
        product["enabled"],
        product["managesStock"],
        product["asin"],
    )
    return dict(zip(COLUMNS, values, strict=True))


async def _write_csv(path: Path, products: AsyncIterator[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(COLUMNS)
        async for product in products:
            lines.writerow([_word(value) for value in product.values()])
            count += 1
    return count


async def _write_json(path: Path, products: AsyncIterator[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        async for product in products:
            file.write(("[\n" if count == 0 else ",\n") + json.dumps(product, ensure_ascii=False))
            count += 1
        file.write("\n]\n" if count else "[]\n")
    return count


def _word(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
