"""`orderlane orders print`: the papers of an order, in a file."""

from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.one_order import find_order
from api.cli.output import tell
from api.documents.papers import PaperKind

_FIND: Final = "query Order($number: String!) { amazonOrder(by: {amazonOrderId: $number}) { id } }"
_PRINT: Final = """query Print($orderIds: [ID!]!, $kinds: [PaperKind!]) {
  printDocuments(orderIds: $orderIds, kinds: $kinds) { printUrl pdfUrl papers results { errors { message } } } }"""
_PAGES: Final = (".html", ".htm")


async def print_orders(
    number: str,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    kind: Annotated[list[str], Parameter(negative=())] | None = None,
    url: str | None = None,
) -> None:
    """Write the invoices, packing slips and credit memos of an order into one file. They name the buyer.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    output
        The file, e.g. papers.pdf; one that ends in .html becomes a page. A file of that name is replaced.
    kind
        Only papers of this kind: invoice, shipment or credit_memo; may be given several times.
    url
        Ask the service that runs there, instead of the configured database.
    """
    kinds = [chosen_word("--kind", word, PaperKind) for word in kind] if kind else None
    if output.suffix.lower() not in (".pdf", *_PAGES):
        raise CommandFailed("--output: a file that ends in .pdf or .html.", code=Exit.WRONG_USAGE)
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number, _FIND)
        printed = (await asker.data(_PRINT, {"orderIds": [order["id"]], "kinds": kinds}))["printDocuments"]
        if not printed["papers"]:
            raise CommandFailed(f"{number}: {printed['results'][0]['errors'][0]['message']}")
        link = printed["printUrl" if output.suffix.lower() in _PAGES else "pdfUrl"]
        content = await asker.file(link)
    output.write_bytes(content)
    tell(f"{output}: {printed['papers']} paper{'s' if printed['papers'] != 1 else ''}.")
