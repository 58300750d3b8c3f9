"""Products of a file sent to a running service, in requests of a size that it takes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from api.cli.asking import Asker
from domain.catalog.product_rows import ProductRow, Wish, read_row
from domain.errors import DomainError

AT_A_TIME: Final = 200
_COUNTS: Final = ("created", "updated", "unchanged")

_IMPORT: Final = """mutation Import($products: [ProductInput!]!) {
  importProducts(products: $products) {
    created updated unchanged
    results { index errors { message path } }
    errors { code message }
  }
}"""


async def send_products(asker: Asker, rows: Iterable[ProductRow], *, refused: list[tuple[int, str]]) -> dict[str, int]:
    """Create or change the products of a file; counts what became of them, and notes refused lines in `refused`.

    Raises CommandFailed when the service cannot be reached or refuses a request; what was sent before is taken then.
    """
    counts = dict.fromkeys(_COUNTS, 0)
    wishes = _readable(rows, refused)
    while part := list(islice(wishes, AT_A_TIME)):
        payload = await asker.payload("importProducts", _IMPORT, {"products": [_product(wish) for wish in part]})
        for name in _COUNTS:
            counts[name] += payload[name]
        for result in payload["results"]:
            refused += [
                (part[result["index"]].line, told(error["message"], error["path"])) for error in result["errors"]
            ]
    return counts


def told(message: str, path: Iterable[str] | None) -> str:
    """Return a refusal behind the name of what it is about."""
    *_, about = ("", *(path or ()))
    return f"{about}: {message}" if about else message


def _readable(rows: Iterable[ProductRow], refused: list[tuple[int, str]]) -> Iterator[Wish]:
    """Read the lines that can be read, each SKU once in the whole file."""
    lines: dict[str, int] = {}
    for row in rows:
        try:
            wish = read_row(row)
        except DomainError as error:
            refused.append((row.line, told(error.message, error.path)))
            continue
        if (first := lines.setdefault(wish.sku, wish.line)) == wish.line:
            yield wish
        else:
            refused.append((row.line, f"sku: This SKU stands in line {first} already; give each once."))


def _product(wish: Wish) -> dict[str, Any]:
    given = {
        "sku": wish.sku,
        "name": wish.name,
        "price": f"{wish.price.amount:f}" if wish.price else None,
        "currencyCode": wish.price.currency if wish.price else None,
        "asin": wish.asin,
        "enabled": wish.enabled,
        "managesStock": wish.manages_stock,
        "quantity": wish.quantity,
    }
    return {name: value for name, value in given.items() if value is not None}
