"""A person says which product an item means: for all orders of its SKU, or for this one alone."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.exceptions import ValidationError

from domain.amazon.records import AmazonItem, AmazonOrder
from domain.catalog.matches import choose_for_item, forget_choice, remember_match
from domain.catalog.records import MatchSource, Product
from domain.change import Change, change
from domain.channel.affected import Affected, one_order, orders_of_sku
from domain.channel.blockers import BlockerKind
from domain.channel.entries import check_open, entry_of
from domain.channel.records import Attention
from domain.errors import ActionNotAllowed, InvalidInput, NotFound
from domain.timeline import Actor, EventKind

_ACTION: Final = "MATCH_PRODUCT"
_OF_A_PRODUCT: Final = (BlockerKind.PRODUCT_NOT_MATCHED, BlockerKind.PRODUCT_DISABLED, BlockerKind.OUT_OF_STOCK)


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A product as a person names it: by its row, or by its SKU."""

    product_id: int | None = None
    sku: str | None = None


async def match_product(
    *, attention_id: int, product: ProductChoice, remember: bool, now: datetime, actor: Actor
) -> Affected:
    """Let the item of a blocker mean a product, and have the orders that this helps evaluated.

    Raises as `match_in` does, with paths as in the input, and ActionNotAllowed for a blocker that is resolved.
    """
    async with change(now=now, actor=actor) as unit:
        path = ("input", "blockerId")
        entry = await entry_of(attention_id, path=path)
        check_open(entry, action=_ACTION, path=path)
        return await match_in(unit, entry, product, remember=remember)


async def match_in(unit: Change, entry: Attention, choice: ProductChoice, *, remember: bool | None) -> Affected:
    """Let an item mean a product, in all orders of its seller SKU (`remember`) or in its own alone.

    None remembers where there is a seller SKU. A remembered match holds for later orders and whatever Amazon says of
    these; one that was there for another product is replaced. Raises NotFound for the product, InvalidInput where
    nothing can be remembered, ActionNotAllowed for a product that is not for sale, or a blocker without one.
    """
    item = await _item_of(entry)
    product = await _chosen(choice)
    if remember is None:
        remember = item.seller_sku is not None
    if not remember:
        before = await choose_for_item(
            unit, account_id=item.account_id, order_id=item.order_id, item_id=item.id, product=product
        )
        await tell_match(unit, item, product, remembered=False, before=before)
        return await one_order(unit, item.order_id)
    if item.seller_sku is None:
        raise InvalidInput(
            "Amazon gives no seller SKU for this item, so there is nothing to remember: send `remember: false`.",
            path=("input", "remember"),
        )
    await forget_choice(item.id)
    before = await remember_match(
        unit, account_id=item.account_id, seller_sku=item.seller_sku, product=product, source=MatchSource.MANUAL
    )
    await tell_match(unit, item, product, remembered=True, before=before)
    return await orders_of_sku(unit, account_id=item.account_id, seller_sku=item.seller_sku)


async def tell_match(
    unit: Change, item: AmazonItem, product: Product, *, remembered: bool, before: int | None = None
) -> None:
    """Tell in the order's timeline which product an item means from now on."""
    order = await AmazonOrder.get(id=item.order_id)
    named = item.seller_sku or item.asin or "The item"
    instead = f" instead of {(await Product.get(id=before)).sku}" if before is not None else ""
    scope = "" if remembered else ", in this order alone"
    unit.event(
        order.subject,
        EventKind.PRODUCT_MATCHED,
        f"{named} means product {product.sku}{instead}{scope}.",
        product_id=product.id,
        sku=product.sku,
        seller_sku=item.seller_sku,
        remembered=remembered,
        product_id_before=before,
    )


async def _item_of(entry: Attention) -> AmazonItem:
    if entry.blocker_kind not in _OF_A_PRODUCT or entry.item_id is None:
        raise ActionNotAllowed(
            "This is not about a product; its `resolutions` say what clears it.",
            action=_ACTION,
            current_status=(entry.blocker_kind or entry.kind).value,
            path=("input", "blockerId"),
        )
    return await AmazonItem.get(id=entry.item_id)


async def _chosen(choice: ProductChoice) -> Product:
    product = None
    with suppress(ValidationError):  # a text too long for the column is the SKU of nothing
        known = Product.filter(sku=choice.sku) if choice.product_id is None else Product.filter(id=choice.product_id)
        product = await known.first()
    if product is None:
        raise NotFound(
            "There is no such product: look it up with `products`, or make it with createProductFromItem.",
            path=("input", "product"),
        )
    if not product.enabled:
        raise ActionNotAllowed(
            f"Product {product.sku} is disabled: enable it first with enableProduct, or choose another one.",
            action=_ACTION,
            current_status="PRODUCT_DISABLED",
            path=("input", "product"),
        )
    return product
