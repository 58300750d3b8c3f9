"""A product made of what Amazon says about an item, with which all orders of its SKU can be imported."""

from datetime import datetime
from typing import Final

from domain.amazon.records import AmazonItem
from domain.catalog.matches import Wanted, choose_for_item, find_products, remember_match
from domain.catalog.records import MatchSource, Product
from domain.change import Change, change
from domain.channel.affected import Affected, orders_behind
from domain.channel.blockers import BlockerKind
from domain.channel.entries import check_open, entry_of
from domain.channel.matching import tell_match
from domain.channel.products import create_product_in
from domain.channel.records import Attention
from domain.errors import ActionNotAllowed, InvalidInput
from domain.money import Money, UnknownCurrency, decimals_of
from domain.timeline import Actor

_ACTION: Final = "CREATE_PRODUCT"


async def create_product_from_item(*, attention_id: int, quantity: int | None, now: datetime, actor: Actor) -> Affected:
    """Make the product that the item of a blocker lacks, and have the orders that this helps evaluated.

    Raises as `create_from_item_in` does, and ActionNotAllowed for a blocker that is resolved.
    """
    async with change(now=now, actor=actor) as unit:
        entry = await entry_of(attention_id, path=("blockerId",))
        check_open(entry, action=_ACTION, path=("blockerId",))
        return await create_from_item_in(unit, entry, quantity=quantity, path=())


async def create_from_item_in(
    unit: Change, entry: Attention, *, quantity: int | None, path: tuple[str, ...]
) -> Affected:
    """Make a product with the item's seller SKU (its ASIN where it has none), title, unit price and ASIN.

    It is for sale, and its stock is counted only if a quantity is given. A product that the item means by now is used
    as it is. Raises ActionNotAllowed or InvalidInput; `path` is where the fields stand in the input.
    """
    item = await _item_of(entry, path=path)
    wanted = Wanted(item.account_id, item.seller_sku, item.asin, item.id)
    meant = (await find_products([wanted])).get(wanted)
    if meant is not None:
        unit.quiet()
        return await orders_behind(unit, [meant.product])
    product, is_new = await _named_so(unit, item, quantity=quantity, path=path)
    if item.seller_sku is None:
        await choose_for_item(
            unit, account_id=item.account_id, order_id=item.order_id, item_id=item.id, product=product
        )
    else:
        source = MatchSource.CREATED if is_new else MatchSource.SKU
        await remember_match(
            unit, account_id=item.account_id, seller_sku=item.seller_sku, product=product, source=source
        )
    await tell_match(unit, item, product, remembered=item.seller_sku is not None)
    return await orders_behind(unit, [product])


def price_of_one(item: AmazonItem) -> Money | None:
    """Return what one of an item costs, None where Amazon's amounts do not say it exactly."""
    minor = item.unit_price_minor
    if minor is None and item.price_minor is not None and item.quantity_ordered > 0:
        whole, rest = divmod(item.price_minor, item.quantity_ordered)
        minor = None if rest else whole
    if minor is None or minor < 0 or item.currency is None:
        return None
    try:
        decimals_of(item.currency)
    except UnknownCurrency:
        return None
    return Money(minor, item.currency)


async def _item_of(entry: Attention, *, path: tuple[str, ...]) -> AmazonItem:
    if entry.blocker_kind is not BlockerKind.PRODUCT_NOT_MATCHED or entry.item_id is None:
        raise ActionNotAllowed(
            "No product is missing here; its `resolutions` say what clears it.",
            action=_ACTION,
            current_status=(entry.blocker_kind or entry.kind).value,
            path=(*path, "blockerId"),
        )
    return await AmazonItem.get(id=entry.item_id)


async def _named_so(
    unit: Change, item: AmazonItem, *, quantity: int | None, path: tuple[str, ...]
) -> tuple[Product, bool]:
    """Return the product of the item's name and whether it is new: blanks around a SKU are not part of ours."""
    sku = (item.seller_sku or item.asin or "").strip()
    if not sku:
        raise ActionNotAllowed(
            "Amazon gives neither a seller SKU nor an ASIN for this item: match it to a product with matchProduct.",
            action=_ACTION,
            current_status=BlockerKind.PRODUCT_NOT_MATCHED.value,
            path=(*path, "blockerId"),
        )
    known = await Product.get_or_none(sku=sku)
    if known is not None:
        return known, False
    try:
        made = await create_product_in(
            unit, sku=sku, name=item.title, price=price_of_one(item), asin=item.asin, quantity=quantity
        )
    except InvalidInput as refusal:
        if refusal.path == ("quantity",):
            raise InvalidInput(refusal.message, path=(*path, "quantity")) from None
        raise InvalidInput(
            f"{refusal.message} Match it to a product of another SKU with matchProduct.", path=(*path, "blockerId")
        ) from None
    return made, True
