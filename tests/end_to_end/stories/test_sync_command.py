"""Syncing by hand, from the command line: one store, one step at a time, against a simulated Amazon on a port."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.cli.commands import run
from api.settings import Settings
from simulator.testing import Simulator
from tests.end_to_end.stories.asking import MUG


@pytest.fixture
def amazon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """Serve a simulated Amazon, and work in an empty folder with a service that is configured for it."""
    monkeypatch.chdir(tmp_path)
    for name in (*Settings.model_fields, "refresh_token"):
        monkeypatch.delenv(f"ORDERLANE_{name.upper()}", raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with Simulator(now=datetime.now(UTC)) as simulator:
        monkeypatch.setenv("ORDERLANE_SECRET_KEY", "ab" * 32)
        monkeypatch.setenv("ORDERLANE_REFRESH_TOKEN", "Atzr|demo")
        monkeypatch.setenv("ORDERLANE_AMAZON_ENDPOINT", simulator.url)
        monkeypatch.setenv("ORDERLANE_AMAZON_TOKEN_URL", f"{simulator.url}/auth/o2/token")
        yield simulator
    root.handlers[:] = handlers
    root.setLevel(level)


def test_run_sync_on_demand_per_store_and_step_as_a_command(amazon: Simulator, capsys: pytest.CaptureFixture[str]):
    def ended(*words: str) -> tuple[int, str, str]:
        code = run(words)
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    for words, code, said in (
        (["--step", "dance"], 2, "READ, EVALUATE, SEND"),
        (["--step", "send", "--since", "7d"], 2, "--step read"),
    ):
        found, _, err = ended("sync", *words)
        assert (found, said in err) == (code, True), err

    assert ended("stores", "connect", "--name", "Shop", "--marketplace", "ATVPDKIKX0DER")[0] == 0
    amazon.control.place(items=[{"sku": MUG, "quantity": 1}], fulfillment_status="UNSHIPPED")
    amazon.control.advance(300)
    code, _, err = ended("sync", "--store", "Nowhere")
    assert (code, "There is no active store Nowhere; there are Shop." in err) == (1, True)
    code, out, err = ended("sync", "--store", "Shop", "--step", "READ", "--json")
    (line,) = json.loads(out)["runs"]
    assert (code, line["store"], line["state"], line["created"]) == (0, "Shop", "SUCCEEDED", 1)
    assert "read: 1 done." in err
    code, out, err = ended("sync", "--step", "evaluate", "--step", "send", "--json")
    assert (code, json.loads(out)) == (3, {"runs": [], "blocked": 1})  # there is no such product
    assert "evaluate: 1 done." in err
