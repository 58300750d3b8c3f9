import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.app import create_app
from simulator.scenarios import collection
from simulator.scenarios.verbs import VERBS
from tests.api.cli.conftest import Ended
from tests.clients.served import served_world
from tests.simulator.scenarios.breaking import Breaking

Orderlane = Callable[..., Ended]

MINE = """name: mine
title: Mine
about: A try.
steps:
  - do: place
    with: {fulfillmentStatus: UNSHIPPED, items: [{sku: MUG-STONEWARE-350, quantity: 1}]}
    as: order
  - at: 10m
    expect: {orders: {"${order}": {fulfillmentStatus: UNSHIPPED}}}
    service: {orders: {"${order}": {outcome: IMPORTED}}}
"""


def test_they_are_listed_and_shown(orderlane: Orderlane):
    listed = orderlane("scenarios", "list")
    assert listed.code == 0
    lines = listed.out.splitlines()
    assert lines[0].split() == ["name", "needs", "title"]
    assert [line.split()[0] for line in lines[1:]] == list(collection.names())
    assert [one["name"] for one in json.loads(orderlane("scenarios", "list", "--json").out)] == list(collection.names())
    shown = orderlane("scenarios", "show", "happy-fbm")
    assert (shown.code, shown.out.encode()) == (0, collection.text_of("happy-fbm"))


def test_what_a_step_can_do_is_listed(orderlane: Orderlane):
    lines = orderlane("scenarios", "verbs").out.splitlines()
    assert lines[0].split() == ["verb", "to", "about", "with"]
    assert len(lines) == len(VERBS) + 1
    (shipment,) = [line for line in lines if line.startswith("confirm-shipment ")]
    assert "[reference] [items] [package]" in shipment
    told = {one["verb"]: one for one in json.loads(orderlane("scenarios", "verbs", "--json").out)}
    assert told["cancel"] | {"about": ""} == {
        "verb": "cancel",
        "side": "control",
        "to": "order",
        "with": ["by", "[reason]"],
        "about": "",
    }
    assert told["shop-resolve"]["with"] == ["resolution", "[kind]", "[inputs]"]


def test_what_is_shown_can_be_changed_and_run(orderlane: Orderlane, folder: Path):
    text = orderlane("scenarios", "show", "happy-fbm").out
    (folder / "mine.yaml").write_text(text.replace("quantity: 2}]", "quantity: 3}]"))
    ended = orderlane("scenarios", "run", "mine.yaml", "-v")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0].split()[:4] == ["ok", "1", "0s", "place"]
    assert ended.out.splitlines()[-1].split() == ["ok", "happy-fbm:", "9", "passed,", "1", "skipped"]


def test_all_that_need_no_service_pass(orderlane: Orderlane):
    ended = orderlane("scenarios", "run", "--all")
    assert (ended.code, ended.err) == (0, "")
    alone = [name for name in collection.names() if collection.scenario(name).needs is None]
    assert [line.split()[:2] for line in ended.out.splitlines()] == [["ok", f"{name}:"] for name in alone]


def test_one_is_run_with_a_service_beside_it(orderlane: Orderlane, folder: Path):
    (folder / "mine.yaml").write_text(MINE)
    (folder / "bad.yaml").write_text(MINE.replace("IMPORTED", "BLOCKED"))
    assert orderlane("scenarios", "run", "mine.yaml", "--service").code == 0
    ended = orderlane("scenarios", "run", "bad.yaml", "--service")
    assert ended.code == 1
    assert "outcome: expected 'BLOCKED', found 'IMPORTED'" in ended.err
    assert {file.name for file in folder.iterdir()} == {"bad.yaml", "mine.yaml"}


def test_a_failure_ends_with_one_and_says_what_was_found(orderlane: Orderlane, folder: Path):
    (folder / "bad.yaml").write_text(MINE.replace("{fulfillmentStatus: UNSHIPPED}}}", "{fulfillmentStatus: SHIPPED}}}"))
    ended = orderlane("scenarios", "run", "bad.yaml", "happy-fbm")
    assert ended.code == 1
    assert [line.split()[0] for line in ended.out.splitlines()] == ["FAILED", "ok"]
    assert "step 2 (expect) at 10m:" in ended.err
    assert "expected 'SHIPPED', found 'UNSHIPPED'" in ended.err
    told = json.loads(orderlane("scenarios", "run", "bad.yaml", "--json").out)
    assert [(one["name"], one["passed"]) for one in told] == [("mine", False)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--all"),
        (["happy-fbm", "--all"], "not both"),
        (["nothing"], "there are bad-address"),
        (["happy-fbm", "--url", "localhost"], "http://"),
        (["happy-fbm", "--url", "http://127.0.0.1:9", "--service"], "leave --url out"),
        (["happy-fbm", "--reset"], "--reset goes with --url"),
    ],
)
def test_wrong_usage_is_told(orderlane: Orderlane, words: list[str], said: str):
    ended = orderlane("scenarios", "run", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_file_that_is_no_scenario_is_told_with_its_place(orderlane: Orderlane, folder: Path):
    (folder / "bad.yaml").write_text(MINE.replace("do: place", "do: plaice"))
    ended = orderlane("scenarios", "run", "bad.yaml")
    assert ended.code == 2
    assert "bad.yaml, line 5, step 1, do: nothing is called 'plaice'; did you mean place?" in ended.err
    missing = orderlane("scenarios", "run", "missing.yaml")
    assert (missing.code, "missing.yaml" in missing.err) == (1, True)


def test_one_is_run_against_a_simulator_that_runs_elsewhere(orderlane: Orderlane):
    with served_world("demo") as served:
        [kept] = served.place()
        for _ in range(2):
            ended = orderlane("scenarios", "run", "happy-fbm", "bad-address", "--url", served.url)
            assert (ended.code, ended.err) == (0, "")
        assert len(served.look("state")["orders"]) == 5
        assert orderlane("scenarios", "run", "happy-fbm", "--url", served.url, "--reset").code == 0
        assert kept not in [entry["order"]["orderId"] for entry in served.look("state")["orders"]]


def test_what_needs_a_service_and_what_nobody_answers_is_told(orderlane: Orderlane):
    alone = orderlane("scenarios", "run", "blocked-out-of-stock")
    assert (alone.code, "--service" in alone.err) == (1, True)
    nobody = orderlane("scenarios", "run", "happy-fbm", "--url", "http://127.0.0.1:9")
    assert nobody.code == 75
    assert "http://127.0.0.1:9: no simulator can be reached there." in nobody.err


def test_an_address_with_a_path_is_told(orderlane: Orderlane):
    with served_world("demo") as served:
        ended = orderlane("scenarios", "run", "happy-fbm", "--url", f"{served.url}/nope")
    assert ended.code == 75
    assert f"{served.url}/nope: what answers there is no simulator; give the address" in ended.err


def test_all_pass_against_a_simulator_that_has_a_history(orderlane: Orderlane):
    with served_world("demo") as served:
        served.place(count=3)
        for _ in range(2):
            ended = orderlane("scenarios", "run", "--all", "--url", served.url)
            assert (ended.code, ended.err) == (0, "")


def test_a_simulator_that_fails_ends_the_step_and_no_more(orderlane: Orderlane, monkeypatch: pytest.MonkeyPatch):
    broken = {"POST /_sim/orders": 500, "GET /_sim/journal": 500}
    monkeypatch.setattr("api.cli.scenarios.create_app", lambda world: Breaking(create_app(world), broken))
    ended = orderlane("scenarios", "run", "happy-fbm", "bad-address")
    assert ended.code == 1
    assert [line.split()[0] for line in ended.out.splitlines()] == ["FAILED", "FAILED"]
    assert ended.err.count("the simulator answered 500 to POST /_sim/orders") == 2
    assert "defect" not in ended.err


def test_the_help_says_what_a_pass_depends_on(orderlane: Orderlane):
    told = " ".join(orderlane("scenarios", "run", "--help").out.split())
    assert "the world as it stands" in told
    assert "Say --reset where" in told
