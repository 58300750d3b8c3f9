"""An order of a v0 case as an order of v2026-01-01, so that a world can hold it: the migration guide read backwards."""

from collections.abc import Mapping
from typing import Any, Final

STATUSES: Final = {"Pending": "PENDING", "Unshipped": "UNSHIPPED", "Shipped": "SHIPPED"}
CHANNELS: Final = {"MFN": "MERCHANT", "AFN": "AMAZON"}
PROGRAMS: Final = {"IsBusinessOrder": "AMAZON_BUSINESS", "IsIBA": "INVOICE_BY_AMAZON", "IsPrime": "PRIME"}
Document = dict[str, Any]


def stored(
    order: Mapping[str, Any],
    *,
    item: Mapping[str, Any] | None = None,
    buyer: Mapping[str, Any] | None = None,
    address: Mapping[str, Any] | None = None,
) -> Document:
    """Return the order of v2026-01-01 that carries what v0's answers about one order say."""
    document: Document = {
        "orderId": order["AmazonOrderId"],
        "createdTime": order["PurchaseDate"],
        "lastUpdatedTime": order["LastUpdateDate"],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": order["MarketplaceId"],
            **({"marketplaceName": order["SalesChannel"]} if "SalesChannel" in order else {}),
        },
        "programs": [program for name, program in PROGRAMS.items() if order.get(name)] + _easy_ship(order),
        "fulfillment": {
            "fulfillmentStatus": STATUSES[order["OrderStatus"]],
            "fulfilledBy": CHANNELS[order["FulfillmentChannel"]],
            "fulfillmentServiceLevel": order["ShipmentServiceLevelCategory"].upper(),
            "shipByWindow": _window(order, "EarliestShipDate", "LatestShipDate"),
            "deliverByWindow": _window(order, "EarliestDeliveryDate", "LatestDeliveryDate"),
        },
        "tax": {"taxInvoicing": {"invoiceStatus": "NOT_REQUIRED"}},
        "payment": {"paymentExecutions": [{"paymentMethod": name} for name in order["PaymentMethodDetails"]]},
        "packages": [{"packageReferenceId": "1", "packageStatus": {"detailedStatus": "PENDING_PICK_UP"}}],
        "orderItems": [_item(order, item or {})],
    }
    if "OrderTotal" in order:
        document["proceeds"] = {"grandTotal": _money(order["OrderTotal"])}
    if buyer is not None:
        document["buyer"] = {"buyerEmail": buyer["BuyerEmail"], "buyerName": buyer["BuyerName"]}
    if address is not None:
        document["recipient"] = {"deliveryAddress": _address(address)}
    return document


def _item(order: Mapping[str, Any], item: Mapping[str, Any]) -> Document:
    product = {"asin": item.get("ASIN", "B00551Q3CS"), "sellerSku": item.get("SellerSKU", "A-SKU")}
    document: Document = {
        "orderItemId": item.get("OrderItemId", "05015851154158"),
        "quantityOrdered": item.get("QuantityOrdered", 1),
        "product": product,
        "fulfillment": {
            "quantityFulfilled": order["NumberOfItemsShipped"],
            "quantityUnfulfilled": order["NumberOfItemsUnshipped"],
        },
    }
    if "Title" in item:
        condition = {
            "conditionType": item["ConditionId"].upper(),
            "conditionSubtype": item["ConditionSubtypeId"].upper(),
        }
        product |= {"title": item["Title"], "condition": condition}
        document["fulfillment"]["shipping"] = {"internationalShipping": {"iossNumber": item["IossNumber"]}}
        document["tax"] = {"taxCalculationBreakdowns": [{"reportingScheme": item["DeemedResellerCategory"]}]}
        reason = item["BuyerRequestedCancel"]["BuyerCancelReason"]
        document["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": reason}}
        document["proceeds"] = _proceeds(item)
    if "GiftMessageText" in item:
        gift = {"giftMessage": item["GiftMessageText"], "giftWrapLevel": item["GiftWrapLevel"].upper()}
        document["fulfillment"]["packing"] = {"giftOption": gift}
        wrapping = {"type": "GIFT_WRAP", "subtotal": _money(item["GiftWrapPrice"])}
        document["proceeds"] = {"proceedsTotal": _money(item["GiftWrapPrice"]), "breakdowns": [wrapping]}
        product |= {"customization": {"customizedUrl": item["BuyerCustomizedInfo"]["CustomizedURL"]}}
    return document


def _proceeds(item: Mapping[str, Any]) -> Document:
    def part(kind: str, amount: Mapping[str, str]) -> Document:
        details = [] if kind == "ITEM" else [{"subtype": "ITEM", "value": _money(amount)}]
        return {"type": kind, "subtotal": _money(amount), **({"detailedBreakdowns": details} if details else {})}

    parts = (("ITEM", "ItemPrice"), ("TAX", "ItemTax"), ("DISCOUNT", "PromotionDiscount"))
    breakdowns = [part(kind, item[name]) for kind, name in parts]
    return {"proceedsTotal": _money(item["ItemPrice"]), "breakdowns": breakdowns}


def _address(address: Mapping[str, Any]) -> Document:
    def spelled(name: str) -> str:
        return name[0].lower() + name[1:]

    return {spelled(name): value for name, value in address.items()} | {"addressType": address["AddressType"].upper()}


def _easy_ship(order: Mapping[str, Any]) -> list[str]:
    return ["AMAZON_EASY_SHIP"] if "EasyShipShipmentStatus" in order else []


def _window(order: Mapping[str, Any], earliest: str, latest: str) -> Document:
    ends = {"earliestDateTime": order.get(earliest), "latestDateTime": order.get(latest)}
    return {name: end for name, end in ends.items() if end is not None}


def _money(amount: Mapping[str, str]) -> Document:
    return {"amount": amount["Amount"], "currencyCode": amount["CurrencyCode"]}
