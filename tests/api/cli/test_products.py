import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.cli.conftest import Ended

Orderlane = Callable[..., Ended]

HEADER = "sku,name,price,currency,quantity,enabled,manages_stock,asin\n"


@pytest.fixture
def importing(orderlane: Orderlane, folder: Path) -> Callable[..., Ended]:
    """Import products from a file of this content, into a fresh database."""
    orderlane("migrate")

    def imported(content: str | bytes, *words: str) -> Ended:
        file = folder / "products.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return orderlane("products", "import", "products.csv", "--json", *words)

    return imported


def test_products_are_created_changed_and_left_alone(importing: Callable[..., Ended], orderlane: Orderlane):
    first = importing(HEADER + "MUG,Mug,14.99,USD,5,true,true,B01\nLAMP,Lamp,39.99,USD,0,no,yes,\n")
    assert first.code == 0
    assert json.loads(first.out) == {"created": 2, "updated": 0, "unchanged": 0, "refused": 0}

    second = importing("SKU,quantity\nMUG,7\nLAMP,0\n")
    assert json.loads(second.out) == {"created": 0, "updated": 1, "unchanged": 1, "refused": 0}

    listed = {product["sku"]: product for product in json.loads(orderlane("products", "list", "--json").out)}
    assert (listed["MUG"]["stock"], listed["MUG"]["name"], listed["MUG"]["enabled"]) == (7, "Mug", True)
    assert listed["LAMP"]["enabled"] is False


BAD_LINES = (
    HEADER
    + "GOOD,Good,1.00,USD,1,,,\n"
    + ",Nameless,,,,,,\n"
    + "PRICE,,1.999,USD,,,,\n"
    + "HALF,,1.00,,,,,\n"
    + "MANY,,,,-3,,,\n"
    + "FLAG,,,,,perhaps,,\n"
    + "GOOD,Again,,,,,,\n"
    + "LONG,a,1,USD,1,true,true,B1,one too many\n"
    + "HUGE,,,,99999999999999999999,,,\n"
    + "RICH,,99999999999999999999,USD,,,,\n"
    + "\n"
    + "ALSO,Also,2.00,USD,2,,,\n"
)
FIELDS = ["sku", "price", "currency", "quantity", "enabled", "sku", "", "quantity", "price"]


def test_one_bad_line_and_nothing_is_imported(importing: Callable[..., Ended], orderlane: Orderlane, folder: Path):
    ended = importing(BAD_LINES, "--report", "bad.csv")
    assert ended.code == 1
    assert json.loads(ended.out) == {"created": 0, "updated": 0, "unchanged": 0, "refused": 9}
    *told, last = ended.err.splitlines()
    lines = [line.removeprefix("products.csv, line ") for line in told]
    assert [line.split(":")[0] for line in lines] == ["3", "4", "5", "6", "7", "8", "9", "10", "11"]
    assert "line 2 already" in lines[5]
    assert "9 fields under 8 columns" in lines[6]
    assert "--skip-bad" in last
    with (folder / "bad.csv").open(newline="") as file:
        report = list(csv.reader(file))
    assert report[0] == ["line", "field", "reason"]
    assert [(line, field) for line, field, _ in report[1:]] == [
        (str(line), field) for line, field in enumerate(FIELDS, 3)
    ]
    assert json.loads(orderlane("products", "list", "--json").out) == []


def test_the_lines_that_can_be_taken_are_taken_if_the_others_are_to_be_skipped(importing: Callable[..., Ended]):
    ended = importing(BAD_LINES, "--skip-bad")
    assert ended.code == 1
    assert json.loads(ended.out) == {"created": 2, "updated": 0, "unchanged": 0, "refused": 9}


def test_of_very_many_bad_lines_the_first_are_told(importing: Callable[..., Ended]):
    ended = importing("sku,quantity\n" + "".join(f"S{at},many\n" for at in range(60)))
    *told, more, last = ended.err.splitlines()
    assert (len(told), "10 more lines" in more, "--report" in more, "Nothing" in last) == (50, True, True, True)


def test_a_json_file_is_a_list_of_the_same_fields(orderlane: Orderlane, folder: Path):
    orderlane("migrate")
    entries = (
        '[{"sku": "MUG", "price": 0.10, "currency": "EUR", "quantity": 5, "enabled": true},'
        '{"sku": "CUP", "name": null, "price": "2", "currency": "JPY", "manages_stock": false},'
        '{"sku": "A", "colour": "red"}, {"sku": ["B"]}, 7, {"sku": "C", "quantity": 2.5}]'
    )
    (folder / "p.json").write_text(entries)
    ended = orderlane("products", "import", "p.json", "--skip-bad", "--json")
    assert json.loads(ended.out) == {"created": 2, "updated": 0, "unchanged": 0, "refused": 4}
    assert [line.removeprefix("p.json, line ")[:6] for line in ended.err.splitlines()] == [
        "3: col",
        "4: sku",
        "5: Thi",
        "6: qua",
    ]
    listed = {one["sku"]: one for one in json.loads(orderlane("products", "list", "--json").out)}
    assert (listed["MUG"]["stock"], listed["CUP"]["managesStock"]) == (5, False)
    for wrong in ('{"sku": "A"}', "[", "[" * 5000):
        (folder / "p.json").write_text(wrong)
        ended = orderlane("products", "import", "p.json")
        assert (ended.code, "no list of products in JSON" in ended.err) == (2, True)


def test_a_control_character_is_refused_with_its_line_and_in_words(importing: Callable[..., Ended]):
    lines = 'GOOD,Good,,,,,,\n"TWO\nLINES",a,,,,,,\nNAME,"a\rb",,,,,,\nASIN,a,,,,,,B\x000\n'
    ended = importing(HEADER + lines, "--skip-bad")
    assert (ended.code, json.loads(ended.out)["created"], json.loads(ended.out)["refused"]) == (1, 1, 3)
    told = ended.err.splitlines()
    assert [line.split(":")[0] for line in told] == [f"products.csv, line {line}" for line in (4, 6, 7)]
    assert all("control character" in line for line in told)
    assert [sign in line for sign, line in zip(("U+000A", "U+000D", "U+0000"), told, strict=True)] == [True] * 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("sku,colour\nA,red\n", "'colour'"),
        ("name\nA\n", "lacks the column 'sku'"),
        ("", "lacks the column 'sku'"),
        ("sku,sku\nA,B\n", "twice"),
        ("sku,name\nA,Tür\n".encode("latin-1"), "not UTF-8 (line 2, byte 0xFC)"),
        ("sku,name\nA,Tür\n".encode("utf-16"), "not UTF-8 but UTF-16; save it as UTF-8, or say"),
        ("sku,name\nA,Tür\n".encode("utf-16-le"), "--encoding utf-16-le"),
        ("sku,name\nA,Tür\n".encode("utf-32"), "UTF-32"),
        ("sku;name\nA;B\n", "separated by commas, not by ';'"),
        ('sku,name\nA,"open\n', "line"),
    ],
)
def test_a_file_of_another_form_is_refused_as_a_whole(
    importing: Callable[..., Ended], content: str | bytes, words: str
):
    ended = importing(content)
    assert ended.code == 2
    assert words in ended.err
    assert ended.out == ""


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(importing: Callable[..., Ended]):
    ended = importing(b"\xef\xbb\xbfsku,name\r\nM\xc3\x9cG,Caf\xc3\xa9\r\n")
    assert (ended.code, json.loads(ended.out)["created"]) == (0, 1)


def test_a_file_that_is_not_there_is_told_without_a_traceback(orderlane: Orderlane):
    orderlane("migrate")
    ended = orderlane("products", "import", "nothing.csv")
    assert ended.code == 1
    assert "nothing.csv" in ended.err
    assert "Traceback" not in ended.err
    assert "[Errno" not in ended.err


@pytest.mark.parametrize("encoding", ["utf-16", "UTF-16-LE", "windows-1252", "latin-1", "utf-8"])
def test_another_encoding_is_read_when_it_is_named(
    importing: Callable[..., Ended], orderlane: Orderlane, encoding: str
):
    ended = importing("sku,name\nA,Tür\n".encode(encoding), "--encoding", encoding)
    assert ended.code == 0, ended.err
    assert json.loads(orderlane("products", "list", "--json").out)[0]["name"] == "Tür"


def test_a_wrong_name_of_an_encoding_is_told(importing: Callable[..., Ended]):
    for name in ("klingon", "base64"):
        ended = importing("sku\nA\n", "--encoding", name)
        assert (ended.code, "no encoding of text" in ended.err) == (2, True)
    ended = importing("sku,name\nA,Tür\n".encode("latin-1"), "--encoding", "ascii")
    assert (ended.code, "is not ascii (line 2" in ended.err) == (2, True)
    ended = importing("sku,name\nA,Tür\n".encode("utf-16-le"), "--encoding", "utf-16")
    assert (ended.code, "lacks the byte order mark; name an encoding such as utf-16-le" in ended.err) == (2, True)
