"""Correcting a delivery address: over what Amazon says, for the import and for what is not sent yet."""

from datetime import datetime, timedelta
from typing import Final

from domain.accounts.settings import settings_of_stores
from domain.amazon.buyer_data import while_open
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonOrder
from domain.buyers import Owner, Values, keep, read, rewrite
from domain.change import Change, change
from domain.channel.address_patch import NAMES, PARTS, WORDS, Address, AddressPatch, Path, changed_parts
from domain.channel.affected import Affected, one_order
from domain.channel.corrections import corrected, layers_of, store_corrections
from domain.channel.leaving import check_staying
from domain.channel.normal_address import normal_address
from domain.commerce.orders import progress
from domain.commerce.permissions import OrderAction, refusal
from domain.commerce.records import CommerceOrder
from domain.errors import ActionNotAllowed, NotFound, StaleVersion
from domain.sealing import Sealer
from domain.timeline import Actor, EventKind

__all__ = ["AddressPatch", "correct_address", "correct_in", "correct_refusal", "write_through"]

ACTION: Final = "CORRECT_ADDRESS"
_OVER: Final = (
    AmazonOrderStatus.SHIPPED,
    AmazonOrderStatus.INVOICE_UNCONFIRMED,
    AmazonOrderStatus.CANCELED,
    AmazonOrderStatus.UNFULFILLABLE,
)


def correct_refusal(order: AmazonOrder, commerce: CommerceOrder | None) -> ActionNotAllowed | None:
    """Return why the delivery address of an order cannot be corrected here now, None if it can."""
    forbidden = commerce and refusal(OrderAction.EDIT_ADDRESS, progress(commerce, ()))
    checks = (
        (
            order.fulfillment_channel is FulfillmentChannel.AMAZON,
            "Amazon sends the goods of this order; only the buyer can change the address, at Amazon.",
        ),
        (
            order.fulfillment_channel is None,
            "Amazon does not say yet who sends the goods of this order; try again when it does.",
        ),
        (
            order.amazon_status in _OVER,
            f"Amazon says the order is {order.amazon_status.value}; nothing of it is sent to an address any more.",
        ),
        (forbidden is not None, forbidden or ""),
    )
    because = next((reason for stops, reason in checks if stops), None)
    if because is None:
        return None
    return ActionNotAllowed(because, action=ACTION, current_status=order.amazon_status.value, path=("orderId",))


async def correct_address(
    *, order_id: int, address: AddressPatch, expected_version: int | None, now: datetime, actor: Actor, sealer: Sealer
) -> Affected:
    """Correct parts of an order's delivery address and have the order evaluated.

    The same request again changes nothing, whatever version it expects. Raises NotFound, StaleVersion,
    ActionNotAllowed, RequiredInput or InvalidInput.
    """
    async with change(now=now, actor=actor) as unit:
        order = await AmazonOrder.filter(id=order_id).select_for_update().first()
        if order is None:
            raise NotFound("There is no such order.", path=("orderId",))
        return await correct_in(
            unit, order, address, sealer=sealer, expected_version=expected_version, path=("address",)
        )


async def correct_in(
    unit: Change,
    order: AmazonOrder,
    address: AddressPatch,
    *,
    sealer: Sealer,
    expected_version: int | None = None,
    path: Path = ("input", "address"),
) -> Affected:
    """Correct parts of an order's delivery address within a change; affects no order if nothing changes.

    Raises StaleVersion, ActionNotAllowed, RequiredInput or InvalidInput, the latter two below `path`.
    """
    commerce = await CommerceOrder.get_or_none(channel_order_id=order.id)
    await check_staying(order, action=ACTION, path=("orderId",))
    if refusal := correct_refusal(order, commerce):
        raise refusal
    kept = await read(owner=Owner.AMAZON_ORDER, owner_id=order.id, sealer=sealer)
    layer = (await layers_of([order.id], sealer)).get(order.id)
    before = (corrected(kept or {}, layer) or {}).get("address") or {}
    changes = changed_parts(address, before=before, path=path)
    if not changes:
        unit.quiet()
        return Affected()
    if expected_version not in (None, order.version):
        raise StaleVersion(expected=expected_version, actual=order.version)
    if kept is None:
        await _make_room(unit, order, sealer=sealer)
    said = (kept or {}).get("address") or {}
    await store_corrections(unit, order, changes, said=said, sealer=sealer)
    await write_through(commerce, changes, sealer=sealer)
    parts = [part for part in PARTS if part in changes]
    unit.event(
        order.subject,
        EventKind.ADDRESS_CORRECTED,
        f"The delivery address was corrected: {', '.join(WORDS[part] for part in parts)}.",
        fields=[NAMES[part] for part in parts],
    )
    return await one_order(unit, order.id)


async def write_through(commerce: CommerceOrder | None, changes: Address, *, sealer: Sealer) -> None:
    """Put parts of the address into the commerce order's own copy; nothing happens where there is none."""
    if commerce is None:
        return
    copy: Values | None = await read(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, sealer=sealer)
    if copy is None:
        return
    values = {**copy, "address": normal_address({**(copy.get("address") or {}), **changes})}
    await rewrite(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, values=values, sealer=sealer)
    commerce.version += 1
    await commerce.save(update_fields=["version"])


async def _make_room(unit: Change, order: AmazonOrder, *, sealer: Sealer) -> None:
    # Corrections are read and deleted together with what Amazon says of the buyer, so there has to be something.
    _, settings = (await settings_of_stores([order.store_id]))[order.store_id]
    until = while_open(
        order.latest_ship_at,
        retention=timedelta(days=settings.pii_retention_days),
        amazon_now=unit.now,
        now=unit.now,
    )
    await keep(
        owner=Owner.AMAZON_ORDER,
        owner_id=order.id,
        account_id=order.account_id,
        values={},
        purge_at=until,
        sealer=sealer,
    )
