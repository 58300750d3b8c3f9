import io
import json
import logging
from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.types import Receive, Scope, Send
from tortoise.connection import get_connection

from api.app import create_app, running
from api.database import WorkerAlreadyRunning
from api.health import Unfit, readyz
from api.logs import JsonLines, ReadableLines, log_to
from api.request_id import request_id
from api.security import Guard
from tests.end_to_end.town import settings_for


@pytest.fixture
async def http(database_url: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with running(settings_for(database_url), works=True) as joined:
        transport = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


async def test_every_answer_carries_the_security_headers_and_a_request_id(http: httpx2.AsyncClient):
    for path in ("/", "/livez", "/graphql", "/nothing"):
        headers = (await http.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert len(headers["x-request-id"]) == 32


async def test_a_plain_request_id_is_kept_and_another_replaced(http: httpx2.AsyncClient):
    kept = await http.get("/livez", headers={"x-request-id": "order-desk.7"})
    replaced = await http.get("/livez", headers={"x-request-id": "a b<script>"})
    assert kept.headers["x-request-id"] == "order-desk.7"
    assert "script" not in replaced.headers["x-request-id"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
async def test_a_page_of_another_site_cannot_write(http: httpx2.AsyncClient, headers: dict[str, str], status: int):
    answer = await http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.status_code == status
    assert "x-request-id" in answer.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example:8000", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
async def test_a_name_that_was_made_to_lead_here_is_refused(http: httpx2.AsyncClient, host: str, status: int):
    assert (await http.get("/livez", headers={"host": host})).status_code == status


async def test_other_names_can_be_allowed(database_url: str):
    settings = settings_for(database_url).model_copy(
        update={"allowed_hosts": "shop.example, Desk.example", "host": "::"}
    )
    assert settings.hosts() == {"shop.example", "desk.example", "::"}
    assert settings.model_copy(update={"allowed_hosts": "*"}).hosts() == {"*"}


async def test_a_defect_is_masked_logged_and_answered_with_the_name_of_its_request(caplog: pytest.LogCaptureFixture):
    async def defect(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("Jane Doe, 1 Main Street")

    transport = httpx2.ASGITransport(app=Guard(defect, hosts=frozenset({"*"})))
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.get("/orders", headers={"x-request-id": "r-7"})
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (500, "nosniff")
    assert "r-7" in answer.text
    assert "Jane" not in answer.text
    assert [record.message for record in caplog.records if record.exc_info] == ["a request failed"]


async def test_a_form_cannot_ask_the_api(http: httpx2.AsyncClient):
    answer = await http.post("/graphql", content="query=%7B__typename%7D", headers={"content-type": "text/plain"})
    assert answer.status_code >= 400


async def test_a_body_that_is_too_large_is_refused_and_is_no_defect(
    http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
):
    answer = await http.post("/graphql", json={"query": "#" + "x" * 1_000_001})
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (413, "nosniff")
    assert "1000000 bytes" in answer.json()["errors"][0]["message"]
    assert [record for record in caplog.records if record.exc_info] == []


async def test_a_body_that_only_turns_out_to_be_too_large_is_refused_alike(http: httpx2.AsyncClient):
    async def parts():
        for _ in range(11):
            yield b" " * 100_000

    answer = await http.post("/graphql", content=parts(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert "1000000 bytes" in answer.json()["errors"][0]["message"]


async def test_the_page_at_the_root_links_what_there_is(http: httpx2.AsyncClient):
    page = await http.get("/")
    assert page.headers["content-type"].startswith("text/html")
    for link in ("/graphql", "/livez", "/readyz"):
        assert f'href="{link}"' in page.text
    assert "<script" not in page.text
    assert "<form" not in page.text


async def test_a_service_at_work_is_ready(http: httpx2.AsyncClient):
    answer = await http.get("/readyz")
    while answer.json()["checks"]["worker"] != "ok":  # it has just begun; the test's time limit ends this
        answer = await http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "worker": "ok"}}
    assert (await http.get("/healthz")).json() == {"status": "ok"}


async def test_a_check_that_does_not_pass_is_told_beside_the_others_with_503():
    async def fit() -> None:
        return

    async def unfit() -> None:
        raise Unfit("It does not answer.")

    answer = await readyz({"one": fit, "other": unfit})(None)  # type: ignore[arg-type]
    assert answer.status_code == 503
    assert json.loads(bytes(answer.body)) == {
        "status": "unfit",
        "checks": {"one": "ok", "other": "It does not answer."},
    }


async def test_without_its_tables_a_service_is_not_ready(database_url: str):
    async with running(settings_for(database_url)) as joined:
        rows = await get_connection("default").execute_query_dict(
            "SELECT name FROM tortoise_migrations ORDER BY id DESC"
        )
        await get_connection("default").execute_query(
            "DELETE FROM tortoise_migrations WHERE name = ?", [rows[0]["name"]]
        )
        transport = httpx2.ASGITransport(app=create_app(joined))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "orderlane migrate" in answer.json()["checks"]["migrations"]
    assert "worker" not in answer.json()["checks"]


async def test_only_one_process_works_on_a_database(database_url: str):
    async with running(settings_for(database_url), works=True):
        with pytest.raises(WorkerAlreadyRunning):
            async with running(settings_for(database_url), works=True):
                pass


async def test_package_references_are_18_digits_and_never_the_same(database_url: str):
    async with running(settings_for(database_url)) as joined:
        references = {joined.service.new_reference() for _ in range(1000)}
    assert len(references) == 1000
    assert {len(reference) for reference in references} == {18}
    assert all(reference.isdigit() and reference[0] != "0" for reference in references)


def a_record(**details: object) -> logging.LogRecord:
    record = logging.LogRecord("api.x", logging.INFO, __file__, 1, "took %s", ("3 s",), None)
    record.__dict__.update(details)
    return record


def test_a_json_line_holds_event_details_and_request():
    token = request_id.set("r-1")
    line = json.loads(JsonLines().format(a_record(order_id=7)))
    request_id.reset(token)
    assert (line["event"], line["order_id"], line["request_id"], line["level"]) == ("took 3 s", 7, "r-1", "info")
    assert line["at"].endswith("Z")


def test_a_readable_line_holds_event_and_details():
    assert ReadableLines().format(a_record(order_id=7)).endswith("info    took 3 s order_id=7")


def test_a_stream_that_nobody_watches_gets_json():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    log_to(stream)
    try:
        logging.getLogger("api.x").info("hello")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert json.loads(stream.getvalue())["event"] == "hello"
