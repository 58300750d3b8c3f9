"""The status page, as a browser gets it and shows it."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from simulator.faults.closing import ConnectionClosed
from simulator.testing import Simulator
from tests.simulator.playing import Amazon

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


class Cells(HTMLParser):
    """The text of a page, cell by cell."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.rows: list[list[str]] = []
        self._in: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._in = self.rows[-1]
            self._in.append("")
        elif tag in ("h1", "h2"):
            self._in = self.headings
            self._in.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "h1", "h2"):
            self._in = []

    def handle_data(self, data: str) -> None:
        if self._in:
            self._in[-1] += data


async def shown(amazon: Amazon) -> Cells:
    answer = await amazon.http.get("/_sim/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return Cells(answer.text)


async def test_it_shows_a_request_whose_connection_was_dropped(amazon):
    await amazon.sim("POST", "/faults", {"effect": "DROPPED", "operation": "getOrder", "times": 1})
    await amazon.log_in()
    with pytest.raises(ConnectionClosed):
        await amazon.get("/orders/2026-01-01/orders/111-1111111-1111111")
    assert ["getOrder", "no answer", ""] in [row[-3:] for row in (await shown(amazon)).rows]


async def test_it_is_there_without_a_slash_and_nothing_is_redirected(amazon):
    assert (await amazon.http.get("/_sim")).text.startswith("<!doctype html>")
    paths = (
        "/orders/2026-01-01/orders/",
        "/notifications/v1/destinations/",
        "/_sim/clock/",
        "/_docs/x/",
        "/auth/o2/token/",
    )
    assert [(await amazon.http.get(path)).status_code for path in paths] == [404] * 5


async def test_it_shows_the_time_the_orders_the_faults_and_the_requests(amazon):
    first = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    second = await amazon.placed(seller="other")
    await amazon.sim("POST", f"/orders/{first}/request-cancel", {})
    fault = {"effect": "FAILED", "operation": "getOrder", "times": 1}
    assert (await amazon.sim("POST", "/faults", fault)).status_code == 201
    await amazon.get(f"/orders/2026-01-01/orders/{first}")
    await amazon.get("/orders/2026-01-01/order")

    page = await shown(amazon)

    assert page.headings == ["Simulated Amazon", "Orders: 2", "Faults: 1", "Feeds: 0", page.headings[-1]]
    orders = [row for row in page.rows if row[0] in (first, second)]
    assert [row[0] for row in orders] == [first, second]
    assert [row[4] for row in orders] == ["UNSHIPPED, cancellation requested", "PENDING"]
    assert ["FAILED", "getOrder", "1", "spent"] in [row[1:] for row in page.rows]
    journal = [row for row in page.rows if row[0].startswith("2026-") and len(row) == 5]
    assert [row[3] for row in journal[:2]] == ["404", "500"]
    assert journal[0][4].startswith("searchOrders is") or "getOrder" in journal[0][4]


async def test_what_came_from_outside_is_text_and_never_markup(amazon):
    order = await amazon.order(await amazon.placed())
    order["orderId"] = "<b>7</b>"
    order["salesChannel"]["marketplaceId"] = "<script>alert(1)</script>"
    assert (await amazon.sim("PUT", "/orders", {"orders": [order]})).status_code == 200
    await amazon.http.get("/<img src=x>")

    answer = await amazon.http.get("/_sim/")

    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;b&gt;7&lt;/b&gt;" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_it_looks_again_by_itself_unless_it_shall_stand_still_and_leaves_no_trace(amazon):
    before = len(amazon.world.journal.documents())
    assert 'http-equiv="refresh"' in (await amazon.http.get("/_sim/")).text
    assert 'http-equiv="refresh"' not in (await amazon.http.get("/_sim/?still")).text
    assert len(amazon.world.journal.documents()) == before


async def test_it_shows_the_latest_of_many(amazon):
    ids = await amazon.place(count=60)
    page = await shown(amazon)
    assert "Orders: 60" in page.headings
    assert len({row[0] for row in page.rows} & set(ids)) == 40


@pytest.mark.skipif(CHROMIUM is None, reason="a browser is needed: Debian's chromium")
def test_a_browser_shows_it(tmp_path: Path):
    with Simulator(seed="7", orders=5) as simulator:
        # Where a slash is missing it is added, as a person types it.
        assert httpx2.get(f"{simulator.url}/_sim", follow_redirects=True, trust_env=False).status_code == 200
        picture = tmp_path / "page.png"
        command = [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=400,800"]
        address = f"{simulator.url}/_sim/?still"
        dumped = subprocess.run(
            [*command, "--dump-dom", address], capture_output=True, text=True, timeout=60, check=True
        )
        subprocess.run([*command, f"--screenshot={picture}", address], capture_output=True, timeout=60, check=True)
    assert re.search(r"<h2>Orders: 5</h2>", dumped.stdout)
    assert len(Cells(dumped.stdout).rows) >= 6
    assert picture.stat().st_size > 10_000
