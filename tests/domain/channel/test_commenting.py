from datetime import timedelta
from typing import Any

import pytest

from domain.amazon.records import AmazonOrder
from domain.buyers import BuyerRecord, Owner, read
from domain.channel.comment import Remark, add_comment
from domain.channel.retention import redact_expired
from domain.commerce.comments import text_of
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import Mailing
from domain.commerce.records import CommerceOrder, Document, Invoice, Shipment
from domain.commerce.statuses import create_status
from domain.commerce.workflow_records import OrderComment
from domain.errors import (
    ActionNotAllowed,
    DomainError,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequiredInput,
    StaleVersion,
)
from domain.idempotency import IdempotencyKey
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import BUYER, CLERK, Stage, commerce_of, item, told

SECRET = "Ring at Byron's, second bell"
MAILING = Mailing(sender="shop@example.com", missing=None)
RELAY = "x1y2@marketplace.amazon.de"


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"})
    return await stage.arrive(item("MUG"))


async def say(stage: Stage, order: AmazonOrder, text: str | None = SECRET, **arguments: Any) -> OrderComment:
    given: dict[str, Any] = {"expected_version": None, "idempotency_key": "k1", "mailing": MAILING}
    remark = Remark(text=text, **{name: value for name, value in arguments.items() if name not in given})
    given |= {name: value for name, value in arguments.items() if name in given}
    return await add_comment(
        order_id=order.id, remark=remark, now=stage.now, actor=CLERK, sealer=stage.sealer, **given
    )  # fmt: skip


async def said(stage: Stage, comment: OrderComment) -> str | None:
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=comment.order_id, sealer=stage.sealer)
    return text_of(kept, comment.id)


async def refused(work: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        await work
    return raised.value


async def test_a_comment_is_kept_sealed_and_the_timeline_says_only_that_there_is_one(
    stage: Stage, order: AmazonOrder
) -> None:
    comment = await say(stage, order, f"  {SECRET}\r\nat night ", is_visible=True)
    assert await said(stage, comment) == f"{SECRET}\nat night"
    assert (comment.status, comment.is_visible, comment.is_notified, comment.actor_name) == (
        "processing",
        True,
        False,
        "clerk",
    )
    event = await Event.get(order_id=order.id, kind=EventKind.COMMENTED)
    assert (event.message, event.details) == ("Comment on the order.", {"comment_id": comment.id, "status": None})
    rows = [*await Event.all().values(), *await OrderComment.all().values(), *await IdempotencyKey.all().values()]
    assert not any("Byron" in str(row) for row in rows)
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=comment.order_id, sealer=stage.sealer)
    assert (kept or {})["address"]["city"] == "Berlin"


async def test_what_was_said_goes_with_the_buyer_data_of_the_order(stage: Stage, order: AmazonOrder) -> None:
    first = await say(stage, order)
    await stage.change(order, status="SHIPPED", items=(item("MUG", quantity_shipped=1),))
    assert await redact_expired(now=stage.later(days=31)) > 0
    assert await said(stage, first) is None
    assert await OrderComment.filter(id=first.id).exists()

    later = await say(stage, order, idempotency_key="k2")
    kept = await BuyerRecord.get(owner=Owner.COMMERCE_ORDER, owner_id=later.order_id)
    assert (await said(stage, later), kept.purge_at) == (SECRET, stage.now + timedelta(days=30))


async def test_where_nothing_of_the_buyer_is_known_it_stays_until_the_order_has_ended(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG"))
    await BuyerRecord.all().delete()
    comment = await say(stage, order)
    assert (await BuyerRecord.get(owner=Owner.COMMERCE_ORDER)).purge_at is None
    await stage.change(order, status="SHIPPED", items=(item("MUG", quantity_shipped=1),), buyer=None, address=None)
    assert (await BuyerRecord.get(owner=Owner.COMMERCE_ORDER)).purge_at is not None
    assert await said(stage, comment) == SECRET


async def test_a_status_of_the_present_state_is_set_by_a_comment(stage: Stage, order: AmazonOrder) -> None:
    await create_status(
        code="packing", label="At the bench", state=CommerceOrderState.PROCESSING, is_visible=True,
        now=stage.now, actor=CLERK,
    )  # fmt: skip
    comment = await say(stage, order, None, status="packing")
    commerce, _ = await commerce_of(order)
    assert (commerce.state, commerce.status, comment.status) == ("PROCESSING", "packing", "packing")
    assert await said(stage, comment) is None
    event = await Event.get(order_id=order.id, kind=EventKind.COMMENTED)
    assert event.message == "Comment on the order; the status is now At the bench."
    assert event.details["status"] == "packing"

    await say(stage, order, status="packing", idempotency_key="k2")
    await say(stage, order, status="fraud", idempotency_key="k3")
    assert (await commerce_of(order))[0].status == "fraud"


@pytest.mark.parametrize("code", ["complete", "closed", "holded", "nobodys"])
async def test_a_status_of_another_state_cannot_be_set_by_hand(stage: Stage, order: AmazonOrder, code: str) -> None:
    refusal = await refused(say(stage, order, status=code))
    assert (type(refusal), refusal.path) == (InvalidInput, ("input", "status"))
    assert not await OrderComment.exists()


async def test_papers_have_comments_of_their_own(stage: Stage, order: AmazonOrder) -> None:
    invoice, shipment = await Invoice.get(), await stage.ship(order)
    await say(stage, order, paper=(Document.INVOICE, invoice.id))
    await say(stage, order, paper=(Document.SHIPMENT, shipment.id), idempotency_key="k2")
    lines = await Event.filter(order_id=order.id, kind=EventKind.COMMENTED).order_by("id")
    assert [line.message for line in lines] == [
        f"Comment on invoice {invoice.number}.",
        f"Comment on shipment {shipment.number}.",
    ]
    assert [(row.document, row.document_id) for row in await OrderComment.all().order_by("id")] == [
        ("INVOICE", invoice.id),
        ("SHIPMENT", shipment.id),
    ]
    other = await stage.arrive(item("MUG"))
    refusal = await refused(say(stage, other, paper=(Document.INVOICE, invoice.id), idempotency_key="k3"))
    assert (type(refusal), refusal.path) == (NotFound, ("input", "documentId"))
    assert await Shipment.all().count() == 1


async def test_the_buyer_is_written_to_if_that_is_wanted_and_possible(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG"), buyer=type(BUYER)(name="Ada Byron", email=RELAY))
    comment = await say(stage, order, notify=True)
    (mail,) = await MailMessage.all()
    assert (mail.kind, mail.document_id, comment.is_notified) == ("ORDER_COMMENT", None, True)
    invoice = await Invoice.get()
    await say(stage, order, notify=True, paper=(Document.INVOICE, invoice.id), idempotency_key="k2")
    assert [one.kind for one in await MailMessage.all().order_by("id")] == ["ORDER_COMMENT", "INVOICE_COMMENT"]


async def test_a_comment_that_cannot_be_sent_is_not_kept_either(stage: Stage, order: AmazonOrder) -> None:
    for mailing in (Mailing(), MAILING):  # no mail server; an address that is not Amazon's relay
        refusal = await refused(say(stage, order, notify=True, mailing=mailing))
        assert (isinstance(refusal, ActionNotAllowed), refusal.path) == (True, ("input", "notify"))
    assert not await OrderComment.exists()
    assert "COMMENTED" not in await told(order)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"text": " \n"}, RequiredInput),
        ({"text": None}, RequiredInput),
        ({"text": None, "status": "fraud", "notify": True}, RequiredInput),
        ({"text": "x" * 5001}, InvalidInput),
        ({"text": "bell\x07"}, InvalidInput),
    ],
)
async def test_a_comment_says_something(stage: Stage, order: AmazonOrder, arguments: Any, kind: type) -> None:
    refusal = await refused(say(stage, order, **arguments))
    assert (type(refusal), refusal.path) == (kind, ("input", "text"))


async def test_the_same_request_again_is_one_comment(stage: Stage, order: AmazonOrder) -> None:
    first = await say(stage, order)
    assert (await say(stage, order)).id == first.id
    assert isinstance(await refused(say(stage, order, "else")), IdempotencyKeyReused)
    stale = await refused(say(stage, order, expected_version=order.version, idempotency_key="k2"))
    assert isinstance(stale, StaleVersion)
    assert await OrderComment.all().count() == 1


async def test_an_order_that_is_not_imported_has_no_comments_but_one_in_any_state_has(
    stage: Stage, order: AmazonOrder
) -> None:
    assert isinstance(await refused(say(stage, await stage.arrive(item("NEW")))), ActionNotAllowed)
    for at, state in enumerate(CommerceOrderState):
        await CommerceOrder.all().update(state=state)
        await say(stage, order, idempotency_key=f"s{at}")
    assert await OrderComment.all().count() == len(CommerceOrderState)
