from typing import Any

import pytest

from domain.amazon.records import AmazonOrder, Command
from domain.buyers import Kept, Owner, keep_many, read
from domain.channel.ship import ShipmentNote
from domain.commerce.comments import text_of
from domain.commerce.mail_records import MailMessage
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.mail_settings import update_mail_settings
from domain.commerce.records import Shipment
from domain.commerce.workflow_records import OrderComment
from domain.errors import ActionNotAllowed, DomainError, IdempotencyKeyReused, InvalidInput, RequiredInput
from tests.domain.channel.stage import CLERK, Stage, commerce_of, item, shelf, told

MAILING = Mailing(sender="shop@example.com", missing=None)


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 2))
    commerce, _ = await commerce_of(order)
    values: dict[str, Any] = {"buyer": {"name": "Ada", "email": "ada1x2@marketplace.amazon.de"}}
    kept = Kept(
        owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, account_id=commerce.account_id, values=values, purge_at=None
    )
    await keep_many([kept], sealer=stage.sealer)
    return order


async def switch_on(stage: Stage) -> None:
    await update_mail_settings(
        store_id=stage.store.id,
        patch={"enabled": {MailKind.SHIPMENT: True}},
        expected_version=None,
        now=stage.now,
        actor=CLERK,
    )


async def test_a_comment_is_kept_with_the_shipment_and_sent_to_nobody(stage: Stage, order: AmazonOrder) -> None:
    shipment = await stage.ship(order, note=ShipmentNote(comment=" Left with the night courier. ", is_appended=True))
    comment = await OrderComment.get()
    assert (comment.document, comment.document_id, comment.is_notified) == ("SHIPMENT", shipment.id, False)
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=comment.order_id, sealer=stage.sealer)
    assert text_of(kept, comment.id) == "Left with the night courier."
    assert (await told(order))[-2:] == ["SHIPPED", "COMMENTED"]
    assert await MailMessage.all().count() == 0


async def test_a_copy_goes_only_where_the_store_switched_it_on_and_nothing_leaves_without_it(
    stage: Stage, order: AmazonOrder
) -> None:
    note = ShipmentNote(copy_by=MAILING)
    before = await told(order)
    with pytest.raises(ActionNotAllowed) as no:
        await stage.ship(order, note=note)
    assert no.value.path == ("input", "notify")
    assert no.value.message.startswith("Amazon itself tells the buyer of the shipment, so this e-mail is off")
    assert (await Shipment.all().count(), await Command.all().count(), await shelf()) == (0, 0, (5, 2))
    assert await told(order) == before

    await switch_on(stage)
    shipment = await stage.ship(order, note=note)
    mail = await MailMessage.get()
    assert (mail.kind, mail.document_id, mail.has_comment) == ("SHIPMENT", shipment.id, False)


async def test_a_copy_carries_the_comment_if_it_is_appended(stage: Stage, order: AmazonOrder) -> None:
    await switch_on(stage)
    note = ShipmentNote(comment="With the night courier.", copy_by=MAILING, is_appended=True)
    shipment = await stage.ship(order, note=note)
    assert (await stage.ship(order, note=note)).id == shipment.id
    mail = await MailMessage.get()
    kept = await read(owner=Owner.MAIL, owner_id=mail.id, sealer=stage.sealer)
    assert kept == {"mail": {"comment": "With the night courier."}}
    for other in (None, ShipmentNote(comment="Other."), ShipmentNote(comment=note.comment, copy_by=MAILING)):
        with pytest.raises(IdempotencyKeyReused):
            await stage.ship(order, note=other)


@pytest.mark.parametrize(
    ("comment", "refusal"), [(" ", RequiredInput), ("x" * 5001, InvalidInput), ("\x07", InvalidInput)]
)
async def test_a_comment_that_is_no_text_stops_the_shipment(
    stage: Stage, order: AmazonOrder, comment: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal) as no:
        await stage.ship(order, note=ShipmentNote(comment=comment))
    assert no.value.path == ("input", "comment")
    assert await Shipment.all().count() == 0
