"""Commands that work on the database itself and ask a simulated Amazon, with no service running."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.api.cli.conftest import Ended
from tests.end_to_end.commands import environment, started

Orderlane = Callable[..., Ended]
STORE = ["stores", "connect", "--name", "Shop", "--marketplace", "ATVPDKIKX0DER"]
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("amazon")
    with started(folder, "simulate", "--port", "0", "--orders", "30", "--rate", "1", env=environment()) as simulated:
        yield simulated.said("http://").split()[-1]


@pytest.fixture
def asked(folder: Path, monkeypatch: pytest.MonkeyPatch, amazon: str) -> Callable[[str], None]:
    """Give a function that says where Amazon is asked."""

    def at(address: str) -> None:
        monkeypatch.setenv("ORDERLANE_AMAZON_ENDPOINT", address)
        monkeypatch.setenv("ORDERLANE_AMAZON_TOKEN_URL", f"{address}/auth/o2/token")

    monkeypatch.setenv("ORDERLANE_DATABASE_URL", f"sqlite://{folder / 'orders.db'}")
    monkeypatch.setenv("ORDERLANE_REFRESH_TOKEN", "Atzr|demo")
    at(amazon)
    return at


@pytest.mark.usefixtures("asked")
def test_a_store_is_connected_and_synced(orderlane: Orderlane):
    assert orderlane("migrate").code == 0
    start = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    connected = orderlane(*STORE, "--import-from", start, "--json")
    assert connected.code == 0, connected.err
    assert json.loads(connected.out)[0]["name"] == "Shop"

    synced = orderlane("sync", "--json")
    assert synced.code == 3, synced.err
    report = json.loads(synced.out)
    assert report["runs"][0]["created"] == 30
    assert report["blocked"] > 0
    again = json.loads(orderlane("sync", "--json").out)
    assert again["runs"][0]["created"] == 0

    reread = json.loads(orderlane("sync", "--since", "40d", "--json").out)
    assert (reread["runs"][0]["created"], reread["runs"][0]["unchanged"]) == (0, 30)
    found = orderlane("query", "{ amazonOrders(first: 1) { nodes { amazonOrderId } } }")
    number = json.loads(found.out)["data"]["amazonOrders"]["nodes"][0]["amazonOrderId"]
    one = json.loads(orderlane("sync", "--order", number, "--json").out)
    assert (one["runs"][0]["state"], one["runs"][0]["seen"]) == ("SUCCEEDED", 1)


@pytest.mark.usefixtures("asked")
def test_a_token_that_amazon_does_not_accept_is_refused_in_words(orderlane: Orderlane, monkeypatch: pytest.MonkeyPatch):
    orderlane("migrate")
    monkeypatch.setenv("ORDERLANE_REFRESH_TOKEN", "Atzr|not a seller")
    refused = orderlane(*STORE)
    assert refused.code == 1
    assert "Traceback" not in refused.err
    assert "not a seller" not in refused.err


def test_an_amazon_that_cannot_be_reached_is_code_75(orderlane: Orderlane, asked: Callable[[str], None], amazon: str):
    orderlane("migrate")
    asked(NOWHERE)
    assert orderlane(*STORE).code == 75
    asked(amazon)
    assert orderlane(*STORE).code == 0
    asked(NOWHERE)
    assert orderlane("sync").code == 75
