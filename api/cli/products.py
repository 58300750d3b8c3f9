"""`orderlane products`: importing and listing them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from api.cli.asking import Asker, asking, asking_here, is_new
from api.cli.endings import Exit
from api.cli.output import give_json, give_table, tell
from api.cli.product_file import read_products
from api.cli.product_sending import send_products, told
from api.configuration import load_settings
from domain.catalog.product_rows import ProductRow

_LIST = """query Products($after: String, $search: String) {
  products(first: 100, after: $after, search: $search) {
    nodes { id sku name enabled managesStock stock reserved salable }
    pageInfo { hasNextPage endCursor }
  }
}"""


async def import_products(file: Path, /, *, url: str | None = None, json: bool = False) -> int:
    """Create or change products from a CSV file; works beside a running service, or by asking it.

    The header names the columns: sku (required), name, price, currency, quantity, enabled, manages_stock, asin. A blank
    field leaves a product as it is. Lines that cannot be taken are told with their reason (exit code 1), the others
    are imported.

    Parameters
    ----------
    file
        The file, UTF-8, with a header line.
    url
        Send them to the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    refused: list[tuple[int, str]] = []
    rows = read_products(file, misshapen=refused)
    if url:
        async with asking(url) as asker:
            counts = await send_products(asker, rows, refused=refused)
    else:
        counts = await _import_here(rows, refused)
    for line, reason in sorted(refused):
        tell(f"{file}, line {line}: {reason}")
    _report({**counts, "refused": len(refused)}, as_json=json)
    return Exit.FAILED if refused else Exit.OK


async def _import_here(rows: Iterable[ProductRow], refused: list[tuple[int, str]]) -> dict[str, int]:
    from api.clock import WallClock
    from api.database import database
    from domain.channel.products import import_products as import_rows
    from domain.timeline import Actor, ActorKind

    settings = load_settings().settings
    async with database(settings.database_url, migrate=is_new(settings.database_url)):
        imported = await import_rows(rows=rows, now=WallClock().now(), actor=Actor(ActorKind.USER))
    refused += [(line, told(error.message, error.path)) for line, error in imported.refused]
    return {"created": imported.created, "updated": imported.updated, "unchanged": imported.unchanged}


async def list_products(*, search: str | None = None, url: str | None = None, json: bool = False) -> None:
    """List the products with their stock.

    Parameters
    ----------
    search
        Only those with this in their SKU or name.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        products = await _all(asker, search)
    if json:
        give_json(products)
        return
    columns = ("sku", "name", "enabled", "managesStock", "stock", "reserved", "salable")
    give_table(columns, [[product[column] for column in columns] for product in products])


async def _all(asker: Asker, search: str | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = (await asker.data(_LIST, {"after": after, "search": search}))["products"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def _report(counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        give_json(counts)
    else:
        give_table(tuple(counts), [tuple(counts.values())])
