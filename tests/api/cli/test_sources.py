import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.cli.conftest import Ended

Orderlane = Callable[..., Ended]


@pytest.fixture
def catalog(orderlane: Orderlane, folder: Path) -> None:
    """Five mugs at the default source, and an empty one in Berlin."""
    (folder / "products.csv").write_text("sku,quantity\nMUG,5\nMUG-XL,1\n")
    orderlane("migrate")
    assert orderlane("products", "import", "products.csv").code == 0
    made = orderlane("sources", "save", "berlin", "--name", "Berlin", "--country", "de")
    assert (made.code, made.out) == (0, "Source berlin is enabled; 0 orders are evaluated again.\n")


@pytest.mark.usefixtures("catalog")
def test_sources_are_listed_ordered_and_disabled(orderlane: Orderlane):
    listed = orderlane("sources", "list")
    assert [line.split() for line in listed.out.splitlines()[-2:]] == [
        ["1", "default", "Default", "source", "yes", "yes"],
        ["2", "berlin", "Berlin", "DE", "yes", "no"],
    ]
    ordered = json.loads(orderlane("sources", "order", "berlin", "default", "--json").out)
    assert [one["code"] for one in ordered] == ["berlin", "default"]
    assert orderlane("sources", "order", "berlin").code == 1
    assert orderlane("sources", "save", "berlin", "--enable", "--disable").code == 2
    disabled = json.loads(orderlane("sources", "save", "berlin", "--disable", "--json").out)
    assert (disabled["name"], disabled["country"], disabled["enabled"]) == ("Berlin", "DE", False)
    refused = orderlane("sources", "save", "default", "--disable")
    assert (refused.code, "always enabled" in refused.err) == (1, True)


@pytest.mark.usefixtures("catalog")
def test_a_product_is_counted_at_a_source_and_carried_to_another(orderlane: Orderlane):
    words = ("products", "restock", "MUG", "--source", "berlin", "--add", "3", "--key", "once", "--json")
    for _ in range(2):
        counted = json.loads(orderlane(*words).out)
        assert (counted["stock"], [place["physical"] for place in counted["stockBySource"]]) == (8, [5, 3])
    carried = orderlane("products", "transfer", "MUG", "2", "--from", "berlin", "--to", "default", "--note", "by van")
    assert [line.split() for line in carried.out.splitlines()] == [
        ["source", "physical", "for", "sale"],
        ["default", "7", "yes"],
        ["berlin", "1", "yes"],
        ["stock", "reserved", "salable"],
        ["8", "0", "8"],
    ]
    assert json.loads(orderlane("products", "restock", "MUG", "--set", "4", "--json").out)["stock"] == 5
    exported = orderlane("products", "export", "--output", "out.csv")
    assert (exported.code, Path("out.csv").read_text().splitlines()[1].split(",")[4]) == (0, "4")  # imports unchanged
    again = json.loads(orderlane("products", "import", "out.csv", "--json").out)
    assert (again["updated"], again["unchanged"]) == (0, 2)


@pytest.mark.usefixtures("catalog")
def test_counts_that_cannot_be_end_with_the_reason(orderlane: Orderlane):
    wrong = (
        (("restock", "MUG"), 2, "--add or --set"),
        (("restock", "MUG", "--add", "1", "--set", "1"), 2, "--add or --set"),
        (("restock", "NONE", "--add", "1"), 2, "There is no product NONE."),
        (("restock", "MUG", "--add", "1", "--source", "cork"), 1, "no source with this code"),
        (("transfer", "MUG", "1", "--from", "berlin", "--to", "default"), 1, "0 are there"),
    )
    for words, code, told in wrong:
        ended = orderlane("products", *words)
        assert (ended.code, told in ended.err) == (code, True), (words, ended.err)
