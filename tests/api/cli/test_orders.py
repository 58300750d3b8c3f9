import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.cli.order_adoptions import AT_A_TIME
from api.database import database
from domain.accounts.stores import pause_store
from domain.sealing import Sealer
from tests.api.cli.conftest import Ended
from tests.domain.channel.stage import CLERK, Stage, connected, item

Orderlane = Callable[..., Ended]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = bytes.fromhex("ab" * 32)


@pytest.fixture
def shop(folder: Path) -> Callable[[Callable[[Stage], Awaitable[None]]], None]:
    """Give a function that lets something happen in a shop with mugs."""

    def played(happen: Callable[[Stage], Awaitable[None]]) -> None:
        async def play() -> None:
            async with database("sqlite://orderlane.db", migrate=True):
                stage = await connected(NOW, Sealer(KEY))
                await stage.products({"sku": "MUG", "quantity": "9"})
                await happen(stage)

        asyncio.run(play())

    return played


@pytest.fixture
def number(shop) -> str:
    """An imported order of one mug beside one that is blocked."""

    async def happen(stage: Stage) -> None:
        await stage.arrive(item("MUG", 2), number="902-0000000-0000001")
        await stage.arrive(item("LAMP"), number="902-0000000-0000002")

    shop(happen)
    return "902-0000000-0000001"


def test_orders_are_listed_and_filtered(orderlane: Orderlane, number: str):
    listed = orderlane("orders", "list")
    assert listed.code == 0
    assert number in listed.out
    assert "902-0000000-0000002" in listed.out

    blocked = json.loads(orderlane("orders", "list", "--blocked", "--json").out)
    assert [order["amazonOrderId"] for order in blocked] == ["902-0000000-0000002"]
    unshipped = json.loads(orderlane("orders", "list", "--status", "unshipped", "--json").out)
    assert [order["amazonOrderId"] for order in unshipped] == [number]
    found = json.loads(orderlane("orders", "list", "--search", "LAMP", "--json").out)
    assert [order["amazonOrderId"] for order in found] == ["902-0000000-0000002"]


@pytest.mark.parametrize("limit", ["0", "101"])
def test_a_list_has_its_limits(orderlane: Orderlane, number: str, limit: str):
    ended = orderlane("orders", "list", "--limit", limit)
    assert (ended.code, "--limit" in ended.err) == (2, True)


def test_an_unknown_status_is_wrong_usage_and_the_known_ones_are_named(orderlane: Orderlane, number: str):
    ended = orderlane("orders", "list", "--status", "lost")
    assert (ended.code, ended.err.startswith("--status: one of "), "CANCEL_REQUESTED" in ended.err) == (2, True, True)


def test_an_order_is_shown_with_what_can_be_done_and_without_its_buyer(orderlane: Orderlane, number: str):
    shown = orderlane("orders", "show", "902-0000000-0000002")
    assert shown.code == 0
    assert 'Product "LAMP" does not exist' in shown.out
    assert "CREATE_PRODUCT" in shown.out
    assert "RETRY_IMPORT  yes" in shown.out
    for secret in ("Erika", "Musterstr", "@"):
        assert secret not in shown.out + orderlane("orders", "show", number).out


def test_an_unknown_order_is_told_with_the_way_to_the_others(orderlane: Orderlane, number: str):
    for act in (
        ["show", "902-1"],
        ["ship", "902-1", "--carrier", "UPS", "--tracking", "1Z"],
        ["cancel", "902-1", "--reason", "NO_INVENTORY", "--yes"],
    ):
        ended = orderlane("orders", *act)
        assert (ended.code, "orders list" in ended.err) == (1, True)


def test_an_order_is_shipped_in_parts_and_a_repeated_key_ships_nothing_more(orderlane: Orderlane, number: str):
    words = ("orders", "ship", number, "--carrier", "UPS", "--tracking", "1Z1", "--line", "MUG=1", "--key", "once")
    first = orderlane(*words)
    assert first.code == 0
    assert "will be told of package" in first.out
    assert orderlane(*words).out == first.out
    rest = orderlane("orders", "ship", number, "--carrier", "UPS", "--tracking", "1Z2", "--json")
    assert len(json.loads(rest.out)["shipment"]["packages"]) == 1
    more = orderlane("orders", "ship", number, "--carrier", "UPS", "--tracking", "1Z3")
    assert more.code == 1


@pytest.mark.parametrize("line", ["MUG", "=1", "CUP=1", "MUG=x"])
def test_a_line_that_names_no_item_is_wrong_usage(orderlane: Orderlane, number: str, line: str):
    ended = orderlane("orders", "ship", number, "--carrier", "UPS", "--tracking", "1Z", "--line", line)
    assert (ended.code, "--line" in ended.err) == (2, True)


def test_a_cancellation_is_asked_for(orderlane: Orderlane, number: str):
    ended = orderlane("orders", "cancel", number, "--reason", "no_inventory", "--note", "sold out", "--yes")
    assert ended.code == 0
    assert "will be asked" in ended.out
    shown = json.loads(orderlane("orders", "show", number, "--json").out)
    assert shown["displayStatus"] == "CANCEL_REQUESTED"
    assert shown["commands"][0]["kind"] == "CANCEL"
    again = orderlane("orders", "cancel", number, "--reason", "no_inventory", "--yes")
    assert again.code == 1


def test_the_cancellation_of_a_part_is_asked_for(orderlane: Orderlane, number: str):
    words = ("orders", "cancel", number, "--reason", "no_inventory", "--yes")
    whole = orderlane(*words, "--rest")
    assert (whole.code, "cancelOrder" in whole.err) == (1, True)
    ended = orderlane(*words, "--line", "MUG=1", "--json")
    assert json.loads(ended.out)["command"]["kind"] == "PARTIAL_CANCEL"
    again = orderlane(*words, "--line", "MUG=1")
    assert again.code == 1


def test_without_a_terminal_a_cancellation_needs_a_yes(orderlane: Orderlane, number: str):
    ended = orderlane("orders", "cancel", number, "--reason", "NO_INVENTORY")
    assert (ended.code, "--yes" in ended.err) == (2, True)


def test_an_unknown_reason_is_wrong_usage_and_the_known_ones_are_named(orderlane: Orderlane, number: str):
    ended = orderlane("orders", "cancel", number, "--reason", "BORED", "--yes", "--json")
    assert (ended.code, ended.err.startswith("--reason: one of "), "BUYER_CANCELED" in ended.err) == (2, True, True)


def test_a_store_is_paused_and_resumed_by_name(orderlane: Orderlane, number: str):
    paused = json.loads(orderlane("stores", "pause", "Shop", "--json").out)
    assert paused[0]["status"] == "INACTIVE"
    resumed = json.loads(orderlane("stores", "resume", paused[0]["id"], "--json").out)
    assert resumed[0]["status"] == "ACTIVE"
    ended = orderlane("stores", "pause", "Laden")
    assert (ended.code, "stores list" in ended.err) == (1, True)


def test_the_doctor_finds_what_a_person_should_look_at(orderlane: Orderlane, shop, monkeypatch: pytest.MonkeyPatch):
    async def happen(stage: Stage) -> None:
        await stage.arrive(item("LAMP"))
        await pause_store(store_id=stage.store.id, now=stage.now, actor=CLERK)

    shop(happen)
    monkeypatch.setenv("ORDERLANE_AMAZON_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("ORDERLANE_AMAZON_TOKEN_URL", "http://127.0.0.1:1/token")
    ended = orderlane("doctor", "--offline", "--json")
    found = {one["about"]: one for one in json.loads(ended.out)}

    assert ended.code == 0
    assert (found["orders"]["health"], found["orders"]["found"]) == ("look", "1 blocked")
    assert (found["store Shop"]["health"], found["store Shop"]["found"]) == ("look", "inactive")
    assert found["worker"]["health"] == "look"
    assert found["account 1"]["health"] == found["database"]["health"] == "good"
    assert "ab" * 32 not in ended.out

    asked = orderlane("doctor")
    assert asked.code == 1
    assert "Amazon" in asked.err


def test_the_doctor_knows_a_key_that_opens_nothing(orderlane: Orderlane, number: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORDERLANE_SECRET_KEY", "cd" * 32)
    monkeypatch.setenv("ORDERLANE_AMAZON_TOKEN_URL", "http://127.0.0.1:1/token")
    ended = orderlane("doctor")
    assert ended.code == 1
    assert "another key" in ended.out
    assert "ORDERLANE_SECRET_KEY" in ended.err


def test_the_doctor_stops_where_there_is_nothing_to_look_into(orderlane: Orderlane):
    ended = orderlane("doctor", "--json")
    found = {one["about"]: one for one in json.loads(ended.out)}
    assert ended.code == 1  # no application is configured
    assert found["application"]["health"] == "bad"
    assert "orderlane migrate" in found["database"]["fix"]
    assert "worker" not in found


def test_papers_are_printed_into_a_file(orderlane: Orderlane, number: str, folder: Path):
    done = orderlane("orders", "print", number, "-o", "papers.pdf")
    assert (done.code, done.out, done.err) == (0, "", "papers.pdf: 1 paper.\n")
    assert (folder / "papers.pdf").read_bytes().startswith(b"%PDF-")
    assert orderlane("orders", "print", number, "--output", "page.HTML", "--kind", "invoice").code == 0
    assert number in (folder / "page.HTML").read_text("utf-8")


def test_what_cannot_be_printed_says_why(orderlane: Orderlane, number: str, folder: Path):
    for words, code, why in (
        ([number, "-o", "papers.doc"], 2, ".pdf or .html"),
        ([number, "-o", "p.pdf", "--kind", "poem"], 2, "INVOICE, SHIPMENT, CREDIT_MEMO"),
        ([number, "-o", "p.pdf", "--kind", "shipment"], 1, "nothing to print"),
        (["902-0000000-0000002", "-o", "p.pdf"], 1, "not imported"),
        (["902-9999999-9999999", "-o", "p.pdf"], 1, "There is no order"),
        ([number, "-o", "missing/p.pdf"], 1, "missing/p.pdf"),
    ):
        ended = orderlane("orders", "print", *words)
        assert (ended.code, why in ended.err) == (code, True), ended
    assert not (folder / "p.pdf").exists()


def test_orders_of_another_system_are_adopted(orderlane: Orderlane, number: str, tmp_path: Path):
    file = tmp_path / "map.csv"
    file.write_text(f"amazon_order_id,number\n902-0000000-0000002,M2-1\n\n902-0000000-0000009,M2-2\n{number},M2-3\n")
    ended = orderlane("orders", "adopt", str(file))
    assert ended.code == 1
    assert ended.out == "1 linked, 1 follow once Amazon shows them, 0 were linked before, 1 refused.\n"
    assert ended.err.startswith("line 5: It was imported here already, as commerce order 000000001.")
    again = json.loads(orderlane("orders", "adopt", str(file), "--json").out)
    assert (again["counts"], [one["line"] for one in again["refused"]]) == ({"UNCHANGED": 2}, [5])


def test_a_wrong_map_is_corrected_across_the_parts_in_which_it_is_sent(
    orderlane: Orderlane, number: str, tmp_path: Path
):
    file, ids = tmp_path / "map.csv", [f"902-0000001-{at:07d}" for at in range(AT_A_TIME + 2)]

    def written(numbers: list[str]) -> str:
        lines = (f"{amazon},{own}\n" for amazon, own in zip(ids, numbers, strict=True))
        file.write_text("amazon_order_id,number\n" + "".join(lines))
        return str(file)

    right = [f"M{at}" for at in range(len(ids) + 1)]
    assert orderlane("orders", "adopt", written(right[:-1])).code == 0
    shifted = written([*right[1:-1], ""])
    assert orderlane("orders", "adopt", shifted).code == 1
    ended = orderlane("orders", "adopt", shifted, "--replace")
    assert (ended.code, ended.out.split("refused. ")[1]) == (0, f"{len(ids) - 1} corrected, 1 taken back.\n")
    file.write_text(f"amazon_order_id,number\n{ids[0]},M2\n{number},\n")
    ended = orderlane("orders", "adopt", str(file), "--replace")
    assert (ended.code, len(ended.err.splitlines())) == (1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"amazon_order_id\n", "its first line has to be amazon_order_id,number"),
        (b'amazon_order_id,number\n"x', "line 2"),
        ("amazon_order_id,number\n902-0000000-0000002,Ä".encode("latin-1"), "UTF-8"),
        (b"amazon_order_id,number\n902-0000000-0000002,M2-1\n902-0000000-0000003,M2,5\n", "line 3: 3 fields under 2"),
        (b"number,amazon_order_id\nM2-1,902-0000000-0000002\nM2-2\n", "line 3: 1 fields under 2"),
    ],
)
def test_a_file_of_another_form_is_refused(orderlane: Orderlane, number: str, tmp_path: Path, text: bytes, said: str):
    file = tmp_path / "map.csv"
    file.write_bytes(text)
    ended = orderlane("orders", "adopt", str(file))
    assert (ended.code, said in ended.err) == (2, True)
    assert orderlane("orders", "adopt", str(tmp_path / "gone.csv")).code == 2
    assert orderlane("orders", "adopt", str(file), "--store", "Nobody's").code == 2


def test_no_line_is_taken_of_a_file_that_is_wrong_at_its_end(orderlane: Orderlane, number: str, tmp_path: Path):
    file, good = (
        tmp_path / "map.csv",
        b"amazon_order_id,number\n" + b"".join(b"902-0000001-%07d,M%d\n" % (at, at) for at in range(AT_A_TIME + 1)),
    )
    file.write_bytes(good + b"902-0000002-0000000,\xff\n")
    assert orderlane("orders", "adopt", str(file)).code == 2
    file.write_bytes(good)
    assert orderlane("orders", "adopt", str(file)).out.startswith(f"0 linked, {AT_A_TIME + 1} follow")
