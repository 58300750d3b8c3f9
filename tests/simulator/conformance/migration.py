"""An order of v2026-01-01 told in v0's words, by Amazon's migration guide, written down apart from the simulator."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, Final

Json = dict[str, Any]

STATUS: Final = {
    "PENDING_AVAILABILITY": "PendingAvailability",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}
WITH_ADDRESS: Final = {"Unshipped", "PartiallyShipped", "Shipped", "InvoiceUnconfirmed"}
CARD_DETAILS: Final = {"AcquirerId": "acquirerId", "CardBrand": "cardBrand", "AuthorizationCode": "authorizationCode"}
EASY_SHIP: Final = {
    "PENDING_SCHEDULE": "PendingSchedule",
    "PENDING_PICK_UP": "PendingPickUp",
    "PICKED_UP": "PickedUp",
    "OUT_FOR_DELIVERY": "OutForDelivery",
    "DELIVERED": "Delivered",
}
ADDRESS: Final = {
    "Name": "name",
    "CompanyName": "companyName",
    "AddressLine1": "addressLine1",
    "AddressLine2": "addressLine2",
    "AddressLine3": "addressLine3",
    "City": "city",
    "County": "districtOrCounty",
    "StateOrRegion": "stateOrRegion",
    "Municipality": "municipality",
    "PostalCode": "postalCode",
    "CountryCode": "countryCode",
    "Phone": "phone",
}
NO_SECRET: Final = ("City", "County", "StateOrRegion", "Municipality", "CountryCode")


def without_nothing(fields: Json) -> Json:
    """Leave out what has nothing to say."""
    return {name: value for name, value in fields.items() if value not in (None, {}, [])}


def pascal(word: str | None) -> str | None:
    """SECOND_DAY is SecondDay."""
    return word and "".join(part.title() for part in word.split("_"))


def spaced(word: str | None) -> str | None:
    """VERY_GOOD is Very Good."""
    return word and " ".join(part.title() for part in word.split("_"))


def second(text: str | None) -> str | None:
    """Times are told to the second."""
    return text and datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount: Json | None) -> Json | None:
    """What is taken off is told as a positive amount."""
    return amount and {"CurrencyCode": amount["currencyCode"], "Amount": amount["amount"].lstrip("-")}


def order_of(order: Json, elements: Collection[str], *, awaits_invoice: bool, is_mapped: bool = True) -> Json:
    """Return what v0's getOrder says of an order; without LastUpdateDate, which v2026-01-01 does not know."""
    fulfillment = order["fulfillment"]
    status = STATUS[fulfillment["fulfillmentStatus"]]
    if awaits_invoice and status == "Shipped":
        status = "InvoiceUnconfirmed"
    programs = order.get("programs", [])
    items = [item["fulfillment"] for item in order["orderItems"]]
    by_amazon = fulfillment["fulfilledBy"] == "AMAZON"
    ship, deliver = fulfillment.get("shipByWindow", {}), fulfillment.get("deliverByWindow", {})
    originals = [one["orderId"] for one in order.get("associatedOrders", [])]
    address = order.get("recipient", {}).get("deliveryAddress", {})
    invoicing = order.get("tax", {}).get("taxInvoicing", {})
    is_abroad = order["salesChannel"]["channelName"] == "NON_AMAZON"
    return without_nothing(
        {
            "AmazonOrderId": order["orderId"],
            "SellerOrderId": next((one["aliasId"] for one in order.get("orderAliases", [])), None),
            "PurchaseDate": second(order["createdTime"]),
            "OrderStatus": status,
            "FulfillmentChannel": "AFN" if by_amazon else "MFN",
            "SalesChannel": "Non-Amazon" if is_abroad else order["salesChannel"]["marketplaceName"],
            "MarketplaceId": order["salesChannel"]["marketplaceId"],
            "ShipServiceLevel": pascal(fulfillment["fulfillmentServiceLevel"]),
            "ShipmentServiceLevelCategory": pascal(fulfillment["fulfillmentServiceLevel"]),
            "OrderTotal": money(order.get("proceeds", {}).get("grandTotal")),
            "NumberOfItemsShipped": sum(item["quantityFulfilled"] for item in items),
            "NumberOfItemsUnshipped": sum(item["quantityUnfulfilled"] for item in items),
            "OrderType": "Preorder" if "PREORDER" in programs else "StandardOrder",
            "IsBusinessOrder": "AMAZON_BUSINESS" in programs,
            "IsPrime": "PRIME" in programs and not by_amazon,
            "IsPremiumOrder": "PREMIUM" in programs,
            "IsISPU": "IN_STORE_PICK_UP" in programs,
            "IsIBA": "INVOICE_BY_AMAZON" in programs,
            "IsSoldByAB": "INVOICE_BY_AMAZON" in programs,
            "IsGlobalExpressEnabled": False,
            "IsAccessPointOrder": address.get("addressType") == "PICKUP_POINT",
            "HasRegulatedItems": False,
            "IsReplacementOrder": bool(originals),
            "ReplacedOrderId": originals[0] if originals else None,
            "EarliestShipDate": None if by_amazon else second(ship.get("earliestDateTime")),
            "LatestShipDate": None if by_amazon else second(ship.get("latestDateTime")),
            "EarliestDeliveryDate": None if by_amazon else second(deliver.get("earliestDateTime")),
            "LatestDeliveryDate": None
            if by_amazon or status in ("PendingAvailability", "Pending", "Canceled")
            else second(deliver.get("latestDateTime")),
            "BuyerInvoicePreference": invoicing.get("buyerInvoicePreference"),
            "ElectronicInvoiceStatus": pascal(invoicing.get("invoiceStatus")),
            "EasyShipShipmentStatus": easy_ship(order),
            "ShippingAddress": address_of(order, status, elements),
            "BuyerInfo": buyer_of(order, elements),
            "BuyerTaxInformation": turkish_tax_of(order, elements),
        }
        | payment_of(order)
    )


def easy_ship(order: Json) -> str | None:
    """Only orders of the program have it, once a package tells."""
    packages = order.get("packages", [])
    if "AMAZON_EASY_SHIP" not in order.get("programs", []) or not packages:
        return None
    return EASY_SHIP.get(packages[-1].get("packageStatus", {}).get("detailedStatus", ""))


def payment_of(order: Json) -> Json:
    """COD and CVS have words of their own; cash and Brazil come with each payment."""
    executions = order.get("payment", {}).get("paymentExecutions", [])
    methods = [one["paymentMethod"] for one in executions]
    word = "COD" if "CashOnDelivery" in methods else "CVS" if "ConvenienceStore" in methods else "Other"
    details = [
        without_nothing(
            {
                "Payment": money(one["paymentAmount"]),
                "PaymentMethod": "COD" if one["paymentMethod"] == "CashOnDelivery" else one["paymentMethod"],
                **{name: one.get(path) for name, path in CARD_DETAILS.items()},
            }
        )
        for one in executions
        if word == "COD" or order["salesChannel"]["marketplaceId"] == "A2Q3Y263D00KWC"
    ]
    return {"PaymentMethod": word, "PaymentMethodDetails": methods, "PaymentExecutionDetail": details}


def address_of(order: Json, status: str, elements: Collection[str]) -> Json:
    """The place for everybody, the rest by the data element, and nothing before it is paid or once it is cancelled."""
    known = order.get("recipient", {}).get("deliveryAddress", {})
    if status not in WITH_ADDRESS:
        return {}
    shown = without_nothing({name: known.get(path) for name, path in ADDRESS.items()})
    if "shippingAddress" not in elements:
        return {name: value for name, value in shown.items() if name in NO_SECRET}
    kind = known.get("addressType")
    shown |= {"AddressType": "Residential" if kind == "RESIDENTIAL" else "Commercial"} if kind else {}
    extended = {name[0].upper() + name[1:]: value for name, value in known.get("extendedFields", {}).items()}
    return shown | ({"ExtendedFields": extended} if extended else {})


def buyer_of(order: Json, elements: Collection[str]) -> Json:
    """Nothing without the data element."""
    buyer = order.get("buyer", {}) if "buyerInfo" in elements else {}
    return without_nothing(
        {
            "BuyerEmail": buyer.get("buyerEmail"),
            "BuyerName": buyer.get("buyerName"),
            "PurchaseOrderNumber": buyer.get("buyerPurchaseOrderNumber"),
        }
    )


def turkish_tax_of(order: Json, elements: Collection[str]) -> Json:
    """Only of businesses in Turkey."""
    registrations = order.get("tax", {}).get("taxRegistrations", [])
    if "buyerTaxInformation" not in elements or not registrations:
        return {}
    [one] = registrations
    return {
        "BuyerLegalCompanyName": one["legalName"],
        "BuyerTaxRegistrationId": one["taxRegistrationNumber"],
        "BuyerTaxOffice": one["taxRegistrationAttributes"][0]["value"],
    }


def items_of(order: Json, elements: Collection[str]) -> Iterator[Json]:
    """Yield what v0's getOrderItems says of each item."""
    is_unpaid = order["fulfillment"]["fulfillmentStatus"] in ("PENDING", "PENDING_AVAILABILITY")
    for item in order["orderItems"]:
        gift = item["fulfillment"].get("packing", {}).get("giftOption")
        product = item["product"]
        reason = item.get("cancellation", {}).get("cancellationRequest")
        points = item.get("expense", {}).get("pointsCost", {}).get("pointsGranted")
        collections = item.get("tax", {}).get("taxCollections", [])
        own = [*item.get("programs", []), *order.get("programs", [])]
        programs = [one for one in ("SUBSCRIBE_AND_SAVE", "FBM_SHIP_PLUS") if one in own]
        shown = {
            "ASIN": product["asin"],
            "SellerSKU": product["sellerSku"],
            "OrderItemId": item["orderItemId"],
            "Title": product["title"],
            "QuantityOrdered": item["quantityOrdered"],
            "QuantityShipped": item["fulfillment"]["quantityFulfilled"],
            "ConditionId": spaced(product["condition"]["conditionType"]),
            "ConditionSubtypeId": spaced(product["condition"]["conditionSubtype"]),
            "PriceDesignation": pascal(product.get("price", {}).get("priceDesignation")),
            "PromotionIds": [one["promotionId"] for one in item.get("promotion", {}).get("breakdowns", [])],
            "IsGift": None if is_unpaid else ("true" if gift is not None else "false"),
            "IsTransparency": "TRANSPARENCY" in own,
            "PointsGranted": points
            and {"PointsNumber": points["pointsNumber"], "PointsMonetaryValue": money(points["pointsMonetaryValue"])},
            "TaxCollection": collections
            and {"Model": "MarketplaceFacilitator"}
            | ({"ResponsibleParty": party} if (party := collections[0]["responsibleParty"]).endswith(", Inc.") else {}),
            "BuyerRequestedCancel": without_nothing(
                {
                    "IsBuyerRequestedCancel": "true" if reason else "false",
                    "BuyerCancelReason": reason and reason["cancelReason"],
                }
            ),
            "AmazonPrograms": programs and {"Programs": programs},
            "BuyerInfo": item_buyer_of(item, elements) if "buyerInfo" in elements else None,
            **amounts_of(item, ("ITEM", "SHIPPING", "COD_FEE")),
        }
        yield without_nothing(shown)


def item_buyer_of(item: Json, elements: Collection[str]) -> Json:
    """How it is wrapped for everybody, what was written by the data element."""
    gift = item["fulfillment"].get("packing", {}).get("giftOption", {})
    wrapping = amounts_of(item, ("GIFT_WRAP",)) | {"GiftWrapLevel": spaced(gift.get("giftWrapLevel"))}
    return without_nothing(wrapping | ({"GiftMessageText": gift.get("giftMessage")} if "buyerInfo" in elements else {}))


def amounts_of(item: Json, kinds: Collection[str]) -> Json:
    """Name each amount of the item's proceeds, its tax and its discount."""
    by_type = {one["type"]: one for one in item.get("proceeds", {}).get("breakdowns", [])}
    names = {
        "ITEM": ("ItemPrice", "ItemTax", "PromotionDiscount"),
        "SHIPPING": ("ShippingPrice", "ShippingTax", "ShippingDiscount"),
        "GIFT_WRAP": ("GiftWrapPrice", "GiftWrapTax", ""),
        "COD_FEE": ("CODFee", "", "CODFeeDiscount"),
    }
    shown: Json = {}
    for kind in kinds:
        price, tax, discount = names[kind]
        shown[price] = money(by_type.get(kind, {}).get("subtotal"))
        for name, whole in ((tax, "TAX"), (discount, "DISCOUNT")):
            parts = {one["subtype"]: one["value"] for one in by_type.get(whole, {}).get("detailedBreakdowns", [])}
            if name and kind in parts:
                shown[name] = money(parts[kind])
            if (kind, whole) == ("ITEM", "TAX") and "DISCOUNT" in parts:
                shown["PromotionDiscountTax"] = money(parts["DISCOUNT"])
    return without_nothing(shown)
