"""Printing: links to papers as a page and as PDF, of one paper or of many orders at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any, Final

import strawberry

from api.documents.gathering import RECORD_OF
from api.documents.links import MOST_PAPERS, PAGE, PDF, link_to
from api.documents.papers import PaperId, PaperKind
from api.schema.context import Context, Info
from api.schema.enums import described
from api.schema.ids import NodeId, parse_id
from api.schema.reading import reading
from api.schema.user_errors import UserError, user_error
from domain.commerce.records import CommerceOrder
from domain.errors import DomainError, InvalidInput, LimitExceeded, NotFound

MOST_ORDERS: Final = 100
_KIND_OF: Final = {record: kind for kind, record in RECORD_OF.items()}
_PRINTED: Final = (
    "A path on this service; add it to the service's own address. It is signed, good until the end of the next day "
    "(UTC), and whoever has it can read the paper, buyer data included."
)

described(
    PaperKind,
    description="The papers that can be printed.",
    values={
        "INVOICE": "Invoices.",
        "SHIPMENT": "Packing slips, one for each shipment.",
        "CREDIT_MEMO": "Credit memos.",
    },
)


@strawberry.type
class Printable:
    """What every paper has: links to print it."""

    @strawberry.field(description=f"The paper as a page for the browser. {_PRINTED}")
    @staticmethod
    def print_url(root: strawberry.Parent[Any], info: Info) -> str:
        """Return the link to the page."""
        return _link(PAGE, [PaperId(_KIND_OF[type(root)], root.pk)], info.context)

    @strawberry.field(description=f"The paper as PDF. {_PRINTED}")
    @staticmethod
    def pdf_url(root: strawberry.Parent[Any], info: Info) -> str:
        """Return the link to the PDF."""
        return _link(PDF, [PaperId(_KIND_OF[type(root)], root.pk)], info.context)


@strawberry.type(description="The papers of one order of many.")
class PrintResult:
    """One answer of many."""

    index: int = strawberry.field(description="Its place among what was asked for, from 0.")
    papers: int = strawberry.field(default=0, description="How many papers of the order are printed.")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why none is printed. Empty if some are."
    )


@strawberry.type(description="Papers of many orders in one piece: `results[i]` answers the i-th order.")
class PrintedDocuments:
    """The answer to a mass print."""

    print_url: str | None = strawberry.field(
        default=None, description=f"All papers as one page, each on sheets of its own; null without any. {_PRINTED}"
    )
    pdf_url: str | None = strawberry.field(
        default=None, description=f"All papers as one PDF; null without any. {_PRINTED}"
    )
    papers: int = strawberry.field(default=0, description="How many papers there are in all.")
    results: list[PrintResult] = strawberry.field(default_factory=list, description="An answer for each order.")


OrderIds = Annotated[
    list[strawberry.ID],
    strawberry.argument(description=f"The ids of `AmazonOrder`s or `CommerceOrder`s, at most {MOST_ORDERS}."),
]
Kinds = Annotated[
    list[PaperKind] | None, strawberry.argument(description="Only papers of these kinds; without it all of them.")
]


@strawberry.type
class PrintingQuestions:
    """The questions about printing."""

    @strawberry.field(
        description="The papers of many orders to print at once, order by order, each order's invoices first, then "
        f"packing slips, then credit memos; at most {MOST_PAPERS} in all. Orders without any are skipped, and say so."
    )
    @staticmethod
    async def print_documents(info: Info, order_ids: OrderIds, kinds: Kinds = None) -> PrintedDocuments:
        """Return the links to all papers."""
        return await print_documents(info.context, order_ids, list(PaperKind) if kinds is None else kinds)


async def print_documents(context: Context, order_ids: Sequence[str], kinds: Sequence[PaperKind]) -> PrintedDocuments:
    """Return the links to the papers of orders, with an answer for each of them.

    Raises LimitExceeded for more than 100 orders, or more papers than one link names.
    """
    if len(order_ids) > MOST_ORDERS:
        raise LimitExceeded(f"At most {MOST_ORDERS} orders at a time.", path=("orderIds",))
    asked = [_read(text, at) for at, text in enumerate(order_ids)]
    with reading():
        orders = await _orders([one for one in asked if isinstance(one, NodeId)])
        found = await _papers([order.id for order in orders.values()], [kind for kind in PaperKind if kind in kinds])
    results, papers, named = [], list[PaperId](), set[int]()
    for at, one in enumerate(asked):
        order = orders.get(one) if isinstance(one, NodeId) else None
        own = found[order.id] if order is not None and order.id not in named else []
        named |= {order.id} if order is not None else set()
        results.append(PrintResult(index=at, papers=len(own), errors=[] if own else [_why_not(one, order, at)]))
        papers += own
    if len(papers) > MOST_PAPERS:
        raise LimitExceeded(f"At most {MOST_PAPERS} papers at a time; these orders have {len(papers)}.")
    if not papers:
        return PrintedDocuments(results=results)
    return PrintedDocuments(
        print_url=_link(PAGE, papers, context), pdf_url=_link(PDF, papers, context), papers=len(papers), results=results
    )


def _link(path: str, papers: Sequence[PaperId], context: Context) -> str:
    return link_to(path, papers, now=context.service.clock.now(), sealer=context.service.sealer)


def _read(text: str, at: int) -> NodeId | InvalidInput:
    path = ("orderIds", str(at))
    try:
        found = parse_id(text, path=path)
    except InvalidInput as malformed:
        return malformed
    if found.type_name in ("AmazonOrder", "CommerceOrder"):
        return found
    return InvalidInput(f"This is the id of {found.type_name}; expected is the id of an order.", path=path)


async def _orders(asked: Sequence[NodeId]) -> dict[NodeId, CommerceOrder]:
    """Return the commerce orders that are meant; what is unknown or not imported is left out."""
    direct = [one.row_id for one in asked if one.type_name == "CommerceOrder"]
    linked = [one.row_id for one in asked if one.type_name == "AmazonOrder"]
    orders: dict[NodeId, CommerceOrder] = {}
    for order in await CommerceOrder.filter(id__in=direct) if direct else []:
        orders[NodeId("CommerceOrder", order.account_id, order.id)] = order
    for order in await CommerceOrder.filter(channel_order_id__in=linked) if linked else []:
        orders[NodeId("AmazonOrder", order.account_id, order.channel_order_id)] = order
    return orders


async def _papers(order_ids: Sequence[int], kinds: Sequence[PaperKind]) -> defaultdict[int, list[PaperId]]:
    found: defaultdict[int, list[PaperId]] = defaultdict(list)
    for kind in kinds if order_ids else ():
        rows = await RECORD_OF[kind].filter(order_id__in=order_ids).order_by("id").values_list("order_id", "id")
        for order_id, row_id in rows:
            found[order_id].append(PaperId(kind, row_id))
    return found


def _why_not(asked: NodeId | InvalidInput, order: CommerceOrder | None, at: int) -> UserError:
    path = ("orderIds", str(at))
    refusal: DomainError
    if isinstance(asked, InvalidInput):
        refusal = asked
    elif order is None:
        refusal = NotFound("There is no such order, or it is not imported and has no papers.", path=path)
    else:
        refusal = NotFound("There is nothing to print of this order, or it is named twice.", path=path)
    return user_error(refusal)
