"""How well a seller keeps what Amazon measures: ship-by dates, tracking numbers, and cancellations by reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from tortoise.connection import get_connection

from domain.amazon.cancel_reasons import CancelReason
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.channel.cancel_policy import CountsAgainstSeller, verdict_on
from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder

_CENT: Final = Decimal("0.01")
_CHUNK: Final = 500
_NOT_ASKED: Final = (CommandState.WITHDRAWN, CommandState.REFUSED)

# Amazon measures when a shipment is confirmed to it, so what was confirmed from here counts by Amazon's answer; of what
# was shipped elsewhere only the time of the shipment is known.
_LATE: Final = """
    SELECT COUNT(*) AS due, SUM(CASE
        WHEN o.amazon_status IN ('UNSHIPPED', 'PARTIALLY_SHIPPED') THEN 1
        WHEN EXISTS (SELECT 1 FROM command c WHERE c.order_id = o.id AND c.kind = 'CONFIRM_SHIPMENT'
            AND c.accepted_at IS NOT NULL) THEN
            CASE WHEN EXISTS (SELECT 1 FROM command c WHERE c.order_id = o.id AND c.kind = 'CONFIRM_SHIPMENT'
                AND c.accepted_at > o.latest_ship_at) THEN 1 ELSE 0 END
        WHEN EXISTS (SELECT 1 FROM shipment s WHERE s.order_id = o.commerce_order_id
            AND s.shipped_at > o.latest_ship_at) THEN 1
        ELSE 0 END) AS late
    FROM {stores} asked JOIN amazon_order o ON o.store_id = asked.id
    WHERE o.latest_ship_at >= {since} AND o.latest_ship_at < {until} AND o.fulfillment_channel = 'MERCHANT'
    AND o.amazon_status IN ('UNSHIPPED', 'PARTIALLY_SHIPPED', 'SHIPPED', 'INVOICE_UNCONFIRMED')"""
_TRACKED: Final = """
    SELECT COUNT(*) AS packages, SUM(CASE WHEN TRIM(COALESCE(p.tracking_number, '')) <> '' AND NOT EXISTS (
        SELECT 1 FROM command c WHERE c.package_id = p.id AND c.kind = 'CONFIRM_SHIPMENT'
        AND c.state IN ('REFUSED', 'PARKED', 'DEAD', 'WITHDRAWN'))
        THEN 1 ELSE 0 END) AS tracked
    FROM shipment s JOIN package p ON p.shipment_id = s.id JOIN commerce_order m ON m.id = s.order_id
    JOIN {stores} asked ON asked.id = m.store_id
    JOIN amazon_order o ON o.id = m.channel_order_id AND o.fulfillment_channel = 'MERCHANT'
    WHERE s.shipped_at >= {since} AND s.shipped_at < {until}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellations:
    """How many orders the seller asked to cancel for one reason, wholly or in part, and whether that counts."""

    reason: CancelReason
    counts: CountsAgainstSeller
    orders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFigures:
    """What a stretch of time came to; only orders that the seller ships."""

    since: datetime
    until: datetime
    due: int  # orders whose ship-by date lies in it, canceled ones left out
    late: int  # of those, confirmed to Amazon after it, or not shipped at all
    packages: int
    tracked: int  # of those, with a tracking number that Amazon did not refuse
    orders: int  # placed in it
    cancellations: tuple[Cancellations, ...]
    counting: int  # orders of which a cancellation counts against the seller, each once

    @property
    def late_percent(self) -> Decimal | None:
        """The share of late orders in percent, None if none was due."""
        return percent(self.late, of=self.due)

    @property
    def tracked_percent(self) -> Decimal | None:
        """The share of packages with tracking in percent, None if there was none."""
        return percent(self.tracked, of=self.packages)

    @property
    def canceled_percent(self) -> Decimal | None:
        """The share of orders whose cancellation counts against the seller, in percent, None without orders."""
        return percent(self.counting, of=self.orders)


def percent(part: int, *, of: int) -> Decimal | None:
    """Return a share in percent with two decimals, rounded half up; None of nothing."""
    return (Decimal(100 * part) / of).quantize(_CENT, ROUND_HALF_UP) if of else None


async def delivery_figures(store_ids: Sequence[int], *, now: datetime, days: int) -> DeliveryFigures:
    """Return the figures of stores for the last `days` times 24 hours."""
    since = now - timedelta(days=days)
    late, tracked = await _row(_LATE, store_ids, since, now), await _row(_TRACKED, store_ids, since, now)
    placed = AmazonOrder.filter(
        store_id__in=list(store_ids),
        purchased_at__gte=since,
        purchased_at__lt=now,
        fulfillment_channel=FulfillmentChannel.MERCHANT,
    ).exclude(amazon_status=AmazonOrderStatus.PENDING)
    cancellations, counting = await _cancellations(store_ids, since, now)
    return DeliveryFigures(
        since=since,
        until=now,
        due=int(late["due"]),
        late=int(late["late"] or 0),
        packages=int(tracked["packages"]),
        tracked=int(tracked["tracked"] or 0),
        orders=await placed.count(),
        cancellations=cancellations,
        counting=counting,
    )


async def _cancellations(
    store_ids: Sequence[int], since: datetime, until: datetime
) -> tuple[tuple[Cancellations, ...], int]:
    """Return the cancellations by reason, and how many orders have one that counts."""
    commands = (
        await Command.filter(
            store_id__in=list(store_ids),
            kind__in=[CommandKind.CANCEL, CommandKind.PARTIAL_CANCEL],
            created_at__gte=since,
            created_at__lt=until,
        )
        .exclude(state__in=list(_NOT_ASKED))
        .values_list("order_id", "payload")
    )
    reasons = {(order_id, CancelReason(payload["reason"])) for order_id, payload in commands}
    asked = await _buyer_asked([order_id for order_id, _ in reasons])
    verdicts = [
        (order_id, reason, verdict_on(reason, buyer_asked=order_id in asked).counts) for order_id, reason in reasons
    ]
    counted = Counter((reason, counts) for _, reason, counts in verdicts)
    by_reason = tuple(
        Cancellations(reason=reason, counts=counts, orders=orders)
        for (reason, counts), orders in sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    )
    return by_reason, len({order_id for order_id, _, counts in verdicts if counts is CountsAgainstSeller.YES})


async def _buyer_asked(order_ids: Sequence[int]) -> set[int]:
    asked: set[int] = set()
    for start in range(0, len(order_ids), _CHUNK):
        orders = AmazonOrder.filter(id__in=list(order_ids[start : start + _CHUNK]), cancel_requested_at__isnull=False)
        asked |= {int(str(order_id)) for order_id in await orders.values_list("id", flat=True)}
    return asked


async def _row(sql: str, store_ids: Sequence[int], since: datetime, until: datetime) -> Any:
    connection = get_connection("default")
    statement = sql.format(
        stores=json_rows(connection, {"id": "integer"}),
        since=placeholder(connection, 2),
        until=placeholder(connection, 3),
    )
    values = [encode_rows([[store_id] for store_id in store_ids]), to_text(since), to_text(until)]
    _, rows = await connection.execute_query(statement, values)
    return rows[0]
