import pytest

from domain.amazon.records import AmazonOrder
from domain.catalog.product_rows import ProductRow
from domain.catalog.products import ImportedProducts, list_products
from domain.catalog.records import Match, Product
from domain.catalog.stock import expire_reservations
from domain.channel.products import import_products
from domain.errors import ErrorCode
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item, shelf


async def take(stage: Stage, *rows: ProductRow) -> ImportedProducts:
    return await import_products(rows=iter(rows), now=stage.now, actor=CLERK)


def counts(result: ImportedProducts) -> tuple[int, int, int, int]:
    return result.created, result.updated, result.unchanged, len(result.refused)


async def test_products_are_created_with_defaults_and_their_stock(stage: Stage) -> None:
    rows = (
        ProductRow(line=2, sku=" MUG ", name="Mug", price="19.90", currency="EUR", quantity="7", asin="B01"),
        ProductRow(line=3, sku="CUP", enabled="NO", manages_stock="0"),
    )
    assert counts(await take(stage, *rows)) == (2, 0, 0, 0)
    mug, cup = await Product.all().order_by("id")
    assert (mug.sku, mug.name, mug.price_minor, mug.currency, mug.asin) == ("MUG", "Mug", 1990, "EUR", "B01")
    assert (mug.enabled, mug.manages_stock, await shelf()) == (True, True, (7, 0))
    assert (cup.name, cup.enabled, cup.manages_stock, await shelf("CUP")) == ("CUP", False, False, (0, 0))
    assert await Event.filter(kind="PRODUCT_CREATED", actor_name="clerk").count() == 2


async def test_the_same_file_again_changes_nothing(stage: Stage) -> None:
    rows = [ProductRow(line=at, sku=f"S{at}", price="1.00", currency="EUR", quantity="1") for at in range(2, 1203)]
    assert counts(await take(stage, *rows)) == (1201, 0, 0, 0)
    events = await Event.all().count()
    assert counts(await take(stage, *rows)) == (0, 0, 1201, 0)
    assert await Event.all().count() == events


async def test_a_row_changes_only_what_it_says(stage: Stage) -> None:
    await take(stage, ProductRow(line=2, sku="MUG", name="Mug", price="19.90", currency="EUR", quantity="7"))
    stage.later(minutes=1)
    result = await take(stage, ProductRow(line=2, sku="MUG", price="21", currency="EUR", name=" ", enabled="false"))
    assert counts(result) == (0, 1, 0, 0)
    mug = await Product.get(sku="MUG")
    assert (mug.name, mug.price_minor, mug.enabled, mug.version) == ("Mug", 2100, False, 2)
    assert (mug.updated_at, await shelf()) == (stage.now, (7, 0))
    event = await Event.get(kind="PRODUCT_CHANGED")
    assert event.details == {"product_id": mug.id, "sku": "MUG", "price_minor": 2100, "enabled": False}

    assert counts(await take(stage, ProductRow(line=2, sku="MUG", quantity="9"))) == (0, 1, 0, 0)
    assert await shelf() == (9, 0)


@pytest.mark.parametrize(
    ("fields", "code", "column"),
    [
        ({"sku": " "}, ErrorCode.REQUIRED, "sku"),
        ({"sku": None}, ErrorCode.REQUIRED, "sku"),
        ({"sku": "s" * 201}, ErrorCode.INVALID, "sku"),
        ({"asin": "a" * 21}, ErrorCode.INVALID, "asin"),
        ({"sku": "TWO\nLINES"}, ErrorCode.INVALID, "sku"),
        ({"sku": "NUL\0"}, ErrorCode.INVALID, "sku"),
        ({"name": "a\tb"}, ErrorCode.INVALID, "name"),
        ({"name": "a\u2028b"}, ErrorCode.INVALID, "name"),
        ({"asin": "B0\x7f1"}, ErrorCode.INVALID, "asin"),
        ({"price": "1.00"}, ErrorCode.REQUIRED, "currency"),
        ({"currency": "EUR"}, ErrorCode.REQUIRED, "price"),
        ({"price": "1.005", "currency": "EUR"}, ErrorCode.INVALID, "price"),
        ({"price": "1.00", "currency": "XXX"}, ErrorCode.INVALID, "currency"),
        ({"price": "-1", "currency": "EUR"}, ErrorCode.INVALID, "price"),
        ({"quantity": "-1"}, ErrorCode.INVALID, "quantity"),
        ({"quantity": "1.5"}, ErrorCode.INVALID, "quantity"),
        ({"quantity": "1000000001"}, ErrorCode.INVALID, "quantity"),
        ({"enabled": "perhaps"}, ErrorCode.INVALID, "enabled"),
        ({"manages_stock": "2"}, ErrorCode.INVALID, "manages_stock"),
    ],
)
async def test_a_row_that_cannot_be_taken_is_refused_alone(
    stage: Stage, fields: dict[str, str | None], code: ErrorCode, column: str
) -> None:
    bad = ProductRow(line=2, sku="BAD")._replace(**fields)  # type: ignore[arg-type]  # columns by name
    result = await take(stage, bad, ProductRow(line=3, sku="GOOD"))
    assert (result.created, [line for line, _ in result.refused]) == (1, [2])
    refusal = result.refused[0][1]
    assert (refusal.code, refusal.path) == (code, (column,))
    assert await Product.all().values_list("sku", flat=True) == ["GOOD"]


async def test_a_sku_may_stand_in_a_file_once(stage: Stage) -> None:
    rows = [ProductRow(line=at, sku=f"S{at}") for at in range(2, 702)]
    result = await take(stage, *rows, ProductRow(line=702, sku="S2", quantity="5"))
    assert (result.created, len(result.refused)) == (700, 1)
    line, refusal = result.refused[0]
    assert (line, refusal.code) == (702, ErrorCode.DUPLICATE)
    assert "line 2" in refusal.message


async def test_stock_is_never_set_below_what_is_promised(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.arrive(item("MUG", 3))
    result = await take(stage, ProductRow(line=2, sku="MUG", quantity="2", name="New"))
    assert (result.updated, result.refused[0][1].path) == (0, ("quantity",))
    assert (await shelf(), (await Product.get(sku="MUG")).name) == ((5, 3), "MUG")
    assert counts(await take(stage, ProductRow(line=2, sku="MUG", quantity="3"))) == (0, 1, 0, 0)


async def test_only_orders_that_wait_for_a_product_are_evaluated_again(stage: Stage) -> None:
    by_sku = await stage.arrive(item("MUG"))
    by_asin = await stage.arrive(item("OTHER", asin="B01"))
    untouched = await stage.arrive(item("CUP", asin="B02"))
    stage.later(minutes=1)
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "bottle", "quantity": "5", "asin": "B01"})
    due = dict(await AmazonOrder.all().values_list("id", "evaluate_due"))
    assert (due[by_sku.id], due[by_asin.id]) == (stage.now, stage.now)
    assert due[untouched.id] > stage.now


async def test_pending_orders_that_lacked_stock_hold_it_once_it_comes(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"}, {"sku": "CUP", "quantity": "9"})
    short = await stage.arrive(item("MUG", 2), item("CUP", 1), status="PENDING")
    by_asin = await stage.arrive(item("OTHER", 1, asin="B01"), status="PENDING")
    assert (await shelf(), await shelf("CUP")) == ((1, 0), (9, 0))
    await stage.products({"sku": "CUP", "quantity": "8"})
    await stage.evaluate()
    assert await shelf("CUP") == (8, 0)

    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "bottle", "quantity": "3", "asin": "B01"})
    due = await AmazonOrder.filter(evaluate_due=stage.now).order_by("id").values_list("id", flat=True)
    assert due == [short.id, by_asin.id]
    await stage.evaluate()
    assert (await shelf(), await shelf("CUP"), await shelf("bottle")) == ((5, 2), (8, 1), (3, 1))


async def test_pending_orders_are_found_by_the_longest_sku(stage: Stage) -> None:
    sku = "S" * 200
    await stage.products({"sku": sku, "quantity": "0"})
    order = await stage.arrive(item(sku, 2), status="PENDING")
    await stage.products({"sku": sku, "quantity": "5"})
    assert (await AmazonOrder.get(id=order.id)).evaluate_due == stage.now


async def test_a_remembered_match_leads_to_the_pending_orders_that_lack_its_product(stage: Stage) -> None:
    await stage.products({"sku": "real", "quantity": "0"})
    await remember(stage, "MUG", await Product.get(sku="real"))
    order = await stage.arrive(item("MUG", 2), status="PENDING")
    await stage.products({"sku": "real", "quantity": "5"})
    assert (await AmazonOrder.get(id=order.id)).evaluate_due == stage.now
    await stage.evaluate()
    assert await shelf("real") == (5, 2)


async def test_orders_that_need_no_stock_now_are_left_alone_when_products_change(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "4"})
    expired = await stage.arrive(item("MUG", 1), status="PENDING")
    stage.later(days=14)
    await expire_reservations(now=stage.now)
    holding = await stage.arrive(item("MUG", 1), status="PENDING")
    by_amazon = await stage.arrive(item("MUG", 9), status="PENDING", fulfillment_channel="AMAZON")
    pre_order = await stage.arrive(item("MUG", 9), status="PENDING_AVAILABILITY")
    dropped = await stage.arrive(item("MUG", 9), item("CUP", 1), status="PENDING")
    await stage.change(dropped, items=(item("CUP", 1),))
    await AmazonOrder.all().update(evaluate_due=None)

    await stage.products({"sku": "MUG", "quantity": "9"})
    assert await AmazonOrder.exclude(evaluate_due=None).count() == 0
    await stage.evaluate(only=[expired.id, holding.id, by_amazon.id, pre_order.id, dropped.id])
    assert await shelf() == (9, 1)


async def remember(stage: Stage, seller_sku: str, product: Product) -> None:
    await Match.create(
        account_id=stage.store.account_id,
        seller_sku=seller_sku,
        product_id=product.id,
        source="MANUAL",
        matched_at=stage.now,
        actor_kind="USER",
    )


async def test_a_remembered_match_wins_over_an_equal_sku(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "real", "quantity": "5"})
    await remember(stage, "MUG", await Product.get(sku="real"))
    await stage.arrive(item("MUG", 2))
    assert (await shelf("MUG"), await shelf("real")) == ((5, 0), (5, 2))


async def test_products_are_listed_and_found(stage: Stage) -> None:
    await take(stage, *(ProductRow(line=at, sku=f"S{at}", name=f"Thing {at}", quantity="1") for at in range(5)))
    listed = await list_products(limit=3)
    assert [product.sku for product, _ in listed] == ["S0", "S1", "S2"]
    following = await list_products(after_id=listed[-1][0].id, limit=3)
    assert [(product.sku, stock.on_hand) for product, stock in following] == [("S3", 1), ("S4", 1)]
    assert [product.sku for product, _ in await list_products(search="thing 4")] == ["S4"]
    assert [product.sku for product, _ in await list_products(search="s2")] == ["S2"]
