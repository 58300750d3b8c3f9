from api.schema.ids import id_of
from domain.accounts.records import Account, AccountState
from domain.amazon.facts import BuyerFacts
from domain.channel.read_only import COPIED, take_home
from tests.api.schema.asking import Client
from tests.domain.channel.stage import item

SETTINGS = """{ globalSettings { version logRetention updatedAt
  readOnly { enabled since because held { value } heldEmails { value } } }
  stores { id status } systemMessages { text severity stores { name } createdAt orders { count { value } } } }"""
WRITE = "mutation($input: SendEmailInput!) { sendEmail(input: $input) { errors { message } } }"
SAVE = """mutation($input: UpdateGlobalSettingsInput!) { updateGlobalSettings(input: $input) {
  settings { version logRetention readOnly { enabled } } errors { code message path } } }"""


async def save(client: Client, **given):
    return (await client.ask(SAVE, input=given))["updateGlobalSettings"]


async def test_from_the_start_nothing_is_held_and_logs_stay_a_month(client: Client):
    shown = await client.ask(SETTINGS)
    assert shown["globalSettings"] == {
        "version": 0,
        "logRetention": "MONTHLY",
        "updatedAt": None,
        "readOnly": {
            "enabled": False,
            "since": None,
            "because": None,
            "held": {"value": 0},
            "heldEmails": {"value": 0},
        },
    }
    assert shown["systemMessages"] == []


async def test_in_read_only_mode_mutations_record_and_messages_wait(client: Client):
    stage = client.stage
    await stage.products({"sku": "MUG", "quantity": "9"})
    saved = await save(client, patch={"readOnly": True}, expectedVersion=0)
    assert saved == {"settings": {"version": 1, "logRetention": "MONTHLY", "readOnly": {"enabled": True}}, "errors": []}
    order = await stage.arrive(item("MUG"), buyer=BuyerFacts(name="Ada", email="ada1x2@marketplace.amazon.de"))
    await stage.ship(order)
    written = {"orderId": id_of(order), "kind": "ORDER_COMMENT", "comment": "Thanks.", "idempotencyKey": "k"}
    assert (await client.ask(WRITE, input=written))["sendEmail"]["errors"] == []
    shown = await client.ask(SETTINGS)
    assert shown["globalSettings"]["readOnly"] == {
        "enabled": True,
        "since": "2026-03-02T09:00:00.000Z",
        "because": None,
        "held": {"value": 1},
        "heldEmails": {"value": 1},
    }
    assert [store["status"] for store in shown["stores"]] == ["READ_ONLY"]
    (message,) = shown["systemMessages"]
    assert message["severity"] == "WARNING"
    assert message["text"].startswith("Read-only mode is on")
    assert message["stores"] == [{"name": "Shop"}]
    held = await client.ask("{ commands(states: [HELD]) { nodes { kind state content } } }")
    (waiting,) = held["commands"]["nodes"]
    assert (waiting["kind"], waiting["state"]) == ("CONFIRM_SHIPMENT", "HELD")
    assert waiting["content"].endswith(" by DHL, tracking number JD0001: 1 of item-MUG.")
    waiting = await client.ask("{ emails(states: [QUEUED]) { nodes { kind commerceOrder { number } } } }")
    assert waiting["emails"]["nodes"] == [{"kind": "ORDER_COMMENT", "commerceOrder": {"number": "000000001"}}]
    before = len(client.woken)
    assert (await save(client, patch={"readOnly": False}))["settings"]["readOnly"] == {"enabled": False}
    assert (await client.ask(SETTINGS))["globalSettings"]["readOnly"]["heldEmails"] == {"value": 0}
    assert len(client.woken) == before + 1
    assert (await client.ask("{ commands(states: [HELD]) { nodes { kind } } }"))["commands"]["nodes"] == []


async def test_the_log_tells_more_if_somebody_wants_it(client: Client):
    ask = "{ globalSettings { debugLogging } }"
    assert (await client.ask(ask))["globalSettings"] == {"debugLogging": False}
    assert (await save(client, patch={"debugLogging": True}))["errors"] == []
    assert (await client.ask(ask))["globalSettings"] == {"debugLogging": True}
    refused = await save(client, patch={"debugLogging": None})
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("REQUIRED", ["input", "patch", "debugLogging"])
    ]


async def test_a_copied_database_says_loudly_that_it_holds_back(client: Client):
    stage = client.stage
    await take_home(home="here", now=stage.now)
    await take_home(home="there", now=stage.now)
    await stage.arrive(item("NOBODYS"))
    shown = await client.ask(SETTINGS)
    assert shown["globalSettings"]["readOnly"]["because"] == COPIED
    first, second = shown["systemMessages"]
    assert (first["severity"], first["orders"]) == ("CRITICAL", None)
    assert COPIED in first["text"]
    assert "cannot be imported" in second["text"]


async def test_what_keeps_a_store_from_being_read_at_all_is_its_status_in_any_mode(client: Client):
    await save(client, patch={"readOnly": True})
    await Account.all().update(state=AccountState.CREDENTIALS_REJECTED)
    assert (await client.ask(SETTINGS))["stores"][0]["status"] == "CREDENTIALS_REJECTED"


async def test_what_cannot_be_saved_is_refused_with_its_path(client: Client):
    refused = await save(client, patch={"logRetention": None})
    assert [error["path"] for error in refused["errors"]] == [["input", "patch", "logRetention"]]
    await save(client, patch={"logRetention": "DAILY"})
    refused = await save(client, patch={"logRetention": "WEEKLY"}, expectedVersion=0)
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [
        ("STALE_VERSION", ["input", "expectedVersion"])
    ]
    assert (await client.ask(SETTINGS))["globalSettings"]["logRetention"] == "DAILY"


async def test_the_message_is_found_again_by_its_id(client: Client):
    await save(client, patch={"readOnly": True})
    (message,) = (await client.ask("{ systemMessages { id text } }"))["systemMessages"]
    found = await client.ask("query($id: ID!) { node(id: $id) { ... on SystemMessage { text } } }", id=message["id"])
    assert found["node"]["text"] == message["text"]
