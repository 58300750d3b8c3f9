import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.database import worker_role
from tests.api.cli.conftest import Ended

Orderlane = Callable[..., Ended]


def test_plain_orderlane_shows_the_two_commands_to_start_with(orderlane: Orderlane):
    ended = orderlane()
    assert ended.code == 0
    assert "orderlane demo" in ended.out
    assert "orderlane serve" in ended.out


def test_help_comes_at_once():
    def seconds() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "api", "-h"], check=True, capture_output=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) < 0.5  # 0.15 s on a quiet machine


def test_help_imports_neither_the_service_nor_the_simulator():
    script = (
        "import sys; from api.cli.commands import run; run(['-h']); "
        "heavy = {'strawberry', 'tortoise', 'starlette', 'simulator', 'domain'}; "
        "sys.exit(','.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["stors"], "stores"),
        (["config", "shwo"], "show"),
        (["config", "show", "--jsn"], "--json"),
        (["stores", "connect"], "--name"),
        (["demo", "--port", "many"], "--port"),
        (["demo", "--orders", "-1"], "--orders"),
        (["demo", "--port", "65536"], "65535"),
        (["demo", "--simulator-port", "-1"], "--simulator-port"),
        (["serve", "--port", "65536"], "65535"),
        (["simulate", "--port", "65536"], "65535"),
        (["simulate", "--public-url", "amazon.test"], "--public-url"),
        (["simulate", "--static"], "--models"),
        (["simulate", "--models", "tests"], "--static"),
        (["simulate", "--static", "--models", "nowhere"], "no model"),
        (["simulate", "--static", "--models", "tests", "--orders", "1"], "--orders"),
        (["simulate", "--rate", "-1"], "--rate"),
        (["simulate", "--rate", "nan"], "--rate"),
        (["simulate", "--rate", "inf"], "--rate"),
        (["simulate", "--now", "2026-03-02T09:00:00"], "offset"),
        (["simulate", "--now", "1999-03-02T09:00:00Z"], "2000"),
        (["query", "{ __typename }", "--variables", "[1]"], "JSON object"),
        (["query", "{ __typename }", "--url", "nonsense"], "write http://"),
        (["stores", "list", "--url", "127.0.0.1:8000"], "write http://"),
        (["products", "list", "--url", "http://"], "write http://"),
    ],
)
def test_wrong_usage_is_code_2_with_a_hint_and_no_traceback(orderlane: Orderlane, words: list[str], hint: str):
    ended = orderlane(*words)
    assert ended.code == 2
    assert hint in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


@pytest.mark.parametrize(
    "words",
    [["products", "import", "p.csv"], ["products", "list"], ["stores", "list"], ["serve"], ["sync"], ["migrate"]],
)
def test_a_bad_configuration_is_code_78_and_names_the_key(
    orderlane: Orderlane, folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
):
    (folder / "p.csv").write_text("sku\nA\n")
    monkeypatch.setenv("ORDERLANE_DATABASE_URL", "mysql://nowhere")
    ended = orderlane(*words)
    assert ended.code == 78
    assert "database URL" in ended.err
    assert ended.out == ""


def test_a_missing_key_is_code_78_with_the_command_that_makes_one(
    orderlane: Orderlane, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ORDERLANE_SECRET_KEY")
    ended = orderlane("serve")
    assert ended.code == 78
    assert "secrets.token_hex(32)" in ended.err


def test_debug_shows_the_traceback(orderlane: Orderlane):
    assert "Traceback" in orderlane("products", "import", "nothing.csv", "--debug").err


def test_config_show_hides_secrets_and_tells_where_values_come_from(orderlane: Orderlane):
    shown = json.loads(orderlane("config", "show", "--json").out)
    assert shown["secret_key"] == {"value": "**********", "origin": "environment"}
    assert shown["port"] == {"value": 8000, "origin": "default"}
    assert "secret_key" in orderlane("config", "show").out


def test_migrate_says_what_it_did_and_is_safe_to_repeat(orderlane: Orderlane):
    first, second = orderlane("migrate"), orderlane("migrate")
    assert (first.code, second.code) == (0, 0)
    assert first.out.splitlines()[0].startswith("0001")
    assert second.out == ""


def test_a_database_that_is_not_there_yet_is_made(orderlane: Orderlane, folder: Path):
    assert orderlane("stores", "list", "--json").out == "[]\n"
    assert (folder / "orderlane.db").exists()


def test_a_database_whose_tables_are_old_is_refused_with_the_way_out(orderlane: Orderlane, folder: Path):
    (folder / "orderlane.db").touch()
    ended = orderlane("stores", "list")
    assert ended.code == 1
    assert "orderlane migrate" in ended.err


def test_export_schema_prints_the_schema(orderlane: Orderlane):
    assert "type Query" in orderlane("export-schema").out


def test_query_runs_a_document_in_process(orderlane: Orderlane):
    orderlane("migrate")
    ended = orderlane("query", "query($n: Int!) { products(first: $n) { nodes { sku } } }", "-v", '{"n": 1}')
    assert ended.code == 0
    assert json.loads(ended.out) == {"data": {"products": {"nodes": []}}}


def test_query_fails_if_the_answer_holds_errors(orderlane: Orderlane):
    orderlane("migrate")
    ended = orderlane("query", "{ nothing }")
    assert ended.code == 1
    assert json.loads(ended.out)["errors"]


def test_a_service_that_is_not_there_is_code_75(orderlane: Orderlane):
    ended = orderlane("query", "{ __typename }", "--url", "http://127.0.0.1:1")
    assert ended.code == 75
    assert ended.out == ""


def test_connecting_without_a_token_names_both_places_for_it(orderlane: Orderlane):
    ended = orderlane("stores", "connect", "--name", "Shop", "--marketplace", "ATVPDKIKX0DER")
    assert ended.code == 78
    assert "--refresh-token-file" in ended.err
    assert "ORDERLANE_REFRESH_TOKEN" in ended.err


def test_an_empty_file_of_the_refresh_token_is_told(orderlane: Orderlane, folder: Path):
    (folder / "token").write_text("\n")
    words = ("--name", "Shop", "--marketplace", "ATVPDKIKX0DER", "--refresh-token-file", "token")
    ended = orderlane("stores", "connect", *words)
    assert ended.code == 78
    assert "the file token is empty" in ended.err


@pytest.mark.parametrize("name", ["ORDERLANE_AMAZON_ENDPOINT", "ORDERLANE_AMAZON_TOKEN_URL"])
def test_a_place_of_amazon_that_is_no_url_is_code_78(orderlane: Orderlane, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv(name, "nonsense")
    ended = orderlane("sync")
    assert ended.code == 78
    assert name.removeprefix("ORDERLANE_").lower() in ended.err


@pytest.mark.parametrize(
    ("words", "flag"),
    [(["simulate", "--port"], " --port"), (["demo", "--port", "0", "--simulator-port"], " --simulator-port")],
)
def test_a_taken_port_is_told_with_the_flag_that_chooses_another(orderlane: Orderlane, words: list[str], flag: str):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = orderlane(*words, str(taken.getsockname()[1]))
    assert ended.code == 1
    assert f"choose another{flag}." in ended.err


def test_sync_beside_a_running_service_says_how_to_ask_it(orderlane: Orderlane, folder: Path):
    orderlane("migrate")
    with worker_role(f"sqlite://{folder / 'orderlane.db'}"):
        ended = orderlane("sync")
    assert ended.code == 1
    assert "already works on this database: a running service syncs by itself" in ended.err
    assert "without the worker" not in ended.err
    document = next(line for line in ended.err.splitlines() if "orderlane query" in line).split("'")[1]
    asked = json.loads(orderlane("query", document).out)
    assert "syncNow" in asked["data"]
    assert asked["data"]["syncNow"]["errors"]


def test_no_command_takes_a_secret_as_a_flag():
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    flags = {line.split()[0] for line in page.splitlines() if line.startswith("  --")}
    assert not flags & {"--refresh-token", "--secret-key", "--amazon-client-secret", "--client-secret"}


def test_sync_without_a_store_says_how_to_connect_one(orderlane: Orderlane):
    orderlane("migrate")
    ended = orderlane("sync")
    assert ended.code == 1
    assert "stores connect" in ended.err
