import asyncio
from typing import Any, Final

import pytest

from api.schema.ids import id_of, parse_id
from domain.amazon.facts import BuyerFacts
from domain.amazon.records import AmazonOrder
from domain.channel.mail_results import mail_in_vain
from domain.commerce.mail_queue import take_mail
from domain.commerce.mail_records import MailMessage, MailState
from domain.commerce.mail_rules import Mailing, MailKind
from domain.commerce.records import Invoice, Shipment
from domain.sealing import Sealer
from tests.api.schema.asking import Client, client_of
from tests.domain.channel.stage import Stage, item

EMAIL: Final = """id kind state messageId attempts reason queuedAt dueAt sentAt
  commerceOrder { number } invoice { number } shipment { number } creditMemo { number }"""
SEND: Final = f"""mutation($input: SendEmailInput!) {{ sendEmail(input: $input) {{
  order {{ amazonOrderId }} email {{ {EMAIL} }}
  errors {{ __typename code message path ... on ActionNotAllowedError {{ action currentStatus }} }} }} }}"""
RETRY: Final = """mutation($id: ID!) { retryEmail(emailId: $id) {
  order { amazonOrderId } email { state messageId } errors { __typename code path } } }"""
SAVE: Final = """mutation($input: UpdateMailSettingsInput!) { updateMailSettings(input: $input) {
  settings { version senderName senderAddress copyTo enabledKinds } errors { code path } } }"""
ORDER: Final = f"""query($id: ID!) {{ node(id: $id) {{ ... on AmazonOrder {{
  actions {{ kind allowed reasons {{ message path }} }} events(last: 3) {{ nodes {{ kind message }} }}
  commerceOrder {{ emails {{ {EMAIL} }} emailOptions {{ kind allowed reasons {{ code message path }} }} }} }} }} }}"""
ATTENTION: Final = """{ attention(first: 9, kind: [MAIL_FAILED]) { nodes {
  id kind message order { amazonOrderId } resolutions { id label mutation needsInput } } } }"""
APPLY: Final = """mutation($input: ApplyResolutionInput!) { applyResolution(input: $input) {
  affected { value } errors { message } } }"""
RELAY: Final = BuyerFacts(name="Ada Byron", email="ada1x2@marketplace.amazon.de")
KINDS_ON: Final = [kind.value for kind in MailKind if kind not in (MailKind.ORDER, MailKind.SHIPMENT)]


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "9"})
    return await stage.arrive(item("MUG", 2), buyer=RELAY)


async def send(client: Client, order: AmazonOrder, key: str = "k", **given: Any) -> Any:
    asked = {"orderId": id_of(order), "kind": "ORDER_COMMENT", "comment": "Thanks.", "idempotencyKey": key}
    asked |= given
    return (await client.ask(SEND, input={name: value for name, value in asked.items() if value}))["sendEmail"]


async def fail(stage: Stage, mail: MailMessage) -> None:
    taken = await take_mail(mail_id=mail.id, now=stage.now, machine_ms=0, lease_ms=9)
    assert taken is not None
    await mail_in_vain(mail_id=mail.id, fence=taken.fence, state=MailState.FAILED, reason="No such box.", now=stage.now)


async def test_an_e_mail_is_queued_once_for_a_key_and_shown_on_its_order(client: Client, order: AmazonOrder) -> None:
    first, again = await send(client, order), await send(client, order)
    assert first == again
    assert first["errors"] == []
    assert first["order"] == {"amazonOrderId": order.number}
    assert (first["email"]["kind"], first["email"]["state"], first["email"]["attempts"]) == (
        "ORDER_COMMENT",
        "QUEUED",
        0,
    )
    assert client.woken
    reused = await send(client, order, comment="Other.")
    assert reused["errors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    invoice = await Invoice.all().get()
    billed = await send(client, order, "k2", kind="INVOICE", documentId=id_of(invoice), comment=None)
    shown = (await client.ask(ORDER, id=id_of(order)))["node"]
    assert shown["commerceOrder"]["emails"] == [first["email"], billed["email"]]
    assert billed["email"]["invoice"] == {"number": invoice.number}
    assert (billed["email"]["shipment"], billed["email"]["creditMemo"]) == (None, None)
    assert shown["events"]["nodes"][-1] == {
        "kind": "MAIL_QUEUED",
        "message": f"E-mail to the buyer queued: invoice {invoice.number}.",
    }
    by_id = f"query($id: ID!) {{ node(id: $id) {{ ... on Email {{ {EMAIL} }} }} }}"
    assert (await client.ask(by_id, id=billed["email"]["id"]))["node"] == billed["email"]


async def test_two_who_write_at_once_send_one_for_a_key_and_never_one_message_id_twice(
    client: Client, order: AmazonOrder
) -> None:
    answers = await asyncio.gather(*(send(client, order, key) for key in ("a", "b", "a", "c", "b")))
    assert [answer["errors"] for answer in answers] == [[]] * 5
    ids = [answer["email"]["messageId"] for answer in answers]
    assert (ids[0], ids[1], len(set(ids))) == (ids[2], ids[4], 3)
    assert sorted(mail.turn for mail in await MailMessage.all()) == [1, 2, 3]


async def test_options_and_actions_say_what_the_mutation_would_and_it_says_so(
    client: Client, order: AmazonOrder, stage: Stage
) -> None:
    stranger = await stage.arrive(item("MUG", 1), buyer=BuyerFacts(name="Bo", email="bo@example.org"))
    await stage.ship(order)
    papers = {"INVOICE": await Invoice.all().order_by("id").first(), "SHIPMENT": await Shipment.all().get()}
    for one in (order, stranger):
        shown = (await client.ask(ORDER, id=id_of(one)))["node"]
        (action,) = [action for action in shown["actions"] if action["kind"] == "SEND_EMAIL"]
        assert action["allowed"] is (one is order)
        options = {option["kind"]: option for option in shown["commerceOrder"]["emailOptions"]}
        assert list(options) == [kind.value for kind in MailKind]
        for kind, option in options.items():
            paper = papers.get(kind.removesuffix("_COMMENT"))
            made = await send(client, one, f"{one.id} {kind}", kind=kind, documentId=paper and id_of(paper))
            said = [{name: error[name] for name in ("code", "message", "path")} for error in made["errors"]]
            if kind.startswith("CREDIT_MEMO") and one is order:
                assert [error["path"] for error in said] == [["input", "documentId"]]
            else:
                assert said == option["reasons"]
                assert option["allowed"] is (said == [])
        if one is stranger:
            assert made["errors"][0]["message"] == action["reasons"][0]["message"]
            assert made["errors"][0]["__typename"] == "ActionNotAllowedError"
            assert (made["errors"][0]["action"], made["errors"][0]["currentStatus"]) == ("SEND_EMAIL", "UNSHIPPED")


async def test_without_mail_server_the_setting_that_is_missing_is_named(
    stage: Stage, sealer: Sealer, order: AmazonOrder
) -> None:
    client = client_of(stage, sealer, mailing=Mailing())
    async with client.http:
        (error,) = (await send(client, order))["errors"]
        assert "ORDERLANE_MAIL_SERVER is not set" in error["message"]
        assert error["__typename"] == "ActionNotAllowedError"
        shown = (await client.ask(ORDER, id=id_of(order)))["node"]
        assert all(
            error["message"] == option["reasons"][0]["message"] for option in shown["commerceOrder"]["emailOptions"]
        )


async def test_wrong_ids_are_refused_by_their_names(client: Client, order: AmazonOrder) -> None:
    invoice = await Invoice.all().get()
    elsewhere = replace_account(id_of(invoice))
    for given, code, path in (
        ({"orderId": id_of(invoice)}, "INVALID", ["input", "orderId"]),
        ({"kind": "INVOICE", "documentId": id_of(order)}, "INVALID", ["input", "documentId"]),
        ({"kind": "INVOICE", "documentId": "nonsense"}, "INVALID", ["input", "documentId"]),
        ({"kind": "INVOICE", "documentId": elsewhere}, "INVALID", ["input", "documentId"]),
        ({"kind": "INVOICE"}, "REQUIRED", ["input", "documentId"]),
        ({"documentId": id_of(invoice)}, "INVALID", ["input", "documentId"]),
        ({"comment": None}, "REQUIRED", ["input", "comment"]),
        ({"comment": "x" * 5001}, "INVALID", ["input", "comment"]),
        ({"idempotencyKey": " "}, "REQUIRED", ["input", "idempotencyKey"]),
    ):
        (error,) = (await send(client, order, **given))["errors"]
        assert (error["code"], error["path"]) == (code, path), given
    gone = await client.ask(SEND, input={"orderId": replace_row(id_of(order)), "kind": "ORDER", "idempotencyKey": "g"})
    assert gone["sendEmail"]["errors"][0]["code"] == "NOT_FOUND"
    assert await MailMessage.all().count() == 0


def replace_account(text: str) -> str:
    return str(parse_id(text)._replace(account_id=99))


def replace_row(text: str) -> str:
    return str(parse_id(text)._replace(row_id=999))


async def test_what_failed_is_to_be_looked_at_and_sent_again_from_there_or_by_its_id(
    client: Client, order: AmazonOrder, stage: Stage
) -> None:
    first = (await send(client, order))["email"]
    second = (await send(client, order, "k2"))["email"]
    for mail in await MailMessage.all():
        await fail(stage, mail)
    entries = (await client.ask(ATTENTION))["attention"]["nodes"]
    assert [entry["message"] for entry in entries] == ["E-mail to the buyer not sent: order comment. No such box."] * 2
    assert [one["id"] for one in entries[0]["resolutions"]] == ["RETRY_EMAIL", "DISMISS"]
    applied = await client.ask(
        APPLY, input={"blockerId": entries[0]["id"], "resolutionId": "RETRY_EMAIL", "idempotencyKey": "a"}
    )
    assert applied["applyResolution"]["errors"] == []
    payload = (await client.ask(RETRY, id=second["id"]))["retryEmail"]
    assert payload["errors"] == []
    assert payload["email"] == {"state": "QUEUED", "messageId": second["messageId"]}
    assert payload["order"] == {"amazonOrderId": order.number}
    assert (await client.ask(ATTENTION))["attention"]["nodes"] == []
    shown = (await client.ask(ORDER, id=id_of(order)))["node"]["commerceOrder"]["emails"]
    assert [(mail["id"], mail["state"]) for mail in shown] == [(first["id"], "QUEUED"), (second["id"], "QUEUED")]
    (error,) = (await client.ask(RETRY, id=second["id"]))["retryEmail"]["errors"]
    assert (error["code"], error["path"]) == ("ACTION_NOT_ALLOWED", ["emailId"])
    (error,) = (await client.ask(RETRY, id=replace_row(second["id"])))["retryEmail"]["errors"]
    assert error["code"] == "NOT_FOUND"


async def test_mail_settings_are_saved_by_version_and_take_effect(
    client: Client, order: AmazonOrder, stage: Stage
) -> None:
    store = id_of(stage.store)
    query = (
        "query($id: ID!) { store(id: $id) { mailSettings { version senderName senderAddress copyTo enabledKinds } } }"
    )

    async def save(version: int | None = None, **patch: Any) -> Any:
        given = {"storeId": store, "patch": patch} | ({"expectedVersion": version} if version is not None else {})
        return (await client.ask(SAVE, input=given))["updateMailSettings"]

    first = (await client.ask(query, id=store))["store"]["mailSettings"]
    nothing: dict[str, Any] = {"version": 0, "senderName": None, "senderAddress": None, "copyTo": []}
    assert first == nothing | {"enabledKinds": KINDS_ON}
    saved = await save(0, senderName="Shop", copyTo=["a@example.com"], enabledKinds=["ORDER"])
    assert saved["settings"] == nothing | {
        "version": 1, "senderName": "Shop", "copyTo": ["a@example.com"], "enabledKinds": ["ORDER"]
    }  # fmt: skip
    assert (await client.ask(query, id=store))["store"]["mailSettings"] == saved["settings"]
    assert (await send(client, order))["errors"][0]["path"] == ["input", "kind"]
    assert (await send(client, order, kind="ORDER", comment=None))["errors"] == []
    assert (await save(0, senderName="Other"))["errors"][0]["code"] == "STALE_VERSION"
    assert (await save(copyTo=["nobody"]))["errors"] == [{"code": "INVALID", "path": ["input", "patch", "copyTo", "0"]}]
    assert (await save(senderAddress="s@example.com", copyTo=None, enabledKinds=None))["settings"]["enabledKinds"] == []
    missing = {"storeId": replace_row(store), "patch": {}}
    assert (await client.ask(SAVE, input=missing))["updateMailSettings"]["errors"][0]["code"] == "NOT_FOUND"


LIST: Final = """query($first: Int, $after: String, $store: ID, $states: [EmailState!]) {
  emails(first: $first, after: $after, storeId: $store, states: $states) {
  nodes { id kind state } edges { cursor } pageInfo { hasNextPage endCursor } count { value } } }"""


async def test_the_e_mails_of_all_orders_are_listed_the_newest_first(
    client: Client, order: AmazonOrder, stage: Stage
) -> None:
    other = await stage.arrive(item("MUG", 1), buyer=RELAY)
    sent = [(await send(client, one, f"{at}"))["email"]["id"] for at, one in enumerate((order, other, order))]
    await fail(stage, await MailMessage.all().order_by("id").get(turn=2))
    first = (await client.ask(LIST, first=2))["emails"]
    rest = (await client.ask(LIST, first=2, after=first["pageInfo"]["endCursor"]))["emails"]
    assert [node["id"] for node in first["nodes"] + rest["nodes"]] == sent[::-1]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"], first["count"]) == (
        True,
        False,
        {"value": 3},
    )
    for wanted, found in ((["QUEUED"], sent[1::-1]), (["FAILED", "REFUSED"], sent[2:]), (["SENT"], []), ([], [])):
        listed = (await client.ask(LIST, store=id_of(stage.store), states=wanted))["emails"]
        assert ([node["id"] for node in listed["nodes"]], listed["count"]["value"]) == (found, len(found))
    elsewhere = (await client.ask(LIST, store=replace_row(id_of(stage.store))))["emails"]
    assert (elsewhere["nodes"], elsewhere["count"]["value"]) == ([], 0)
    assert "expected is the id of Store" in (await client.refused(LIST, store=id_of(order)))["message"]
