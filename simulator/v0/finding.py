"""The search of v0: which orders the filters leave, page by page.

An update is what v0 calls one: a change of status, the first included. Orders are walked by any change, which comes
no earlier, so the walk goes on past the upper bound and leaves out what was not updated between the two.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from simulator.clock import LATEST
from simulator.faults.listings import Listing
from simulator.instants import parse_time, to_milliseconds
from simulator.orders import book
from simulator.orders.book import Key, SimulatedOrder
from simulator.orders.disclosure import disclosed
from simulator.orders.documents import Document
from simulator.orders.search import Found, Search, is_served, walk
from simulator.v0 import words
from simulator.v0.asking import CREATED, MARKETPLACE_IDS, Filters, Value, family_of, fingerprint
from simulator.v0.mapping import reach
from simulator.v0.orders import easy_ship_status, payment_method, seller_order_id, status_of
from simulator.world import World

FAMILIES: Final = {CREATED: book.CREATED, "LastUpdated": book.LAST_UPDATED}
SPELLED: Final = {word: status for status, word in words.STATUSES.items()} | {words.INVOICE_UNCONFIRMED: "SHIPPED"}
PARTIES: Final = {word: party for party, word in words.CHANNELS.items()}
EARLIEST: Final = "fulfillment.deliverByWindow.earliestDateTime"
LATEST_DELIVERY: Final = "fulfillment.deliverByWindow.latestDateTime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a caller of getOrders looks for, with the upper bound that the first page fixed."""

    world: World
    seller: str
    filters: Filters
    before: int
    now: int

    @property
    def family(self) -> str:
        """By which time the orders are walked."""
        return FAMILIES[family_of(self.filters)]

    @property
    def after(self) -> int:
        """The lower bound."""
        return int(str(self.filters[f"{family_of(self.filters)}After"]))

    def search(self) -> Search:
        """Return the part of the search that the index of orders knows."""
        statuses = self._given("OrderStatuses")
        return Search(
            seller=self.seller,
            family=self.family,
            after=self.after,
            before=self.before if self.family == book.CREATED else LATEST,
            # A loaded order may lack a status, and is then told to be Pending.
            statuses=None if not statuses or "Pending" in statuses else {SPELLED[word] for word in statuses},
            marketplace_ids=self._given(MARKETPLACE_IDS),
            fulfilled_by={PARTIES[word] for word in self._given("FulfillmentChannels") or ()} or None,
        )

    def matches(self, order: SimulatedOrder) -> bool:
        """Say whether an order of the walk is looked for; the document is read for what the book does not know."""
        if self.family == book.LAST_UPDATED and not self.after <= order.moved <= self.before:
            return False
        statuses, ids = self._given("OrderStatuses"), self._given("AmazonOrderIds")
        if (statuses is not None and status_of(order) not in statuses) or (
            ids is not None and order.order_id not in ids
        ):
            return False
        asked = [(OF_DOCUMENT[name], value) for name, value in self.filters.items() if name in OF_DOCUMENT]
        document = disclosed(order, now=self.now) if asked else {}
        return all(is_so(document, value) for is_so, value in asked)

    def candidates(self, start: Key) -> Iterator[SimulatedOrder]:
        """Walk the orders after the key that may be looked for: those that are named, or all by time."""
        wanted = self.search()
        ids = self._given("AmazonOrderIds")
        if ids is None:
            return walk(self.world.book, wanted, start=start, now=self.now)
        named = [order for order_id in ids if (order := self.world.book.get(order_id)) is not None]
        keyed = sorted((order.key(self.family), order) for order in named)
        return (
            order
            for key, order in keyed
            if start < key and key[0] <= wanted.before and order.seller == self.seller and wanted.wants(order.group)
        )

    def _given(self, name: str) -> set[str] | None:
        value = self.filters.get(name)
        return set(value) if isinstance(value, list) else None


def find(wanted: Wanted, listing: Listing, *, start: Key | None, limit: int) -> Found:
    """Return up to so many orders after the start, ordered by time and then by id."""
    orders: list[SimulatedOrder] = []
    looked_at = 0
    for order in wanted.candidates(start or wanted.search().start()):
        looked_at += 1
        if not is_served(order, now=wanted.now) or not wanted.matches(order) or listing.hides(order):
            continue
        if len(orders) == limit:
            return Found(orders, orders[-1].key(wanted.family), looked_at)
        orders.append(order)
    return Found(orders, None, looked_at)


def _moment(document: Document, path: str) -> int | None:
    moment = parse_time(reach(document, path) or "")
    return None if moment is None else to_milliseconds(moment)


def _not_before(path: str) -> Callable[[Document, Value], bool]:
    return lambda document, value: (moment := _moment(document, path)) is not None and moment >= int(str(value))


def _not_after(path: str) -> Callable[[Document, Value], bool]:
    return lambda document, value: (moment := _moment(document, path)) is not None and moment <= int(str(value))


def _is_in(value: Value, words_asked: Value) -> bool:
    return isinstance(words_asked, list) and value in words_asked


def _has_email(document: Document, value: Value) -> bool:
    email = reach(document, "buyer.buyerEmail")
    return email is not None and fingerprint(email) == value


def _has_invoice(document: Document, value: Value) -> bool:
    return _is_in(words.INVOICE_STATUSES.get(str(reach(document, "tax.taxInvoicing.invoiceStatus")), ""), value)


def _is_nowhere(document: Document, value: Value) -> bool:
    """Say no: v2026-01-01 knows neither supply sources nor chains of stores, so no order here has one."""
    return False


OF_DOCUMENT: Final[dict[str, Callable[[Document, Value], bool]]] = {
    "PaymentMethods": lambda document, value: _is_in(payment_method(document), value),
    "BuyerEmail": _has_email,
    "SellerOrderId": lambda document, value: seller_order_id(document) == value,
    "EasyShipShipmentStatuses": lambda document, value: _is_in(easy_ship_status(document) or "", value),
    "ElectronicInvoiceStatuses": _has_invoice,
    "ActualFulfillmentSupplySourceId": _is_nowhere,
    "StoreChainStoreId": _is_nowhere,
    "IsISPU": lambda document, value: ("IN_STORE_PICK_UP" in document.get("programs", [])) is value,
    "EarliestDeliveryDateAfter": _not_before(EARLIEST),
    "EarliestDeliveryDateBefore": _not_after(EARLIEST),
    "LatestDeliveryDateAfter": _not_before(LATEST_DELIVERY),
    "LatestDeliveryDateBefore": _not_after(LATEST_DELIVERY),
}
