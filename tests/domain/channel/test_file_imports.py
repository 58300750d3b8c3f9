import pytest
from tortoise.exceptions import IntegrityError

from domain.amazon.records import AmazonOrder
from domain.catalog.import_records import ImportState, ProductImport, ProductImportPart
from domain.catalog.product_rows import ProductRow, read_row
from domain.catalog.records import Product, Stock, StockMove
from domain.channel import file_imports
from domain.timeline import SYSTEM, Event
from tests.domain.channel.stage import CLERK, Stage, item, shelf


async def begun(stage: Stage, *parts: list[ProductRow]) -> int:
    import_id = await file_imports.begin_import(name="products.csv", now=stage.now, actor=CLERK)
    for part in parts:
        wishes = [read_row(row) for row in part]
        assert not await file_imports.stage(import_id=import_id, wishes=wishes, now=stage.now, actor=CLERK)
    return import_id


async def decided(stage: Stage, *parts: list[ProductRow]) -> int:
    import_id = await begun(stage, *parts)
    await file_imports.decide(import_id=import_id, now=stage.now, actor=CLERK)
    return import_id


def row(sku: str, quantity: int, *, line: int = 2, **given: str) -> ProductRow:
    return ProductRow(line=line, sku=sku, quantity=str(quantity), **given)


async def carry_all(stage: Stage, *, abandoned: bool = False) -> list[int]:
    taken = []
    while (lines := await file_imports.carry_on(now=stage.now, abandoned=abandoned)) is not None:
        taken.append(lines)
    return taken


async def test_nothing_counts_before_the_file_is_decided(stage: Stage) -> None:
    import_id = await begun(stage, [row("A", 1)], [row("B", 2)])
    assert await carry_all(stage) == []
    assert await Product.all().count() == 0
    await file_imports.decide(import_id=import_id, now=stage.now, actor=CLERK)
    assert await carry_all(stage) == [1, 1, 0]
    assert (await shelf("A"), await shelf("B")) == ((1, 0), (2, 0))
    done = await ProductImport.get(id=import_id)
    assert (done.state, done.created, done.updated, done.unchanged) == (ImportState.DONE, 2, 0, 0)
    assert await Event.filter(kind="PRODUCT_CREATED", actor_name="clerk").count() == 2
    assert await ProductImportPart.all().count() == 0


async def test_a_file_that_is_given_up_leaves_nothing_and_a_decided_one_cannot_be_given_up(stage: Stage) -> None:
    gone = await begun(stage, [row("A", 1)])
    await file_imports.give_up(import_id=gone, now=stage.now, actor=CLERK)
    assert (await ProductImport.all().count(), await ProductImportPart.all().count()) == (0, 0)
    kept = await decided(stage, [row("A", 1)])
    await file_imports.give_up(import_id=kept, now=stage.now, actor=CLERK)
    assert await carry_all(stage) == [1, 0]


async def test_a_file_that_was_never_decided_is_forgotten_after_a_day(stage: Stage) -> None:
    await begun(stage, [row("A", 1)])
    stage.later(hours=23)
    young = await begun(stage, [row("B", 1)])
    stage.later(hours=2)
    last = await begun(stage)
    assert await ProductImport.all().order_by("id").values_list("id", flat=True) == [young, last]
    assert await ProductImportPart.filter(import_id=young).count() == await ProductImportPart.all().count() == 1


async def test_an_abandoned_file_is_gone_on_with_after_a_minute_in_the_name_of_who_began_it(stage: Stage) -> None:
    await decided(stage, [row("A", 1)], [row("B", 2)])
    assert await file_imports.carry_on(now=stage.now) == 1  # and then its command was killed
    stage.later(seconds=59)
    assert await carry_all(stage, abandoned=True) == []
    stage.later(seconds=1)
    assert await file_imports.carry_on(now=stage.now, abandoned=True) == 1
    assert await file_imports.carry_on(now=stage.now, abandoned=True) is None  # somebody goes on with it now
    stage.later(minutes=1)
    assert await carry_all(stage, abandoned=True) == [0]
    assert await Event.filter(kind="PRODUCT_CREATED", actor_name="clerk").count() == 2


async def test_an_older_file_never_overwrites_a_newer_one(stage: Stage) -> None:
    await decided(stage, [row("A", 1)])
    await decided(stage, [row("A", 5)])
    assert await carry_all(stage) == [1, 0, 1, 0]
    assert await shelf("A") == (5, 0)


async def test_lines_below_what_is_promised_are_refused_before_and_after_the_decision(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    import_id = await file_imports.begin_import(name="f", now=stage.now, actor=CLERK)
    await Stock.all().update(reserved=3)
    wishes = [read_row(row("MUG", 2)), read_row(row("NEW", 1, line=3, asin="B1", price="1.50", currency="EUR"))]
    ((line, refusal),) = await file_imports.stage(import_id=import_id, wishes=wishes, now=stage.now, actor=SYSTEM)
    assert (line, refusal.path) == (2, ("quantity",))
    wishes = [read_row(row("MUG", 4))]
    assert await file_imports.stage(import_id=import_id, wishes=wishes, now=stage.now, actor=SYSTEM) == []
    await file_imports.decide(import_id=import_id, now=stage.now, actor=SYSTEM)
    await Stock.all().update(reserved=5)
    assert await carry_all(stage) == [1, 1, 0]
    became = await ProductImport.get(id=import_id)
    assert (became.created, became.updated) == (1, 0)
    assert became.refused == [[2, "quantity", became.refused[0][2]]]
    assert "5 of MUG are promised" in became.refused[0][2]
    new = await Product.get(sku="NEW")
    assert (new.price_minor, new.currency, new.asin) == (150, "EUR", "B1")


async def test_a_part_that_fails_changes_nothing_and_is_taken_again(stage: Stage) -> None:
    await decided(stage, [row("A", 1), row("A", 1)])  # no file is read into such a part
    with pytest.raises(IntegrityError):
        await carry_all(stage)
    assert (await Product.all().count(), await StockMove.all().count(), await Event.all().count()) == (0, 0, 1)
    assert await ProductImportPart.all().count() == 1


async def test_only_the_orders_that_waited_are_evaluated_again(stage: Stage) -> None:
    await stage.arrive(item("MUG"))
    await stage.arrive(item("CUP"))
    await stage.evaluate()
    assert await AmazonOrder.filter(evaluate_due__lte=stage.now).count() == 0
    await decided(stage, [row("MUG", 9), row("OTHER", 1)])
    await carry_all(stage)
    assert await AmazonOrder.filter(evaluate_due__lte=stage.now).count() == 1
