"""When an order is to be shipped and delivered, and when Amazon gives up on it."""

from datetime import timedelta
from typing import Final

from simulator.instants import DAY, to_datetime, wire_time
from simulator.orders.documents import Document

WEEKEND: Final = 5  # Saturday, as datetime counts
GRACE_IN_BUSINESS_DAYS: Final = 7
HANDLING: Final = {"STANDARD": 2, "EXPEDITED": 1, "SECOND_DAY": 1, "NEXT_DAY": 0}  # business days
TRANSIT: Final = {"STANDARD": (3, 7), "EXPEDITED": (2, 4), "SECOND_DAY": (2, 2), "NEXT_DAY": (1, 1)}


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


def given_up_at(ship_by: int) -> int:
    """Return when Amazon cancels what was not shipped: seven business days past the ship-by date."""
    return business_days_after(ship_by, GRACE_IN_BUSINESS_DAYS)


def _end_of_day(moment: int) -> int:
    return moment - moment % DAY + DAY - 1
