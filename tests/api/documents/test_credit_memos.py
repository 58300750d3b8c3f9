from datetime import UTC, datetime

from api.documents.credit_memos import credit_memo_paper
from api.documents.papers import Party
from api.documents.surroundings import Surroundings
from domain.accounts.records import Store
from domain.amazon.records import AmazonOrder
from domain.commerce.records import CommerceOrder, CommerceOrderLine, CreditMemo, DocumentLine

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_a_credit_memo_shows_its_adjustments_and_adds_up():
    lines = [CommerceOrderLine(id=at, position=at, sku=f"S{at}", title="Mug") for at in (1, 2)]
    around = Surroundings(
        order=CommerceOrder(number="7", channel_number="902", currency="EUR"),
        lines={line.id: line for line in lines},
        amazon=AmazonOrder(purchased_at=NOW),
        store=Store(name="Shop", marketplace_id="A1PA6795UKMFR9", contact_email="shop@example.org"),
        parties=(Party("Bill to", ()), Party("Ship to", ())),
    )
    memo = CreditMemo(
        number="3",
        currency="EUR",
        shipping_minor=350,
        adjustment_minor=150,
        adjustment_fee_minor=100,
        total_minor=1000 + 995 + 350 + 150,
        reason="PRICE_ADJUSTMENT",
        created_at=NOW,
    )
    covered = [
        DocumentLine(line_id=2, quantity=0, amount_minor=995, shipping_minor=None),
        DocumentLine(line_id=1, quantity=2, amount_minor=1000, shipping_minor=350),
    ]
    paper = credit_memo_paper(memo, covered, around=around)
    assert paper.seller == ("Shop", "Sold on Amazon.de", "shop@example.org")
    assert ("Reason", "Price adjustment") in paper.facts
    assert paper.tables[0].rows == (("S1", "Mug", "2", "10.00", "3.50"), ("S2", "Mug", "0", "9.95", "0.00"))
    assert [(one.label, one.amount) for one in paper.sums] == [
        ("Goods", "19.95 EUR"),
        ("Shipping", "3.50 EUR"),
        ("Adjustment refund", "2.50 EUR"),
        ("Adjustment fee", "-1.00 EUR"),
        ("Given back", "24.95 EUR"),
    ]
