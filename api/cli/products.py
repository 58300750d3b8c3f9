"""`orderlane products`: importing, exporting and listing them."""

from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import Asker, asking, asking_here
from api.cli.endings import Exit
from api.cli.output import give_json, give_table, tell
from api.cli.product_exporting import export_to
from api.cli.product_file import BadLine, ProductFile
from api.cli.product_importing import import_here, import_there, write_report
from api.cli.product_stock import restock_products, transfer_products
from api.cli.progress import progress

__all__ = ["export_products", "import_products", "list_products", "restock_products", "transfer_products"]

_TOLD: Final = 50  # so many bad lines are told one by one

_LIST = """query Products($after: String, $search: String) {
  products(first: 100, after: $after, search: $search) {
    nodes { id sku name enabled managesStock stock reserved salable }
    pageInfo { hasNextPage endCursor }
  }
}"""


async def import_products(
    file: Path,
    /,
    *,
    skip_bad: bool = False,
    report: Path | None = None,
    encoding: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> int:
    """Create or change products from a CSV or JSON file; works beside a running service, or by asking it.

    A CSV file names its columns in its first line: sku (required), name, price, currency, quantity, enabled,
    manages_stock, asin. A JSON file (its name ends in .json) is a list of objects with these names. A field that is
    blank or missing leaves a product as it is. The quantity is what lies at the default source.

    The whole file is read first: if a line cannot be taken, nothing is imported (exit code 1), and every such line is
    told with its field and reason. In the configured database an import is whole even if it is killed: either nothing
    of the file counts, or the service, or the next import, goes on with the rest of it. With --url a broken connection
    leaves what was sent; the same command again sends the rest.

    Parameters
    ----------
    file
        The file.
    skip_bad
        Import the lines that can be taken, and leave out the others.
    report
        Write the lines that cannot be taken into this CSV file: line, field, reason.
    encoding
        The file's encoding if it is not UTF-8, such as windows-1252 or utf-16; it is never guessed.
    url
        Send them to the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    source = ProductFile(file, encoding=encoding)
    with progress() as bar:
        if url:
            counts = await import_there(source, url=url, skip_bad=skip_bad, bar=bar)
        else:
            counts = await import_here(source, name=file.name, skip_bad=skip_bad, bar=bar)
    if report:
        write_report(report, source.bad)
    _tell_bad(file, source.bad, is_reported=report is not None)
    if source.bad and not skip_bad and not any(counts.values()):
        tell("Nothing was imported. Correct these lines, or import the others with --skip-bad.")
    _report({**counts, "refused": len(source.bad)}, as_json=json)
    return Exit.FAILED if source.bad else Exit.OK


def _tell_bad(file: Path, bad: list[BadLine], *, is_reported: bool) -> None:
    for line in sorted(bad)[:_TOLD]:
        tell(f"{file}, line {line.line}: {line}")
    if len(bad) > _TOLD:
        where = "the report has them all" if is_reported else "--report FILE.csv writes them all down"
        tell(f"{file}: {len(bad) - _TOLD} more lines cannot be taken; {where}.")


async def export_products(
    *, output: Annotated[Path, Parameter(name=("--output", "-o"))], url: str | None = None
) -> None:
    """Write all products into a file that `orderlane products import` takes back unchanged.

    Parameters
    ----------
    output
        The file: JSON if its name ends in .json, else CSV. One of this name is replaced once all is written.
    url
        Ask the service that runs there, instead of the configured database.
    """
    async with asking(url) if url else asking_here() as asker:
        count = await export_to(output, asker)
    tell(f"{count} products are in {output}.")


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
