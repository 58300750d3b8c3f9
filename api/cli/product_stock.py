"""Counting a product and carrying it between sources from the command line, by the same mutations that all use."""

import uuid
from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import Asker, asking, asking_here
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give_json, give_table

_FIND: Final = """query Find($sku: String!, $after: String) { products(first: 100, search: $sku, after: $after) {
  nodes { id sku } pageInfo { hasNextPage endCursor } } }"""
_SHELF: Final = "product { sku stock reserved salable stockBySource { source { code enabled } physical } }"
_RESTOCK: Final = f"""mutation Restock($input: RestockInput!) {{ restockProduct(input: $input) {{
  {_SHELF} affected {{ value }} errors {{ code message path }} }} }}"""
_TRANSFER: Final = f"""mutation Transfer($input: TransferInput!) {{ transferStock(input: $input) {{
  {_SHELF} affected {{ value }} errors {{ code message path }} }} }}"""


async def restock_products(
    sku: str,
    /,
    *,
    add: int | None = None,
    counted: Annotated[int | None, Parameter(name="--set")] = None,
    source: str | None = None,
    note: str | None = None,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Count a product: what came or went, or how many there are; the orders that waited for it are evaluated again.

    Parameters
    ----------
    sku
        The product.
    add
        So many came; below 0, so many went.
    counted
        So many were counted.
    source
        The code of the source where it was counted; the default one without it.
    note
        Why, for the history.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    if (add is None) is (counted is None):
        raise CommandFailed("Say --add or --set, one of them.", code=Exit.WRONG_USAGE)
    wanted = {"change": {"set": counted} if add is None else {"delta": add}, "source": source, "note": note}
    await _act("restockProduct", _RESTOCK, sku, wanted, key=key, url=url, json=json)


async def transfer_products(
    sku: str,
    quantity: int,
    /,
    *,
    start: Annotated[str, Parameter(name="--from")],
    end: Annotated[str, Parameter(name="--to")],
    note: str | None = None,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Carry some of a product from one source to another.

    Parameters
    ----------
    sku
        The product.
    quantity
        How many.
    start
        The code of the source that they leave.
    end
        The code of the source that they come to.
    note
        Why, for the history.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    wanted = {"quantity": quantity, "fromSource": start, "toSource": end, "note": note}
    await _act("transferStock", _TRANSFER, sku, wanted, key=key, url=url, json=json)


async def _act(
    field: str, document: str, sku: str, wanted: dict[str, Any], *, key: str | None, url: str | None, json: bool
) -> None:
    async with asking(url) if url else asking_here() as asker:
        given = {"productId": await _find(asker, sku), "idempotencyKey": key or str(uuid.uuid4()), **wanted}
        product = (await asker.payload(field, document, {"input": given}))["product"]
    if json:
        give_json(product)
        return
    places = [
        (place["source"]["code"], place["physical"], "yes" if place["source"]["enabled"] else "no")
        for place in product["stockBySource"]
    ]
    give_table(("source", "physical", "for sale"), places)
    totals = ("stock", "reserved", "salable")
    give_table(totals, [[product[name] for name in totals]])


async def _find(asker: Asker, sku: str) -> str:
    after: str | None = None
    while True:
        page = (await asker.data(_FIND, {"sku": sku, "after": after}))["products"]
        for product in page["nodes"]:
            if product["sku"] == sku:
                return str(product["id"])
        if not page["pageInfo"]["hasNextPage"]:
            raise CommandFailed(f"There is no product {sku}.", code=Exit.WRONG_USAGE)
        after = page["pageInfo"]["endCursor"]
