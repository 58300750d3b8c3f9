"""Scenarios in the control plane: listed, shown, and played in the world that is there."""

from typing import Any

import httpx2
import pytest

from simulator.app import create_app
from simulator.scenarios import collection
from simulator.world import World
from tests.simulator.playing import Amazon

MINE = """name: mine
title: Mine
about: A try.
seed: 5
now: 2027-01-01T00:00:00Z
steps:
  - do: place
    as: order
  - at: 10m
    expect: {orders: {"${order}": {fulfillmentStatus: WANTED}}}
"""


async def play(amazon: Amazon, name: str, text: str | bytes | None = None, **query: str) -> httpx2.Response:
    content = text.encode() if isinstance(text, str) else text
    return await amazon.http.post(f"/_sim/scenarios/{name}", content=content, params=query)


async def test_they_are_listed_and_shown(amazon: Amazon):
    listed = (await amazon.sim("GET", "/scenarios")).json()["scenarios"]
    assert [one["name"] for one in listed] == list(collection.names())
    assert all(one["title"] and one["about"] for one in listed)
    assert {one["needs"] for one in listed} == {None, "service"}
    shown = await amazon.sim("GET", "/scenarios/happy-fbm")
    assert shown.content == collection.text_of("happy-fbm")
    for method in ("GET", "POST"):
        missing = await amazon.sim(method, "/scenarios/nothing")
        assert (missing.status_code, missing.json()["error"]["field"]) == (404, "name")
        assert "happy-fbm" in missing.json()["error"]["message"]


async def test_one_is_played_in_the_world_as_it_stands(amazon: Amazon, world: World):
    kept = await amazon.placed()
    result = (await play(amazon, "happy-fbm")).json()
    assert (result["passed"], result["reset"], result["service"]) == (True, False, False)
    assert {step["state"] for step in result["steps"]} == {"PASSED", "SKIPPED"}
    assert world.book.get(kept) is not None
    assert world.seed == "7"


async def test_one_begins_anew_if_asked_to(amazon: Amazon, world: World):
    kept = await amazon.placed()
    result = (await amazon.sim("POST", "/scenarios/happy-fbm", {"reset": True})).json()
    assert (result["passed"], result["reset"]) == (True, True)
    assert world.book.get(kept) is None
    assert world.seed == "1"


async def test_one_of_your_own_is_played(amazon: Amazon, world: World):
    good = (await play(amazon, "custom", MINE.replace("WANTED", "PENDING"))).json()
    assert (good["name"], good["passed"], world.seed) == ("mine", True, "7")
    bad = (await play(amazon, "custom", MINE.replace("WANTED", "SHIPPED"), reset="true")).json()
    assert (bad["passed"], bad["reset"], world.seed) == (False, True, "5")
    assert [step["state"] for step in bad["steps"]] == ["PASSED", "FAILED"]
    assert "expected 'SHIPPED', found 'PENDING'" in bad["steps"][1]["problems"][0]
    assert bad["journal"][-1].startswith("2027-01-01T00:10:00.000Z 200 POST /_sim/clock")


async def test_what_needs_a_service_is_refused_here(amazon: Amazon):
    answer = await play(amazon, "blocked-out-of-stock")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    assert "--service" in answer.json()["error"]["message"]


async def test_one_plays_at_a_time_and_the_next_may_come_after(world: World):
    app = create_app(world)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://simulator") as http:
        app.state.plays_scenario = True
        refused = await http.post("/_sim/scenarios/happy-fbm")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "CONFLICT")
        app.state.plays_scenario = False
        for text in (MINE.replace("do: place", "do: revoke\n    to: nobody"), MINE.replace("WANTED", "PENDING")):
            assert (await http.post("/_sim/scenarios/custom", content=text)).status_code == 200


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        (MINE.replace("do: place", "do: plaice"), "do", "custom, line 7, step 1, do: nothing is called 'plaice'"),
        (MINE.replace("at: 10m", "at: soon"), "at", "90s, 5m"),
        ("", None, "Expected `object`"),
        (b"\0", None, "no text has"),
        (b"\xff", None, "UTF-8"),
        (b"a: &a [*a]", None, "anchors"),
        (b"[" * 10_000, None, "nested"),
        (b"{" * 10_000, None, "nested"),
        (b"x" * 300_000, None, "at most 262144"),
        (b'{"name": "\\ud800"}', None, "no text has"),
        (b"name: " + b"9" * 10_000, "name", "regex"),
        (b'{"steps": [{"times": 1e999}]}', "times", "Expected `int`"),
    ],
)
async def test_what_is_no_scenario_is_refused_with_its_place(amazon: Amazon, text: Any, field: str | None, words: str):
    answer = await play(amazon, "custom", text)
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert error.get("field") == field
    assert any(word in error["message"] for word in words.split("|")), error


@pytest.mark.parametrize("body", [b"[]", b'{"reset": 1}', b'{"again": true}', b"\xff", b'{"reset": "' + b"9" * 9_000])
async def test_any_body_of_a_shipped_one_is_answered(amazon: Amazon, body: bytes):
    assert (await play(amazon, "happy-fbm", body)).status_code in (400, 422)


@pytest.mark.parametrize("name", ["%00", "..%2F..%2Fetc%2Fpasswd", "é", "x" * 3_000, "custom%20"])
async def test_any_name_is_answered(amazon: Amazon, name: str):
    for method in ("GET", "POST"):
        answer = await amazon.http.request(method, f"/_sim/scenarios/{name}")
        assert answer.status_code == 404


async def test_a_wrong_word_for_reset_is_refused(amazon: Amazon):
    answer = await play(amazon, "custom", MINE, reset="yes")
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "reset")
