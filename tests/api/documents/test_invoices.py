from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents.invoices import invoice_paper
from api.documents.papers import Paper, Party
from api.documents.surroundings import Surroundings
from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from domain.commerce.invoices import bill_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Invoice
from tests.counted import rounds

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PARTS = ("price", "shipping", "gift_wrap", "tax", "discount", "other")
LABELS = {"Subtotal": "price", "Discount": "discount", "Shipping": "shipping", "Gift wrap": "gift_wrap", "Tax": "tax"}
MINORS = st.tuples(
    st.integers(0, 99_999), *[st.integers(0, 999)] * 3, st.integers(-999, 0), st.sampled_from([0, 0, 0, 7])
)


def lines_from(amounts: list[tuple[int, ...]], quantities: list[int]) -> list[CommerceOrderLine]:
    return [
        CommerceOrderLine(
            id=at,
            position=at,
            sku=f"S{at}",
            title="Mug",
            quantity_ordered=quantity,
            quantity_invoiced=0,
            unit_price_minor=0,
            total_minor=sum(own),
            **{f"{part}_minor": minor for part, minor in zip(PARTS, own, strict=True)},
        )
        for at, (own, quantity) in enumerate(zip(amounts, quantities, strict=False), start=1)
    ]


def order_of(lines: list[CommerceOrderLine], alone: tuple[int, ...], currency: str) -> CommerceOrder:
    sums = {
        part: sum(getattr(line, f"{part}_minor") for line in lines) + own
        for part, own in zip(PARTS, alone, strict=True)
    }
    columns = {"subtotal" if part == "price" else part: minor for part, minor in sums.items()}
    return CommerceOrder(
        number="7",
        channel_number="902",
        currency=currency,
        total_minor=sum(sums.values()),
        **{f"{part}_minor": minor for part, minor in columns.items()},
    )


def billed(order: CommerceOrder, lines: list[CommerceOrderLine], steps: list[dict[int, int]]) -> list[Paper]:
    """Bill an order step by step, as the domain does, and return the papers."""
    around = Surroundings(
        order=order,
        lines={line.id: line for line in lines},
        amazon=AmazonOrder(purchased_at=NOW),
        store=Store(name="Shop", marketplace_id="A1PA6795UKMFR9"),
        parties=(Party("Bill to", ()), Party("Ship to", ())),
    )
    papers = []
    for at, quantities in enumerate(steps, start=1):
        bill = bill_of(order, lines, quantities)
        before = {line.id: line.quantity_invoiced for line in lines}
        invoice = Invoice(id=at, number=str(at), currency=order.currency, total_minor=bill.total, created_at=NOW)
        covered = [
            DocumentLine(
                document=Document.INVOICE, line_id=line_id, quantity=quantity, amount_minor=bill.lines[line_id]
            )
            for line_id, quantity in quantities.items()
        ]
        papers.append(invoice_paper(invoice, covered, before=before, around=around))
        for line in lines:
            line.quantity_invoiced += quantities.get(line.id, 0)
    return papers


def sums_of(paper: Paper) -> dict[str, Decimal]:
    return {one.label: Decimal(one.amount.split()[0]) for one in paper.sums}


@st.composite
def orders(draw: st.DrawFn) -> tuple[CommerceOrder, list[CommerceOrderLine], list[dict[int, int]]]:
    amounts = draw(st.lists(MINORS, min_size=1, max_size=4))
    quantities = draw(st.lists(st.integers(1, 5), min_size=len(amounts), max_size=len(amounts)))
    lines = lines_from(amounts, quantities)
    units = [line.id for line in lines for _ in range(line.quantity_ordered)]
    steps: list[dict[int, int]] = []
    for line_id in draw(st.permutations(units)):
        if not steps or draw(st.booleans()):
            steps.append({})
        steps[-1][line_id] = steps[-1].get(line_id, 0) + 1
    alone = draw(st.tuples(*[st.integers(-50, 500)] * 6))
    return order_of(lines, alone, draw(st.sampled_from(["EUR", "JPY"]))), lines, steps


@settings(max_examples=rounds(300), deadline=None)
@given(orders())
def test_the_papers_of_an_order_add_up_to_it_whatever_the_steps(case):
    order, lines, steps = case
    papers = billed(order, lines, steps)
    places = 2 if order.currency == "EUR" else 0
    sums = [sums_of(paper) for paper in papers]
    for one in sums:
        assert sum(minor for label, minor in one.items() if label != "Grand total") == one["Grand total"]
    whole = {part: order.subtotal_minor if part == "price" else getattr(order, f"{part}_minor") for part in PARTS}
    for label, part in LABELS.items():
        assert sum((one.get(label, Decimal(0)) for one in sums), Decimal(0)).scaleb(places) == whole[part], label
    assert sum((one["Grand total"] for one in sums), Decimal(0)).scaleb(places) == order.total_minor


def test_an_invoice_of_everything_says_what_the_order_says():
    lines = lines_from([(1990, 350, 100, 317, -200, 0)], [3])
    order = order_of(lines, (0, 150, 0, 0, 0, 25), "EUR")
    (paper,) = billed(order, lines, [{1: 3}])
    assert [(one.label, one.amount) for one in paper.sums] == [
        ("Subtotal", "19.90 EUR"),
        ("Discount", "-2.00 EUR"),
        ("Shipping", "5.00 EUR"),
        ("Gift wrap", "1.00 EUR"),
        ("Tax", "3.17 EUR"),
        ("Other", "0.25 EUR"),
        ("Grand total", "27.32 EUR"),
    ]
    assert paper.tables[0].rows == (("S1", "Mug", "3", "0.00", "3.17", "-2.00", "25.57"),)


def test_whole_yen_have_no_decimals():
    lines = lines_from([(1990, 0, 0, 199, 0, 0)], [1])
    (paper,) = billed(order_of(lines, (0,) * 6, "JPY"), lines, [{1: 1}])
    assert paper.sums[-1].amount == "2189 JPY"
    assert paper.tables[0].rows[0][-1] == "2189"
