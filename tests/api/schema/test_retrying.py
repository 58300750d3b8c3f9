from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item

RETRY = """mutation ($ids: [ID!]!) { retryImport(orderIds: $ids) { succeeded failed
  results { index order { amazonOrderId displayStatus importDecision { outcome } commerceOrder { number } }
    errors { __typename code path ... on ActionNotAllowedError { action currentStatus } } }
  errors { code path } } }"""


async def test_a_retry_imports_what_no_longer_has_a_reason_to_be_blocked(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    await stage.products({"sku": "MUG", "quantity": "1"})

    payload = (await client.ask(RETRY, ids=[id_of(order)]))["retryImport"]

    assert (payload["succeeded"], payload["failed"], payload["errors"]) == (1, 0, [])
    (result,) = payload["results"]
    assert (result["index"], result["errors"], result["order"]["displayStatus"]) == (0, [], "UNSHIPPED")
    assert result["order"]["importDecision"] == {"outcome": "IMPORTED"}
    assert result["order"]["commerceOrder"]["number"]


async def test_each_answer_stands_at_the_place_of_its_question(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    imported = await stage.arrive(item("MUG", 1))
    blocked = await stage.arrive(item("NEW", 1))
    unknown = id_of(AmazonOrder(id=999, account_id=imported.account_id))
    foreign = id_of(AmazonOrder(id=blocked.id, account_id=imported.account_id + 1))

    payload = (await client.ask(RETRY, ids=[id_of(imported), "x", unknown, id_of(blocked), foreign]))["retryImport"]

    assert [result["index"] for result in payload["results"]] == [0, 1, 2, 3, 4]
    assert [result["errors"] and result["errors"][0]["code"] for result in payload["results"]] == [
        "ACTION_NOT_ALLOWED",
        "INVALID",
        "NOT_FOUND",
        [],
        "NOT_FOUND",
    ]
    assert payload["results"][0]["errors"][0] == {
        "__typename": "ActionNotAllowedError",
        "code": "ACTION_NOT_ALLOWED",
        "path": ["orderIds", "0"],
        "action": "RETRY_IMPORT",
        "currentStatus": "UNSHIPPED",
    }
    assert (payload["succeeded"], payload["failed"]) == (1, 4)


async def test_the_first_twenty_are_evaluated_at_once_and_the_others_by_the_worker(
    client: Client, stage: Stage
) -> None:
    facts = [stage.facts(item("MUG", 1)) for _ in range(22)]
    orders = await stage.see(*facts)
    await stage.evaluate()
    await stage.products({"sku": "MUG", "quantity": "50"})

    payload = (await client.ask(RETRY, ids=[id_of(order) for order in orders]))["retryImport"]

    assert payload["succeeded"] == 22
    outcomes = [result["order"]["importDecision"]["outcome"] for result in payload["results"]]
    assert outcomes == ["IMPORTED"] * 20 + ["BLOCKED"] * 2
    assert client.woken == [1]
    assert await AmazonOrder.filter(evaluate_due__lte=stage.now, import_state="BLOCKED").count() == 2


async def test_more_than_a_hundred_are_refused_as_a_whole(client: Client) -> None:
    payload = (await client.ask(RETRY, ids=["x"] * 101))["retryImport"]

    assert payload["results"] == []
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("LIMIT_EXCEEDED", ["orderIds"])]
