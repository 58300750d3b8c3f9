"""Papers read from the database: a few questions for any number of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

from tortoise.models import Model

from api.documents.credit_memos import credit_memo_paper
from api.documents.invoices import invoice_paper
from api.documents.papers import Paper, PaperId, PaperKind
from api.documents.shipments import packing_slip
from api.documents.surroundings import Surroundings, surroundings_of
from domain.commerce.records import CreditMemo, Document, DocumentLine, Invoice, Package, Shipment
from domain.sealing import Sealer

RECORD_OF: Final[Mapping[PaperKind, type[Model]]] = MappingProxyType(
    {PaperKind.INVOICE: Invoice, PaperKind.SHIPMENT: Shipment, PaperKind.CREDIT_MEMO: CreditMemo}
)
Covered = Mapping[int, Sequence[DocumentLine]]
"""The lines of papers, by the paper's id."""


async def papers_of(paper_ids: Sequence[PaperId], *, sealer: Sealer) -> list[Paper]:
    """Return these papers in their order; those that are gone are left out.

    Raises CannotUnseal.
    """
    rows = {kind: await _rows_of(kind, paper_ids) for kind in PaperKind}
    around = await surroundings_of({row.order_id for kind in rows for row in rows[kind]}, sealer)
    made = {
        PaperKind.INVOICE: await _invoices(rows[PaperKind.INVOICE], around),
        PaperKind.SHIPMENT: await _shipments(rows[PaperKind.SHIPMENT], around),
        PaperKind.CREDIT_MEMO: await _credit_memos(rows[PaperKind.CREDIT_MEMO], around),
    }
    return [made[kind][row_id] for kind, row_id in paper_ids if row_id in made[kind]]


async def _rows_of(kind: PaperKind, paper_ids: Sequence[PaperId]) -> list[Any]:
    ids = {paper_id.row_id for paper_id in paper_ids if paper_id.kind is kind}
    return await RECORD_OF[kind].filter(id__in=ids).order_by("id") if ids else []


async def _invoices(invoices: Sequence[Invoice], around: Mapping[int, Surroundings]) -> dict[int, Paper]:
    all_of_them = await Invoice.filter(order_id__in={one.order_id for one in invoices}) if invoices else []
    covered = await _covered(Document.INVOICE, [one.id for one in all_of_them])
    before: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for one in invoices:
        earlier = (other.id for other in all_of_them if other.order_id == one.order_id and other.id < one.id)
        for line in chain.from_iterable(covered[other_id] for other_id in earlier):
            before[one.id][line.line_id] += line.quantity
    return {
        one.id: invoice_paper(one, covered[one.id], before=before[one.id], around=around[one.order_id])
        for one in invoices
    }


async def _shipments(shipments: Sequence[Shipment], around: Mapping[int, Surroundings]) -> dict[int, Paper]:
    ids = [one.id for one in shipments]
    covered = await _covered(Document.SHIPMENT, ids)
    packages: defaultdict[int, list[Package]] = defaultdict(list)
    for package in await Package.filter(shipment_id__in=ids).order_by("id") if ids else []:
        packages[package.shipment_id].append(package)
    contents = await _covered(Document.PACKAGE, [package.id for package in chain.from_iterable(packages.values())])
    return {
        one.id: packing_slip(
            one, covered[one.id], packages=packages[one.id], contents=contents, around=around[one.order_id]
        )
        for one in shipments
    }


async def _credit_memos(memos: Sequence[CreditMemo], around: Mapping[int, Surroundings]) -> dict[int, Paper]:
    covered = await _covered(Document.CREDIT_MEMO, [one.id for one in memos])
    return {one.id: credit_memo_paper(one, covered[one.id], around=around[one.order_id]) for one in memos}


async def _covered(document: Document, ids: Collection[int]) -> Covered:
    covered: defaultdict[int, list[DocumentLine]] = defaultdict(list)
    for line in await DocumentLine.filter(document=document, document_id__in=ids) if ids else []:
        covered[line.document_id].append(line)
    return covered
