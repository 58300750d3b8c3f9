"""The items of an order as v0 shows them; until it is paid, nothing of prices, taxes, gifts and promotions."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from simulator.access.resources import BUYER_INFO
from simulator.orders.book import SimulatedOrder
from simulator.orders.disclosure import UNPAID, disclosed
from simulator.orders.documents import Document
from simulator.v0 import words
from simulator.v0.mapping import (
    AMOUNTS,
    ASSOCIATED,
    CONSTRAINTS,
    GIFT_AMOUNTS,
    ITEM,
    MEASUREMENT,
    POINTS,
    SUBSTITUTION,
    project,
    reach,
)

FACILITATOR: Final = {"MARKETPLACE_FACILITATOR": "MarketplaceFacilitator"}
NAMED_PARTY: Final = "Amazon Services, Inc."  # the only party that v0's model has a word for
ITEM_PROGRAMS: Final = ("SUBSCRIBE_AND_SAVE", "FBM_SHIP_PLUS")


def item_views(order: SimulatedOrder, elements: AbstractSet[str], *, now: int) -> list[Document]:
    """Return the items as getOrderItems carries them."""
    document = disclosed(order, now=now)
    programs = document.get("programs", [])
    return [_item(order, item, programs, elements) for item in document["orderItems"]]


def buyer_info_views(order: SimulatedOrder, elements: AbstractSet[str], *, now: int) -> list[Document]:
    """Return what buyers say of the items, as getOrderItemsBuyerInfo carries it."""
    items = disclosed(order, now=now)["orderItems"]
    return [{"OrderItemId": item["orderItemId"], **_buyer_info(item, elements)} for item in items]


def _item(order: SimulatedOrder, item: Document, programs: list[str], elements: AbstractSet[str]) -> Document:
    shown: Document = {"ASIN": "", **project(ITEM, item), **_amounts(item, AMOUNTS), **_special(item, programs)}
    if order.status not in UNPAID:
        shown["IsGift"] = words.truth(reach(item, "fulfillment.packing.giftOption") is not None)
    if order.fulfilled_by != "AMAZON":
        shown.pop("SerialNumbers", None)
    if BUYER_INFO in elements and (buyer := _buyer_info(item, elements)):
        shown["BuyerInfo"] = buyer
    return shown


def _special(item: Document, programs: list[str]) -> Document:
    own = [*item.get("programs", []), *programs]
    parts = {
        "PromotionIds": _promotions(item),
        "PointsGranted": project(POINTS, reach(item, "expense.pointsCost.pointsGranted") or {}),
        "TaxCollection": _tax_collection(item),
        "DeemedResellerCategory": _reseller_category(item),
        "IsTransparency": "TRANSPARENCY" in own,
        "BuyerRequestedCancel": _requested_cancel(item),
        "SubstitutionPreferences": _substitutions(item),
        "Measurement": project(MEASUREMENT, item.get("measurement", {})),
        "ShippingConstraints": project(CONSTRAINTS, reach(item, "fulfillment.shipping.shippingConstraints") or {}),
        "AssociatedItems": [project(ASSOCIATED, one) for one in item.get("associatedOrderItems", [])],
        "AmazonPrograms": {"Programs": found} if (found := [one for one in ITEM_PROGRAMS if one in own]) else {},
    }
    return {name: part for name, part in parts.items() if part or part is False}


def _buyer_info(item: Document, elements: AbstractSet[str]) -> Document:
    """Return how the item is wrapped, and to a token with the data element what the buyer wrote."""
    shown = _amounts(item, GIFT_AMOUNTS)
    gift = reach(item, "fulfillment.packing.giftOption") or {}
    if "giftWrapLevel" in gift:
        shown["GiftWrapLevel"] = words.condition(gift["giftWrapLevel"])
    if BUYER_INFO not in elements:
        return shown
    if "giftMessage" in gift:
        shown["GiftMessageText"] = gift["giftMessage"]
    if (url := reach(item, "product.customization.customizedUrl")) is not None:
        shown["BuyerCustomizedInfo"] = {"CustomizedURL": url}
    return shown


def _amounts(item: Document, wanted: Mapping[str, tuple[str, str | None]]) -> Document:
    known: dict[tuple[str, str | None], Document] = {}
    for breakdown in reach(item, "proceeds.breakdowns") or []:
        known[breakdown["type"], None] = breakdown["subtotal"]
        for part in breakdown.get("detailedBreakdowns", []):
            if "value" in part:
                known[breakdown["type"], part.get("subtype")] = part["value"]
    return {name: words.money(known[key]) for name, key in wanted.items() if key in known}


def _promotions(item: Document) -> list[str]:
    breakdowns = reach(item, "promotion.breakdowns") or []
    return [one["promotionId"] for one in breakdowns if "promotionId" in one]


def _tax_collection(item: Document) -> Document:
    collection: Document = next(iter(reach(item, "tax.taxCollections") or []), {})
    shown: Document = {}
    if (model := FACILITATOR.get(collection.get("model", ""))) is not None:
        shown["Model"] = model
    if collection.get("responsibleParty") == NAMED_PARTY:
        shown["ResponsibleParty"] = NAMED_PARTY
    return shown


def _reseller_category(item: Document) -> str | None:
    schemes = [one.get("reportingScheme", "") for one in reach(item, "tax.taxCalculationBreakdowns") or []]
    return next((word for scheme in schemes if (word := words.RESELLER_CATEGORIES.get(scheme))), None)


def _requested_cancel(item: Document) -> Document:
    request = reach(item, "cancellation.cancellationRequest")
    shown: Document = {"IsBuyerRequestedCancel": words.truth(request is not None)}
    if request is not None and "cancelReason" in request:
        shown["BuyerCancelReason"] = request["cancelReason"]
    return shown


def _substitutions(item: Document) -> Document:
    preference = reach(item, "fulfillment.picking.substitutionPreference")
    if preference is None:
        return {}
    options = [
        project(SUBSTITUTION, one)
        | ({"Measurement": project(MEASUREMENT, one["measurement"])} if "measurement" in one else {})
        for one in preference.get("substitutionOptions", [])
    ]
    shown: Document = {"SubstitutionType": preference["substitutionType"]}
    return shown | ({"SubstitutionOptions": options} if options else {})
