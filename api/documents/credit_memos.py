"""Credit memos on paper: what is given back, and for what."""

from collections.abc import Sequence
from typing import Final

from api.documents.papers import Column, Paper, PaperKind, Sum, Table, amount, clean, day, plain_amount
from api.documents.surroundings import Surroundings
from domain.commerce.records import CreditMemo, DocumentLine

COLUMNS: Final = (
    Column("SKU", 36),
    Column("Title", 76),
    Column("Quantity", 20, is_number=True),
    Column("Goods", 28, is_number=True),
    Column("Shipping", 30, is_number=True),
)
GOODS_ARE: Final = "Goods are all of a line but its shipping: price, gift wrap, tax and discount."


def credit_memo_paper(memo: CreditMemo, covered: Sequence[DocumentLine], *, around: Surroundings) -> Paper:
    """Return a credit memo as a paper."""
    lines = sorted(covered, key=lambda one: around.lines[one.line_id].position)
    return Paper(
        kind=PaperKind.CREDIT_MEMO,
        title="Credit memo",
        number=clean(memo.number),
        seller=around.seller,
        facts=(
            ("Credit memo date", day(memo.created_at)),
            *around.facts,
            ("Reason", memo.reason.replace("_", " ").capitalize()),
            ("Currency", memo.currency),
        ),
        parties=around.parties,
        tables=(Table(COLUMNS, tuple(_row(one, memo, around) for one in lines)),),
        sums=_sums(lines, memo),
        notes=(GOODS_ARE,),
    )


def _row(one: DocumentLine, memo: CreditMemo, around: Surroundings) -> tuple[str, ...]:
    line = around.lines[one.line_id]
    return (
        clean(line.sku),
        clean(line.title),
        str(one.quantity),
        plain_amount(one.amount_minor or 0, memo.currency),
        plain_amount(one.shipping_minor or 0, memo.currency),
    )


def _sums(lines: Sequence[DocumentLine], memo: CreditMemo) -> tuple[Sum, ...]:
    """Return what the memo comes to; its adjustment is kept after the fee."""
    goods = sum(one.amount_minor or 0 for one in lines)
    fee = memo.adjustment_fee_minor
    refund = memo.total_minor - goods - memo.shipping_minor + fee
    parts = (
        ("Goods", goods, True),
        ("Shipping", memo.shipping_minor, True),
        ("Adjustment refund", refund, bool(refund)),
        ("Adjustment fee", -fee, bool(fee)),
    )
    shown = tuple(Sum(label, amount(minor, memo.currency)) for label, minor, is_shown in parts if is_shown)
    return (*shown, Sum("Given back", amount(memo.total_minor, memo.currency), is_total=True))
