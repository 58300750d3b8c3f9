"""A refund that the seller makes by hand, in Seller Central: it goes through the same ledger as one by feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.finances.accounts import DEDUCTIONS, WITHOUT_A_CAP, Account, MoreThanPaid, RefundedItem
from simulator.finances.charges import COMPONENTS, Parts
from simulator.orders.lifecycle import NotAllowed

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.world import World

BY_HAND: Final = ""  # no feed asked for it
CUSTOMER_RETURN: Final = "CustomerReturn"
KNOWN_COMPONENTS: Final = frozenset(COMPONENTS) | WITHOUT_A_CAP | DEDUCTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRefund:
    """What to pay back for an order item, in minor units by component; without amounts, all that is left."""

    item_id: str
    amounts: Mapping[str, int] | None = None


def refund(
    world: World, order: SimulatedOrder, *, items: Sequence[WantedRefund] | None, reason: str | None, at: int
) -> None:
    """Pay back some or all of what was charged, which Amazon's order does not show. Raises NotAllowed."""
    account = world.ledger.account(order)
    if items is None:
        charged = dict.fromkeys(item_id for charge in account.charges for item_id in charge.items)
        items = [WantedRefund(item_id=item_id) for item_id in charged if _left(account, item_id)]
    wanted = [
        RefundedItem(item_id=item.item_id, reason=reason or CUSTOMER_RETURN, parts=_parts(account, item))
        for item in items
    ]
    if not wanted or not all(sum(item.parts.values()) > 0 for item in wanted):
        raise NotAllowed("nothing was charged for this that is left to refund")
    try:
        world.ledger.refund(order, wanted, feed_id=BY_HAND, message=0, at=at)
    except MoreThanPaid as error:
        raise NotAllowed("more would be refunded than was paid") from error


def _parts(account: Account, item: WantedRefund) -> Parts:
    return _left(account, item.item_id) if item.amounts is None else dict(item.amounts)


def _left(account: Account, item_id: str) -> Parts:
    """Return what is left to refund; what was refunded under another name than it was paid counts to the principal."""
    refunded = account.refunded(item_id)
    left = {name: amount - refunded.pop(name, 0) for name, amount in account.paid(item_id).items()}
    for name in left:
        taken = min(left[name], max(0, sum(refunded.values())))
        left[name] -= taken
        refunded = {"": sum(refunded.values()) - taken}
    return {name: amount for name, amount in left.items() if amount > 0}
