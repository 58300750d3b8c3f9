from hypothesis import given
from hypothesis import strategies as st

from domain.commerce.invoices import bill_of
from domain.commerce.records import CommerceOrder, CommerceOrderLine

amounts = st.integers(0, 100_000)
lines = st.lists(
    st.builds(
        CommerceOrderLine,
        quantity_ordered=st.integers(1, 7),
        total_minor=amounts,
        shipping_minor=amounts,
        tax_minor=amounts,
    ),
    min_size=1,
    max_size=4,
)


def order_of(found, alone):
    return CommerceOrder(
        total_minor=sum(line.total_minor for line in found) + alone,
        shipping_minor=sum(line.shipping_minor for line in found) + alone,
        tax_minor=sum(line.tax_minor for line in found) - alone,
    )


@given(lines, st.integers(-50_000, 50_000), st.randoms(use_true_random=False))
def test_invoices_in_any_steps_add_up_to_the_order_to_the_last_cent(found, alone, dice):
    for line_id, line in enumerate(found, 1):
        line.id, line.quantity_invoiced = line_id, 0
    order, bills = order_of(found, alone), []
    while any(line.quantity_invoiced < line.quantity_ordered for line in found):
        left = {line.id: line.quantity_ordered - line.quantity_invoiced for line in found}
        wanted = {line_id: dice.randint(1, rest) for line_id, rest in left.items() if rest and dice.random() < 0.5}
        bills.append(bill_of(order, found, wanted))
        for line in found:
            line.quantity_invoiced += wanted.get(line.id, 0)

    assert sum(bill.total for bill in bills) == order.total_minor
    assert sum(bill.shipping for bill in bills) == order.shipping_minor
    assert sum(bill.tax for bill in bills) == order.tax_minor
    for line in found:
        assert sum(bill.lines.get(line.id, 0) for bill in bills) == line.total_minor


@given(lines, st.randoms(use_true_random=False))
def test_an_invoice_of_an_order_that_costs_something_is_never_below_nothing(found, dice):
    discount = dice.randint(0, sum(line.total_minor for line in found))
    for line_id, line in enumerate(found, 1):
        line.id, line.quantity_invoiced = line_id, dice.randint(0, line.quantity_ordered - 1)
    wanted = {line.id: dice.randint(1, line.quantity_ordered - line.quantity_invoiced) for line in found}
    assert bill_of(order_of(found, -discount), found, wanted).total >= -len(found)


def test_what_belongs_to_the_order_as_a_whole_goes_with_the_amounts_of_its_lines():
    cheap = CommerceOrderLine(
        id=1, quantity_ordered=1, quantity_invoiced=0, total_minor=10, shipping_minor=0, tax_minor=0
    )
    dear = CommerceOrderLine(
        id=2, quantity_ordered=1, quantity_invoiced=0, total_minor=990, shipping_minor=0, tax_minor=0
    )
    order = CommerceOrder(total_minor=800, shipping_minor=0, tax_minor=0)
    assert bill_of(order, [cheap, dear], {1: 1}).total == 8
    cheap.quantity_invoiced = 1
    assert bill_of(order, [cheap, dear], {2: 1}).total == 792


def test_free_lines_share_what_the_order_costs_by_their_units():
    line = CommerceOrderLine(
        id=1, quantity_ordered=3, quantity_invoiced=0, total_minor=0, shipping_minor=0, tax_minor=0
    )
    order = CommerceOrder(total_minor=500, shipping_minor=500, tax_minor=0)
    first = bill_of(order, [line], {1: 1})
    line.quantity_invoiced = 1
    rest = bill_of(order, [line], {1: 2})
    assert [(bill.total, bill.shipping) for bill in (first, rest)] == [(167, 167), (333, 333)]
