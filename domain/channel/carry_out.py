"""What applying each way out does, inside the change of whoever applies it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from domain.accounts.sync_requests import request_in
from domain.amazon.records import AmazonOrder
from domain.catalog.records import Product
from domain.change import Change
from domain.channel.address_patch import AddressPatch
from domain.channel.affected import Affected, one_order, orders_behind
from domain.channel.base_currency import set_rate_of
from domain.channel.cancel import cancel_in
from domain.channel.command_choices import give_up_command_in, retry_command_in
from domain.channel.confirm_by_hand import confirm_command_in
from domain.channel.correct import correct_in
from domain.channel.create_from_item import create_from_item_in
from domain.channel.dismiss import dismiss_in
from domain.channel.leaving import check_staying
from domain.channel.mail_results import retry_mail_in
from domain.channel.matching import ProductChoice, match_in
from domain.channel.products import enable_in, restock_in
from domain.channel.proposals import apply_proposal
from domain.channel.records import Attention, AttentionKind
from domain.channel.resolution import Resolution, ResolutionKind
from domain.channel.retry import retry_in
from domain.channel.shortage import short_of_order, short_together
from domain.channel.ways_out import CANCEL_REASONS
from domain.errors import ActionNotAllowed, DomainError, InvalidInput, RequiredInput
from domain.sealing import Sealer

_ENTRY: Final = ("input", "blockerId")
_INPUTS: Final = ("product", "address", "quantity", "rate", "note", "resolutionId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a person gives with a way out; `quantity` is what came, where it is not just what is short."""

    product: ProductChoice | None = None
    address: AddressPatch | None = None
    quantity: int | None = None
    rate: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A way out that is being applied."""

    unit: Change
    entry: Attention
    resolution: Resolution
    inputs: Inputs
    sealer: Sealer

    @property
    def order_id(self) -> int:
        """The order that the entry is about."""
        order_id: int | None = self.entry.order_id
        assert order_id is not None, "this way out is offered for orders only"
        return order_id

    @property
    def product_id(self) -> int:
        """The product that the entry is about."""
        product_id: int | None = self.entry.product_id
        assert product_id is not None, "this way out is offered for products only"
        return product_id

    @property
    def command_id(self) -> int:
        """The command that the entry is about."""
        command_id: int | None = self.entry.command_id
        assert command_id is not None, "this way out is offered for commands only"
        return command_id


async def carry_out(work: Work) -> Affected:
    """Do what a way out stands for, and have the orders evaluated that this helps.

    Raises whatever the operation behind it refuses, with paths as in the input of a resolution.
    """
    try:
        return await _DEEDS[work.resolution.kind](work)
    except DomainError as refusal:
        refusal.path = _as_sent(refusal.path)
        raise


async def _create_product(work: Work) -> Affected:
    return await create_from_item_in(work.unit, work.entry, quantity=work.inputs.quantity, path=("input",))


async def _match_product(work: Work) -> Affected:
    if work.inputs.product is None:
        raise RequiredInput("Say which product it is, by id or by SKU.", path=("input", "product"))
    return await match_in(work.unit, work.entry, work.inputs.product, remember=None)


async def _enable_product(work: Work) -> Affected:
    return await enable_in(work.unit, product_id=work.product_id)


async def _restock_product(work: Work) -> Affected:
    product = await Product.get(id=work.product_id)
    by = work.inputs.quantity
    if by is None:
        by = await _short(work, product)
    elif by < 1:
        raise InvalidInput("Say how many came, at least 1.", path=("input", "quantity"))
    if by == 0 or not product.manages_stock:
        return await orders_behind(work.unit, [product])
    return await restock_in(work.unit, product_id=product.id, delta=by)


async def _short(work: Work, product: Product) -> int:
    if work.resolution.together and work.entry.cause:
        return (await short_together({work.entry.cause: product.id}))[work.entry.cause]
    return await short_of_order(work.order_id, product.id, sealer=work.sealer)


async def _set_rate(work: Work) -> Affected:
    return await set_rate_of(work.unit, work.entry, work.inputs.rate)


async def _correct_address(work: Work) -> Affected:
    if work.inputs.address is None:
        raise RequiredInput("Say how the address is, at least the part that is wrong.", path=("input", "address"))
    order = await AmazonOrder.filter(id=work.order_id).select_for_update().get()
    return await correct_in(work.unit, order, work.inputs.address, sealer=work.sealer)


async def _retry_import(work: Work) -> Affected:
    await check_staying(await AmazonOrder.get(id=work.order_id), action="RETRY_IMPORT")
    refusal = (await retry_in(work.unit, [work.order_id]))[work.order_id]
    # What failed may be an evaluation after the import: that is tried again as well.
    if refusal and work.entry.kind is not AttentionKind.FAILED:
        raise refusal
    return await one_order(work.unit, work.order_id)


async def _read_again(work: Work) -> Affected:
    number = work.entry.facts.get("number")
    store_id = work.entry.store_id
    if work.entry.order_id is not None:
        order = await AmazonOrder.get(id=work.order_id)
        number, store_id = order.number, order.store_id
    assert store_id is not None, "an order belongs to a store"
    await request_in(work.unit, store_id=store_id, amazon_order_id=number)
    return Affected()


async def _cancel_order(work: Work) -> Affected:
    order = await AmazonOrder.filter(id=work.order_id).select_for_update().get()
    reason = CANCEL_REASONS[work.entry.blocker_kind or work.entry.kind]
    await cancel_in(work.unit, order, reason=reason, note=work.inputs.note, restock=True)
    return await one_order(work.unit, order.id)


async def _retry_command(work: Work) -> Affected:
    await retry_command_in(work.unit, work.command_id, work.inputs.note)
    return await one_order(work.unit, work.order_id)


async def _give_up_command(work: Work) -> Affected:
    await give_up_command_in(work.unit, work.command_id, work.inputs.note or "")
    return await one_order(work.unit, work.order_id)


async def _retry_email(work: Work) -> Affected:
    await retry_mail_in(work.unit, int(work.entry.facts["mail_id"]))
    return Affected()


async def _confirm_command(work: Work) -> Affected:
    await confirm_command_in(work.unit, work.command_id, work.inputs.note or "")
    return await one_order(work.unit, work.order_id)


async def _settle_difference(work: Work) -> Affected:
    return await apply_proposal(work.unit, work.entry, work.resolution.kind, sealer=work.sealer)


async def _connect_store(work: Work) -> Affected:
    raise ActionNotAllowed(
        "Only connectStore takes a refresh token: connect the store again with a new one.",
        action=work.resolution.kind.value,
        current_status=work.entry.state.value,
        path=("input", "resolutionId"),
    )


async def _dismiss(work: Work) -> Affected:
    return await dismiss_in(work.unit, work.entry, note=work.inputs.note, path=("input",))


def _as_sent(path: tuple[str, ...]) -> tuple[str, ...]:
    match path:
        case ("input", "change", *_):
            return ("input", "quantity")
        case ("note",):
            return ("input", "note")
        case ("input", field, *_) if field in _INPUTS:
            return path
    return _ENTRY


_DEEDS: Final[Mapping[ResolutionKind, Callable[[Work], Awaitable[Affected]]]] = MappingProxyType(
    {
        ResolutionKind.CREATE_PRODUCT: _create_product,
        ResolutionKind.MATCH_PRODUCT: _match_product,
        ResolutionKind.ENABLE_PRODUCT: _enable_product,
        ResolutionKind.RESTOCK_PRODUCT: _restock_product,
        ResolutionKind.CORRECT_ADDRESS: _correct_address,
        ResolutionKind.SET_RATE: _set_rate,
        ResolutionKind.RETRY_IMPORT: _retry_import,
        ResolutionKind.READ_AGAIN: _read_again,
        ResolutionKind.CANCEL_ORDER: _cancel_order,
        ResolutionKind.RETRY_COMMAND: _retry_command,
        ResolutionKind.GIVE_UP_COMMAND: _give_up_command,
        ResolutionKind.CONFIRM_COMMAND: _confirm_command,
        ResolutionKind.REFUND_DIFFERENCE: _settle_difference,
        ResolutionKind.TAKE_OVER: _settle_difference,
        ResolutionKind.KEEP: _settle_difference,
        ResolutionKind.CONNECT_STORE: _connect_store,
        ResolutionKind.RETRY_EMAIL: _retry_email,
        ResolutionKind.DISMISS: _dismiss,
    }
)
