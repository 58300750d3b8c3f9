"""How v0 spells what v2026-01-01 spells otherwise: statuses, times, amounts, truths."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.instants import parse_time
from simulator.orders.documents import Document

INVOICE_UNCONFIRMED: Final = "InvoiceUnconfirmed"  # of v0 alone
STATUSES: Final = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
CHANNELS: Final = {"MERCHANT": "MFN", "AMAZON": "AFN"}
SERVICE_LEVELS: Final = {
    "EXPEDITED": "Expedited",
    "FREE_ECONOMY": "FreeEconomy",
    "NEXT_DAY": "NextDay",
    "PRIORITY": "Priority",
    "SAME_DAY": "SameDay",
    "SECOND_DAY": "SecondDay",
    "SCHEDULED": "Scheduled",
    "STANDARD": "Standard",
}
INVOICE_STATUSES: Final = {
    "NOT_REQUIRED": "NotRequired",
    "NOT_FOUND": "NotFound",
    "PROCESSING": "Processing",
    "ERRORED": "Errored",
    "ACCEPTED": "Accepted",
}
INVOICE_PREFERENCES: Final = {"INDIVIDUAL": "INDIVIDUAL", "BUSINESS": "BUSINESS"}
EASY_SHIP_STATUSES: Final = {
    "PENDING_SCHEDULE": "PendingSchedule",
    "PENDING_PICK_UP": "PendingPickUp",
    "PENDING_DROP_OFF": "PendingDropOff",
    "LABEL_CANCELLED": "LabelCanceled",
    "PICKED_UP": "PickedUp",
    "DROPPED_OFF": "DroppedOff",
    "AT_ORIGIN_FC": "AtOriginFC",
    "AT_DESTINATION_FC": "AtDestinationFC",
    "DELIVERED": "Delivered",
    "REJECTED_BY_BUYER": "RejectedByBuyer",
    "UNDELIVERABLE": "Undeliverable",
    "RETURNING_TO_SELLER": "ReturningToSeller",
    "RETURNED_TO_SELLER": "ReturnedToSeller",
    "LOST": "Lost",
    "OUT_FOR_DELIVERY": "OutForDelivery",
    "DAMAGED": "Damaged",
}
PAYMENT_METHODS: Final = {"CashOnDelivery": "COD", "ConvenienceStore": "CVS"}  # everything else is Other
EXECUTION_METHODS: Final = {"CashOnDelivery": "COD", "GiftCertificate": "GC"}  # everything else as it is
ADDRESS_TYPES: Final = {"RESIDENTIAL": "Residential", "COMMERCIAL": "Commercial", "PICKUP_POINT": "Commercial"}
PRICE_DESIGNATIONS: Final = {"BUSINESS_PRICE": "BusinessPrice"}
ASSOCIATIONS: Final = {"VALUE_ADD_SERVICE": "VALUE_ADD_SERVICE"}
RESELLER_CATEGORIES: Final = {"IOSS": "IOSS", "UOSS": "UOSS"}
DELIVERY_ATTRIBUTES: Final = ("HAS_ACCESS_POINT", "PALLET_ENABLED", "PALLET_DISABLED")

Spell = Callable[[Any], Any]


def by(table: Mapping[str, str]) -> Spell:
    """Return how the words of a table are spelled; a word that v0 does not have is left out."""
    return table.get


def as_it_is(value: Any) -> Any:
    """Spell what both versions write alike."""
    return value


def time(text: str) -> str:
    """Spell a moment as v0 does, to the second: ``2017-01-20T19:49:35Z``."""
    moment = parse_time(text)
    return text if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount: Document) -> Document:
    """Spell an amount as v0 does; what is taken off is told as a positive amount."""
    return {"CurrencyCode": amount["currencyCode"], "Amount": amount["amount"].removeprefix("-")}


def truth(is_so: bool) -> str:
    """Spell a truth of an order item, which v0 writes as text."""
    return "true" if is_so else "false"


def condition(word: str) -> str:
    """Spell a condition: ``VERY_GOOD`` is Very Good, and OEM stays."""
    return word if word == "OEM" else word.replace("_", " ").title()
