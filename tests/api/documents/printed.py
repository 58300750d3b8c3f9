"""Papers to lay out in tests, and what can be read on a PDF."""

from io import BytesIO

from pypdf import PdfReader

from api.documents.invoices import COLUMNS
from api.documents.papers import Paper, PaperKind, Party, Sum, Table, clean


def paper(*titles: str, name: str = "Ada Byron", number: str = "000000012") -> Paper:
    """Return an invoice with a line for each title, made out to a name."""
    rows = tuple(
        (f"SKU-{at}", clean(title), "1", "19.90", "1.00", "0.00", "20.90") for at, title in enumerate(titles, start=1)
    )
    return Paper(
        kind=PaperKind.INVOICE,
        title="Invoice",
        number=number,
        seller=("Shop", "Sold on Amazon.de"),
        facts=(("Order", "000000007"), ("Amazon order number", "902-0000000-0000001")),
        parties=(Party("Bill to", (clean(name), "Hauptstr. 1")), Party("Ship to", (clean(name), "Hauptstr. 1"))),
        tables=(Table(COLUMNS, rows),),
        sums=(Sum("Grand total", "20.90 EUR", is_total=True),),
        notes=("A note.",),
    )


def pages_of(pdf: bytes) -> list[str]:
    """Return what each page of a PDF says."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
