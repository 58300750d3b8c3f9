from decimal import Decimal

from tortoise.connection import get_connection

from domain.amazon.records import AmazonItem
from domain.catalog.records import Product
from domain.channel import candidates
from domain.channel.candidates import candidates_of, likeliest, plain
from tests.domain.channel.stage import Stage


def wanted(seller_sku: str | None, *, asin: str | None = None, title: str | None = None, row: int = 1) -> AmazonItem:
    return AmazonItem(id=row, account_id=1, seller_sku=seller_sku, asin=asin, title=title)


async def found(item: AmazonItem) -> list[tuple[str, str, str]]:
    (answer,) = (await candidates_of([item])).values()
    return [(one.product.sku, str(one.score), one.because) for one in answer]


async def test_the_likeliest_product_comes_first_with_its_reason(stage: Stage) -> None:
    await stage.products(
        {"sku": "mug.blue/01", "name": "Enamel mug"},
        {"sku": "MUG-BLUE", "name": "Mug"},
        {"sku": "MUG-BLUE-02", "name": "Mug"},
        {"sku": "A1", "name": "Other", "asin": "B01"},
        {"sku": "A2", "name": "Another", "asin": "B01", "enabled": "no"},
        {"sku": "ZZZ", "name": "Nothing of the kind"},
    )
    assert await found(wanted("MUG_BLUE 01", asin="B01", title="x")) == [
        ("mug.blue/01", "0.98", "the same SKU but for case and punctuation"),
        ("A1", "0.90", "the same ASIN, as other products have"),
        ("A2", "0.90", "the same ASIN, as other products have; it is disabled"),
        ("MUG-BLUE", "0.89", "its SKU is a part of the seller SKU"),
        ("MUG-BLUE-02", "0.80", "a similar SKU"),
    ]


async def test_a_title_finds_what_no_sku_does(stage: Stage) -> None:
    await stage.products({"sku": "4711", "name": "Blue enamel mug 300 ml"}, {"sku": "4712", "name": "A candle"})
    assert await found(wanted("QQQQ", title="Blue enamel mug, 300 ml")) == [("4711", "0.85", "a similar title")]
    assert await found(wanted(None, title="BLUE ENAMEL MUG")) == [("4711", "0.51", "a similar title")]
    assert await found(wanted(None)) == []


async def test_at_most_five_are_given_and_equals_stand_by_sku(stage: Stage) -> None:
    await stage.products(*({"sku": f"MUG-{at}", "name": "x"} for at in (5, 3, 1, 4, 2, 6)))
    assert [sku for sku, _, _ in await found(wanted("MUG-9"))] == ["MUG-1", "MUG-2", "MUG-3", "MUG-4", "MUG-5"]


async def test_several_items_are_answered_together(stage: Stage) -> None:
    await stage.products({"sku": "MUG"}, {"sku": "CUP"})
    answer = await candidates_of([wanted("mug", row=7), wanted("c-u-p", row=8)])
    assert {row: [one.product.sku for one in some] for row, some in answer.items()} == {7: ["MUG"], 8: ["CUP"]}


def test_scores_are_decimals_from_0_to_1() -> None:
    product = Product(sku="MUG", name="Mug", enabled=True)
    (candidate,) = likeliest(wanted("mug", title="Mug"), [product])
    assert candidate.score == Decimal("0.98")
    assert likeliest(wanted(""), [product]) == ()
    assert plain("Ä-b.C/d_e f") == "Äbcdef"


async def test_the_search_walks_indexes_and_never_the_whole_catalog(stage: Stage) -> None:
    connection = get_connection("default")
    statement = candidates._statement(connection)
    _, rows = await connection.execute_query(f"EXPLAIN QUERY PLAN {statement}", ['[["mug"]]', "B01", "mug", "a mug"])
    plan = [row["detail"] for row in rows]
    searches = [step for step in plan if " product " in step]
    assert len(searches) == 6
    assert all("USING" in step and "INDEX" in step for step in searches), plan
    assert not any("TEMP B-TREE FOR ORDER BY" in step for step in plan), plan
