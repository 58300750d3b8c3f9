import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.testing import Simulator
from tests.counted import IS_THOROUGH

PROGRAMS: Final = Path(__file__).parent / "node"
TRACKING: Final = "1Z999AA10123456784"
OLDEST: Final = 18  # has fetch
INSTALL: Final = (
    "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--no-update-notifier",
    "--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=500",
)  # fmt: skip
PATIENCE: Final = 60  # seconds
NO_NETWORK: Final = re.compile(
    r"code (ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|E\w*TIMEDOUT|ERR_SOCKET)"
)


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no Node on this machine")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST:
        pytest.skip(f"Node {version} has no fetch")
    return found


def installed(library: str, folder: Path) -> Path:
    """Return the program that uses a library, beside that library."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm on this machine")
    shutil.copytree(PROGRAMS / library, folder, dirs_exist_ok=True)
    try:
        done = subprocess.run(
            [npm, *INSTALL], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not get the library in a minute")
    if done.returncode and NO_NETWORK.search(done.stderr):
        pytest.skip("npm has no way to its registry")
    assert done.returncode == 0, done.stderr
    return folder / "ship.mjs"


def ships_an_order(node: str, program: Path, seller: str) -> None:
    with Simulator(seed="node") as simulator:
        placed = simulator.control.place(count=5, fulfillment_status="UNSHIPPED", seller=seller)
        simulator.control.advance(300)  # Amazon shows nothing that is less than two minutes old
        told = run(node, program, simulator, seller)

        assert [len(page) for page in told["pages"]] == [2, 2, 1]
        assert {order["orderId"] for page in told["pages"] for order in page} == set(placed)
        assert told["before"]["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
        assert told["after"]["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert [package["trackingNumber"] for package in told["after"]["packages"]] == [TRACKING]
        assert told["refusal"] == "NotFound"
        assert simulator.control.order(told["after"]["orderId"]).fulfillment_status == "SHIPPED"
        statuses = [(one.operation, one.status) for one in simulator.control.requests("confirmShipment")]
        assert statuses == [("confirmShipment", 204)]


def run(node: str, program: Path, simulator: Simulator, seller: str) -> Any:
    given = {
        "SP_API_ENDPOINT": simulator.url,
        "LWA_REFRESH_TOKEN": simulator.refresh_token(seller),
        "SHIP_DATE": simulator.control.clock().now.isoformat().replace("+00:00", "Z"),
    }
    done = subprocess.run(
        [node, program],
        env=os.environ | given | {"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_plain_fetch_reads_pages_confirms_and_finds_the_order_shipped(node: str):
    ships_an_order(node, PROGRAMS / "fetch" / "ship.mjs", seller="fetches")


def test_a_library_that_takes_a_base_url_does_so_too(node: str, tmp_path: Path):
    ships_an_order(node, installed("sp-api-sdk", tmp_path), seller="installs")


@pytest.mark.skipif(not IS_THOROUGH, reason="installs 40 MB; THOROUGH=1 does so")
def test_amazons_sdk_for_javascript_does_so_too(node: str, tmp_path: Path):
    ships_an_order(node, installed("amazons-sdk", tmp_path), seller="installs-much")
