"""When an order is to be shipped and delivered, and when Amazon gives up on it."""

from datetime import timedelta
from typing import Final

from simulator.instants import DAY, parse_time, to_datetime, to_milliseconds, wire_time
from simulator.orders.documents import Document

WEEKEND: Final = 5  # Saturday, as datetime counts
GRACE_IN_BUSINESS_DAYS: Final = 7
HANDLING: Final = {  # business days
    "STANDARD": 2, "EXPEDITED": 1, "SECOND_DAY": 1, "NEXT_DAY": 0, "FREE_ECONOMY": 3, "PRIORITY": 1, "SAME_DAY": 0,
    "SCHEDULED": 1,
}  # fmt: skip
TRANSIT: Final = {
    "STANDARD": (3, 7), "EXPEDITED": (2, 4), "SECOND_DAY": (2, 2), "NEXT_DAY": (1, 1), "FREE_ECONOMY": (5, 12),
    "PRIORITY": (1, 3), "SAME_DAY": (0, 0), "SCHEDULED": (3, 3),
}  # fmt: skip


def business_days_after(moment: int, days: int) -> int:
    """Return the same time of day, so many working days later (Monday to Friday)."""
    when = to_datetime(moment)
    passed = 0
    while passed < days:
        when += timedelta(days=1)
        passed += when.weekday() < WEEKEND
    return moment + (when - to_datetime(moment)) // timedelta(milliseconds=1)


def windows(created: int, service_level: str) -> Document:
    """Return the ship-by and deliver-by windows that the buyer was promised."""
    midnight = created - created % DAY
    ship_by = _end_of_day(business_days_after(midnight, HANDLING[service_level]))
    soonest, latest = TRANSIT[service_level]
    return {
        "shipByWindow": {"earliestDateTime": wire_time(midnight), "latestDateTime": wire_time(ship_by)},
        "deliverByWindow": {
            "earliestDateTime": wire_time(midnight + soonest * DAY),
            "latestDateTime": wire_time(ship_by + latest * DAY),
        },
    }


def promise_again(fulfillment: Document, *, at: int) -> None:
    """Move the promise of an order that was paid on a later day than it was placed on; never an earlier one."""
    promised = parse_time(fulfillment.get("shipByWindow", {}).get("latestDateTime", ""))
    level = fulfillment.get("fulfillmentServiceLevel", "STANDARD")
    fresh = windows(at, level if level in HANDLING else "STANDARD")
    if promised is not None and wire_time(to_milliseconds(promised)) < fresh["shipByWindow"]["latestDateTime"]:
        fulfillment.update(fresh)


def given_up_at(ship_by: int) -> int:
    """Return when Amazon cancels what was not shipped: seven business days past the ship-by date."""
    return business_days_after(ship_by, GRACE_IN_BUSINESS_DAYS)


def _end_of_day(moment: int) -> int:
    return moment - moment % DAY + DAY - 1
