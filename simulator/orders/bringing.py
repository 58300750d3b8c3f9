"""How a new order is brought to the status that is wanted of it, and what a parcel of it looks like."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Final

from simulator.orders import lifecycle
from simulator.orders.documents import Document

BORN_AS: Final = frozenset({"PENDING_AVAILABILITY", "PENDING"})
CARRIERS: Final = {"US": "UPS", "CA": "Canada Post", "GB": "Royal Mail", "DE": "DHL", "JP": "Yamato Transport"}
CANCELLED_EARLY: Final = "Order created by mistake"
FIRST_PACKAGE: Final = "1"


def bring_to(
    document: Document, status: str, random: Random, *, created: int, at: int, shows_detail: bool = False
) -> None:
    """Bring a newborn order to the status: paid when it was created, sent at a later moment."""
    if status == "CANCELLED":
        lifecycle.cancel(document, by="BUYER", reason=CANCELLED_EARLY)
    elif status == "UNFULFILLABLE":
        lifecycle.give_up(document)
    elif status not in BORN_AS:
        lifecycle.pay(document, at=created)
        if status in lifecycle.DISPATCHED:
            _dispatch(document, status, random, at=at, shows_detail=shows_detail)


def make_package(
    document: Document,
    random: Random,
    *,
    reference: str,
    at: int,
    quantities: Mapping[str, int] | None = None,
    shows_detail: bool = False,
) -> lifecycle.Package:
    """Return a package of the given order items, or of everything that is still to be sent."""
    rest = {item["orderItemId"]: lifecycle.open_quantity(item) for item in document["orderItems"]}
    country = document.get("recipient", {}).get("deliveryAddress", {}).get("countryCode", "US")
    return lifecycle.Package(
        reference=reference,
        quantities=quantities or {item_id: units for item_id, units in rest.items() if units > 0},
        carrier=CARRIERS.get(country, "DHL"),
        tracking_number=f"SIM{random.randint(0, 10**12 - 1):012d}",
        shipped=at,
        shipping_method="Standard",
        shows_detail=shows_detail,
    )


def _dispatch(document: Document, status: str, random: Random, *, at: int, shows_detail: bool) -> None:
    if document["fulfillment"]["fulfilledBy"] == "AMAZON":
        lifecycle.send_from_warehouse(document)
        return
    package = make_package(document, random, reference=FIRST_PACKAGE, at=at, shows_detail=shows_detail)
    if status == "PARTIALLY_SHIPPED":
        item_id = next(iter(package.quantities))
        alone = len(package.quantities) == 1
        part = {item_id: package.quantities[item_id] - 1 if alone else package.quantities[item_id]}
        package = replace(package, quantities=part)
    lifecycle.pack(document, package, at=at)
