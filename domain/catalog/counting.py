"""What a person says of one product: that it is for sale or not, and how many there are."""

from domain.catalog.listing_marks import mark_listings
from domain.catalog.product_rows import MOST_ON_HAND
from domain.catalog.records import MoveReason, Product
from domain.catalog.shelf import Move, Shelf, move, stock_of, too_few_left
from domain.change import Change
from domain.errors import ActionNotAllowed, InvalidInput, RequiredInput
from domain.timeline import EventKind, Subject

_CHANGE = ("input", "change")
_LONGEST_NOTE = 500


async def switch(unit: Change, product: Product, *, enabled: bool) -> None:
    """Put a product on sale, or take it off; one that is as it should be stays as it is."""
    if product.enabled is enabled:
        unit.quiet()
        return
    product.enabled = enabled
    await _touch(unit, product)
    message = f"Product {product.sku} {'enabled' if enabled else 'disabled'}."
    unit.event(Subject(), EventKind.PRODUCT_CHANGED, message, product_id=product.id, sku=product.sku, enabled=enabled)


async def restock(unit: Change, product: Product, *, delta: int | None, set_to: int | None, note: str | None) -> None:
    """Count what came or went (`delta`), or what there is (`set_to`); exactly one of the two is given.

    Raises RequiredInput, InvalidInput, ActionNotAllowed if the product's stock is not counted, InsufficientStock if
    fewer would be left than are promised to orders.
    """
    _check(delta, set_to, note)
    if not product.manages_stock:
        raise ActionNotAllowed(
            f"The stock of {product.sku} is not counted: there is always enough of it. Let it be counted first, by "
            "saving the product with `managesStock` and a quantity.",
            path=("input", "productId"),
            action="RESTOCK_PRODUCT",
            current_status="STOCK_NOT_MANAGED",
        )
    stock = (await stock_of([product.id]))[product.id]
    by = delta if delta is not None else (set_to or 0) - stock.on_hand
    if by == 0:
        unit.quiet()
        return
    _check_result(product, stock, stock.on_hand + by, path=(*_CHANGE, "set" if delta is None else "delta"))
    reason = MoveReason.RESTOCKED if delta is not None and delta > 0 else MoveReason.COUNTED
    await move(unit, [Move(product_id=product.id, reason=reason, on_hand=by, note=(note or "").strip() or None)])
    await _touch(unit, product)
    unit.event(
        Subject(),
        EventKind.PRODUCT_CHANGED,
        f"Product {product.sku}: {stock.on_hand + by} on hand, {stock.on_hand} before.",
        product_id=product.id,
        sku=product.sku,
        on_hand=stock.on_hand + by,
    )


def _check(delta: int | None, set_to: int | None, note: str | None) -> None:
    if delta is None and set_to is None:
        raise RequiredInput("Say by how much the stock changes, or how much there is.", path=_CHANGE)
    if delta is not None and set_to is not None:
        raise InvalidInput("Say by how much the stock changes or how much there is, not both.", path=_CHANGE)
    if delta == 0:
        raise InvalidInput("A change by 0 changes nothing.", path=(*_CHANGE, "delta"))
    if set_to is not None and set_to < 0:
        raise InvalidInput("There cannot be less than nothing on hand.", path=(*_CHANGE, "set"))
    if note and len(note) > _LONGEST_NOTE:
        raise InvalidInput(f"A note has at most {_LONGEST_NOTE} characters.", path=("input", "note"))


def _check_result(product: Product, stock: Shelf, left: int, *, path: tuple[str, ...]) -> None:
    if left < stock.reserved:
        raise too_few_left(product.sku, stock, left=left, path=path)
    if left > MOST_ON_HAND:
        raise InvalidInput(f"At most {MOST_ON_HAND:,} of a product are counted.", path=path)


async def _touch(unit: Change, product: Product) -> None:
    product.version += 1
    product.updated_at = unit.now
    await product.save(update_fields=["enabled", "version", "updated_at"])
    await mark_listings(unit, [product.id])
