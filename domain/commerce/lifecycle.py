"""The life of a commerce order: its states, its statuses, and what each allows."""

from enum import StrEnum


class CommerceOrderState(StrEnum):
    """The eight states of a commerce order."""

    NEW = "NEW"
    PENDING_PAYMENT = "PENDING_PAYMENT"
    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"
    CLOSED = "CLOSED"
    CANCELED = "CANCELED"
    ON_HOLD = "ON_HOLD"
    PAYMENT_REVIEW = "PAYMENT_REVIEW"
