"""What a person says of one product: that it is for sale or not, and how many there are."""

from typing import Any

from domain.catalog.listing_marks import mark_listings
from domain.catalog.product_rows import MOST_ON_HAND
from domain.catalog.records import DEFAULT_SOURCE, MoveReason, Product
from domain.catalog.shelf import Move, Shelf, move, stock_of, too_few_at, too_few_left
from domain.catalog.source_records import Source
from domain.catalog.source_shelf import physical_of
from domain.catalog.sources import find_source
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
    product.awaits_review = product.awaits_review and not enabled
    await touch(unit, product)
    message = f"Product {product.sku} {'enabled' if enabled else 'disabled'}."
    unit.event(Subject(), EventKind.PRODUCT_CHANGED, message, product_id=product.id, sku=product.sku, enabled=enabled)


async def restock(
    unit: Change,
    product: Product,
    *,
    delta: int | None,
    set_to: int | None,
    note: str | None,
    source: str | None = None,
) -> None:
    """Count what came or went (`delta`), or what there is (`set_to`), at one source; exactly one of the two is given.

    At the default source unless one is named. Raises RequiredInput, InvalidInput, NotFound for an unknown source,
    ActionNotAllowed if the product's stock is not counted, InsufficientStock if fewer would be left than are promised
    to orders, or less than nothing at the source.
    """
    _check(delta, set_to, note)
    check_counted(product)
    place = await find_source(source or DEFAULT_SOURCE, path=("input", "source"))
    stock = (await stock_of([product.id]))[product.id]
    before = (await physical_of([product.id]))[product.id].get(place.code, 0)
    by = delta if delta is not None else (set_to or 0) - before
    if by == 0:
        unit.quiet()
        return
    path = (*_CHANGE, "set" if delta is None else "delta")
    _check_result(product, stock, place, before, by, path=path)
    reason = MoveReason.RESTOCKED if delta is not None and delta > 0 else MoveReason.COUNTED
    counted = Move(product_id=product.id, source=place.code, reason=reason, on_hand=by, note=checked_note(note))
    await move(unit, [counted])
    await touch(unit, product)
    _tell_count(unit, product, stock, place, before, before + by)


def _tell_count(unit: Change, product: Product, stock: Shelf, place: Source, before: int, there: int) -> None:
    is_one_of_many = bool(stock.elsewhere) or place.code != DEFAULT_SOURCE
    where = f" at the source {place.code}" if is_one_of_many else ""
    at_source: dict[str, Any] = {"source": place.code} if is_one_of_many else {}
    unit.event(
        Subject(),
        EventKind.PRODUCT_CHANGED,
        f"Product {product.sku}: {there} on hand{where}, {before} before.",
        product_id=product.id,
        sku=product.sku,
        on_hand=there,
        **at_source,
    )


def checked_note(note: str | None) -> str | None:
    """Return what is kept of a note.

    Raises InvalidInput.
    """
    if note and len(note) > _LONGEST_NOTE:
        raise InvalidInput(f"A note has at most {_LONGEST_NOTE} characters.", path=("input", "note"))
    return (note or "").strip() or None


def check_counted(product: Product) -> None:
    """Refuse to count what is not counted.

    Raises ActionNotAllowed.
    """
    if not product.manages_stock:
        raise ActionNotAllowed(
            f"The stock of {product.sku} is not counted: there is always enough of it. Let it be counted first, by "
            "saving the product with `managesStock` and a quantity.",
            path=("input", "productId"),
            action="RESTOCK_PRODUCT",
            current_status="STOCK_NOT_MANAGED",
        )


def check_most(stock: Shelf, there: int, by: int, *, path: tuple[str, ...]) -> None:
    """Refuse counts that clients could not read: at a source, or at all that are enabled, which change `by` so many.

    Raises InvalidInput.
    """
    if max(there, stock.on_hand + by) > MOST_ON_HAND:
        raise InvalidInput(f"At most {MOST_ON_HAND:,} of a product are counted.", path=path)


def _check(delta: int | None, set_to: int | None, note: str | None) -> None:
    if delta is None and set_to is None:
        raise RequiredInput("Say by how much the stock changes, or how much there is.", path=_CHANGE)
    if delta is not None and set_to is not None:
        raise InvalidInput("Say by how much the stock changes or how much there is, not both.", path=_CHANGE)
    if delta == 0:
        raise InvalidInput("A change by 0 changes nothing.", path=(*_CHANGE, "delta"))
    if set_to is not None and set_to < 0:
        raise InvalidInput("There cannot be less than nothing on hand.", path=(*_CHANGE, "set"))
    checked_note(note)


def _check_result(
    product: Product, stock: Shelf, place: Source, before: int, by: int, *, path: tuple[str, ...]
) -> None:
    counted = by if place.enabled else 0
    if counted and stock.on_hand + counted < stock.reserved:
        raise too_few_left(product.sku, stock, left=stock.on_hand + counted, path=path)
    if before + by < 0:
        raise too_few_at(product.sku, (product.id, place.code), -by, before, path=path)
    check_most(stock, before + by, counted, path=path)


async def touch(unit: Change, product: Product) -> None:
    """Store that a person changed a product, or its count."""
    product.version += 1
    product.updated_at = unit.now
    await product.save(update_fields=["enabled", "awaits_review", "version", "updated_at"])
    await mark_listings(unit, [product.id])
