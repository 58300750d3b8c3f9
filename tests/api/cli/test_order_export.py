import csv
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.api.cli.conftest import Ended
from tests.api.cli.test_orders import number, shop

Orderlane = Callable[..., Ended]
__all__ = ["number", "shop"]

LINES = [["amazon_order_id", "total", "currency"], ["902-0000000-0000001", "19.90", "EUR"]]
COLUMNS = ("--column", "amazon_order_id", "--column", "TOTAL", "--column", "currency")


def read(file: Path, encoding: str = "utf-8") -> list[list[str]]:
    with file.open(encoding=encoding, newline="") as lines:
        return list(csv.reader(lines))


def test_orders_are_written_into_a_file_that_appears_when_it_is_whole(
    orderlane: Orderlane, number: str, folder: Path
) -> None:
    ended = orderlane("orders", "export", "-o", "all.csv")
    assert (ended.code, ended.out, ended.err) == (0, "", "2 orders in all.csv.\n")
    heads, *rows = read(folder / "all.csv")
    assert (heads[1], [row[1] for row in rows]) == ("amazon_order_id", ["902-0000000-0000002", number])
    assert not (folder / "all.csv.part").exists()

    ended = orderlane("orders", "export", "-o", "one.csv", "--status", "unshipped", "--bom", *COLUMNS)
    assert (ended.code, read(folder / "one.csv", "utf-8-sig")) == (0, LINES)
    assert (folder / "one.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_filters_are_joined_and_commerce_orders_have_their_own(orderlane: Orderlane, number: str, folder: Path) -> None:
    where = json.dumps({"sku": {"startsWith": "mu"}})
    chosen = ("--where", where, "--search", "fine", "--view", "default VIEW")
    ended = orderlane("orders", "export", "-o", "some.csv", *chosen, *COLUMNS)
    assert (ended.code, read(folder / "some.csv")) == (0, LINES)
    ended = orderlane("orders", "export", "--commerce", "-o", "made.csv", "--status", "processing", "--column", "state")
    assert (ended.code, read(folder / "made.csv")) == (0, [["state"], ["PROCESSING"]])


def test_a_file_can_go_to_stdout(orderlane: Orderlane, number: str) -> None:
    ended = orderlane("orders", "export", "-o", "-", "--column", "NOTE", "--search", "nothing like it")
    assert (ended.code, ended.out) == (0, "note\r\n")


def test_what_cannot_be_written_leaves_no_file(orderlane: Orderlane, number: str, folder: Path) -> None:
    before = {path.name for path in folder.iterdir()}
    for words, code, said in (
        (("--where", "{"), 2, "--where: a filter as JSON"),
        (("--where", "[]"), 2, "--where: a filter as JSON"),
        (("--where", '{"shoe": 1}'), 1, "shoe"),
        (("--column", "SHOE"), 2, "--column: one of PURCHASED_AT, AMAZON_ORDER_ID"),
        (("--status", "LOST"), 2, "--status: one of"),
        (("--view", "Mine"), 1, "There is no view 'Mine'; there are Default view."),
        (("-o", "no/such/folder.csv"), 1, "No such file or directory"),
        (("--url", "nowhere"), 2, "--url"),
    ):
        ended = orderlane("orders", "export", *(() if "-o" in words else ("-o", "x.csv")), *words)
        assert (words, ended.code, said in ended.err) == (words, code, True), ended.err
    assert {path.name for path in folder.iterdir() if ".csv" in path.name} <= before


@contextmanager
def elsewhere(status: int, length: int) -> Iterator[str]:
    """Serve a file of 8 bytes, announced as of some length, at an address that is given."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            payload = {"path": "/exports/orders.csv?ticket=t", "expiresAt": "", "errors": []}
            self.answer(200, json.dumps({"data": {"exportOrders": payload}}).encode())

        def do_GET(self) -> None:
            self.answer(status, b"a\r\nb\r\nc\n" if status == 200 else b"Gone.", length)

        def answer(self, code: int, body: bytes, length: int | None = None) -> None:
            self.send_response(code)
            self.send_header("content-length", str(length or len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/graphql"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "length", "code", "said"),
    [
        (200, 8, 0, "1 orders in there.csv."),
        (200, 9, 75, "The service broke off; nothing was written."),
        (404, 5, 1, "Gone."),
    ],
)
def test_a_file_comes_from_a_service_elsewhere_or_not_at_all(
    orderlane: Orderlane, folder: Path, status: int, length: int, code: int, said: str
) -> None:
    with elsewhere(status, length) as url:
        ended = orderlane("orders", "export", "-o", "there.csv", "--url", url)
    assert (ended.code, ended.err) == (code, f"{said}\n")
    assert [path.name for path in folder.glob("there*")] == (["there.csv"] if code == 0 else [])
