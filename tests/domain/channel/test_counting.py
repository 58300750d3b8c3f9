import pytest

from domain.catalog.records import Product, StockMove
from domain.change import change
from domain.channel.products import create_product_in, restock_in
from domain.channel.stocking import restock_product
from domain.errors import DomainError, ErrorCode
from domain.money import Money
from domain.timeline import Event
from tests.domain.channel.stage import CLERK, Stage, item, shelf


async def create(stage: Stage, **given: object) -> Product:
    async with change(now=stage.now, actor=CLERK) as unit:
        return await create_product_in(unit, **given)  # type: ignore[arg-type]  # by name


async def restock(stage: Stage, **given: int | str | None) -> None:
    product = await Product.get(sku="MUG")
    async with change(now=stage.now, actor=CLERK) as unit:
        await restock_in(unit, product_id=product.id, **given)  # type: ignore[arg-type]  # by name


async def test_a_product_that_is_made_from_an_item_is_for_sale_and_its_stock_is_not_counted(stage: Stage) -> None:
    title = " A fine\nmug,\x07 blue "
    await create(stage, sku="MUG", name=title, price=Money(1990, "EUR"), asin="B01")
    mug = await Product.get(sku="MUG")
    assert (mug.name, mug.price_minor, mug.currency, mug.asin) == ("A fine mug, blue", 1990, "EUR", "B01")
    assert (mug.enabled, mug.manages_stock, await shelf()) == (True, False, (0, 0))
    assert await StockMove.all().count() == 0


async def test_a_product_that_is_made_with_a_quantity_is_counted(stage: Stage) -> None:
    await create(stage, sku="MUG", quantity=4)
    mug = await Product.get(sku="MUG")
    assert (mug.name, mug.price_minor, mug.manages_stock, await shelf()) == ("MUG", None, True, (4, 0))
    first = await StockMove.get()
    assert (first.reason, first.on_hand, first.actor_name, first.at) == ("COUNTED", 4, "clerk", stage.now)


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"sku": "MUG"}, ErrorCode.DUPLICATE, ("sku",)),
        ({"sku": " "}, ErrorCode.REQUIRED, ("sku",)),
        ({"sku": "CUP", "quantity": -1}, ErrorCode.INVALID, ("quantity",)),
        ({"sku": "CUP", "price": Money(-5, "EUR")}, ErrorCode.INVALID, ("price",)),
    ],
)
async def test_a_product_that_cannot_be_made_is_refused(
    stage: Stage, given: dict[str, object], code: ErrorCode, path: tuple[str, ...]
) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    with pytest.raises(DomainError) as refused:
        await create(stage, **given)
    assert (refused.value.code, refused.value.path, await Product.all().count()) == (code, path, 1)


async def test_a_count_that_finds_what_is_known_changes_and_tells_nothing(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    events = await Event.all().count()
    await restock(stage, set_to=5)
    assert (await shelf(), await Event.all().count(), (await Product.get(sku="MUG")).version) == ((5, 0), events, 1)


async def test_a_count_is_told_and_kept_with_its_note(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    stage.later(minutes=1)
    await restock(stage, set_to=2, note=" found broken ")
    await restock(stage, delta=-1)
    await restock(stage, delta=7)
    mug = await Product.get(sku="MUG")
    assert (mug.version, mug.updated_at, await shelf()) == (4, stage.now, (8, 0))
    kept = await StockMove.all().order_by("id")
    assert [(one.reason.value, one.on_hand, one.note) for one in kept[1:]] == [
        ("COUNTED", -3, "found broken"),
        ("COUNTED", -1, None),
        ("RESTOCKED", 7, None),
    ]
    told = await Event.filter(kind="PRODUCT_CHANGED").order_by("id").first()
    assert told is not None
    assert told.message == "Product MUG: 2 on hand, 5 before."
    assert told.details == {"product_id": mug.id, "sku": "MUG", "on_hand": 2}


@pytest.mark.parametrize(("given", "code"), [({}, ErrorCode.REQUIRED), ({"delta": 1, "set_to": 1}, ErrorCode.INVALID)])
async def test_a_count_says_either_by_how_much_or_how_many(
    stage: Stage, given: dict[str, int], code: ErrorCode
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    with pytest.raises(DomainError) as refused:
        await restock(stage, **given)
    assert (refused.value.code, refused.value.path, await shelf()) == (code, ("input", "change"), (5, 0))


async def test_a_refused_count_leaves_its_key_free(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.arrive(item("MUG", 3))
    mug = await Product.get(sku="MUG")
    given = {"product_id": mug.id, "note": None, "idempotency_key": "k", "now": stage.now, "actor": CLERK}
    with pytest.raises(DomainError) as refused:
        await restock_product(**given, delta=None, set_to=2, sealer=stage.sealer)
    assert refused.value.code is ErrorCode.INSUFFICIENT_STOCK
    await restock_product(**given, delta=None, set_to=3, sealer=stage.sealer)
    assert await shelf() == (3, 3)
