from typing import Any

import pytest

from domain.amazon.facts import BuyerFacts
from domain.amazon.records import AmazonOrder
from domain.channel.hold import hold_order
from domain.channel.invoice import invoice_order
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import Mailing
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Invoice
from domain.commerce.workflow_records import HoldReason
from domain.errors import (
    ActionNotAllowed,
    DomainError,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    QuantityTooLarge,
    RequiredInput,
    StaleVersion,
)
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, Stage, commerce_of, item, items_of, told


async def unbilled(order: AmazonOrder, *, state: str = "NEW", status: str = "pending") -> None:
    """Take the invoice of an imported order away, as if the import had not billed it."""
    await DocumentLine.filter(document=Document.INVOICE).delete()
    await Invoice.all().delete()
    await CommerceOrderLine.all().update(quantity_invoiced=0)
    await CommerceOrder.filter(channel_order_id=order.id).update(paid_minor=0, state=state, status=status)


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "9"}, {"sku": "CUP", "quantity": "9"})
    parts = {"ITEM": 1000, "SHIPPING": 250, "TAX": 190}
    order = await stage.arrive(item("MUG", 3, cents=1440, parts=parts), item("CUP", 1, cents=500))
    await unbilled(order)
    return order


async def bill(stage: Stage, order: AmazonOrder, *lines: tuple[int, int], **arguments: Any) -> Invoice:
    given: dict[str, Any] = {"lines": lines or None, "expected_version": None, "idempotency_key": "k1"}
    return await invoice_order(
        order_id=order.id, now=stage.now, actor=CLERK, sealer=stage.sealer, **(given | arguments)
    )  # fmt: skip


async def refused(work: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        await work
    return raised.value


async def test_an_imported_order_has_nothing_left_to_invoice(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG"))
    refusal = await refused(bill(stage, order))
    assert (type(refusal), refusal.message) == (ActionNotAllowed, "Nothing is left to invoice.")
    commerce, _ = await commerce_of(order)
    invoice = await Invoice.get(order_id=commerce.id)
    assert (commerce.paid_minor, invoice.total_minor) == (1990, 1990)


async def test_everything_is_invoiced_at_once(stage: Stage, order: AmazonOrder) -> None:
    invoice = await bill(stage, order)
    commerce, lines = await commerce_of(order)
    assert (invoice.total_minor, invoice.shipping_minor, invoice.tax_minor) == (1940, 250, 190)
    assert (commerce.paid_minor, commerce.state, commerce.status) == (1940, "PROCESSING", "processing")
    assert [line.quantity_invoiced for line in lines] == [3, 1]
    told_last = await Event.filter(order_id=order.id, kind=EventKind.INVOICED).order_by("-id").first()
    assert told_last is not None
    assert told_last.message == f"Invoice {invoice.number} bills 19.40 EUR."


async def test_invoices_in_parts_add_up_and_the_last_one_takes_the_rest(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    first = await bill(stage, order, (mug.id, 1))
    assert (first.total_minor, first.shipping_minor, first.tax_minor) == (480, 83, 63)
    second = await bill(stage, order, (mug.id, 1), (cup.id, 1), idempotency_key="k2")
    third = await bill(stage, order, idempotency_key="k3")
    billed = [first, second, third]
    assert [sum(getattr(one, name) for one in billed) for name in ("total_minor", "shipping_minor", "tax_minor")] == [
        1940,
        250,
        190,
    ]
    assert [one.number for one in billed] == ["000000002", "000000003", "000000004"]
    covered = await DocumentLine.filter(document=Document.INVOICE, document_id=second.id).order_by("id")
    assert [(line.quantity, line.amount_minor) for line in covered] == [(1, 480), (1, 500)]
    assert (await refused(bill(stage, order, idempotency_key="k4"))).message == "Nothing is left to invoice."


async def test_what_is_canceled_is_not_invoiced(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    await CommerceOrderLine.filter(item_id=mug.id).update(quantity_canceled=1)
    refusal = await refused(bill(stage, order, (mug.id, 3)))
    assert isinstance(refusal, QuantityTooLarge)
    assert (refusal.requested, refusal.available, refusal.path) == (3, 2, ("input", "lines", "0", "quantity"))
    assert (await bill(stage, order)).total_minor == 960 + 500


async def test_lines_that_cannot_be_invoiced_are_refused_each_at_its_place(stage: Stage, order: AmazonOrder) -> None:
    mug, cup = await items_of(order)
    cases = (
        ([(mug.id, 0)], InvalidInput, ("0", "quantity")),
        ([(mug.id, 4)], QuantityTooLarge, ("0", "quantity")),
        ([(cup.id, 1), (999, 1)], NotFound, ("1", "itemId")),
        ([(mug.id, 1), (mug.id, 1)], InvalidInput, ("1", "itemId")),
    )
    for lines, kind, path in cases:
        refusal = await refused(bill(stage, order, *lines))
        assert (type(refusal), refusal.path) == (kind, ("input", "lines", *path))
    assert isinstance(await refused(bill(stage, order, lines=[])), RequiredInput)
    assert not await Invoice.exists()


async def test_the_same_request_again_gets_the_same_invoice(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    first = await bill(stage, order, (mug.id, 1))
    assert (await bill(stage, order, (mug.id, 1))).id == first.id
    assert isinstance(await refused(bill(stage, order, (mug.id, 2))), IdempotencyKeyReused)
    assert isinstance(await refused(bill(stage, order, expected_version=1, idempotency_key="k2")), StaleVersion)
    assert await Invoice.all().count() == 1
    assert (await told(order)).count("INVOICED") == 2


async def test_the_buyer_gets_a_copy_if_that_is_wanted_and_possible(stage: Stage, order: AmazonOrder) -> None:
    mug, _ = await items_of(order)
    refusal = await refused(bill(stage, order, (mug.id, 1), copy_by=Mailing()))
    assert isinstance(refusal, ActionNotAllowed)
    assert refusal.path == ("input", "notify")
    assert not await Invoice.exists()
    mailing = Mailing(sender="shop@example.com", missing=None)
    refusal = await refused(bill(stage, order, (mug.id, 1), copy_by=mailing))  # not an address of Amazon's relay
    assert isinstance(refusal, ActionNotAllowed)
    await stage.products({"sku": "JAR", "quantity": "9"})
    other = await stage.arrive(item("JAR", 2), buyer=BuyerFacts(name="Ada", email="x1@marketplace.amazon.de"))
    await unbilled(other)
    invoice = await bill(stage, other, copy_by=mailing)
    assert (await bill(stage, other, copy_by=mailing)).id == invoice.id
    (mail,) = await MailMessage.all()
    assert (mail.kind, mail.document_id) == ("INVOICE", invoice.id)
    assert isinstance(await refused(bill(stage, other)), IdempotencyKeyReused)


async def test_nothing_is_invoiced_while_an_order_is_held_or_not_imported(stage: Stage, order: AmazonOrder) -> None:
    await hold_order(
        order_id=order.id, reason=HoldReason.FRAUD, note=None, until=None, expected_version=None,
        now=stage.now, actor=CLERK,
    )  # fmt: skip
    assert "Lift the hold" in (await refused(bill(stage, order))).message
    other = await stage.arrive(item("UNKNOWN"))
    assert "not imported" in (await refused(bill(stage, other))).message
