"""The static sandbox, over a small model of our own."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from simulator.clock import SimulatedClock
from simulator.static.app import create_static_app
from simulator.static.models import NoModels, read_models
from simulator.world import World

GIVEN = "/things/v1/things/{thingId}"


def operation(name: str, *cases: tuple[int, dict[str, Any], Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, parameters, answer in cases:
        known = {key: {} if value is None else {"value": value} for key, value in parameters.items()}
        case = {"request": {"parameters": known}} | ({} if answer is None else {"response": answer})
        static = responses.setdefault(str(status), {"x-amzn-api-sandbox": {"static": []}})
        static["x-amzn-api-sandbox"]["static"].append(case)
    return {"operationId": name, "responses": responses}


MODEL = {
    "paths": {
        "/things/v1/things": {
            "get": operation(
                "listThings",
                (200, {"createdAfter": "2026-01-01T00:00:00Z", "kinds": ["A", "B"]}, {"page": 1}),
                (200, {"createdAfter": "2026-01-01T00:00:00Z", "kinds": ["A", "B"], "token": "t"}, {"page": 2}),
                (200, {"pageSize": 10, "isOpen": True}, {"page": 3}),
                (400, {"createdAfter": "TEST_CASE_400"}, {"errors": [{"code": "InvalidInput", "message": "No"}]}),
            ),
            "post": operation(
                "createThing",
                (201, {"body": {"name": "cup", "at": "2026-01-01T00:00:00.000Z", "parts": [{"id": 1}]}}, {"id": "1"}),
                (400, {"body": {}}, {"errors": []}),
            ),
        },
        GIVEN: {
            "get": operation("getThing", (200, {"thingId": "x 1", "body": None}, {"id": "x 1"})),
            "delete": operation("deleteThing", (204, {}, {}), (200, {"thingId": "gone"}, None)),
        },
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "things.json").write_text(json.dumps(MODEL))
    (tmp_path / "schema.json").write_text(json.dumps({"$schema": "http://json-schema.org/draft-07/schema"}))
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    world = World(clock=SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, tzinfo=UTC)))
    app = create_static_app(world, read_models(folder))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://sandbox") as client:
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "a", "client_secret": "b"}
        token = (await client.post("/auth/o2/token", data=form)).json()["access_token"]
        client.headers["x-amz-access-token"] = token
        yield client


async def test_a_case_answers_whatever_the_client_adds_and_however_it_spells_lists_and_times(client):
    spellings = [
        {"createdAfter": "2026-01-01T00:00:00Z", "kinds": "A,B"},
        {"createdAfter": "2026-01-01T00:00:00+00:00", "kinds": ["B", "A"], "MarketplaceId": "ATVPDKIKX0DER"},
        {"createdAfter": "2026-01-01T00:00:00.000Z", "kinds": "A,B"},
    ]
    answers = [await client.get("/things/v1/things", params=query) for query in spellings]
    assert [answer.json() for answer in answers] == [{"page": 1}] * 3
    assert {answer.headers["x-amzn-ratelimit-limit"] for answer in answers} == {"5.0"}


async def test_of_two_cases_the_one_that_says_more_answers(client):
    query = {"createdAfter": "2026-01-01T00:00:00Z", "kinds": "A,B", "token": "t"}
    assert (await client.get("/things/v1/things", params=query)).json() == {"page": 2}


async def test_numbers_and_booleans_are_compared_as_they_are_spelt(client):
    assert (await client.get("/things/v1/things", params={"pageSize": "10", "isOpen": "true"})).json() == {"page": 3}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": "2026-01-01T00:00:00Z"},
        {"createdAfter": "2026-01-02T00:00:00Z", "kinds": "A,B"},
        {"createdAfter": "2026-01-01T00:00:00Z", "kinds": "A"},
        {"createdAfter": ["TEST_CASE_400", "TEST_CASE_400"]},
        {"pageSize": "10", "isOpen": "True"},
    ],
)
async def test_what_no_case_knows_cannot_be_matched(client, query):
    answer = await client.get("/things/v1/things", params=query)
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"code": "InvalidInput", "message": "Could not match input arguments"}]}


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ({}, "nearest case: nothing of it is given; createdAfter=TEST_CASE_400 was not given"),
        (
            {"createdAfter": "2026-01-01T00:00:00Z", "MarketplaceId": "SECRET"},
            "nearest case: createdAfter=2026-01-01T00:00:00Z; kinds=A,B was not given",
        ),
        (
            {"createdAfter": "SECRET", "kinds": "A,B"},
            "nearest case: kinds=A,B; createdAfter is not 2026-01-01T00:00:00Z",
        ),
        ({"pageSize": "10", "isOpen": "SECRET"}, "nearest case: pageSize=10; isOpen is not true"),
    ],
)
async def test_the_journal_names_the_nearest_case_and_nothing_that_the_request_gave(client, query, hint):
    await client.get("/things/v1/things", params=query)
    entry = (await client.get("/_sim/journal")).json()["requests"][-1]
    assert (entry["operation"], entry["status"], entry["hint"]) == ("listThings", 400, hint)


@pytest.mark.parametrize(
    ("body", "words"), [(b'{"name": "SECRET"}', 'body is not {"name":"cup",'), (b"", 'body={"name":"cup",')]
)
async def test_the_journal_names_the_nearest_body_and_cuts_it(client, body, words):
    await client.post("/things/v1/things", content=body)
    hint = (await client.get("/_sim/journal")).json()["requests"][-1]["hint"]
    assert words in hint
    assert "SECRET" not in hint
    assert len(hint) < 200


async def test_a_case_that_is_met_has_no_hint(client):
    await client.get("/things/v1/things/x%201")
    assert "hint" not in (await client.get("/_sim/journal")).json()["requests"][-1]


async def test_a_refusal_is_a_case_too(client):
    answer = await client.get("/things/v1/things", params={"createdAfter": "TEST_CASE_400"})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "No")


async def test_a_body_has_to_hold_what_the_case_holds_and_an_empty_one_is_itself(client):
    whole = {"name": "cup", "at": "2026-01-01T00:00:00Z", "parts": [{"id": 1, "more": 2}], "path": "added"}
    assert (await client.post("/things/v1/things", json=whole)).json() == {"id": "1"}
    assert (await client.post("/things/v1/things", json={})).json() == {"errors": []}
    for other in ({"name": "mug"}, whole | {"parts": []}, [1], "cup"):
        assert "Could not match" in (await client.post("/things/v1/things", json=other)).text
    broken = await client.post("/things/v1/things", content=b"{\xff")
    assert (broken.status_code, "Could not match" in broken.text) == (400, True)


async def test_answers_come_with_their_status_and_without_a_body_where_there_is_none(client):
    deleted = await client.delete("/things/v1/things/anything")
    assert (deleted.status_code, deleted.content) == (204, b"")
    gone = await client.delete("/things/v1/things/gone")
    assert (gone.status_code, gone.content) == (200, b"")
    assert (await client.get("/things/v1/things/x%201")).json() == {"id": "x 1"}


async def test_a_token_is_needed_the_usage_plan_holds_and_the_journal_knows_it_all(client):
    refused = await client.get("/things/v1/things", headers={"x-amz-access-token": ""})
    wrong = await client.get("/things/v1/things", headers={"x-amz-access-token": "Atza|wrong"})
    assert (refused.status_code, wrong.status_code) == (403, 403)

    answers = [(await client.delete("/things/v1/things/1")).status_code for _ in range(16)]
    assert answers == [204] * 15 + [429]
    await client.post("/_sim/clock", json={"advance": 1})
    answers = [(await client.delete("/things/v1/things/1")).status_code for _ in range(6)]
    assert answers == [204] * 5 + [429]

    journal = (await client.get("/_sim/journal")).json()["requests"]
    assert [entry["operation"] for entry in journal[1:4]] == ["listThings", "listThings", "deleteThing"]
    assert (await client.get("/elsewhere")).status_code == 404
    assert (await client.post("/_sim/orders", json={})).status_code == 404


def test_a_folder_without_models_or_with_something_broken_is_refused(tmp_path: Path):
    with pytest.raises(NoModels, match="no model"):
        read_models(tmp_path / "nowhere")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(NoModels, match=r"broken\.json is not JSON"):
        read_models(tmp_path)


def test_operations_of_the_same_name_are_told_apart(tmp_path: Path):
    for version in ("v0", "2026-01-01"):
        model = {"paths": {f"/orders/{version}/orders": {"get": operation("getOrder", (200, {}, {}))}}}
        (tmp_path / f"{version}.json").write_text(json.dumps(model))
    assert [one.name for one in read_models(tmp_path)] == ["getOrder", "getOrderV0"]
