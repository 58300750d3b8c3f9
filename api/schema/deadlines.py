"""What has to ship by when, how well Amazon's measures are kept, and what a cancellation would cost."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

import strawberry

from api.plans.ship_by import ShipByDue, awaiting_in, due_in
from api.schema import canceling as canceling
from api.schema.context import Info
from api.schema.counts import LARGEST_CAP, Count, count_orders
from api.schema.enums import described
from api.schema.filters import OrderDirection
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.order_filters import AmazonOrderOrder, AmazonOrderOrderField
from api.schema.order_list import AmazonOrderConnection, Where, list_orders
from api.schema.paging import After, First
from api.schema.reading import reading
from api.schema.stores import find_store
from domain.accounts.records import Store, StoreState
from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.records import AmazonOrder
from domain.channel.cancel_policy import CountsAgainstSeller, verdict_on
from domain.channel.delivery_figures import Cancellations, DeliveryFigures, delivery_figures
from domain.errors import InvalidInput

_SHIP_BY: Final = AmazonOrderOrder(field=AmazonOrderOrderField.SHIP_BY, direction=OrderDirection.ASC)
_MOST_DAYS: Final = 90
_USUAL_DAYS: Final = 30

described(
    ShipByDue,
    description="When an order has to ship. Days are those of the marketplace: Amazon's time is the end of one.",
    values={
        "LATE": "Its time has passed.",
        "TODAY": "Before the marketplace's day ends.",
        "TOMORROW": "Before the marketplace's next day ends.",
        "LATER": "After that.",
        "NO_DATE": "Amazon names no time.",
    },
)
described(
    CountsAgainstSeller,
    description="Whether Amazon counts a cancellation in the seller's cancellation rate.",
    values={"YES": "It does.", "NO": "It does not.", "UNKNOWN": "What is known here does not tell."},
)

OfStore = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this store.")]
OfOrder = Annotated[strawberry.ID | None, strawberry.argument(description="What it would mean for this `AmazonOrder`.")]
OfDue = Annotated[ShipByDue | None, strawberry.argument(description="Only those due so.")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="Seen from this instant instead of now. To read on with a cursor pass the `asOf` of its answer."
    ),
]
Days = Annotated[int | None, strawberry.argument(description="How many days back, 1 to 90: 30 if not given.")]


@strawberry.type(
    description="What the seller still has to ship: Amazon says so, nobody asked to cancel it, and something of it has "
    "not left here yet."
)
class ShipByWorklist:
    """The stores that it is about, and the instant that it is seen from."""

    about: strawberry.Private[list[Store]]
    as_of: datetime = strawberry.field(description="The instant that it is seen from.")

    @strawberry.field(description="How many orders are due so, or all of them.")
    @staticmethod
    async def count(root: strawberry.Parent["ShipByWorklist"], due: OfDue = strawberry.UNSET) -> Count:
        """Count the orders."""
        wanted = given(due)
        where = due_in(root.about, wanted, now=root.as_of) if wanted else awaiting_in(root.about)
        return await count_orders(where, cap=LARGEST_CAP)

    @strawberry.field(description="The orders: what has to ship first comes first, those without a time last.")
    @staticmethod
    async def orders(
        root: strawberry.Parent["ShipByWorklist"],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        due: OfDue = strawberry.UNSET,
        where: Where = strawberry.UNSET,
    ) -> AmazonOrderConnection:
        """Return a page of the orders."""
        wanted, unset = given(due), strawberry.UNSET
        only = due_in(root.about, wanted, now=root.as_of) if wanted else awaiting_in(root.about)
        return await list_orders(info, first, after, unset, unset, where, _SHIP_BY, only=only)


@strawberry.type(description="How many orders the seller asked to cancel for one reason, wholly or in part.")
class CancellationCount:
    """The window on counted cancellations."""

    reason: CancelReason = strawberry.field(description="The reason given to Amazon.")
    counts: CountsAgainstSeller = strawberry.field(
        name="countsAgainstSeller", description="Whether they count against the seller."
    )
    orders: int = strawberry.field(description="How many orders.")


@strawberry.type(
    description="How well the seller keeps what Amazon measures, as far as it can be told from here; only orders that "
    "the seller ships. Amazon's own figures are in Seller Central: it also looks whether carriers scanned the packages."
)
class DeliveryFigureReport:
    """Figures of a stretch of time."""

    found: strawberry.Private[DeliveryFigures]
    since: datetime = strawberry.field(description="From when on.")
    until: datetime = strawberry.field(description="Until when: now.")
    due: int = strawberry.field(description="How many orders had to ship in it; canceled ones do not count.")
    late: int = strawberry.field(
        name="lateShipments",
        description="How many of those were confirmed to Amazon after their time, or are not shipped yet. Of orders "
        "shipped elsewhere the time of the shipment counts.",
    )
    late_percent: Decimal | None = strawberry.field(
        description="Their share in percent; Amazon wants less than 4. Null if nothing was due."
    )
    packages: int = strawberry.field(description="How many packages left in it.")
    tracked: int = strawberry.field(
        name="validTracking",
        description="How many of those have a tracking number whose confirmation did not fail.",
    )
    tracked_percent: Decimal | None = strawberry.field(
        name="validTrackingPercent",
        description="Their share in percent; Amazon wants at least 95. Null without packages.",
    )
    orders: int = strawberry.field(description="How many orders were placed in it; pending ones do not count.")
    canceled_percent: Decimal | None = strawberry.field(
        description="The share of orders canceled in a way that counts against the seller, in percent; Amazon wants "
        "less than 2.5, by weeks. Null without orders."
    )

    @strawberry.field(graphql_type=list[CancellationCount], description="Cancellations by reason, the commonest first.")
    @staticmethod
    def cancellations(root: strawberry.Parent["DeliveryFigureReport"]) -> list[Cancellations]:
        """Return the counts."""
        return list(root.found.cancellations)


@strawberry.type(description="A reason for a cancellation, and what it means for the seller.")
class CancelReasonRule:
    """One reason and Amazon's public policy on it."""

    reason: CancelReason = strawberry.field(description="The reason, for cancelOrder.")
    label: str = strawberry.field(description="What people call it.")
    counts_against_seller: CountsAgainstSeller = strawberry.field(description="Whether it counts against the seller.")
    because: str = strawberry.field(description="Why, by Amazon's public policy on the cancellation rate.")


async def ship_by_worklist(info: Info, store_id: OfStore, as_of: AsOf) -> ShipByWorklist:
    """Return the worklist of a store, or of all of them."""
    return ShipByWorklist(
        about=await _stores(info, given(store_id)), as_of=given(as_of) or info.context.service.clock.now()
    )


async def figures_of_delivery(info: Info, store_id: OfStore, days: Days) -> DeliveryFigureReport:
    """Return the figures of a store, or of all of them.

    Raises InvalidInput.
    """
    asked: int = _USUAL_DAYS if given(days) is None else given(days)
    if not 1 <= asked <= _MOST_DAYS:
        raise InvalidInput(f"`days` is from 1 to {_MOST_DAYS}.", path=("days",))
    stores = await _stores(info, given(store_id))
    with reading():
        found = await delivery_figures([store.id for store in stores], now=info.context.service.clock.now(), days=asked)
    return DeliveryFigureReport(
        found=found,
        since=found.since,
        until=found.until,
        due=found.due,
        late=found.late,
        late_percent=found.late_percent,
        packages=found.packages,
        tracked=found.tracked,
        tracked_percent=found.tracked_percent,
        orders=found.orders,
        canceled_percent=found.canceled_percent,
    )


async def cancel_reasons(info: Info, order_id: OfOrder) -> list[CancelReasonRule]:
    """Return every reason with what it means for the seller, for an order if one is named.

    Raises InvalidInput.
    """
    asked = await _buyer_asked(info, given(order_id))
    verdicts = [(reason, verdict_on(reason, buyer_asked=asked)) for reason in CancelReason]
    return [
        CancelReasonRule(
            reason=reason,
            label=reason.value.replace("_", " ").capitalize(),
            counts_against_seller=verdict.counts,
            because=verdict.because,
        )
        for reason, verdict in verdicts
    ]


async def _buyer_asked(info: Info, order_id: str | None) -> bool | None:
    if order_id is None:
        return None
    wanted = typed_id(order_id, "AmazonOrder", path=("orderId",))
    order = await info.context.loaders.row(AmazonOrder).load(wanted.row_id)
    if order is None or order.account_id != wanted.account_id:
        raise InvalidInput("There is no such order.", path=("orderId",))
    return order.cancel_requested_at is not None


async def _stores(info: Info, store_id: str | None) -> list[Store]:
    if store_id is None:
        with reading():
            return await Store.exclude(state=StoreState.DELETING).order_by("id")
    store = await find_store(info.context, typed_id(store_id, "Store", path=("storeId",)))
    return [store] if store else []
