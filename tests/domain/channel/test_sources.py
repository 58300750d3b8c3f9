import pytest

from domain.catalog.product_rows import ProductRow
from domain.catalog.records import Product, Stock, StockMove
from domain.catalog.source_shelf import in_order
from domain.channel.products import save_product
from domain.channel.sourcing import order_stock_sources
from domain.errors import DomainError, ErrorCode, InsufficientStock
from domain.timeline import Event
from tests.domain.channel.sources import carry, lying, put, source
from tests.domain.channel.stage import CLERK, Stage, item, shelf


async def codes() -> list[str]:
    return [one.code for one in await in_order()]


async def order(stage: Stage, *wanted: str) -> list[str]:
    return [one.code for one in await order_stock_sources(codes=wanted, now=stage.now, actor=CLERK)]


async def test_there_is_one_source_at_first_and_all_stock_lies_there(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    (only,) = await in_order()
    assert (only.code, only.enabled, await lying()) == ("default", True, {"default": 5})


async def test_a_source_is_made_last_in_order_and_named_by_its_code(stage: Stage) -> None:
    berlin, _ = await source(stage, "berlin")
    assert (berlin.name, berlin.country, berlin.enabled) == ("berlin", None, True)
    await source(stage, "cork", name=" Cork, south ", country="ie", enabled=False)
    assert await codes() == ["default", "berlin", "cork"]
    cork = (await in_order())[2]
    assert (cork.name, cork.country, cork.enabled) == ("Cork, south", "IE", False)
    assert [event.message for event in await Event.filter(kind="SOURCE_CHANGED").order_by("id")] == [
        "Source berlin created.",
        "Source cork created.",
    ]


async def test_the_same_again_changes_and_tells_nothing_and_a_blank_country_is_none(stage: Stage) -> None:
    for _ in range(2):
        await source(stage, "berlin", name="Berlin", country="DE")
    assert await Event.filter(kind="SOURCE_CHANGED").count() == 1
    berlin, _ = await source(stage, "berlin", country=" ")
    assert (berlin.name, berlin.country, await Event.filter(kind="SOURCE_CHANGED").count()) == ("Berlin", None, 2)


@pytest.mark.parametrize(
    ("code", "given", "refusal", "path"),
    [
        ("Berlin", {}, ErrorCode.INVALID, "code"),
        ("", {}, ErrorCode.INVALID, "code"),
        ("b" * 65, {}, ErrorCode.INVALID, "code"),
        ("berlin", {"name": " "}, ErrorCode.REQUIRED, "name"),
        ("berlin", {"name": "two\nlines"}, ErrorCode.INVALID, "name"),
        ("berlin", {"name": "n" * 101}, ErrorCode.INVALID, "name"),
        ("berlin", {"country": "XX"}, ErrorCode.INVALID, "country"),
        ("berlin", {"country": "DEU"}, ErrorCode.INVALID, "country"),
        ("default", {"enabled": False}, ErrorCode.ACTION_NOT_ALLOWED, "enabled"),
    ],
)
async def test_what_a_source_cannot_be_is_refused(
    stage: Stage, code: str, given: dict[str, str | bool], refusal: ErrorCode, path: str
) -> None:
    with pytest.raises(DomainError) as refused:
        await source(stage, code, **given)
    assert (refused.value.code, refused.value.path, await codes()) == (refusal, ("input", path), ["default"])


async def test_sources_are_put_in_order(stage: Stage) -> None:
    for code in ("berlin", "cork"):
        await source(stage, code)
    assert await order(stage, "cork", "default", "berlin") == ["cork", "default", "berlin"]
    told = await Event.filter(kind="SOURCE_CHANGED").count()
    assert await order(stage, "cork", "default", "berlin") == await codes()
    assert await Event.filter(kind="SOURCE_CHANGED").count() == told
    await source(stage, "dover")
    assert await codes() == ["cork", "default", "berlin", "dover"]


@pytest.mark.parametrize(
    ("wanted", "refusal", "path"),
    [
        (["default", "cork"], ErrorCode.NOT_FOUND, ("codes", "1")),
        (["default", "berlin", "default"], ErrorCode.INVALID, ("codes", "2")),
        (["berlin"], ErrorCode.REQUIRED, ("codes",)),
    ],
)
async def test_an_order_names_every_source_once(
    stage: Stage, wanted: list[str], refusal: ErrorCode, path: tuple[str, ...]
) -> None:
    await source(stage, "berlin")
    with pytest.raises(DomainError) as refused:
        await order(stage, *wanted)
    assert (refused.value.code, refused.value.path) == (refusal, path)
    assert await codes() == ["default", "berlin"]


async def test_what_lies_at_all_enabled_sources_is_for_sale(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await source(stage, "berlin")
    waiting = await stage.arrive(item("MUG", 5))
    assert waiting.import_state == "BLOCKED"
    affected = await put(stage, "berlin", 3, note="a delivery")
    await stage.evaluate()
    await waiting.refresh_from_db()
    assert (affected.count, waiting.import_state) == (1, "IMPORTED")
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3}, (5, 5))
    (event,) = await Event.filter(kind="PRODUCT_CHANGED")
    assert event.message == "Product MUG: 3 on hand at the source berlin, 0 before."
    move = await StockMove.get(source="berlin")
    assert (move.reason, move.on_hand, move.note) == ("COUNTED", 3, "a delivery")


async def test_what_lies_at_a_disabled_source_is_counted_and_not_for_sale(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await source(stage, "berlin", enabled=False)
    await put(stage, "berlin", 3)
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3}, (2, 0))
    waiting = await stage.arrive(item("MUG", 4))
    _, affected = await source(stage, "berlin", enabled=True)
    assert (affected.first, await shelf()) == ((waiting.id,), (5, 0))
    await stage.evaluate()
    await put(stage, "berlin", None, delta=-1)
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 2}, (4, 4))


async def test_a_source_whose_stock_is_promised_is_not_disabled(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"}, {"sku": "CUP", "quantity": "0"})
    await source(stage, "berlin")
    for sku in ("MUG", "CUP"):
        await put(stage, "berlin", 3, sku=sku)
    await stage.arrive(item("MUG", 3))
    with pytest.raises(InsufficientStock) as refused:
        await source(stage, "berlin", enabled=False)
    assert (refused.value.path, refused.value.requested, refused.value.available) == (("input", "enabled"), 3, 2)
    assert "3 of MUG lie at the source berlin, and only 2 of all" in refused.value.message
    await stage.arrive(item("CUP", 1))
    with pytest.raises(InsufficientStock, match="So it is with 1 other product"):
        await source(stage, "berlin", enabled=False)
    assert ((await in_order())[1].enabled, await shelf()) == (True, (5, 3))
    await put(stage, None, 3)
    await put(stage, None, 1, sku="CUP")
    _, affected = await source(stage, "berlin", enabled=False)
    assert (affected.count, await lying(), await shelf()) == (0, {"default": 3, "berlin": 3}, (3, 3))


@pytest.mark.parametrize(
    ("code", "given", "refusal", "path"),
    [
        ("cork", {"delta": 1}, ErrorCode.NOT_FOUND, ("input", "source")),
        ("berlin", {"delta": -4}, ErrorCode.INSUFFICIENT_STOCK, ("input", "change", "delta")),
        (None, {"delta": -2}, ErrorCode.INSUFFICIENT_STOCK, ("input", "change", "delta")),
        ("berlin", {"set_to": 0}, ErrorCode.INSUFFICIENT_STOCK, ("input", "change", "set")),
        ("berlin", {"set_to": 999_999_999}, ErrorCode.INVALID, ("input", "change", "set")),
        ("closed", {"delta": -1}, ErrorCode.INSUFFICIENT_STOCK, ("input", "change", "delta")),
        ("closed", {"set_to": 1_000_000_001}, ErrorCode.INVALID, ("input", "change", "set")),
    ],
)
async def test_counts_that_a_source_cannot_have_are_refused(
    stage: Stage, code: str | None, given: dict[str, int], refusal: ErrorCode, path: tuple[str, ...]
) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await source(stage, "berlin")
    await source(stage, "closed", enabled=False)
    await put(stage, "berlin", 3)
    await stage.arrive(item("MUG", 4))
    with pytest.raises(DomainError) as refused:
        await put(stage, code, **{"count": None, **given})  # type: ignore[arg-type]  # by name
    assert (refused.value.code, refused.value.path) == (refusal, path)
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3}, (5, 4))


async def test_less_than_nothing_is_counted_at_no_source(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await source(stage, "berlin")
    await put(stage, "berlin", 3)
    for code, there in ((None, 2), ("berlin", 3)):
        with pytest.raises(InsufficientStock) as refused:
            await put(stage, code, delta=-4)
        assert (refused.value.requested, refused.value.available) == (4, there)


async def test_more_than_can_be_counted_is_not_enabled(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"})
    await source(stage, "berlin", enabled=False)
    await put(stage, "berlin", 1_000_000_000)
    with pytest.raises(DomainError, match="more than 1,000,000,000"):
        await source(stage, "berlin", enabled=True)


async def test_files_count_what_lies_at_the_default_source(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "2"})
    await source(stage, "berlin")
    await put(stage, "berlin", 3)
    await stage.products({"sku": "MUG", "quantity": "2"})
    assert await lying() == {"default": 2, "berlin": 3}
    await stage.products({"sku": "MUG", "quantity": "7"})
    assert await lying() == {"default": 7, "berlin": 3}
    await stage.arrive(item("MUG", 4))
    row = ProductRow(line=1, sku="MUG", quantity="0")
    with pytest.raises(InsufficientStock, match="4 of MUG are promised to orders, so there cannot be 3 on hand"):
        await save_product(row=row, now=stage.now, actor=CLERK)
    await stage.products({"sku": "MUG", "quantity": "1"})
    assert (await lying(), await shelf()) == ({"default": 1, "berlin": 3}, (4, 4))


async def test_a_transfer_is_done_once_and_told(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await source(stage, "berlin")
    await stage.arrive(item("MUG", 5))
    for _ in range(2):
        await carry(stage, 3, "default", "berlin", note=" by van ")
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3}, (5, 5))
    moves = await StockMove.filter(reason="TRANSFERRED").order_by("id")
    assert [(one.source, one.on_hand, one.note) for one in moves] == [
        ("default", -3, "by van"),
        ("berlin", 3, "by van"),
    ]
    (event,) = await Event.filter(kind="PRODUCT_CHANGED")
    assert event.message == "Product MUG: 3 transferred from the source default to berlin."
    await carry(stage, 3, "berlin", "default", key="back")
    assert await lying() == {"default": 5}


async def test_orders_that_wait_are_helped_by_a_transfer_to_an_enabled_source(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "0"})
    await source(stage, "closed", enabled=False)
    await put(stage, "closed", 2)
    waiting = await stage.arrive(item("MUG", 2))
    assert (await carry(stage, 2, "closed", "default")).first == (waiting.id,)
    assert await shelf() == (2, 0)


@pytest.mark.parametrize(
    ("quantity", "start", "end", "refusal", "path"),
    [
        (0, "default", "berlin", ErrorCode.INVALID, "quantity"),
        (6, "default", "berlin", ErrorCode.INSUFFICIENT_STOCK, "quantity"),
        (1, "berlin", "default", ErrorCode.INSUFFICIENT_STOCK, "quantity"),
        (2, "default", "closed", ErrorCode.INSUFFICIENT_STOCK, "quantity"),
        (1, "default", "default", ErrorCode.INVALID, "toSource"),
        (1, "cork", "default", ErrorCode.NOT_FOUND, "fromSource"),
        (1, "c" * 99, "default", ErrorCode.NOT_FOUND, "fromSource"),
        (1, "default", "cork", ErrorCode.NOT_FOUND, "toSource"),
    ],
)
async def test_transfers_that_cannot_be_are_refused(
    stage: Stage, quantity: int, start: str, end: str, refusal: ErrorCode, path: str
) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    await source(stage, "berlin")
    await source(stage, "closed", enabled=False)
    await stage.arrive(item("MUG", 4))
    with pytest.raises(DomainError) as refused:
        await carry(stage, quantity, start, end)
    assert (refused.value.code, refused.value.path) == (refusal, ("input", path))
    assert (await lying(), await shelf()) == ({"default": 5}, (5, 4))


async def test_what_is_not_counted_is_not_carried(stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5", "manages_stock": "false"})
    await source(stage, "berlin")
    with pytest.raises(DomainError) as refused:
        await carry(stage, 1, "default", "berlin")
    assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED
    mug = await Product.get(sku="MUG")
    assert (mug.version, (await Stock.get(product_id=mug.id)).elsewhere) == (1, 0)
