"""The papers of all orders as lists: invoices, shipments and credit memos, the newest first."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

import strawberry

from api.plans.commerce_where import compile_commerce_where
from api.plans.conditions import instants_within, on_text
from api.plans.fragments import Fragment, all_of, within
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.commerce_filters import CommerceOrderWhere
from api.schema.context import Info
from api.schema.counts import Count, count_rows
from api.schema.documents import CreditMemo, Invoice, Shipment
from api.schema.filters import DateTimeRange, StringFilter
from api.schema.optional import Optionals, given, optional
from api.schema.order_list import Cap
from api.schema.paging import After, Before, First, Last, PageInfo, asked_page, page_info
from domain.commerce import records
from domain.errors import DomainError

_NEWEST: Final = Sort("AGE", "id", int, descending=True)
_OF_ORDER: Final = "order_id IN (SELECT commerce_order.id FROM commerce_order WHERE {})"


@strawberry.input(description="Conditions on papers; all that are given have to hold.")
class PaperWhere(Optionals):
    """Conditions on papers."""

    number: StringFilter | None = optional("Its number.")
    created_at: DateTimeRange | None = optional("When it was made.")
    order: CommerceOrderWhere | None = optional("What its order is like.")


Where = Annotated[PaperWhere | None, strawberry.argument(description="Only papers like these.")]


@dataclass(frozen=True)
class PlacedPaper:
    """A paper and its place in the list."""

    node: Any
    cursor: str


@strawberry.type
class PaperPage:
    """A page of papers of one kind, and the condition that its list fulfils."""

    kind: strawberry.Private[Any]
    placed: strawberry.Private[list[PlacedPaper]]
    where: strawberry.Private[Fragment]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(description="How many papers the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["PaperPage"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows(root.kind._meta.db_table, root.where, cap=10_000 if cap is None else cap)


@strawberry.type(description="An invoice and its place in the list.")
class InvoiceEdge:
    """The window on a placed invoice."""

    node: Invoice = strawberry.field(description="The invoice.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of invoices, the newest first.")
class InvoiceConnection(PaperPage):
    """A page of invoices."""

    @strawberry.field(graphql_type=list[InvoiceEdge], description="The invoices with their places.")
    @staticmethod
    def edges(root: strawberry.Parent[PaperPage]) -> list[PlacedPaper]:
        """Return the invoices with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[Invoice], description="The invoices alone.")
    @staticmethod
    def nodes(root: strawberry.Parent[PaperPage]) -> list[records.Invoice]:
        """Return the invoices."""
        return [placed.node for placed in root.placed]


@strawberry.type(description="A shipment and its place in the list.")
class ShipmentEdge:
    """The window on a placed shipment."""

    node: Shipment = strawberry.field(description="The shipment.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of shipments, the newest first.")
class ShipmentConnection(PaperPage):
    """A page of shipments."""

    @strawberry.field(graphql_type=list[ShipmentEdge], description="The shipments with their places.")
    @staticmethod
    def edges(root: strawberry.Parent[PaperPage]) -> list[PlacedPaper]:
        """Return the shipments with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[Shipment], description="The shipments alone.")
    @staticmethod
    def nodes(root: strawberry.Parent[PaperPage]) -> list[records.Shipment]:
        """Return the shipments."""
        return [placed.node for placed in root.placed]


@strawberry.type(description="A credit memo and its place in the list.")
class CreditMemoEdge:
    """The window on a placed credit memo."""

    node: CreditMemo = strawberry.field(description="The credit memo.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of credit memos, the newest first.")
class CreditMemoConnection(PaperPage):
    """A page of credit memos."""

    @strawberry.field(graphql_type=list[CreditMemoEdge], description="The credit memos with their places.")
    @staticmethod
    def edges(root: strawberry.Parent[PaperPage]) -> list[PlacedPaper]:
        """Return the credit memos with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[CreditMemo], description="The credit memos alone.")
    @staticmethod
    def nodes(root: strawberry.Parent[PaperPage]) -> list[records.CreditMemo]:
        """Return the credit memos."""
        return [placed.node for placed in root.placed]


async def list_invoices(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    where: Where = strawberry.UNSET,
) -> InvoiceConnection:
    """List invoices."""
    return InvoiceConnection(**await _page(info, records.Invoice, first, after, last, before, where))


async def list_shipments(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    where: Where = strawberry.UNSET,
) -> ShipmentConnection:
    """List shipments."""
    return ShipmentConnection(**await _page(info, records.Shipment, first, after, last, before, where))


async def list_credit_memos(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    where: Where = strawberry.UNSET,
) -> CreditMemoConnection:
    """List credit memos."""
    return CreditMemoConnection(**await _page(info, records.CreditMemo, first, after, last, before, where))


async def _page(
    info: Info, kind: Any, first: First, after: After, last: Last, before: Before, where: Where
) -> dict[str, Any]:
    """Return what a page of papers is made of.

    Raises InvalidInput or LimitExceeded.
    """
    condition = _condition(given(where), info)
    request = asked_page(first, after, last, before)
    page = await find_page(kind._meta.db_table, where=condition, sort=_NEWEST, request=request)
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(kind).load_many([row.row_id for row in page.rows])
    placed = [PlacedPaper(paper, row.cursor) for paper, row in zip(found, page.rows, strict=True) if paper is not None]
    return {"kind": kind, "placed": placed, "where": condition, "page_info": page_info(page)}


def _condition(where: PaperWhere | None, info: Info) -> Fragment:
    parts: list[Fragment] = []
    if where and where.number:
        parts.append(on_text("number", where.number, "number"))
    if where and where.created_at:
        parts += instants_within("created_at", where.created_at)
    if where and where.order:
        parts.append(within(_OF_ORDER, _of_order(where.order, info)))
    return all_of(parts)


def _of_order(where: CommerceOrderWhere, info: Info) -> Fragment:
    try:
        return compile_commerce_where(where, info.context.service.sealer)
    except DomainError as refusal:
        refusal.path = ("where", "order", *refusal.path[1:])
        raise


@strawberry.type
class PaperQuestions:
    """The questions about papers."""

    invoices: InvoiceConnection = strawberry.field(resolver=list_invoices, description="Invoices of all orders.")
    shipments: ShipmentConnection = strawberry.field(resolver=list_shipments, description="Shipments of all orders.")
    credit_memos: CreditMemoConnection = strawberry.field(
        resolver=list_credit_memos, description="Credit memos of all orders."
    )
