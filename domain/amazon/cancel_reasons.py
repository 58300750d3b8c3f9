"""Why a seller cancels an order: our words, and Amazon's for them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CancelReason(StrEnum):
    """Why a seller cancels an order."""

    NO_INVENTORY = "NO_INVENTORY"
    SHIPPING_ADDRESS_UNDELIVERABLE = "SHIPPING_ADDRESS_UNDELIVERABLE"
    CUSTOMER_EXCHANGE = "CUSTOMER_EXCHANGE"
    BUYER_CANCELED = "BUYER_CANCELED"
    GENERAL_ADJUSTMENT = "GENERAL_ADJUSTMENT"
    CARRIER_CREDIT_DECISION = "CARRIER_CREDIT_DECISION"
    RISK_ASSESSMENT_INFORMATION_NOT_VALID = "RISK_ASSESSMENT_INFORMATION_NOT_VALID"
    CARRIER_COVERAGE_FAILURE = "CARRIER_COVERAGE_FAILURE"
    CUSTOMER_RETURN = "CUSTOMER_RETURN"
    MERCHANDISE_NOT_RECEIVED = "MERCHANDISE_NOT_RECEIVED"
    PRICING_ERROR = "PRICING_ERROR"


FEED_REASONS: Final[Mapping[CancelReason, str]] = MappingProxyType(
    {
        CancelReason.NO_INVENTORY: "NoInventory",
        CancelReason.SHIPPING_ADDRESS_UNDELIVERABLE: "ShippingAddressUndeliverable",
        CancelReason.CUSTOMER_EXCHANGE: "CustomerExchange",
        CancelReason.BUYER_CANCELED: "BuyerCanceled",
        CancelReason.GENERAL_ADJUSTMENT: "GeneralAdjustment",
        CancelReason.CARRIER_CREDIT_DECISION: "CarrierCreditDecision",
        CancelReason.RISK_ASSESSMENT_INFORMATION_NOT_VALID: "RiskAssessmentInformationNotValid",
        CancelReason.CARRIER_COVERAGE_FAILURE: "CarrierCoverageFailure",
        CancelReason.CUSTOMER_RETURN: "CustomerReturn",
        CancelReason.MERCHANDISE_NOT_RECEIVED: "MerchandiseNotReceived",
        CancelReason.PRICING_ERROR: "PricingError",
    }
)
"""The words of the element CancelReason in an acknowledgement feed (Amazon's schema OrderAcknowledgement)."""

ADJUSTMENT_REASONS: Final[Mapping[CancelReason, str]] = MappingProxyType(
    {
        CancelReason.NO_INVENTORY: "NoInventory",
        CancelReason.SHIPPING_ADDRESS_UNDELIVERABLE: "Undeliverable",
        CancelReason.CUSTOMER_EXCHANGE: "Exchange",
        CancelReason.BUYER_CANCELED: "CustomerCancel",
        CancelReason.GENERAL_ADJUSTMENT: "GeneralAdjustment",
        CancelReason.CARRIER_CREDIT_DECISION: "CarrierCreditDecision",
        CancelReason.RISK_ASSESSMENT_INFORMATION_NOT_VALID: "RiskAssessmentInformationNotValid",
        CancelReason.CARRIER_COVERAGE_FAILURE: "CarrierCoverageFailure",
        CancelReason.CUSTOMER_RETURN: "CustomerReturn",
        CancelReason.MERCHANDISE_NOT_RECEIVED: "CouldNotShip",
        CancelReason.PRICING_ERROR: "PriceError",
    }
)
"""The words of the element AdjustmentReason in a payment adjustment feed (Amazon's schema OrderAdjustment)."""

CALL_REASONS: Final[Mapping[CancelReason, str | None]] = MappingProxyType(
    {
        CancelReason.NO_INVENTORY: "NO_INVENTORY",
        CancelReason.SHIPPING_ADDRESS_UNDELIVERABLE: "SHIPPING_ADDRESS_UNDELIVERABLE",
        CancelReason.CUSTOMER_EXCHANGE: "CUSTOMER_EXCHANGE",
        CancelReason.BUYER_CANCELED: "BUYER_CANCELLED",
        CancelReason.PRICING_ERROR: "PRICING_ERROR",
        CancelReason.GENERAL_ADJUSTMENT: None,
        CancelReason.CARRIER_CREDIT_DECISION: None,
        CancelReason.RISK_ASSESSMENT_INFORMATION_NOT_VALID: None,
        CancelReason.CARRIER_COVERAGE_FAILURE: None,
        CancelReason.CUSTOMER_RETURN: None,
        CancelReason.MERCHANDISE_NOT_RECEIVED: None,
    }
)
"""The words of the call cancelOrder that Amazon has not released; None where it knows nothing of the kind."""
