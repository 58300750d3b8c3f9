import pytest

from domain.amazon.records import AmazonOrder
from domain.catalog.records import StockMove
from domain.channel.refund import RefundLine
from domain.channel.ship import SourceChoice
from domain.channel.ship_proposal import propose_shipment
from domain.channel.sourcing import order_stock_sources
from domain.errors import DomainError, ErrorCode
from tests.domain.channel.refunds import part, refund, request
from tests.domain.channel.sources import lying, put, source
from tests.domain.channel.stage import CLERK, Stage, commands_of, item, items_of, package, shelf


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 5 mugs arrive; 2 lie at the default source, 3 in Berlin, 3 in Cork, 4 for nobody."""
    await stage.products({"sku": "MUG", "quantity": "2"})
    for code, count in (("berlin", 3), ("cork", 3), ("closed", 4)):
        await source(stage, code, enabled=code != "closed")
        await put(stage, code, count)
    return await stage.arrive(item("MUG", 5))


async def mug_of(order: AmazonOrder) -> int:
    row_id: int = (await items_of(order))[0].id
    return row_id


async def prefer(stage: Stage, *codes: str) -> None:
    await order_stock_sources(codes=codes, now=stage.now, actor=CLERK)


async def proposed(order: AmazonOrder, *chosen: SourceChoice, quantity: int = 5) -> dict[str, int]:
    (line,) = await propose_shipment(order, [package((await mug_of(order), quantity))], chosen)
    assert (line.item_id, line.quantity) == (await mug_of(order), quantity)
    return {one.source: one.quantity for one in line.picks}


async def test_a_shipment_is_taken_from_the_sources_in_their_order(stage: Stage, order: AmazonOrder) -> None:
    assert await proposed(order) == {"default": 2, "berlin": 3}
    await prefer(stage, "closed", "cork", "berlin", "default")
    assert await proposed(order) == {"cork": 3, "berlin": 2}
    assert await proposed(order, quantity=2) == {"cork": 2}
    await stage.ship(order)
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 1, "closed": 4}, (3, 0))
    moves = await StockMove.filter(reason="SHIPPED").order_by("id")
    assert [(one.source, one.on_hand, one.reserved) for one in moves] == [("cork", -3, -3), ("berlin", -2, -2)]
    assert len(await commands_of(order)) == 1


async def test_a_person_chooses_sources_and_the_rest_comes_by_their_order(stage: Stage, order: AmazonOrder) -> None:
    mug = await mug_of(order)
    chosen = SourceChoice(mug, "cork", 2), SourceChoice(mug, "cork", 1), SourceChoice(mug, "berlin", 1)
    assert await proposed(order, *chosen) == {"cork": 3, "berlin": 1, "default": 1}
    for _ in range(2):
        await stage.ship(order, sources=chosen)
    assert (await lying(), await shelf()) == ({"default": 1, "berlin": 2, "closed": 4}, (3, 0))
    with pytest.raises(DomainError) as reused:
        await stage.ship(order, sources=chosen[:1])
    assert reused.value.code is ErrorCode.IDEMPOTENCY_KEY_REUSED


@pytest.mark.parametrize(
    ("choices", "code", "path"),
    [
        ([("dover", 1)], ErrorCode.NOT_FOUND, ("0", "source")),
        ([("closed", 1)], ErrorCode.INVALID, ("0", "source")),
        ([("berlin", 0)], ErrorCode.INVALID, ("0", "quantity")),
        ([("berlin", 4)], ErrorCode.INSUFFICIENT_STOCK, ("0", "quantity")),
        ([("berlin", 3), ("cork", 2), ("default", 1)], ErrorCode.QUANTITY_TOO_LARGE, ("2", "quantity")),
    ],
)
async def test_choices_that_cannot_be_are_refused_before_anything_is_done(
    stage: Stage, order: AmazonOrder, choices: list[tuple[str, int]], code: ErrorCode, path: tuple[str, ...]
) -> None:
    mug = await mug_of(order)
    wanted = [SourceChoice(mug, where, count) for where, count in choices]
    with pytest.raises(DomainError) as refused:
        await stage.ship(order, sources=wanted)
    assert (refused.value.code, refused.value.path) == (code, ("input", "sources", *path))
    with pytest.raises(DomainError) as also:
        await proposed(order, *wanted)
    assert (also.value.message, also.value.path) == (refused.value.message, refused.value.path)
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3, "cork": 3, "closed": 4}, (8, 5))


async def test_only_what_is_shipped_and_held_is_taken_from_a_source(stage: Stage) -> None:
    await stage.products(
        {"sku": "MUG", "quantity": "1"},
        {"sku": "CUP", "quantity": "9"},
        {"sku": "CARD", "quantity": "9", "manages_stock": "false"},
    )
    order = await stage.arrive(item("MUG", 1), item("CUP", 1), item("CARD", 1))
    mug, cup, card = [one.id for one in await items_of(order)]
    for asked, field in ((cup, "itemId"), (card, "quantity")):
        with pytest.raises(DomainError) as refused:
            await stage.ship(order, package((mug, 1), (card, 1)), sources=[SourceChoice(asked, "default", 1)])
        assert refused.value.path == ("input", "sources", "0", field)
    lines = await propose_shipment(order, [package()], ())
    assert [(one.item_id, [pick.source for pick in one.picks]) for one in lines] == [
        (mug, ["default"]),
        (cup, ["default"]),
        (card, []),
    ]


async def test_what_cannot_be_shipped_is_not_proposed(stage: Stage, order: AmazonOrder) -> None:
    await stage.ship(order)
    with pytest.raises(DomainError) as refused:
        await propose_shipment(await AmazonOrder.get(id=order.id), [package()], ())
    assert refused.value.code is ErrorCode.ACTION_NOT_ALLOWED


async def test_what_was_shipped_outside_leaves_the_sources_in_their_order(stage: Stage, order: AmazonOrder) -> None:
    await prefer(stage, "berlin", "cork", "default", "closed")
    await stage.change(order, status="SHIPPED")
    assert (await lying(), await shelf()) == ({"default": 2, "cork": 1, "closed": 4}, (3, 0))


async def test_a_canceled_order_lets_go_and_moves_nothing(stage: Stage, order: AmazonOrder) -> None:
    await stage.change(order, status="CANCELED")
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3, "cork": 3, "closed": 4}, (8, 0))


async def test_what_amazon_sends_leaves_no_source(stage: Stage, order: AmazonOrder) -> None:
    await stage.arrive(item("MUG", 9), status="SHIPPED", fulfillment_channel="AMAZON")
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3, "cork": 3, "closed": 4}, (8, 5))


async def test_returns_come_back_to_where_they_left_the_last_first(stage: Stage, order: AmazonOrder) -> None:
    mug = await mug_of(order)
    await stage.ship(order, package((mug, 3)), sources=[SourceChoice(mug, "cork", 2)])  # and 1 from the default one
    await stage.ship(order, package((mug, 2)), key="k2", sources=[SourceChoice(mug, "berlin", 2)])
    order = await stage.change(order, status="SHIPPED")
    assert await lying() == {"default": 1, "berlin": 1, "cork": 1, "closed": 4}
    await refund(stage, order, request(part(mug, 3, restock=True)))
    assert await lying() == {"default": 2, "berlin": 3, "cork": 1, "closed": 4}
    await refund(stage, order, request(part(mug, 2, restock=True)), key="r2")
    assert (await lying(), await shelf()) == ({"default": 2, "berlin": 3, "cork": 3, "closed": 4}, (8, 0))


async def test_returns_come_back_to_a_named_source(stage: Stage, order: AmazonOrder) -> None:
    mug = await mug_of(order)
    await stage.ship(order)
    order = await stage.change(order, status="SHIPPED")
    line = RefundLine(item_id=mug, quantity=2, restock=True, restock_source="cork")
    await refund(stage, order, request(line, restock_source="berlin"))
    assert await lying() == {"cork": 5, "closed": 4, "default": 0}
    await refund(stage, order, request(restock=True, restock_source="berlin"), key="r2")
    assert (await lying(), await shelf()) == ({"default": 0, "berlin": 3, "cork": 5, "closed": 4}, (8, 0))


async def test_what_left_from_a_source_that_is_disabled_since_comes_back_to_the_default_one(
    stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order)
    order = await stage.change(order, status="SHIPPED")
    await source(stage, "berlin", enabled=False)
    await refund(stage, order, request(part(await mug_of(order), 3, restock=True)))
    assert (await lying(), await shelf()) == ({"default": 3, "cork": 3, "closed": 4}, (6, 0))


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"restock": True, "restock_source": "dover"}, ErrorCode.NOT_FOUND, ("restockSource",)),
        ({"restock": True, "restock_source": "closed"}, ErrorCode.INVALID, ("restockSource",)),
        ({"restock_source": "berlin"}, ErrorCode.INVALID, ("restockSource",)),
    ],
)
async def test_goods_come_back_to_no_other_place(
    stage: Stage, order: AmazonOrder, given: dict[str, object], code: ErrorCode, path: tuple[str, ...]
) -> None:
    await stage.ship(order)
    order = await stage.change(order, status="SHIPPED")
    with pytest.raises(DomainError) as refused:
        await refund(stage, order, request(**given))
    assert (refused.value.code, refused.value.path) == (code, ("input", *path))
    line = RefundLine(item_id=await mug_of(order), quantity=1, **given)  # type: ignore[arg-type]  # by name
    with pytest.raises(DomainError) as refused:
        await refund(stage, order, request(line))
    assert (refused.value.code, refused.value.path) == (code, ("input", "lines", "0", *path))
    assert await shelf() == (3, 0)


async def test_written_off_goods_leave_the_sources_in_their_order(stage: Stage, order: AmazonOrder) -> None:
    await refund(stage, order, request(part(await mug_of(order), 3, restock=False)))
    assert (await lying(), await shelf()) == ({"default": 0, "berlin": 2, "cork": 3, "closed": 4}, (5, 2))
