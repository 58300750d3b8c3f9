import logging
from typing import Any

import pytest
from graphql import GraphQLError
from tortoise.exceptions import ValidationError

from api.logs import JsonLines
from api.schema.coded_errors import coded
from api.schema.discretion import without_values
from tests.api.schema.asking import Client

SECRET = "Atzr|SECRETTOKEN"
CONNECT = "mutation ($i: ConnectStoreInput!) { connectStore(input: $i) { errors { message } } }"
TOKEN_ALONE = """mutation ($t: String!) {
  connectStore(input: {name: "x", marketplaceId: "A1PA6795UKMFR9", refreshToken: $t}) { errors { message } } }"""
TOKEN_AS_NUMBER = "query ($t: Int) { amazonOrders(first: $t) { nodes { id } } }"
TOKEN_AS_ENUM = "query ($t: AmazonOrderStatus!) { amazonOrders(where: {status: {eq: $t}}) { nodes { id } } }"
WITH_DEFAULT = """mutation ($n: String = "x") { connectStore(
  input: {name: $n, marketplaceId: "A1PA6795UKMFR9", refreshToken: "Atzr|SECRETTOKEN"}) { errors { message } } }"""


def inline(input: str) -> str:
    return f"mutation {{ connectStore(input: {input}) {{ errors {{ message }} }} }}"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (CONNECT, {"i": {"marketplaceId": "A1PA6795UKMFR9", "refreshToken": SECRET}}),
        (CONNECT, {"i": {"name": "x", "marketplaceId": "A", "refreshToken": [SECRET]}}),
        (CONNECT, {"i": {"name": "x", "marketplaceId": "A", "refreshToken": {"a": SECRET}}}),
        (CONNECT, {"i": {"name": "x", "marketplaceId": "A", "refreshToken": SECRET, "colour": 1}}),
        (CONNECT, {"i": {"name": "x", "marketplaceId": "A", "refreshToken": SECRET, "contactEmai": "a"}}),
        (CONNECT, {"i": {"name": "x", "marketplaceId": "A", "refreshToken": SECRET, "importFrom": SECRET}}),
        (CONNECT, {"i": {"name": "x", "marketplaceId": "A", "refreshToken": None, "contactEmail": [SECRET]}}),
        (CONNECT, {"i": SECRET}),
        (CONNECT, {"i": [SECRET]}),
        (TOKEN_ALONE, {"t": [SECRET]}),
        (TOKEN_ALONE, {"t": {"found": f", found: {SECRET}"}}),
        (TOKEN_AS_NUMBER, {"t": SECRET}),
        (TOKEN_AS_ENUM, {"t": SECRET}),
        (TOKEN_AS_ENUM, {"t": [SECRET]}),
        (WITH_DEFAULT, {"n": None}),
        (inline(f'{{marketplaceId: "A", refreshToken: "{SECRET}"}}'), {}),
        (inline(f'{{name: "x", marketplaceId: "A", refreshToken: ["{SECRET}"]}}'), {}),
        (inline(f'{{name: "x", marketplaceId: "A", refreshToken: {{a: "{SECRET}"}}}}'), {}),
        (inline(f'{{name: "x", marketplaceId: "A", refreshToken: "{SECRET}", colour: 1}}'), {}),
        (inline(f'{{name: "x", marketplaceId: "A", refreshToken: "{SECRET}", contactEmai: "a"}}'), {}),
        (inline(f'{{name: "x", marketplaceId: "A", refreshToken: "x", importFrom: "{SECRET}"}}'), {}),
        (inline('{name: "x", marketplaceId: "A", refreshToken: SECRETTOKEN}'), {}),
        (inline(f'"{SECRET}"'), {}),
        (inline(f'["{SECRET}"]'), {}),
        (inline(f'{{name: "x", refreshToken "{SECRET}"}}'), {}),
        (inline(f'{{name: "x", refreshToken """{SECRET}"""}}'), {}),
        (f'{{ amazonOrders(first: "{SECRET}") {{ nodes {{ id }} }} }}', {}),
        (f'{{ amazonOrders(where: {{status: {{eq: "{SECRET}"}}}}) {{ nodes {{ id }} }} }}', {}),
        ("{ amazonOrders(where: {status: {eq: SECRETTOKEN}}) { nodes { id } } }", {}),
        (f'query ($t: Int = "{SECRET}") {{ amazonOrders(first: $t) {{ nodes {{ id }} }} }}', {}),
    ],
)
async def test_no_error_says_again_what_was_sent(
    client: Client, query: str, variables: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    answer = await client.http.post("/graphql", json={"query": query, "variables": variables})

    codes = {error["extensions"]["code"] for error in answer.json()["errors"]}
    assert codes <= {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}
    assert "SECRET" not in answer.text
    ours = [record for record in caplog.records if not record.name.startswith(("aiosqlite", "tortoise"))]
    assert "SECRET" not in " ".join(f"{record.getMessage()} {record.exc_info}" for record in ours)


@pytest.mark.parametrize("field", ["marketplaceId", "refreshToken", "contactEmail", "sellerId", "name"])
async def test_no_refusal_says_again_what_stands_in_the_wrong_place(client: Client, field: str) -> None:
    given = {"name": "x", "marketplaceId": "A1PA6795UKMFR9", "refreshToken": "x", field: f"{SECRET} {SECRET}\n" * 99}

    answer = await client.http.post("/graphql", json={"query": CONNECT, "variables": {"i": given}})

    assert answer.json()["data"]["connectStore"]["errors"]
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (
            "Variable '$i': Expected value of type 'I' to include required field 'name', found: {'a': 1}.",
            "Variable '$i': Expected value of type 'I' to include required field 'name'.",
        ),
        (
            "Expected value of type 'I' not to include unknown field 'nam'. Did you mean 'name'? Found: {nam: 1}.",
            "Expected value of type 'I' not to include unknown field 'nam'. Did you mean 'name'?",
        ),
        (
            "Expected value of type 'DateTime', but encountered error 'Write a date.'; found: 'x'.",
            "Expected value of type 'DateTime', but encountered error 'Write a date.'.",
        ),
        ("Int cannot represent non-integer value: 'x'", "Int cannot represent non-integer value."),
        ("Syntax Error: Expected Name, found <EOF>.", "Syntax Error: Expected Name, found <EOF>."),
        ("Syntax Error: Expected ':', found String 'x y'.", "Syntax Error: Expected ':', found String."),
    ],
)
def test_what_is_wrong_and_where_is_still_said(said: str, left: str) -> None:
    assert without_values(said) == left


def test_a_value_that_fits_no_column_is_logged_without_itself(caplog: pytest.LogCaptureFixture) -> None:
    refused = ValidationError("line1: Length of '5 Elm Street' 12 > 3")
    error = GraphQLError("Length of '5 Elm Street' 12 > 3", path=["correctAddress"], original_error=refused)

    (masked,) = coded([error], executed=True, request_id="r1")

    (logged,) = caplog.records
    assert "Elm" not in masked.message + JsonLines().format(logged)
    assert isinstance(logged.exc_info and logged.exc_info[1], ValidationError)
