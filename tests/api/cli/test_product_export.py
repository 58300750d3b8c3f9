import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.cli.conftest import Ended

Orderlane = Callable[..., Ended]

FILE = """sku,name,price,currency,quantity,enabled,manages_stock,asin
"A,B","Cup ""big"", blue",19.90,EUR,5,true,true,B01
=1+1,Žluť 杯 🍵,120,JPY,0,false,true,
PLAIN,PLAIN,,,7,true,false,
"""


def counts(ended: Ended) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ended.out)
    return answer


@pytest.mark.parametrize("name", ["out.csv", "out.json"])
def test_what_is_exported_imports_back_unchanged(orderlane: Orderlane, folder: Path, name: str):
    orderlane("migrate")
    (folder / "products.csv").write_text(FILE + "".join(f"S{at},S{at},,,{at},true,true,\n" for at in range(120)))
    assert orderlane("products", "import", "products.csv").code == 0
    ended = orderlane("products", "export", "-o", name)
    assert (ended.code, ended.err) == (0, f"123 products are in {name}.\n")
    assert counts(orderlane("products", "import", name, "--json")) == {
        "created": 0,
        "updated": 0,
        "unchanged": 123,
        "refused": 0,
    }

    first = (folder / name).read_bytes()
    (folder / "orderlane.db").unlink()
    orderlane("migrate")
    assert counts(orderlane("products", "import", name, "--json"))["created"] == 123
    orderlane("products", "export", "--output", name)
    assert (folder / name).read_bytes() == first
    assert sorted(path.name for path in folder.iterdir() if path.name.endswith(".part")) == []


@pytest.mark.parametrize(("name", "content"), [("none.json", "[]"), ("none.csv", "sku,name,price,")])
def test_no_products_are_a_file_without_products(orderlane: Orderlane, folder: Path, name: str, content: str):
    orderlane("migrate")
    assert orderlane("products", "export", "-o", name).code == 0
    assert (folder / name).read_text().startswith(content)
    assert orderlane("products", "import", name).code == 0


def test_a_failing_export_leaves_the_file_as_it_was(orderlane: Orderlane, folder: Path):
    (folder / "kept.csv").write_text("kept")
    assert orderlane("products", "export", "-o", "kept.csv", "--url", "http://127.0.0.1:9").code == 75
    assert (folder / "kept.csv").read_text() == "kept"
    assert orderlane("products", "export", "-o", "missing/out.csv").code == 1
