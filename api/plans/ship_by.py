"""The orders that the seller still has to ship, as conditions: all of them, and those due by a marketplace's days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from api.plans.fragments import Fragment, all_of, any_of, at_least, below, equal, one_of
from domain.accounts.marketplace_days import ZONES, days_of
from domain.accounts.records import Store
from domain.instant import to_text

AWAITING: Final = Fragment(
    "amazon_order.amazon_status IN ('UNSHIPPED', 'PARTIALLY_SHIPPED') "
    "AND amazon_order.fulfillment_channel = 'MERCHANT' AND amazon_order.display_status <> 'CANCEL_REQUESTED' "
    "AND (amazon_order.commerce_order_id IS NULL OR EXISTS (SELECT 1 FROM commerce_order_line line "
    "WHERE line.order_id = amazon_order.commerce_order_id "
    "AND line.quantity_ordered > line.quantity_shipped + line.quantity_refunded + line.quantity_canceled))"
)
"""Amazon says that it is to ship, nobody asked to cancel it, and something of it has not left here yet."""


class ShipByDue(StrEnum):
    """When an order has to ship, seen from now."""

    LATE = "LATE"
    TODAY = "TODAY"
    TOMORROW = "TOMORROW"
    LATER = "LATER"
    NO_DATE = "NO_DATE"


def awaiting_in(stores: Sequence[Store]) -> Fragment:
    """Return the condition on the orders of stores that still have to ship."""
    return all_of([one_of("amazon_order.store_id", [store.id for store in stores]), AWAITING])


def due_in(stores: Sequence[Store], due: ShipByDue, *, now: datetime) -> Fragment:
    """Return the condition on the orders of stores that still have to ship and are due so."""
    if due is ShipByDue.NO_DATE:
        return all_of([awaiting_in(stores), Fragment("amazon_order.latest_ship_at IS NULL")])
    if due is ShipByDue.LATE:
        return all_of([awaiting_in(stores), below("amazon_order.latest_ship_at", to_text(now))])
    by_zone: defaultdict[str, list[Store]] = defaultdict(list)
    for store in stores:
        by_zone[ZONES[store.country_code]].append(store)
    return all_of([AWAITING, any_of(_within_days(group, due, now) for group in by_zone.values())])


def _within_days(stores: Sequence[Store], due: ShipByDue, now: datetime) -> Fragment:
    days, column = days_of(stores[0].country_code, now=now), "amazon_order.latest_ship_at"
    today, tomorrow = to_text(days.today_ends), to_text(days.tomorrow_ends)
    bounds = {
        ShipByDue.TODAY: [at_least(column, to_text(now)), below(column, today)],
        ShipByDue.TOMORROW: [at_least(column, today), below(column, tomorrow)],
        ShipByDue.LATER: [at_least(column, tomorrow)],
    }[due]
    whose = [store.id for store in stores]
    own = equal("amazon_order.store_id", whose[0]) if len(whose) == 1 else one_of("amazon_order.store_id", whose)
    return all_of([own, *bounds])
