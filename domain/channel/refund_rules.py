"""Whether Amazon can be told of a refund, and how a credit memo's money is spread over what Amazon charged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.amazon.adjustments import GOODWILL, RESTOCKING_FEE, Parts, charged, give_back, left
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.channel.leaving import leaving_refusal
from domain.channel.standing import Standing
from domain.errors import ActionNotAllowed
from domain.money import Money

ACTION: Final = "REFUND"
PATH: Final = ("input", "tellAmazon")

_CHARGED: Final = (
    AmazonOrderStatus.PARTIALLY_SHIPPED,
    AmazonOrderStatus.SHIPPED,
    AmazonOrderStatus.INVOICE_UNCONFIRMED,
)
_NOT_DONE: Final = (CommandState.REFUSED, CommandState.WITHDRAWN)

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BUYER_RETURN": "CustomerReturn",
        "BUYER_CANCELED": "CustomerCancel",
        "NO_INVENTORY": "NoInventory",
        "PRICE_ADJUSTMENT": "PriceError",
        "DAMAGED": "Other",
        "OTHER": "Other",
    }
)
"""The words of the element AdjustmentReason for why a credit memo was made; GeneralAdjustment for any other."""


@dataclass(slots=True)
class Account:
    """What Amazon charged for an item, and what it was asked to give back of it."""

    paid: Parts
    given: Parts

    @property
    def left(self) -> int:
        """How much can still be given back."""
        return left(self.paid, self.given)

    def add(self, parts: Parts) -> None:
        """Count what is given back now."""
        for name, minor in parts.items():
            self.given[name] = self.given.get(name, 0) + minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a credit memo gives back of an item, in minor units; goods are all of it but shipping."""

    item_id: str
    sku: str
    goods: int
    shipping: int


def refund_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why Amazon cannot be told of any refund of an order now, None if it can.

    Source: Seller Central help on refunds: the seller pays back what the seller shipped, and what was shipped only.
    """
    order = standing.order
    if standing.is_leaving:
        return leaving_refusal(order, action=ACTION)
    if order.fulfillment_channel is not FulfillmentChannel.MERCHANT:
        return refused(order, "Amazon sends the goods of this order, and pays its refunds itself.")
    if order.amazon_status not in _CHARGED:
        return refused(order, "Amazon charges the buyer when goods leave, and nothing of this order has left.")
    return None


def accounts_of(standing: Standing, *, country: str) -> dict[str, Account]:
    """Return what Amazon charged and was asked to give back, by Amazon's item id."""
    order = standing.order
    accounts = {
        item.item_id: Account(charged(item, status=order.amazon_status, country=country), {}) for item in standing.items
    }
    for command in standing.commands:
        if command.kind is CommandKind.REFUND and not _is_undone(command):
            for item_id, parts in command.payload["items"]:
                accounts.setdefault(item_id, Account({}, {})).add(dict(parts))
    return accounts


def components_of(
    order: AmazonOrder, accounts: dict[str, Account], wanted: Sequence[Wanted], *, total: Money, shipping: int
) -> dict[str, Parts]:
    """Return what Amazon is told of a credit memo, by item: the parts add up to its total exactly.

    Amazon knows amounts of items alone: what a memo gives back besides is shipping or goodwill on them, a fee is a
    RestockingFee. Raises ActionNotAllowed if that is more than Amazon charged and was not asked to give back.
    """
    found: dict[str, Parts] = {}
    for one in wanted:
        account = accounts.get(one.item_id) or Account({}, {})
        amount = one.goods + one.shipping
        if amount > account.left:
            raise _too_much(order, one.sku, amount, account.left, total.currency)
        if amount > 0:
            goods, of_shipping = _both_ways(one)
            parts = give_back(account.paid, account.given, goods=goods, shipping=of_shipping)
            _add(found, accounts, one.item_id, parts)
    rest = total.minor - _sum(found)
    if rest > 0:
        _add_rest(found, accounts, rest, shipping=shipping - sum(one.shipping for one in wanted))
    elif rest < 0:
        found = dict(_less(found, -rest))
    if total.minor <= 0:
        raise refused(order, _NOTHING)
    if _sum(found) != total.minor:
        raise _too_much(order, "the order", total.minor, _sum(found), total.currency)
    return found


def refused(order: AmazonOrder, because: str) -> ActionNotAllowed:
    """Return the refusal to tell Amazon of a refund."""
    return ActionNotAllowed(because, action=ACTION, current_status=order.amazon_status.value, path=PATH)


_NOTHING: Final = "The credit memo gives no money back, so there is nothing to tell Amazon."


def _too_much(order: AmazonOrder, what: str, asked: int, left: int, currency: str) -> ActionNotAllowed:
    """Name what Amazon can still give back; it can be a smallest unit less than the memo's share of what has left."""
    some_stays = order.amazon_status is AmazonOrderStatus.PARTIALLY_SHIPPED
    return refused(
        order,
        f"Amazon charged the buyer for what has left only: of {what} it can give back {Money(max(0, left), currency)}, "
        f"and {Money(asked, currency)} is asked for. Ask for no more, or make the credit memo without telling Amazon"
        f"{'; what has not left is canceled with cancelRest' if some_stays else ''}.",
    )


def _sum(found: Mapping[str, Parts]) -> int:
    return sum(sum(parts.values()) for parts in found.values())


def _is_undone(command: Command) -> bool:
    return command.state in _NOT_DONE


def _both_ways(one: Wanted) -> tuple[int, int]:
    """Return goods and shipping with neither below 0: a memo may lower one and raise the other."""
    if one.goods < 0:
        return 0, one.goods + one.shipping
    return (one.goods, one.shipping) if one.shipping >= 0 else (one.goods + one.shipping, 0)


def _add(found: dict[str, Parts], accounts: Mapping[str, Account], item_id: str, parts: Parts) -> None:
    accounts[item_id].add(parts)
    sums = found.setdefault(item_id, {})
    for name, minor in parts.items():
        sums[name] = sums.get(name, 0) + minor


def _add_rest(found: dict[str, Parts], accounts: dict[str, Account], rest: int, *, shipping: int) -> None:
    """Take what belongs to no line from the memo's items first, then from the others; shipping where it was paid."""
    shipping = max(0, min(shipping, rest))
    for item_id in [*found, *(one for one in accounts if one not in found)]:
        account = accounts[item_id]
        part = max(0, min(rest, account.left))
        if part <= 0:
            continue
        of_shipping = min(shipping, part)
        parts = give_back(account.paid, account.given, goods=0, shipping=of_shipping) if of_shipping else {}
        _add(found, accounts, item_id, parts)
        if part > of_shipping:
            _add(found, accounts, item_id, {GOODWILL: part - of_shipping})
        rest -= part
        shipping -= of_shipping


def _less(found: Mapping[str, Parts], fee: int) -> Iterator[tuple[str, Parts]]:
    """Yield the items with a fee taken from them; one of which nothing is left is not named to Amazon."""
    for item_id, parts in found.items():
        whole = sum(parts.values())
        taken = min(fee, whole)
        fee -= taken
        if taken < whole:
            yield item_id, parts | ({RESTOCKING_FEE: -taken} if taken else {})
