"""Products of a file sent to a running service, in requests of a size that it takes."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final

from api.cli.asking import Asker
from api.cli.product_file import BadLine
from domain.catalog.product_rows import Wish

AT_A_TIME: Final = 200
_COUNTS: Final = ("created", "updated", "unchanged")

_IMPORT: Final = """mutation Import($products: [ProductInput!]!) {
  importProducts(products: $products) {
    created updated unchanged
    results { index errors { message path } }
    errors { code message }
  }
}"""


async def send_products(
    asker: Asker, wishes: Iterable[Wish], *, bad: list[BadLine], sent: Callable[[int], None] = lambda done: None
) -> dict[str, int]:
    """Create or change the products of a file; counts what became of them, and notes refused lines in `bad`.

    Raises CommandFailed when the service cannot be reached or refuses a request; what was sent before is taken then.
    """
    counts = dict.fromkeys(_COUNTS, 0)
    following = iter(wishes)
    done = 0
    while part := list(islice(following, AT_A_TIME)):
        payload = await asker.payload("importProducts", _IMPORT, {"products": [_product(wish) for wish in part]})
        for name in _COUNTS:
            counts[name] += payload[name]
        for result in payload["results"]:
            bad += [_bad(part[result["index"]], error) for error in result["errors"]]
        sent(done := done + len(part))
    return counts


def _bad(wish: Wish, error: dict[str, Any]) -> BadLine:
    path = error["path"] or [""]
    return BadLine(wish.line, path[-1], error["message"])


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
