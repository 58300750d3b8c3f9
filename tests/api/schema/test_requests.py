import json
import logging
from typing import Any

import pytest

from api.schema.ids import id_of
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage

MEDIA = "application/graphql-response+json"


@pytest.mark.parametrize(
    "body",
    [
        b"1",
        b'"x"',
        b"[1]",
        b"[]",
        b'[{"query": "{ stores { id } }"}]',
        b"null",
        b"true",
        b"",
        b"{",
        b"\xff\xfe{}",
        b'{"query": "\xff"}',
        b"[" * 5000,
        b'{"query": 1}',
        b'{"query": ["{ stores { id } }"]}',
        b'{"query": null}',
        b"{}",
        b'{"query": ""}',
        b'{"query": "{ stores { id } }", "variables": 1}',
        b'{"query": "{ stores { id } }", "variables": [1]}',
        b'{"query": "{ stores { id } }", "extensions": 1}',
        b'{"query": "{ stores { id } }", "operationName": "Nobody"}',
        b'{"query": "{ stores { id } }", "operationName": 7}',
        b'{"query": "{ stores { id } }", "variables": {"a": ' + b"[" * 60 + b"]" * 60 + b"}}",
    ],
)
async def test_what_is_no_graphql_request_is_refused_in_json(client: Client, body: bytes) -> None:
    response = await client.http.post("/graphql", content=body, headers={"content-type": "application/json"})

    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json"
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["message"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
async def test_only_json_is_taken(client: Client, kind: str) -> None:
    response = await client.http.post("/graphql", content=b'{"query":"{stores{id}}"}', headers={"content-type": kind})

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_only_get_and_post_are_methods(client: Client, method: str) -> None:
    response = await client.http.request(method, "/graphql")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_question_may_come_by_get_and_a_change_may_not(client: Client) -> None:
    asked = await client.http.get("/graphql", params={"query": "{ stores { name } }", "variables": "null"})
    changed = await client.http.get(
        "/graphql", params={"query": "mutation { retryImport(orderIds: []) { succeeded } }"}
    )
    nothing = await client.http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})

    assert asked.json() == {"data": {"stores": [{"name": "Shop"}]}}
    assert (changed.status_code, nothing.status_code) == (400, 400)
    assert changed.json() == {"errors": [{"message": "Send mutations by POST.", "extensions": {"code": "BAD_REQUEST"}}]}
    assert nothing.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert '{"query": "{ stores { name } }"}' in nothing.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "way_out"),
    [
        (b'{"query": "{ stores { id } }", "variables": {"a": NaN}}', "application/json", "NaN and Infinity"),
        (b'{"query": "{ stores { id } }", "variables": {"a": -Infinity}}', "application/json", "NaN and Infinity"),
        (b"{", "application/json", "missing quote"),
        (b"{}", "application/json", "There is no query"),
        (b'{"query": "{ stores { id } }"}', "text/plain", "Content-Type: application/json"),
        (b'{"query": "{ stores { id } }", "operationName": "SECRET"}', "application/json", "`operationName`"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_the_way_out(
    client: Client, body: bytes, kind: str, way_out: str
) -> None:
    response = await client.http.post("/graphql", content=body, headers={"content-type": kind})

    assert way_out in response.json()["errors"][0]["message"]
    assert "SECRET" not in response.text


async def test_a_client_that_prefers_the_graphql_media_type_gets_it_with_its_status(client: Client) -> None:
    async def asked(query: str, accept: str) -> tuple[int, str, bool]:
        response = await client.http.post("/graphql", json={"query": query}, headers={"accept": accept})
        return response.status_code, response.headers["content-type"].split(";")[0], "data" in response.json()

    assert await asked("{ stores { id } }", MEDIA) == (200, MEDIA, True)
    assert await asked("{ nothing }", f"{MEDIA}; charset=utf-8, application/json;q=0.9") == (400, MEDIA, False)
    assert await asked("{ nothing }", "application/json") == (200, "application/json", False)
    assert await asked("{ nothing }", f"application/json, {MEDIA}") == (200, "application/json", False)
    assert await asked("{ nothing }", "*/*") == (200, "application/json", False)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ stores", "GRAPHQL_PARSE_FAILED"),
        ("", "BAD_REQUEST"),
        ("{ stores { id } }" + " # x" + "\n{" * 3, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stores }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ amazonOrders(where: {purchasedAt: {gte: "2026-01-01"}}) { nodes { id } } }', "GRAPHQL_VALIDATION_FAILED"),
        ('{ amazonOrders(where: {sku: {eq: "a", contains: "b"}}) { nodes { id } } }', "GRAPHQL_VALIDATION_FAILED"),
        ("{ amazonOrders(where: {sku: {}}) { nodes { id } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + " ".join(f"a{at}: apiInfo {{ version }}" for at in range(60)) + "}", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stores { " + "orders { nodes { store { " * 5 + "id" + " } } }" * 5 + " } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ stores { id " * 2000, "GRAPHQL_PARSE_FAILED"),
        ("{ stores { " + "id " * 5000 + "} }", "GRAPHQL_PARSE_FAILED"),
        ("{" * 3000, "GRAPHQL_PARSE_FAILED"),
        ("{ a(b: " + "[" * 3000, "GRAPHQL_PARSE_FAILED"),
        ("query ($a: " + "[" * 1500 + "Int" + "]" * 1500 + ") { stores { id } }", None),
        ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment A on Query { stores { id } } { ...A ...Nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { stores { id } }", None),
    ],
)
async def test_documents_that_cannot_be_run_are_refused_with_a_code(
    client: Client, query: str, code: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    response = await client.http.post("/graphql", json={"query": query})

    body = response.json()
    codes = {error["extensions"]["code"] for error in body["errors"]}
    assert "data" not in body
    assert codes <= ({code} if code else {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_REQUEST"})
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


ORDERS = (
    "query ($first: Int, $after: String, $last: Int, $before: String, $w: AmazonOrderWhere, $o: AmazonOrderOrder,"
    " $cap: Int) {"
    + (
        " amazonOrders(first: $first, after: $after, last: $last, before: $before, where: $w, orderBy: $o) {"
        " nodes { id } count(cap: $cap) { value } } }"
    )
)


@pytest.mark.parametrize(
    "variables",
    [
        {"first": -1},
        {"first": 101},
        {"last": -1},
        {"last": 101},
        {"first": 1, "last": 1},
        {"first": 1.5},
        {"first": True},
        {"first": 2**31},
        {"first": "1"},
        {"cap": -1},
        {"cap": 100_001},
        {"after": "x"},
        {"after": ""},
        {"after": "bnVsbA=="},
        {"after": "W10="},
        {"after": "YXJyYXljb25uZWN0aW9uOjU="},
        {"before": "é"},
        {"o": {"field": "TOTAL"}},
        {"o": {"field": "NOTHING"}},
        {"o": {"field": "PURCHASED_AT", "direction": "UP"}},
        {"w": {"status": {"eq": "NOTHING"}}},
        {"w": {"status": {"eq": "UNSHIPPED", "oneOf": ["PENDING"]}}},
        {"w": {"status": {}}},
        {"w": {"status": {"eq": None}}},
        {"w": {"ids": ["x"]}},
        {"w": {"ids": [""]}},
        {"w": {"ids": ["U3RvcmU6MS4x"]}},
        {"w": {"storeId": {"eq": "QW1hem9uT3JkZXI6MS4x"}}},
        {"w": {"storeId": {"eq": "U3RvcmU6MS45OTk5OTk5OTk5OTk5OTk5OTk5"}}},
        {"w": {"storeId": {"eq": 7}}},
        {"w": {"purchasedAt": {"gte": "2026-01-01"}}},
        {"w": {"purchasedAt": {"gte": "2026-01-01T00:00:00"}}},
        {"w": {"purchasedAt": {"gte": "2026"}}},
        {"w": {"purchasedAt": {"gte": "20260101T100000Z"}}},
        {"w": {"purchasedAt": {"gte": "2026-01-01T24:00:00Z"}}},
        {"w": {"purchasedAt": {"gte": "2026-02-30T00:00:00Z"}}},
        {"w": {"purchasedAt": {"gte": "0001-01-01T00:00:00+23:59"}}},
        {"w": {"purchasedAt": {"gte": "2026-01-01T00:00:00+25:00"}}},
        {"w": {"purchasedAt": {"gte": "0999-12-31T00:00:00Z"}}},
        {"w": {"purchasedAt": {"gte": 1767225600}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "NaN"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "Infinity"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "1E+30"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "1e2"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "1234567890123456"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "1234567890.123456"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": 1.5}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": " 1"}}},
        {"w": {"total": {"currencyCode": "EUR", "gte": "١"}}},
        {"w": {"total": {"currencyCode": "ABC"}}},
        {"w": {"total": {"currencyCode": "eur"}}},
        {"w": {"total": {"gte": "1"}}},
        {"w": {"search": "a" * 201}},
        {"w": {"search": "a\u0000b"}},
        {"w": {"sku": {"contains": "\n"}}},
        {"w": {"sku": {"oneOf": ["a"] * 101}}},
        {"w": {"OR": [{}] * 60}},
        {"w": {"NOT": {"NOT": {"NOT": {"NOT": {"NOT": {"NOT": {}}}}}}}},
        {"w": {"nothing": 1}},
    ],
    ids=lambda variables: json.dumps(variables)[:60],
)
async def test_a_bad_value_is_bad_user_input_and_no_defect(
    client: Client, variables: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    refused = await client.refused(ORDERS, **variables)

    assert refused["code"] == "BAD_USER_INPUT"
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("variables", "argument"),
    [
        ({"w": {"total": {"currencyCode": "ABC"}}}, ["where", "total", "currencyCode"]),
        ({"w": {"search": "a" * 201}}, ["where", "search"]),
        ({"w": {"sku": {"contains": "\n"}}}, ["where", "sku", "contains"]),
        ({"w": {"amazonOrderId": {"startsWith": "a" * 201}}}, ["where", "amazonOrderId", "startsWith"]),
        ({"w": {"sku": {"oneOf": ["a"] * 101}}}, ["where", "sku", "oneOf"]),
        ({"w": {"displayStatus": {"notIn": ["PENDING"] * 101}}}, ["where", "displayStatus", "notIn"]),
        ({"w": {"ids": ["a"] * 101}}, ["where", "ids"]),
    ],
)
async def test_a_refused_filter_names_its_field(client: Client, variables: dict[str, Any], argument: list[str]) -> None:
    refused = await client.refused(ORDERS, **variables)

    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", argument)


@pytest.mark.parametrize("search", ["\u0000", "a" * 201, "a\nb"])
async def test_products_are_searched_for_with_the_same_texts_as_orders(client: Client, search: str) -> None:
    refused = await client.refused("query ($s: String) { products(search: $s) { nodes { id } } }", s=search)

    assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", ["search"])


@pytest.mark.parametrize(
    "text",
    ["", "x", "1", "U3RvcmU6MQ==", "U3RvcmU6MS4wMQ==", "Tm90aGluZzoxLjE=", "U3RvcmU6MS4x\n", "U3RvcmU6MS4tMQ==", "é"],
)
async def test_a_malformed_id_is_bad_user_input_wherever_it_is_given(client: Client, text: str) -> None:
    for query in (
        "query ($id: ID!) { node(id: $id) { id } }",
        "query ($id: ID!) { nodes(ids: [$id]) { id } }",
        "query ($id: ID!) { store(id: $id) { id } }",
        "query ($id: ID!) { orderSettings(storeId: $id) { id } }",
        "query ($id: ID!) { amazonOrder(by: {id: $id}) { id } }",
        "query ($id: ID!) { commerceOrder(by: {id: $id}) { id } }",
    ):
        assert (await client.refused(query, id=text))["code"] == "BAD_USER_INPUT"


async def test_a_literal_that_only_fails_when_it_is_used_is_bad_user_input(client: Client) -> None:
    refused = await client.refused(
        "query ($g: DateTime) { amazonOrders(where: {purchasedAt: {gte: $g}}) { nodes { id } } }", g="2026"
    )

    assert refused["code"] == "BAD_USER_INPUT"


async def test_more_than_a_hundred_ids_are_refused(client: Client, stage: Stage) -> None:
    refused = await client.refused("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[id_of(stage.store)] * 101)

    assert refused["code"] == "BAD_USER_INPUT"


async def test_a_defect_is_masked_named_by_its_request_and_logged_once(
    client: Client, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    order = await stage.arrive()
    await stage.products({"sku": "A"})
    await order._meta.db.execute_query("UPDATE buyer_data SET sealed = X'00'")
    answer = await client.http.post(
        "/graphql",
        json={"query": "{ amazonOrders { nodes { amazonOrderId buyer { name } } } stores { name } }"},
        headers={"x-request-id": "r-17"},
    )

    body = answer.json()
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["extensions"]["requestId"] in error["message"]
    assert "seal" not in error["message"].lower()
    assert error["path"] == ["amazonOrders", "nodes", 0, "buyer"]
    assert body["data"]["amazonOrders"]["nodes"] == [{"amazonOrderId": order.number, "buyer": None}]
    logged = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.name for record in logged] == ["orderlane.graphql"]
    assert error["extensions"]["requestId"] in logged[0].getMessage()


async def test_one_request_cannot_list_without_end(client: Client, stage: Stage) -> None:
    await stage.see(*(stage.facts() for _ in range(100)))
    nested = (
        "{ amazonOrders(first: 100) { nodes { store { orders(first: 100) { nodes { events { nodes { id } } } } } } } }"
    )
    thrice = (
        "{"
        + " ".join(
            f"q{at}: amazonOrders(first: 100) {{ nodes {{ store {{ orders(first: 100) {{ nodes {{ id }} }} }} }} }}"
            for at in range(3)
        )
        + "}"
    )

    for query in (nested, thrice):
        answer = await client.post(query)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}


async def test_one_of_several_operations_has_to_be_named(client: Client) -> None:
    two = "query A { stores { name } } query B { apiInfo { version } }"
    unnamed = (await client.http.post("/graphql", json={"query": two})).json()
    named = (await client.http.post("/graphql", json={"query": two, "operationName": "A"})).json()

    assert [error["extensions"]["code"] for error in unnamed["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert named == {"data": {"stores": [{"name": "Shop"}]}}


async def test_asking_for_the_schema_itself_is_within_the_limits(client: Client) -> None:
    from graphql import build_client_schema, get_introspection_query

    asked = await client.ask(get_introspection_query())

    assert "AmazonOrder" in build_client_schema(asked).type_map
