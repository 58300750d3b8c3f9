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

    def imported(content: str | bytes) -> Ended:
        file = folder / "products.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return orderlane("products", "import", "products.csv", "--json")

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


def test_bad_lines_are_told_with_their_reason_and_the_others_are_taken(importing: Callable[..., Ended]):
    ended = importing(
        HEADER
        + "GOOD,Good,1.00,USD,1,,,\n"
        + ",Nameless,,,,,,\n"
        + "PRICE,,1.999,USD,,,,\n"
        + "HALF,,1.00,,,,,\n"
        + "MANY,,,,-3,,,\n"
        + "FLAG,,,,,perhaps,,\n"
        + "GOOD,Again,,,,,,\n"
        + "LONG,a,1,USD,1,true,true,B1,one too many\n"
        + "\n"
        + "ALSO,Also,2.00,USD,2,,,\n"
    )
    assert ended.code == 1
    assert json.loads(ended.out) == {"created": 2, "updated": 0, "unchanged": 0, "refused": 7}
    told = [line.removeprefix("products.csv, line ") for line in ended.err.splitlines()]
    assert [line.split(":")[0] for line in told] == ["3", "4", "5", "6", "7", "8", "9"]
    assert "SKU" in told[0]
    assert "9 fields under 8 columns" in told[-1]


def test_a_control_character_is_refused_with_its_line_and_in_words(importing: Callable[..., Ended]):
    ended = importing(HEADER + 'GOOD,Good,,,,,,\n"TWO\nLINES",a,,,,,,\nNAME,"a\rb",,,,,,\nASIN,a,,,,,,B\x000\n')
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
        ("sku,name\nA,Tür\n".encode("latin-1"), "not UTF-8"),
        ("sku,name\nA,Tür\n".encode("utf-16"), "not UTF-8"),
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
