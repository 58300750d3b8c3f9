"""Why money is given back."""

from enum import StrEnum
from typing import Final


class RefundReason(StrEnum):
    """Why money is given back; the last ones follow what Amazon shows."""

    BUYER_RETURN = "BUYER_RETURN"
    BUYER_CANCELED = "BUYER_CANCELED"
    NO_INVENTORY = "NO_INVENTORY"
    PRICE_ADJUSTMENT = "PRICE_ADJUSTMENT"
    DAMAGED = "DAMAGED"
    OTHER = "OTHER"
    CANCELED_ON_AMAZON = "CANCELED_ON_AMAZON"
    QUANTITY_LOWERED = "QUANTITY_LOWERED"
    PRICE_LOWERED = "PRICE_LOWERED"
    REST_CANCELED = "REST_CANCELED"


BY_PERSON: Final = frozenset(
    [
        RefundReason.BUYER_RETURN,
        RefundReason.BUYER_CANCELED,
        RefundReason.NO_INVENTORY,
        RefundReason.PRICE_ADJUSTMENT,
        RefundReason.DAMAGED,
        RefundReason.OTHER,
    ]
)
"""What a person may give as a reason; the others are for credit memos that follow Amazon's own changes."""
