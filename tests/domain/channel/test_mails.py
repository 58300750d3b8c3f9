from datetime import timedelta

import pytest

from domain.amazon.facts import BuyerFacts
from domain.buyers import BuyerRecord, Owner, read
from domain.channel.mail_results import GIVE_UP_AFTER, mail_in_vain, mail_postponed, mail_sent, retry_mail
from domain.channel.records import AttentionKind, AttentionState
from domain.channel.remove_store import delete_store, remove_some
from domain.channel.send_mail import send_mail
from domain.commerce.letters import letter_of
from domain.commerce.mail_queue import due_mails, release_leases, take_mail
from domain.commerce.mail_records import MailMessage, MailSettingsVersion, MailState
from domain.commerce.mail_rules import Mailing, MailKind, MailNotConfigured, MailSettings
from domain.commerce.mail_settings import mail_settings_of, update_mail_settings
from domain.commerce.records import CommerceOrder, Invoice, Shipment
from domain.errors import (
    ActionNotAllowed,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RequiredInput,
    StaleVersion,
)
from domain.timeline import Event, EventKind
from tests.domain.channel.stage import CLERK, commerce_of, item, open_attention, package, told

READY = Mailing(sender="shop@example.com", missing=None)
RELAY = BuyerFacts(name="Ada Byron", email="ada1x2@marketplace.amazon.de")


@pytest.fixture
async def order(stage):
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    return await stage.arrive(item("MUG", 3), item("CUP", 1, cents=500), buyer=RELAY)


async def write(stage, order, kind=MailKind.ORDER_COMMENT, *, key="m1", **given):
    asked = {
        "order_id": order.id,
        "kind": kind,
        "document_id": None,
        "comment": "Thanks." if kind.is_comment else None,
        "idempotency_key": key,
        "mailing": READY,
        "now": stage.now,
        "actor": CLERK,
        "sealer": stage.sealer,
    }
    return await send_mail(**(asked | given))


async def choose(stage, *, version=None, **patch):
    return await update_mail_settings(
        store_id=stage.store.id, patch=patch, expected_version=version, now=stage.now, actor=CLERK
    )


async def take(stage, mail, machine_ms=1_000):
    return await take_mail(mail_id=mail.id, now=stage.now, machine_ms=machine_ms, lease_ms=500)


async def letter(stage, mail):
    return await letter_of(mail, mailing=READY, sealer=stage.sealer, now=stage.now)


async def in_vain(stage, mail, state=MailState.FAILED):
    taken = await take(stage, mail)
    return await mail_in_vain(mail_id=mail.id, fence=taken.fence, state=state, reason="No such box.", now=stage.now)


async def test_nothing_is_written_to_the_buyer_at_import(stage, order):
    await choose(stage, enabled=dict.fromkeys(MailKind, True))
    await stage.arrive(item("MUG", 1), buyer=RELAY)
    await stage.ship(order)
    assert await MailMessage.all().count() == 0


async def test_an_e_mail_is_queued_with_the_change_and_its_row_and_events_hold_no_buyer_data(stage, order):
    before = order.version
    mail = await write(stage, order, comment="Dear Ada Byron, thanks.")
    assert (mail.state, mail.turn, mail.has_comment, mail.due_at) == (MailState.QUEUED, 1, True, stage.now)
    assert mail.message_id.startswith("<")
    assert mail.message_id.endswith("@example.com>")
    assert (await told(order))[-1] == "MAIL_QUEUED"
    event = await Event.filter(kind=EventKind.MAIL_QUEUED).get()
    rows = [dict(row) for row in [*await MailMessage.all().values(), *await Event.all().values()]]
    assert "Byron" not in str(rows)
    assert "ada1x2" not in str(rows)
    assert (event.details["mail_id"], event.actor_name) == (mail.id, "clerk")
    await order.refresh_from_db()
    assert order.version == before  # writing to the buyer is no change of the order


async def test_the_same_key_is_one_e_mail_and_another_key_another_message_id(stage, order):
    first, again = await write(stage, order), await write(stage, order)
    assert first.id == again.id
    other = await write(stage, order, key="m2")
    assert (other.turn, other.id != first.id, other.message_id != first.message_id) == (2, True, True)
    with pytest.raises(IdempotencyKeyReused):
        await write(stage, order, comment="Something else.")
    assert await MailMessage.all().count() == 2


async def test_papers_are_named_where_the_kind_is_about_one(stage, order):
    commerce, _ = await commerce_of(order)
    invoice = await Invoice.get(order_id=commerce.id)
    for kind, document_id, error in (
        (MailKind.INVOICE, None, RequiredInput),
        (MailKind.INVOICE, invoice.id + 9, NotFound),
        (MailKind.CREDIT_MEMO, invoice.id, NotFound),
        (MailKind.ORDER_COMMENT, invoice.id, InvalidInput),
    ):
        with pytest.raises(error) as refusal:
            await write(stage, order, kind, document_id=document_id)
        assert refusal.value.path == ("input", "documentId")
    mail = await write(stage, order, MailKind.INVOICE, document_id=invoice.id)
    assert not mail.has_comment
    said = await letter(stage, mail)
    assert said.document_number == invoice.number
    assert (str(said.total), [line.quantity for line in said.lines], said.totals) == ("24.90 EUR", [3, 1], ())
    assert (said.sender_address, said.recipient, said.is_guest) == ("shop@example.com", RELAY.email, True)


async def test_a_refusal_leaves_nothing_behind_and_speaks_of_amazons_status(stage, order):
    with pytest.raises(MailNotConfigured) as refusal:
        await write(stage, order, mailing=Mailing())
    assert refusal.value.current_status == "UNSHIPPED"
    with pytest.raises(ActionNotAllowed, match="Amazon itself tells the buyer of the order"):
        await write(stage, order, MailKind.ORDER)
    waiting = await stage.arrive(item("NONE"), buyer=RELAY)
    with pytest.raises(ActionNotAllowed, match="not imported"):
        await write(stage, waiting)
    silent = await stage.arrive(item("MUG", 1), buyer=BuyerFacts(name="Bo"))
    with pytest.raises(ActionNotAllowed, match="reaches nobody"):
        await write(stage, silent)
    with pytest.raises(NotFound):
        await write(stage, order, order_id=order.id + 99)
    assert await MailMessage.all().count() == 0
    assert await BuyerRecord.filter(owner=Owner.MAIL).count() == 0


async def test_an_order_letter_has_address_and_totals_and_a_shipment_letter_parcels(stage, order):
    await choose(stage, enabled={MailKind.ORDER: True, MailKind.SHIPMENT: True}, sender_name="Shop")
    said = await letter(stage, await write(stage, order, MailKind.ORDER))
    assert said.address == ("Ada Byron", "Hauptstr. 1", "Berlin", "10115", "DE")
    assert [(name, str(money)) for name, money in said.totals] == [("Subtotal", "24.90 EUR")]
    assert (said.document_number, said.buyer_name, said.sender_name) == (None, "Ada Byron", "Shop")

    await stage.ship(order, package((1, 2)))
    shipment = await Shipment.all().get()
    said = await letter(stage, await write(stage, order, MailKind.SHIPMENT, key="m2", document_id=shipment.id))
    assert [(parcel.carrier, parcel.tracking_number) for parcel in said.parcels] == [("DHL", "JD0001")]
    assert [(line.quantity, line.amount) for line in said.lines] == [(2, None)]
    assert said.total is None
    assert "Ada" not in repr(said)
    assert "marketplace" not in repr(said)


async def test_the_comment_is_sealed_until_the_e_mail_is_sent(stage, order):
    mail = await write(stage, order, comment="Dear Ada.")
    assert (await letter(stage, mail)).comment == "Dear Ada."
    taken = await take(stage, mail)
    assert await mail_sent(mail_id=mail.id, fence=taken.fence, now=stage.now)
    assert await read(owner=Owner.MAIL, owner_id=mail.id, sealer=stage.sealer) is None
    await mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.due_at) == (MailState.SENT, stage.now, None)
    assert (await told(order))[-1] == "MAIL_SENT"
    assert not await mail_sent(mail_id=mail.id, fence=taken.fence, now=stage.now)  # a word that comes twice


async def test_what_is_purged_meanwhile_is_a_reason_against_sending(stage, order):
    mail = await write(stage, order, comment="Dear Ada.")
    await BuyerRecord.filter(owner=Owner.MAIL).delete()
    with pytest.raises(ActionNotAllowed, match="Its text is no longer kept"):
        await letter(stage, mail)
    await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER).delete()
    with pytest.raises(ActionNotAllowed, match="Nothing is kept of the buyer"):
        await letter(stage, mail)


async def test_one_worker_takes_an_e_mail_and_another_only_after_its_lease(stage, order):
    mail = await write(stage, order)
    assert [one.id for one in await due_mails(now=stage.now, machine_ms=0, limit=9)] == [mail.id]
    first = await take(stage, mail)
    assert (first.state, first.attempts) == (MailState.SENDING, 1)
    assert await take(stage, mail) is None
    assert await due_mails(now=stage.now, machine_ms=1_400, limit=9) == []
    second = await take(stage, mail, machine_ms=2_000)
    assert (second.attempts, second.fence, second.message_id) == (2, 2, first.message_id)
    assert not await mail_sent(mail_id=mail.id, fence=first.fence, now=stage.now)
    assert not await in_vain_with(stage, mail, first.fence)
    assert not await mail_postponed(mail_id=mail.id, fence=first.fence, reason="x", retry_at=stage.now, now=stage.now)
    await release_leases(now=stage.now)
    assert [one.id for one in await due_mails(now=stage.now, machine_ms=0, limit=9)] == [mail.id]


async def in_vain_with(stage, mail, fence):
    return await mail_in_vain(mail_id=mail.id, fence=fence, state=MailState.FAILED, reason="x", now=stage.now)


async def test_a_server_that_is_down_is_waited_for_and_given_up_after_four_days(stage, order):
    mail = await write(stage, order)
    taken = await take(stage, mail)
    later = stage.now + timedelta(hours=1)
    assert await mail_postponed(
        mail_id=mail.id, fence=taken.fence, reason="Not reached.", retry_at=later, now=stage.now
    )
    await mail.refresh_from_db()
    assert (mail.state, mail.due_at, mail.reason, mail.lease_until) == (MailState.QUEUED, later, "Not reached.", None)
    assert await due_mails(now=stage.now, machine_ms=0, limit=9) == []
    assert await open_attention(order) == []

    stage.now += GIVE_UP_AFTER
    taken = await take(stage, mail)
    await mail_postponed(mail_id=mail.id, fence=taken.fence, reason="Not reached.", retry_at=later, now=stage.now)
    await mail.refresh_from_db()
    assert (mail.state, mail.reason) == (MailState.FAILED, "It was tried for 4 days. Not reached.")
    (entry,) = await open_attention(order)
    assert (entry.kind, entry.facts) == (AttentionKind.MAIL_FAILED, {"mail_id": mail.id})
    assert (await told(order))[-2:] == ["MAIL_FAILED", "ATTENTION_OPENED"]


async def test_a_failed_e_mail_is_sent_again_under_the_same_message_id_and_what_was_to_look_at_is_gone(stage, order):
    mail = await write(stage, order)
    other = await write(stage, order, key="m2")
    await in_vain(stage, mail)
    await in_vain(stage, other, MailState.REFUSED)
    stage.later(hours=1)
    given = {"mailing": READY, "sealer": stage.sealer, "now": stage.now, "actor": CLERK}
    with pytest.raises(MailNotConfigured):
        await retry_mail(**(given | {"mailing": Mailing()}), mail_id=mail.id)
    again = await retry_mail(mail_id=mail.id, **given)
    assert (again.state, again.attempts, again.message_id) == (MailState.QUEUED, 0, mail.message_id)
    assert again.queued_at == again.due_at == stage.now
    (left,) = await open_attention(order)
    assert left.facts == {"mail_id": other.id}
    with pytest.raises(ActionNotAllowed, match="use sendEmail") as refusal:
        await retry_mail(mail_id=mail.id, **given)
    assert refusal.value.current_status == "QUEUED"
    with pytest.raises(NotFound):
        await retry_mail(mail_id=mail.id + 99, **given)
    left.state = AttentionState.DISMISSED
    await left.save()
    await retry_mail(mail_id=other.id, **given)
    await left.refresh_from_db()
    assert left.state is AttentionState.RESOLVED


async def test_settings_grow_by_versions_of_which_the_newest_counts(stage, order):
    assert await mail_settings_of(stage.store.id) == (0, MailSettings())
    assert (await choose(stage, sender_name="Shop"))[0] == 1
    version, chosen = await choose(stage, version=1, copy_to=["a@example.com"])
    assert (version, chosen.sender_name, chosen.copy_to) == (2, "Shop", ("a@example.com",))
    assert await choose(stage, sender_name="Shop") == (2, chosen)
    assert await MailSettingsVersion.all().count() == 2
    event = (await Event.filter(kind=EventKind.SETTINGS_CHANGED).order_by("-id"))[0]
    assert "example.com" not in event.message
    assert "ORDER_COMMENT" in event.message
    with pytest.raises(StaleVersion):
        await choose(stage, version=1, sender_name="Other")
    with pytest.raises(NotFound):
        await update_mail_settings(store_id=99, patch={}, expected_version=None, now=stage.now, actor=CLERK)
    await choose(stage, enabled=dict.fromkeys(MailKind, False))
    assert (await Event.all().order_by("-id"))[0].message.endswith("no e-mails.")
    await type(stage.store).filter(id=stage.store.id).update(state="DELETING")
    with pytest.raises(ActionNotAllowed):
        await choose(stage, sender_name="Other")
    assert [one.id for one in await due_mails(now=stage.now, machine_ms=0, limit=9)] == []


async def test_a_store_that_is_deleted_takes_its_e_mails_with_it(stage, order):
    await choose(stage, sender_name="Shop")
    await write(stage, order)
    await delete_store(store_id=stage.store.id, confirm_name="Shop", now=stage.now, actor=CLERK)
    with pytest.raises(ActionNotAllowed, match="being deleted"):
        await write(stage, order, key="m2")
    while await remove_some(now=stage.now):
        continue
    for table in (MailMessage, MailSettingsVersion, BuyerRecord, CommerceOrder):
        assert await table.all().count() == 0
