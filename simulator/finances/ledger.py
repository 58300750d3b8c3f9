"""The ledger: what each order brought when it was shipped, and what was paid back to its buyer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from simulator.finances.accounts import Account, Refund, RefundedItem, open_account
from simulator.finances.charges import currency_of
from simulator.instants import parse_time, to_milliseconds
from simulator.orders.documents import unpack
from simulator.orders.happened import Kind
from simulator.orders.lifecycle import DISPATCHED
from simulator.sorted_keys import SortedKeys

if TYPE_CHECKING:
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.happened import Happened

CHARGE: Final = "Shipment"
REFUND: Final = "Refund"

Key: TypeAlias = tuple[int, str]  # when it was posted; the order id, the kind, and the number among those of the order


class Ledger:
    """What was charged and refunded, order by order. All amounts are in minor units of the order's currency.

    Amazon charges a buyer when a parcel is confirmed. An order that stands as it was placed or loaded has no account
    yet: what it brought is read from itself.
    """

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, SortedKeys] = {}

    def account(self, order: SimulatedOrder) -> Account:
        """Return what was charged and refunded for an order."""
        known = self._accounts.get(order.order_id)
        return open_account(order.read(), seller=order.seller, posted=order.updated) if known is None else known

    def has(self, order_id: str) -> bool:
        """Say whether the order has changed since it was shipped, or something of it was refunded."""
        return order_id in self._accounts

    def hear(self, happened: Happened) -> None:
        """Charge for what was sent by now. Taking units out of a parcel gives nothing back; only a refund does."""
        order = happened.order
        if happened.kind is Kind.LOADED:
            self._forget(order.order_id)
        elif happened.kind is Kind.CHANGED and order.status in DISPATCHED:
            self._charge(happened)

    def refund(
        self, order: SimulatedOrder, items: Sequence[RefundedItem], *, feed_id: str, message: int, at: int
    ) -> Refund:
        """Pay back to the buyer. Raises MoreThanPaid, and pays nothing then."""
        account = self.account(order)
        account.demand_left(items)
        self._keep_account(order.order_id, account)
        refund = Refund(feed_id=feed_id, message=message, posted=at, items=list(items))
        account.refunds.append(refund)
        self._index(account.seller).add((at, place(order.order_id, REFUND, len(account.refunds))))
        return refund

    def after(self, seller: str, key: Key) -> Iterator[Key]:
        """Walk what was posted for the accounts of a seller after the key, by time."""
        keys = self._keys.get(seller)
        return keys.after(key) if keys else iter(())

    def keep(self) -> Any:
        """Return all accounts."""
        return msgspec.to_builtins(self._accounts)

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._accounts, self._keys = {}, {}
        for order_id, account in msgspec.convert(kept, dict[str, Account]).items():
            self._keep_account(order_id, account)

    def _charge(self, happened: Happened) -> None:
        order = happened.order
        account = self._accounts.get(order.order_id)
        if account is None:
            account = _account_before(happened)
            self._keep_account(order.order_id, account)
        elif happened.before == order.status == "SHIPPED":
            return  # a parcel moved, or was edited: no more units were sent than before
        if account.charge(order.read(), posted=happened.at):
            self._index(order.seller).add((happened.at, place(order.order_id, CHARGE, len(account.charges))))

    def _keep_account(self, order_id: str, account: Account) -> None:
        if order_id not in self._accounts:
            self._accounts[order_id] = account
            for key in keys_of(order_id, account):
                self._index(account.seller).add(key)

    def _forget(self, order_id: str) -> None:
        account = self._accounts.pop(order_id, None)
        if account is not None:
            for key in keys_of(order_id, account):
                self._index(account.seller).remove(key)

    def _index(self, seller: str) -> SortedKeys:
        return self._keys.setdefault(seller, SortedKeys())


def place(order_id: str, kind: str, number: int) -> str:
    """Name one posting of an order: the kind, and which one of its kind it is."""
    return f"{order_id} {kind} {number}"


def keys_of(order_id: str, account: Account) -> list[Key]:
    """Return the keys of all that was posted for an order."""
    return [
        *((one.posted, place(order_id, CHARGE, number)) for number, one in enumerate(account.charges, start=1)),
        *((one.posted, place(order_id, REFUND, number)) for number, one in enumerate(account.refunds, start=1)),
    ]


def _account_before(happened: Happened) -> Account:
    """Return the account of an order as it stood before its last change."""
    order = happened.order
    if happened.packed_before is None:
        document = order.read()
        return Account(seller=order.seller, marketplace_id=order.marketplace_id, currency=currency_of(document))
    before = unpack(happened.packed_before)
    updated = parse_time(before["lastUpdatedTime"])
    return open_account(
        before, seller=order.seller, posted=happened.at if updated is None else to_milliseconds(updated)
    )
