"""The commands as processes, over real ports."""

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.end_to_end.commands import PATIENCE, environment, finished, started

ORDERS = "{ amazonOrders(first: 100) { nodes { importDecision { outcome } blockers { kind } } } }"
STORE = ["stores", "connect", "--name", "Shop", "--marketplace", "ATVPDKIKX0DER"]


def ask(url: str, document: str) -> dict[str, Any]:
    answer = httpx2.post(f"{url}/graphql", json={"query": document}, trust_env=False).json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = answer["data"]
    return data


def test_the_demo_is_ready_at_once_imports_and_blocks_orders_and_leaves_nothing(tmp_path: Path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    words = ("demo", "--port", "0", "--simulator-port", "0", "--orders", "20")
    with started(tmp_path, *words, env=environment(TMPDIR=str(temporary))) as demo:
        url = demo.said("Orderlane ").split()[-1]
        assert httpx2.get(f"{url}/readyz", trust_env=False).status_code == 200
        assert list(temporary.iterdir())

        outcomes, kinds = wait_for_orders(url)
        assert "IMPORTED" in outcomes
        assert kinds >= {"PRODUCT_NOT_MATCHED", "PRODUCT_DISABLED", "OUT_OF_STOCK"}

        assert demo.end(signal.SIGINT) == 130
        assert "Traceback" not in demo.err()
        assert list(temporary.iterdir()) == []


def wait_for_orders(url: str) -> tuple[set[str], set[str]]:
    end = time.monotonic() + PATIENCE
    while True:
        orders = ask(url, ORDERS)["amazonOrders"]["nodes"]
        outcomes = {order["importDecision"]["outcome"] for order in orders if order["importDecision"]}
        kinds = {blocker["kind"] for order in orders for blocker in order["blockers"]}
        if ("IMPORTED" in outcomes and len(kinds) >= 3) or time.monotonic() > end:
            return outcomes, kinds
        time.sleep(0.2)


def test_what_the_demo_offers_to_try_works_as_it_is_printed(tmp_path: Path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    words = ("demo", "--port", "0", "--simulator-port", "0")
    with started(tmp_path, *words, env=environment(TMPDIR=str(temporary))) as demo:
        demo.said("Ship it, and look again")
        time.sleep(0.2)
        tries = re.findall(r"curl -s (\S+) -H '([^']+): ([^']+)' -d '([^']+)'", demo.out())
        assert len(tries) == 4
        for url, header, value, body in tries:
            answer = httpx2.post(url, content=body, headers={header: value}, trust_env=False).json()
            assert "errors" not in answer
            assert answer["data"].get("shipOrder", {"errors": []})["errors"] == []
        assert demo.end(signal.SIGTERM) == 143
        assert "Traceback" not in demo.err()
        assert list(temporary.iterdir()) == []


@pytest.fixture
def amazon(tmp_path: Path) -> Iterator[str]:
    with started(tmp_path, "simulate", "--port", "0", "--orders", "30", "--rate", "1", env=environment()) as simulated:
        yield simulated.said("http://")


@pytest.fixture
def env(tmp_path: Path, amazon: str) -> dict[str, str]:
    return environment(
        ORDERLANE_DATABASE_URL=f"sqlite://{tmp_path / 'orders.db'}",
        ORDERLANE_SECRET_KEY="cd" * 32,
        ORDERLANE_AMAZON_ENDPOINT=amazon,
        ORDERLANE_AMAZON_TOKEN_URL=f"{amazon}/auth/o2/token",
        ORDERLANE_REFRESH_TOKEN="Atzr|demo",
        ORDERLANE_PORT="0",
    )


def test_products_and_stores_come_in_beside_a_running_service(tmp_path: Path, env: dict[str, str]):
    (tmp_path / "products.csv").write_text("sku,quantity\nMUG-STONEWARE-350,50\n")
    with started(tmp_path, "serve", env=env) as service:
        url = service.said("http://")
        assert finished(tmp_path, "products", "import", "products.csv", env=env).returncode == 0
        assert finished(tmp_path, *STORE, env=env).returncode == 0
        renamed = [*STORE[:3], "Renamed", *STORE[4:]]
        assert finished(tmp_path, *renamed, "--url", url, env=env).returncode == 0

        products = finished(tmp_path, "products", "list", "--url", url, env=env)
        assert "MUG-STONEWARE-350" in products.stdout
        beside = finished(tmp_path, "sync", env=env)
        assert (beside.returncode, "already works on this database" in beside.stderr) == (1, True)
        assert ask(url, "{ stores { name } }") == {"stores": [{"name": "Renamed"}]}
        assert service.end(signal.SIGTERM) == 143
        assert "Traceback" not in service.err()


def test_the_static_sandbox_answers_its_cases_and_nothing_else(tmp_path: Path):
    case = {"request": {"parameters": {"thingId": {"value": "7"}}}, "response": {"id": "7"}}
    declared = {"200": {"x-amzn-api-sandbox": {"static": [case]}}}
    model = {"paths": {"/things/{thingId}": {"get": {"operationId": "getThing", "responses": declared}}}}
    (tmp_path / "things.json").write_text(json.dumps(model))
    words = ("simulate", "--port", "0", "--static", "--models", str(tmp_path))
    with started(tmp_path, *words, env=environment()) as simulated, httpx2.Client(trust_env=False) as client:
        amazon = simulated.said("http://")
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "a", "client_secret": "b"}
        token = client.post(f"{amazon}/auth/o2/token", data=form).json()["access_token"]
        answers = [client.get(f"{amazon}/things/{one}", headers={"x-amz-access-token": token}) for one in "78"]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[0].json() == {"id": "7"}


@pytest.mark.parametrize("public_url", ["https://amazon.test/sim", None])
def test_documents_of_the_simulated_amazon_lie_at_its_address_or_its_public_one(tmp_path: Path, public_url: str | None):
    words = () if public_url is None else ("--public-url", public_url)
    with started(tmp_path, "simulate", "--port", "0", *words, env=environment()) as simulated:
        amazon = simulated.said("http://")
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "c", "client_secret": "s"}
        token = httpx2.post(f"{amazon}/auth/o2/token", data=form, trust_env=False).json()["access_token"]
        document = httpx2.post(
            f"{amazon}/feeds/2021-06-30/documents",
            json={"contentType": "text/xml"},
            headers={"x-amz-access-token": token, "host": "elsewhere"},
            trust_env=False,
        ).json()
    assert document["url"].startswith(f"{public_url or amazon}/_docs/")


def test_a_port_that_is_taken_is_told_without_a_traceback(tmp_path: Path, amazon: str):
    port = amazon.rsplit(":", 1)[1]
    for words in (["simulate", "--port", port], ["demo", "--port", port, "--simulator-port", "0"]):
        refused = finished(tmp_path, *words, env=environment())
        assert refused.returncode == 1
        assert "in use" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_log_lines_of_a_service_are_json_and_name_the_request(tmp_path: Path, env: dict[str, str]):
    with started(tmp_path, "serve", "--no-worker", env=env) as service:
        url = service.said("http://")
        httpx2.get(f"{url}/?secret=1", headers={"x-request-id": "mine-1"}, trust_env=False)
        service.end(signal.SIGINT)
        lines = [json.loads(line) for line in service.err().splitlines() if line.startswith("{")]
    answered = next(line for line in lines if line.get("path") == "/")
    assert (answered["request_id"], answered["status"], answered["method"]) == ("mine-1", 200, "GET")
    assert "secret" not in json.dumps(answered)
