"""Who bought and where it goes, as v0 shows it: all of it to a restricted data token, and otherwise the place alone."""

from collections.abc import Set as AbstractSet
from typing import Any, Final

from simulator.access.resources import BUYER_INFO, BUYER_TAX_INFORMATION, SHIPPING_ADDRESS
from simulator.orders.documents import Document
from simulator.v0 import words
from simulator.v0.mapping import ADDRESS, BUYER, EXTENDED_FIELDS, PLACE, project, reach

HAS_ADDRESS: Final = frozenset({"Unshipped", "PartiallyShipped", "Shipped", "InvoiceUnconfirmed"})
TELLS_TAX_CLASSES: Final = {"A2Q3Y263D00KWC": "BR", "A1AM78C64UM0Y8": "MX", "A21TJRUUN4KGV": "IN"}
TURKEY: Final = "A33AVAJ2PDY3EV"
LINES: Final = ("addressLine1", "addressLine2", "addressLine3", "city", "stateOrRegion", "postalCode", "countryCode")


def shipping_address(document: Document, status: str, elements: AbstractSet[str]) -> Document:
    """Return where the order goes, once it is paid; without the data element, no more than the place."""
    address = reach(document, "recipient.deliveryAddress")
    if address is None or status not in HAS_ADDRESS:
        return {}
    if SHIPPING_ADDRESS not in elements:
        return project(PLACE, address)
    shown = project(ADDRESS, address)
    if extended := project(EXTENDED_FIELDS, address.get("extendedFields", {})):
        shown["ExtendedFields"] = extended
    return shown


def delivery_preferences(document: Document, elements: AbstractSet[str]) -> Document:
    """Return what the buyer wishes of the delivery."""
    preference = reach(document, "recipient.deliveryPreference")
    if preference is None or SHIPPING_ADDRESS not in elements:
        return {}
    wished = {
        "DropOffLocation": preference.get("dropOffLocation"),
        "PreferredDeliveryTime": _preferred_time(preference.get("deliveryTime", {})),
        "OtherAttributes": _known(preference.get("deliveryCapabilities", [])),
        "AddressInstructions": preference.get("addressInstruction"),
    }
    return {name: value for name, value in wished.items() if value}


def buyer_info(document: Document, elements: AbstractSet[str]) -> Document:
    """Return who bought, to a token with the data element."""
    if BUYER_INFO not in elements:
        return {}
    shown = project(BUYER, document)
    if taxes := _buyer_tax_info(document):
        shown["BuyerTaxInfo"] = taxes
    return shown


def buyer_tax_information(document: Document, elements: AbstractSet[str]) -> Document:
    """Return what an invoice to a Turkish business needs, to a token with the data element."""
    registration = _registration(document, "BUYER")
    preference = reach(document, "tax.taxInvoicing.buyerInvoicePreference")
    is_told = _marketplace(document) == TURKEY and preference == "BUSINESS" and BUYER_TAX_INFORMATION in elements
    if registration is None or not is_told:
        return {}
    address = registration.get("taxRegistrationAddress", {})
    attributes = {one.get("key"): one.get("value") for one in registration.get("taxRegistrationAttributes", [])}
    told = {
        "BuyerLegalCompanyName": registration.get("legalName"),
        "BuyerBusinessAddress": ", ".join(address[line] for line in LINES if address.get(line)),
        "BuyerTaxRegistrationId": registration.get("taxRegistrationNumber"),
        "BuyerTaxOffice": attributes.get("TAX_OFFICE"),
    }
    return {name: value for name, value in told.items() if value}


def invoicing(document: Document, status: str) -> Document:
    """Return what an invoice in Brazil needs of the marketplace and the seller, until the order is sent."""
    if TELLS_TAX_CLASSES.get(_marketplace(document)) != "BR" or status not in ("Pending", "Unshipped"):
        return {}
    shown: Document = {}
    if classes := _classes(_registration(document, "MARKETPLACE")):
        shown["MarketplaceTaxInfo"] = {"TaxClassifications": classes}
    seller = (_registration(document, "MERCHANT") or {}).get("legalName")
    return shown | ({"SellerDisplayName": seller} if seller else {})


def _buyer_tax_info(document: Document) -> Document:
    """Return a business buyer's tax classes, in the marketplaces that tell them."""
    registration = _registration(document, "BUYER")
    region = TELLS_TAX_CLASSES.get(_marketplace(document))
    if registration is None or region is None or "AMAZON_BUSINESS" not in document.get("programs", []):
        return {}
    told = {
        "CompanyLegalName": registration.get("legalName"),
        "TaxingRegion": region,
        "TaxClassifications": _classes(registration),
    }
    return {name: value for name, value in told.items() if value}


def _classes(registration: Document | None) -> list[Document]:
    kind, number = (registration or {}).get("taxRegistrationType"), (registration or {}).get("taxRegistrationNumber")
    return [{"Name": kind, "Value": number}] if kind and number else []


def _registration(document: Document, party: str) -> Document | None:
    registrations = reach(document, "tax.taxRegistrations") or []
    return next((one for one in registrations if one.get("entityType") == party), None)


def _marketplace(document: Document) -> str:
    return str(reach(document, "salesChannel.marketplaceId"))


def _known(capabilities: list[str]) -> list[str]:
    return [word for word in words.DELIVERY_ATTRIBUTES if word in capabilities]


def _preferred_time(time: Document) -> Document:
    hours = [
        {"DayOfWeek": day["dayOfWeek"], "OpenIntervals": _intervals(day)}
        for day in time.get("businessHours", [])
        if "dayOfWeek" in day
    ]
    dates = [
        {
            "ExceptionDate": day["exceptionDate"],
            "IsOpen": day.get("exceptionDateType") == "OPEN",
            "OpenIntervals": _intervals(day),
        }
        for day in time.get("exceptionDates", [])
        if "exceptionDate" in day
    ]
    return {name: value for name, value in (("BusinessHours", hours), ("ExceptionDates", dates)) if value}


def _intervals(day: Document) -> list[Document]:
    windows: list[Document] = day.get("timeWindows", [])
    return [
        {"StartTime": _hour(window.get("startTime", {})), "EndTime": _hour(window.get("endTime", {}))}
        for window in windows
    ]


def _hour(hour: dict[str, Any]) -> Document:
    return {name.title(): hour[name] for name in ("hour", "minute") if name in hour}
