"""Sources and what lies there, as tests say it."""

from domain.catalog.records import Product
from domain.catalog.source_records import Source
from domain.catalog.source_shelf import physical_of
from domain.catalog.sources import SourceWish
from domain.channel.affected import Affected
from domain.channel.sourcing import save_stock_source
from domain.channel.stocking import restock_product, transfer_stock
from tests.domain.channel.stage import CLERK, Stage, check_shelves


async def source(stage: Stage, code: str, **given: str | bool) -> tuple[Source, Affected]:
    """Save a source."""
    wish = SourceWish(code=code, **given)  # type: ignore[arg-type]  # by name
    return await save_stock_source(wish=wish, now=stage.now, actor=CLERK)


async def put(
    stage: Stage, code: str | None, count: int | None = None, *, sku: str = "MUG", **given: object
) -> Affected:
    """Count a product at a source."""
    product = await Product.get(sku=sku)
    wanted = {"delta": None, "set_to": count, "note": None, **given}
    return await restock_product(
        product_id=product.id,
        source=code,
        idempotency_key=f"count {next(stage.references)}",
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
        **wanted,  # type: ignore[arg-type]  # by name
    )


async def carry(
    stage: Stage, quantity: int, start: str, end: str, *, key: str = "carry", note: str | None = None
) -> Affected:
    """Transfer mugs from one source to another."""
    product = await Product.get(sku="MUG")
    return await transfer_stock(
        product_id=product.id,
        quantity=quantity,
        from_source=start,
        to_source=end,
        note=note,
        idempotency_key=key,
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )


async def lying(sku: str = "MUG") -> dict[str, int]:
    """Return what lies where, after checking that counts, reservations and moves agree everywhere."""
    await check_shelves()
    product = await Product.get(sku=sku)
    return (await physical_of([product.id]))[product.id]
