from domain.accounts.error_log import CallFailure, note_failures
from domain.accounts.records import Account, Store
from domain.accounts.regions import Region
from tests.api.schema.asking import Client

LOG = """query($first: Int, $after: String, $where: CommunicationErrorWhere) {
  communicationErrors(first: $first, after: $after, where: $where) {
    count { value } pageInfo { hasNextPage endCursor }
    nodes { id store { name } region operation code message requestId times createdAt lastAt } } }"""


async def fail(client: Client, code: str, *, minutes: int = 0, known: bool = True, **values) -> None:
    stage = client.stage
    stage.later(minutes=minutes)
    account = await Account.get(id=stage.store.account_id)
    given = {
        "region": Region.EU,
        "fingerprint": account.fingerprint if known else None,
        "marketplace_id": None,
        "operation": "GET orders/2026-01-01/orders",
        "code": code,
        "message": f"It was {code}.",
        "request_id": "r-1",
        "at": stage.now,
    }
    await note_failures([CallFailure(**given | values)], now=stage.now)


async def log(client: Client, **asked):
    return (await client.ask(LOG, **asked))["communicationErrors"]


async def codes(client: Client, **where) -> list[str]:
    return [node["code"] for node in (await log(client, where=where))["nodes"]]


async def test_failed_calls_are_listed_with_all_their_columns(client: Client):
    await fail(client, "SignatureDoesNotMatch")
    shown = await log(client)
    (entry,) = shown["nodes"]
    del entry["id"]
    assert entry == {
        "store": {"name": "Shop"},
        "region": "EU",
        "operation": "GET orders/2026-01-01/orders",
        "code": "SignatureDoesNotMatch",
        "message": "It was SignatureDoesNotMatch.",
        "requestId": "r-1",
        "times": 1,
        "createdAt": "2026-03-02T09:00:00.000Z",
        "lastAt": "2026-03-02T09:00:00.000Z",
    }
    assert shown["count"]["value"] == 1


async def test_the_newest_come_first_and_twenty_to_a_page(client: Client):
    for number in range(25):
        await fail(client, f"E{number:02}", minutes=1)
    first = await log(client)
    assert [node["code"] for node in first["nodes"]] == [f"E{number:02}" for number in range(24, 4, -1)]
    assert first["pageInfo"]["hasNextPage"]
    rest = await log(client, after=first["pageInfo"]["endCursor"])
    assert [node["code"] for node in rest["nodes"]] == [f"E{number:02}" for number in range(4, -1, -1)]
    assert not rest["pageInfo"]["hasNextPage"]


async def test_filters_narrow_the_list(client: Client):
    store_id = (await client.ask("{ stores { id } }"))["stores"][0]["id"]
    await fail(client, "Ours")
    await fail(client, "Nobodys", known=False, operation="PUT document", minutes=1)
    await Store.create(
        account_id=client.stage.store.account_id,
        marketplace_id="A1F83G8C2ARO7P",
        name="Other",
        country_code="GB",
        currency="GBP",
        connected_at=client.stage.now,
        cutoff_at=client.stage.now,
    )
    await fail(client, "Both", minutes=1)
    await fail(client, "Neighbours", marketplace_id="A1F83G8C2ARO7P", minutes=1)
    assert await codes(client) == ["Neighbours", "Both", "Nobodys", "Ours"]
    assert await codes(client, storeId=store_id) == ["Both", "Ours"]  # what was for all of an account is each store's
    assert await codes(client, code={"startsWith": "no"}) == ["Nobodys"]
    assert await codes(client, operation={"contains": "document"}) == ["Nobodys"]
    assert await codes(client, message={"eq": "It was Both."}) == ["Both"]
    assert await codes(client, region="FE") == []
    bounds = {"gte": "2026-03-02T09:01:00Z", "lt": "2026-03-02T09:03:00Z"}
    assert await codes(client, createdAt=bounds) == ["Both", "Nobodys"]
    assert await codes(client, storeId="U3RvcmU6MS45OTk=") == []


async def test_an_entry_is_found_again_by_its_id(client: Client):
    await fail(client, "Once")
    await fail(client, "Nobodys", known=False)
    for entry in (await log(client))["nodes"]:
        document = "query($id: ID!) { node(id: $id) { ... on CommunicationError { code store { name } } } }"
        found = (await client.ask(document, id=entry["id"]))["node"]
        assert found == {"code": entry["code"], "store": entry["store"]}


async def test_what_cannot_be_asked_is_refused(client: Client):
    assert (await client.refused(LOG, first=101))["code"] == "BAD_USER_INPUT"
    assert (await client.refused(LOG, where={"storeId": "nonsense"}))["code"] == "BAD_USER_INPUT"
    assert (await client.refused(LOG, after="nonsense"))["code"] == "BAD_USER_INPUT"
