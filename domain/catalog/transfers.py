"""Goods carried from one source to another."""

from domain.catalog.counting import check_counted, check_most, checked_note, touch
from domain.catalog.records import MoveReason, Product
from domain.catalog.shelf import Move, move, stock_of, too_few_at, too_few_left
from domain.catalog.source_shelf import physical_of
from domain.catalog.sources import find_source
from domain.change import Change
from domain.errors import InvalidInput
from domain.timeline import EventKind, Subject


async def transfer(
    unit: Change, product: Product, *, quantity: int, from_source: str, to_source: str, note: str | None
) -> None:
    """Move some of a product from one source to another, as two moves.

    Raises InvalidInput, NotFound for an unknown source, ActionNotAllowed if the product's stock is not counted,
    InsufficientStock if fewer lie there, or if fewer would be for sale than are promised to orders.
    """
    path, kept = ("input", "quantity"), checked_note(note)
    if quantity < 1:
        raise InvalidInput("A quantity is at least 1.", path=path)
    check_counted(product)
    start = await find_source(from_source, path=("input", "fromSource"))
    end = await find_source(to_source, path=("input", "toSource"))
    if start.code == end.code:
        raise InvalidInput("The goods are at this source already; name another.", path=("input", "toSource"))
    stock = (await stock_of([product.id]))[product.id]
    lying = (await physical_of([product.id]))[product.id]
    if quantity > lying.get(start.code, 0):
        raise too_few_at(product.sku, (product.id, start.code), quantity, lying.get(start.code, 0), path=path)
    by = quantity * (end.enabled - start.enabled)
    if stock.on_hand + by < stock.reserved:
        raise too_few_left(product.sku, stock, left=stock.on_hand + by, path=path)
    check_most(stock, lying.get(end.code, 0) + quantity, by, path=path)
    moves = [(start.code, -quantity), (end.code, quantity)]
    await move(
        unit,
        [
            Move(product_id=product.id, source=code, reason=MoveReason.TRANSFERRED, on_hand=change, note=kept)
            for code, change in moves
        ],
    )
    await touch(unit, product)
    unit.event(
        Subject(),
        EventKind.PRODUCT_CHANGED,
        f"Product {product.sku}: {quantity} transferred from the source {start.code} to {end.code}.",
        product_id=product.id,
        sku=product.sku,
        quantity=quantity,
        from_source=start.code,
        to_source=end.code,
    )
