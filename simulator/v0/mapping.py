"""Which field of v0 says what which field of v2026-01-01 says, as tables ("Orders API migration guide")."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from simulator.orders.documents import Document
from simulator.v0 import words
from simulator.v0.words import Spell, as_it_is, by


class Row(NamedTuple):
    """A field of v0, the path of the same in v2026-01-01, and how v0 spells it."""

    name: str
    path: str
    spell: Spell = as_it_is


ORDER: Final = (
    Row("AmazonOrderId", "orderId"),
    Row("PurchaseDate", "createdTime", words.time),
    Row("OrderStatus", "fulfillment.fulfillmentStatus", by(words.STATUSES)),
    Row("FulfillmentChannel", "fulfillment.fulfilledBy", by(words.CHANNELS)),
    Row("MarketplaceId", "salesChannel.marketplaceId"),
    Row("SalesChannel", "salesChannel.marketplaceName"),
    Row("ShipServiceLevel", "fulfillment.fulfillmentServiceLevel", by(words.SERVICE_LEVELS)),
    Row("ShipmentServiceLevelCategory", "fulfillment.fulfillmentServiceLevel", by(words.SERVICE_LEVELS)),
    Row("OrderTotal", "proceeds.grandTotal", words.money),
    Row("BuyerInvoicePreference", "tax.taxInvoicing.buyerInvoicePreference", by(words.INVOICE_PREFERENCES)),
    Row("ElectronicInvoiceStatus", "tax.taxInvoicing.invoiceStatus", by(words.INVOICE_STATUSES)),
)
OF_MERCHANTS: Final = (  # only returned for seller-fulfilled orders
    Row("EarliestShipDate", "fulfillment.shipByWindow.earliestDateTime", words.time),
    Row("LatestShipDate", "fulfillment.shipByWindow.latestDateTime", words.time),
    Row("EarliestDeliveryDate", "fulfillment.deliverByWindow.earliestDateTime", words.time),
    Row("LatestDeliveryDate", "fulfillment.deliverByWindow.latestDateTime", words.time),
)
PROGRAMS: Final = {
    "IsBusinessOrder": "AMAZON_BUSINESS",
    "IsPremiumOrder": "PREMIUM",
    "IsISPU": "IN_STORE_PICK_UP",
    "IsIBA": "INVOICE_BY_AMAZON",
    "IsSoldByAB": "INVOICE_BY_AMAZON",
}
ITEM: Final = (
    Row("ASIN", "product.asin"),
    Row("SellerSKU", "product.sellerSku"),
    Row("OrderItemId", "orderItemId"),
    Row("Title", "product.title"),
    Row("QuantityOrdered", "quantityOrdered"),
    Row("QuantityShipped", "fulfillment.quantityFulfilled"),
    Row("ConditionId", "product.condition.conditionType", words.condition),
    Row("ConditionSubtypeId", "product.condition.conditionSubtype", words.condition),
    Row("ConditionNote", "product.condition.conditionNote"),
    Row("PriceDesignation", "product.price.priceDesignation", by(words.PRICE_DESIGNATIONS)),
    Row("SerialNumbers", "product.serialNumbers"),
    Row("ScheduledDeliveryStartDate", "fulfillment.shipping.scheduledDeliveryWindow.earliestDateTime", words.time),
    Row("ScheduledDeliveryEndDate", "fulfillment.shipping.scheduledDeliveryWindow.latestDateTime", words.time),
    Row("IossNumber", "fulfillment.shipping.internationalShipping.iossNumber"),
)
AMOUNTS: Final = {  # the type and subtype of the proceeds of an item
    "ItemPrice": ("ITEM", None),
    "ShippingPrice": ("SHIPPING", None),
    "CODFee": ("COD_FEE", None),
    "ItemTax": ("TAX", "ITEM"),
    "ShippingTax": ("TAX", "SHIPPING"),
    "PromotionDiscountTax": ("TAX", "DISCOUNT"),
    "PromotionDiscount": ("DISCOUNT", "ITEM"),
    "ShippingDiscount": ("DISCOUNT", "SHIPPING"),
    "CODFeeDiscount": ("DISCOUNT", "COD_FEE"),
}
GIFT_AMOUNTS: Final = {"GiftWrapPrice": ("GIFT_WRAP", None), "GiftWrapTax": ("TAX", "GIFT_WRAP")}
POINTS: Final = (
    Row("PointsNumber", "pointsNumber"),
    Row("PointsMonetaryValue", "pointsMonetaryValue", words.money),
)
CONSTRAINTS: Final = (
    Row("PalletDelivery", "palletDelivery"),
    Row("SignatureConfirmation", "signatureConfirmation"),
    Row("RecipientIdentityVerification", "recipientIdentityVerification"),
    Row("RecipientAgeVerification", "recipientAgeVerification"),
)
MEASUREMENT: Final = (Row("Unit", "unit"), Row("Value", "value"))
ASSOCIATED: Final = (
    Row("OrderId", "orderId"),
    Row("OrderItemId", "orderItemId"),
    Row("AssociationType", "associationType", by(words.ASSOCIATIONS)),
)
SUBSTITUTION: Final = (
    Row("ASIN", "asin"),
    Row("QuantityOrdered", "quantityOrdered"),
    Row("SellerSKU", "sellerSku"),
    Row("Title", "title"),
)
BUYER: Final = (
    Row("BuyerEmail", "buyer.buyerEmail"),
    Row("BuyerName", "buyer.buyerName"),
    Row("PurchaseOrderNumber", "buyer.buyerPurchaseOrderNumber"),
)
PLACE: Final = (  # what of an address is no secret
    Row("City", "city"),
    Row("County", "districtOrCounty"),
    Row("StateOrRegion", "stateOrRegion"),
    Row("Municipality", "municipality"),
    Row("CountryCode", "countryCode"),
)
ADDRESS: Final = (
    Row("Name", "name"),
    Row("CompanyName", "companyName"),
    Row("AddressLine1", "addressLine1"),
    Row("AddressLine2", "addressLine2"),
    Row("AddressLine3", "addressLine3"),
    *PLACE,
    Row("PostalCode", "postalCode"),
    Row("Phone", "phone"),
    Row("AddressType", "addressType", by(words.ADDRESS_TYPES)),
)
EXTENDED_FIELDS: Final = (
    Row("StreetName", "streetName"),
    Row("StreetNumber", "streetNumber"),
    Row("Complement", "complement"),
    Row("Neighborhood", "neighborhood"),
)
# What v0 has and v2026-01-01 has not; the simulator, which keeps orders of the latter, does not show it.
WITHOUT_COUNTERPART: Final = {
    "Order": {
        "OrderChannel", "CbaDisplayableShippingLabel", "PromiseResponseDueDate", "IsEstimatedShipDateSet",
        "DefaultShipFromLocationAddress", "FulfillmentInstruction", "AutomatedShippingSettings",
    },
    "OrderItem": {"ProductInfo", "ShippingDiscountTax", "StoreChainStoreId", "SerialNumberRequired"},
    "Address": {"District"},
    "AddressExtendedFields": {"GeoCoordinates"},
    "BuyerInfo": {"BuyerCounty"},
    "OrderBuyerInfo": {"BuyerCounty"},
}  # fmt: skip


def project(rows: Iterable[Row], source: Document) -> Document:
    """Return the fields of v0 that the source has something to say for."""
    found = ((row.name, reach(source, row.path), row.spell) for row in rows)
    spelled = ((name, spell(value)) for name, value, spell in found if value is not None)
    return {name: value for name, value in spelled if value is not None}


def reach(source: Any, path: str) -> Any:
    """Return the value that a dotted path leads to, or nothing."""
    for name in path.split("."):
        if not isinstance(source, dict) or name not in source:
            return None
        source = source[name]
    return source
