"""What is written to buyers, and what is not."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from api.mail.port import MailRejected, MailUnavailable
from domain.buyers import BuyerRecord, Owner, rewrite
from domain.channel.retention import redact_expired
from domain.commerce.records import CommerceOrder
from tests.end_to_end.stories.asking import MUG, apply, look, notes, to_do
from tests.end_to_end.town import Town

SEND = """mutation($input: SendEmailInput!) { sendEmail(input: $input) {
  email { id state messageId } errors { code message path } } }"""
RETRY = "mutation($id: ID!) { retryEmail(emailId: $id) { email { state } errors { code message } } }"
SAVE = """mutation($input: UpdateMailSettingsInput!) { updateMailSettings(input: $input) {
  settings { version enabledKinds } errors { code message } } }"""
WRITTEN = """query($number: String!) { commerceOrder(by: {amazonOrderId: $number}) {
  emails { id kind state messageId attempts reason sentAt invoice { number } }
  emailOptions { kind allowed reasons { message } } invoices { id number } shipments { id number } } }"""


async def imported(shop: Town) -> dict[str, Any]:
    """Let an order come that is imported."""
    await shop.stock(MUG)
    number = shop.place(MUG)
    await shop.pass_time()
    return await look(shop, number)


async def send(shop: Town, order: dict[str, Any], kind: str, key: str = "k", **given: Any) -> dict[str, Any]:
    wanted = {"orderId": order["id"], "kind": kind, "idempotencyKey": key} | given
    payload: dict[str, Any] = (await shop.ask(SEND, input=wanted))["sendEmail"]
    return payload


async def choose(shop: Town, **patch: Any) -> None:
    wanted = {"storeId": shop.store_id, "patch": patch}
    assert (await shop.ask(SAVE, input=wanted))["updateMailSettings"]["errors"] == []


async def written(shop: Town, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(WRITTEN, number=order["amazonOrderId"]))["commerceOrder"]
    return found


def words_of(message: EmailMessage) -> tuple[str, str]:
    """Return the plain text and the page of an e-mail."""
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    return text.get_content(), page.get_content()


async def test_emails_to_buyer(shop: Town):
    order = await imported(shop)
    assert order["commerceOrder"]["customerEmail"].endswith("@marketplace.amazon.com")
    papers = await written(shop, order)
    assert papers["emails"] == []  # the import writes to nobody
    (invoice,) = papers["invoices"]

    first = await send(shop, order, "INVOICE", documentId=invoice["id"], comment="Thank you <3")
    again = await send(shop, order, "INVOICE", documentId=invoice["id"], comment="Thank you <3")
    assert first["errors"] == []
    assert again["email"]["id"] == first["email"]["id"]
    await shop.pass_time(1)
    (kept,) = shop.mail.kept
    assert (kept.recipient, kept.sender) == (order["commerceOrder"]["customerEmail"], "shop@example.com")
    assert str(kept.message["Message-ID"]) == first["email"]["messageId"]
    assert str(kept.message["Subject"]) == f"Invoice {invoice['number']} for your order {order['amazonOrderId']}"
    text, page = words_of(kept.message)
    assert "Thank you <3" in text
    assert "Thank you &lt;3" in page
    assert order["commerceOrder"]["total"]["amount"] in text
    (log,) = (await written(shop, order))["emails"]
    assert (log["kind"], log["state"], log["attempts"], log["invoice"]["number"]) == (
        "INVOICE", "SENT", 1, invoice["number"]
    )  # fmt: skip
    listed = (await shop.ask("{ emails(states: [SENT]) { nodes { id kind } } }"))["emails"]["nodes"]
    assert listed == [{"id": log["id"], "kind": "INVOICE"}]
    story = notes(await look(shop, order["amazonOrderId"]))
    assert story[-2:] == [
        f"E-mail to the buyer queued: invoice {invoice['number']}.",
        "E-mail to the buyer sent: invoice.",
    ]
    assert not any(kept.recipient in note for note in story)

    on_purpose = await send(shop, order, "INVOICE", "another", documentId=invoice["id"])
    await shop.pass_time(1)
    assert len(shop.mail.kept) == 2
    assert on_purpose["email"]["messageId"] != first["email"]["messageId"]


async def test_nothing_is_mailed_that_amazon_sends_itself(shop: Town):
    order = await imported(shop)
    assert (await shop.ship(order["amazonOrderId"]))["errors"] == []
    await shop.pass_time(20)
    papers = await written(shop, order)
    refused = {option["kind"]: option["reasons"] for option in papers["emailOptions"] if not option["allowed"]}
    assert set(refused) == {"ORDER", "SHIPMENT"}
    shipment = papers["shipments"][0]["id"]
    errors = (await send(shop, order, "SHIPMENT", documentId=shipment))["errors"]
    assert errors[0]["message"] == refused["SHIPMENT"][0]["message"]
    assert "Amazon itself tells the buyer of the shipment" in errors[0]["message"]

    await choose(shop, enabledKinds=["SHIPMENT"], senderName="The Shop", copyTo=["books@example.com"])
    assert (await send(shop, order, "SHIPMENT", documentId=shipment))["errors"] == []
    assert (await send(shop, order, "ORDER_COMMENT", "off", comment="Hi"))["errors"][0]["path"] == ["input", "kind"]
    await shop.pass_time(1)
    (kept,) = shop.mail.kept
    assert "1Z999AA10123456784" in words_of(kept.message)[0]
    assert (str(kept.message["From"]), kept.copy_to) == ("The Shop <shop@example.com>", ("books@example.com",))


async def test_a_mail_server_that_is_down_loses_nothing(shop: Town):
    order = await imported(shop)
    assert (await send(shop, order, "ORDER_COMMENT", comment="Back soon."))["errors"] == []
    shop.mail.failures += [MailUnavailable("The mail server cannot be reached, or broke off.")] * 3
    await shop.pass_time(0)
    (waiting,) = (await written(shop, order))["emails"]
    assert (waiting["state"], waiting["attempts"]) == ("QUEUED", 1)
    assert "cannot be reached" in waiting["reason"]
    for _ in range(3):
        await shop.pass_time(1)
    (sent,) = (await written(shop, order))["emails"]
    assert (sent["state"], sent["attempts"], sent["messageId"]) == ("SENT", 4, waiting["messageId"])
    assert len(shop.mail.kept) == 1


async def test_an_email_that_cannot_be_sent_waits_for_a_person(shop: Town):
    order = await imported(shop)
    await send(shop, order, "ORDER_COMMENT", comment="Hello")
    await send(shop, order, "ORDER_COMMENT", "two", comment="Hello again")
    shop.mail.failures += [MailRejected("The mail server refused the recipient (code 550).")] * 2
    await shop.pass_time(0)
    first, second = await to_do(shop, "MAIL_FAILED")
    assert first["message"].endswith("The mail server refused the recipient (code 550).")
    assert order["commerceOrder"]["customerEmail"] not in first["message"]
    assert [one["id"] for one in first["resolutions"]] == ["RETRY_EMAIL", "DISMISS"]
    assert (await apply(shop, first["id"], "RETRY_EMAIL"))["errors"] == []
    assert (await apply(shop, second["id"], "DISMISS", note="They wrote to us."))["errors"] == []
    await shop.pass_time(0)
    assert await to_do(shop, "MAIL_FAILED") == []
    sent, left = (await written(shop, order))["emails"]
    assert (sent["state"], left["state"]) == ("SENT", "FAILED")
    assert (await shop.ask(RETRY, id=left["id"]))["retryEmail"]["errors"] == []
    await shop.pass_time(0)
    assert len(shop.mail.kept) == 2


async def test_no_email_where_only_a_made_up_address_is_known_or_the_buyer_is_forgotten(shop: Town):
    order = await imported(shop)
    commerce = await CommerceOrder.get(channel_number=order["amazonOrderId"])
    sealer = shop.joined.service.sealer
    await send(shop, order, "ORDER_COMMENT", "before", comment="Too late")
    await rewrite(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, values={"buyer": {"name": "Ada"}}, sealer=sealer)
    errors = (await send(shop, order, "ORDER_COMMENT", comment="Hello"))["errors"]
    assert "made up of the order number reaches nobody" in errors[0]["message"]

    now = shop.joined.service.clock.now()
    await BuyerRecord.filter(owner=Owner.COMMERCE_ORDER).update(purge_at=now - timedelta(days=1))
    assert await redact_expired(now=now)
    shown = await look(shop, order["amazonOrderId"])
    (action,) = [one for one in shown["actions"] if one["kind"] == "SEND_EMAIL"]
    assert not action["allowed"]
    assert "Nothing is kept of the buyer" in action["reasons"][0]["message"]
    await shop.pass_time(0)
    (refused,) = (await written(shop, order))["emails"]
    assert (refused["state"], refused["reason"]) == ("REFUSED", action["reasons"][0]["message"])
    assert shop.mail.kept == []
