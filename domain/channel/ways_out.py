"""The ways out of what a person should look at, the best first: what can be done, given how things stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from domain.accounts.sync_requests import is_order_number
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonItem
from domain.catalog.records import Product
from domain.channel.blockers import BlockerKind
from domain.channel.cancel_rules import cancel_refusal
from domain.channel.command_choices import give_up_refusal, needs_word, retry_refusal
from domain.channel.confirm_by_hand import confirm_refusal
from domain.channel.proposals import proposals_of
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.resolution import Resolution, ResolutionInput, ResolutionKind
from domain.channel.standing import Standing

_Kind = ResolutionKind

CANCEL_REASONS: Final[Mapping[str, CancelReason]] = MappingProxyType(
    {
        BlockerKind.OUT_OF_STOCK: CancelReason.NO_INVENTORY,
        BlockerKind.INVALID_ADDRESS: CancelReason.SHIPPING_ADDRESS_UNDELIVERABLE,
        AttentionKind.BUYER_CANCELLATION: CancelReason.BUYER_CANCELED,
    }
)
"""What Amazon is told when an order is canceled as the way out of this."""

_DISMISS: Final = Resolution(
    kind=_Kind.DISMISS, label="Leave it", mutation="dismissBlocker", needs_input=(ResolutionInput.NOTE,)
)
_SHIP_ANYWAY: Final = Resolution(
    kind=_Kind.DISMISS,
    label="Ship it all the same",
    mutation="applyResolution",
    needs_input=(ResolutionInput.NOTE,),
)
_LEAVE: Final = Resolution(
    kind=_Kind.DISMISS, label="Leave it", mutation="applyResolution", needs_input=(ResolutionInput.NOTE,)
)
_MATCH: Final = Resolution(
    kind=_Kind.MATCH_PRODUCT,
    label="Match it to a product",
    mutation="matchProduct",
    needs_input=(ResolutionInput.PRODUCT,),
)
_CORRECT: Final = Resolution(
    kind=_Kind.CORRECT_ADDRESS,
    label="Correct the address",
    mutation="correctAddress",
    needs_input=(ResolutionInput.ADDRESS,),
)
_READ_AGAIN: Final = Resolution(kind=_Kind.READ_AGAIN, label="Read the order from Amazon again", mutation="syncNow")
_RETRY_IMPORT: Final = Resolution(kind=_Kind.RETRY_IMPORT, label="Try the import again", mutation="retryImport")
_CONNECT: Final = Resolution(
    kind=_Kind.CONNECT_STORE,
    label="Connect the store again with a new refresh token",
    mutation="connectStore",
    needs_input=(ResolutionInput.CREDENTIALS,),
)
_RETRY_COMMAND: Final = Resolution(kind=_Kind.RETRY_COMMAND, label="Send it to Amazon again", mutation="retryCommand")
_RETRY_UNDONE: Final = Resolution(
    kind=_Kind.RETRY_COMMAND,
    label="Send it to Amazon again",
    mutation="retryCommand",
    needs_input=(ResolutionInput.NOTE,),
    asserts="Seller Central shows that it is not done",
)
_CONFIRM: Final = Resolution(
    kind=_Kind.CONFIRM_COMMAND,
    label="Mark it as done",
    mutation="confirmCommand",
    needs_input=(ResolutionInput.NOTE,),
    asserts="Seller Central shows that the buyer has been paid",
)
_GIVE_UP: Final = Resolution(
    kind=_Kind.GIVE_UP_COMMAND,
    label="Give it up",
    mutation="giveUpCommand",
    needs_input=(ResolutionInput.NOTE,),
    asserts="it is dealt with in Seller Central, or no longer wanted",
)
_RETRY_EMAIL: Final = Resolution(kind=_Kind.RETRY_EMAIL, label="Send the e-mail again", mutation="retryEmail")
_FIXED: Final[Mapping[AttentionKind, tuple[Resolution, ...]]] = MappingProxyType(
    {
        AttentionKind.CREDENTIALS: (_CONNECT,),
        AttentionKind.FAILED: (_RETRY_IMPORT,),
        AttentionKind.MAIL_FAILED: (_RETRY_EMAIL, _LEAVE),
    }
)
_OF_A_COMMAND: Final = (AttentionKind.COMMAND_REFUSED, AttentionKind.COMMAND_PARKED, AttentionKind.COMMAND_OVERDUE)
_DATA: Final = (BlockerKind.CURRENCY_NOT_CONFIGURED, BlockerKind.MARKETPLACE_DATA_INVALID)
_FOR_ALL: Final = (_Kind.CREATE_PRODUCT, _Kind.MATCH_PRODUCT, _Kind.ENABLE_PRODUCT, _Kind.SET_RATE)
_OF_ONE_ORDER: Final = (BlockerKind.INVALID_ADDRESS, BlockerKind.MARKETPLACE_DATA_INVALID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the ways out depend on, by row; `short_of` by order and product, `short_together` by cause."""

    standings: Mapping[int, Standing]
    items: Mapping[int, AmazonItem]
    products: Mapping[int, Product]
    short_of: Mapping[tuple[int, int], int]
    short_together: Mapping[str, int] = field(default_factory=dict)


def ways_out(entry: Attention, around: Surroundings) -> tuple[Resolution, ...]:
    """Return what clears an entry; nothing for what is resolved."""
    if entry.state is AttentionState.RESOLVED:
        return ()
    found = _of_blocker(entry, around) if entry.blocker_kind else _of_other(entry, around)
    open_still = entry.state is AttentionState.OPEN
    return tuple(one for one in found if open_still or one.kind is not _Kind.DISMISS)


def ways_out_together(entry: Attention, around: Surroundings) -> tuple[Resolution, ...]:
    """Return what clears all entries of a cause at once, of which this one comes first."""
    if entry.blocker_kind in _OF_ONE_ORDER:
        return ways_out(entry, around)
    together = around.short_together.get(entry.cause or "", 0)
    product = around.products.get(entry.product_id or 0)
    restock = (_restock(product.sku, together, together=True),) if together and product else ()
    return restock + tuple(one for one in ways_out(entry, around) if one.kind in _FOR_ALL)


def _of_blocker(entry: Attention, around: Surroundings) -> Iterator[Resolution]:
    kind = entry.blocker_kind
    product = around.products.get(entry.product_id or 0)
    if kind is BlockerKind.PRODUCT_NOT_MATCHED:
        yield from _creation(around.items.get(entry.item_id or 0))
        yield _MATCH
    elif kind is BlockerKind.PRODUCT_DISABLED and product:
        label = f"Enable product {product.sku}"
        yield Resolution(kind=_Kind.ENABLE_PRODUCT, label=label, mutation="enableProduct")
        yield _MATCH
    elif kind is BlockerKind.OUT_OF_STOCK and product:
        yield _restock(product.sku, around.short_of.get((entry.order_id or 0, product.id), 0))
        yield from _cancellation(entry, around)
    elif kind is BlockerKind.INVALID_ADDRESS:
        yield from (_CORRECT, _READ_AGAIN)
        yield from _cancellation(entry, around)
    elif kind in _DATA and "base_currency" in entry.facts:
        yield _rate(entry.facts["value"], entry.facts["base_currency"])
    elif kind in _DATA:
        yield from (_READ_AGAIN, _RETRY_IMPORT)
    yield _DISMISS


def _of_other(entry: Attention, around: Surroundings) -> Iterator[Resolution]:
    if entry.kind is AttentionKind.CONFLICT:
        yield from proposals_of(entry)
    elif entry.kind in _OF_A_COMMAND:
        yield from _of_command(entry, around)
        if entry.kind is AttentionKind.COMMAND_OVERDUE:
            yield from (_READ_AGAIN, _LEAVE)
    elif entry.kind is AttentionKind.BUYER_CANCELLATION:
        yield from _cancellation(entry, around)
        yield _SHIP_ANYWAY
    elif entry.kind in _FIXED:
        yield from _FIXED[entry.kind]
    else:
        if entry.order_id is not None or is_order_number(str(entry.facts.get("number"))):
            yield _READ_AGAIN
        yield _LEAVE


def _creation(item: AmazonItem | None) -> Iterator[Resolution]:
    sku = item and (item.seller_sku or item.asin or "").strip()
    if sku:
        label = f"Create product {sku} from the item"
        yield Resolution(kind=_Kind.CREATE_PRODUCT, label=label, mutation="createProductFromItem")


def _rate(currency: str, base: str) -> Resolution:
    return Resolution(
        kind=_Kind.SET_RATE,
        label=f"Set the rate from {currency} to {base}, from today on",
        mutation="setCurrencyRates",
        needs_input=(ResolutionInput.RATE,),
    )


def _restock(sku: str, short: int, *, together: bool = False) -> Resolution:
    return Resolution(
        kind=_Kind.RESTOCK_PRODUCT,
        label=f"Restock product {sku} by what is short",
        mutation="restockProduct",
        asserts=f"{short} more of {sku} on the shelf",
        together=together,
    )


def _cancellation(entry: Attention, around: Surroundings) -> Iterator[Resolution]:
    standing = around.standings.get(entry.order_id or 0)
    if standing is None or cancel_refusal(standing):
        return
    reason = CANCEL_REASONS[entry.blocker_kind or entry.kind]
    yield Resolution(
        kind=_Kind.CANCEL_ORDER,
        label=f"Cancel the order: {reason.value.lower().replace('_', ' ')}",
        mutation="cancelOrder",
    )


def _of_command(entry: Attention, around: Surroundings) -> Iterator[Resolution]:
    standing = around.standings.get(entry.order_id or 0)
    command = next((one for one in standing.commands if one.id == entry.command_id), None) if standing else None
    if standing is None or command is None:
        return
    if needs_word(command) and confirm_refusal(command) is None:
        yield _CONFIRM
    if retry_refusal(command, standing) is None:
        yield _RETRY_UNDONE if needs_word(command) else _RETRY_COMMAND
    if not needs_word(command) and confirm_refusal(command) is None:
        yield _CONFIRM
    if give_up_refusal(command, is_overdue=entry.kind is AttentionKind.COMMAND_OVERDUE) is None:
        yield _GIVE_UP
