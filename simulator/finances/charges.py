"""What an order item brings, component by component, and how much of it is due for the units that were sent."""

from typing import Final

from simulator.marketplaces import MARKETPLACES, TAX_ON_TOP, decimals_of
from simulator.orders.documents import Document, marketplace_of, status_of

PRINCIPAL: Final = "Principal"
COMPONENTS: Final = (PRINCIPAL, "Shipping", "GiftWrap", "Tax", "ShippingTax", "GiftWrapTax", "COD", "Other")
OF_PROCEEDS: Final = {"ITEM": PRINCIPAL, "SHIPPING": "Shipping", "GIFT_WRAP": "GiftWrap", "COD_FEE": "COD"}
OF_TAX: Final = {"SHIPPING": "ShippingTax", "GIFT_WRAP": "GiftWrapTax"}
OF_DISCOUNT: Final = {"SHIPPING": "Shipping", "GIFT_WRAP": "GiftWrap"}
UNTAXED: Final = {"Tax": PRINCIPAL, "ShippingTax": "Shipping", "GiftWrapTax": "GiftWrap"}
LONGEST_AMOUNT: Final = 30  # characters; a loaded order may hold any text of digits
DEFAULT_CURRENCY: Final = "USD"

Parts = dict[str, int]


def currency_of(document: Document) -> str:
    """Return the currency of an order: that of its total, or of its marketplace."""
    total = document.get("proceeds", {}).get("grandTotal", {}).get("currencyCode")
    totals = (item.get("proceeds", {}).get("proceedsTotal", {}).get("currencyCode") for item in document["orderItems"])
    found = total or next(filter(None, totals), None)
    marketplace = MARKETPLACES.get(marketplace_of(document) or "")
    return found or (marketplace.currency if marketplace else DEFAULT_CURRENCY)


def includes_tax(document: Document) -> bool:
    """Say whether prices in the order's country include the tax, so that no component of its own holds it."""
    marketplace = MARKETPLACES.get(marketplace_of(document) or "")
    return marketplace is not None and marketplace.country not in TAX_ON_TOP


def parts_of(item: Document, *, currency: str, tax_included: bool) -> Parts:
    """Return what a whole line brings in minor units: a discount lowers the component that it is granted on."""
    parts: Parts = {}
    for breakdown in item.get("proceeds", {}).get("breakdowns", []):
        for component, amount in _components(breakdown, currency):
            name = UNTAXED.get(component, component) if tax_included else component
            parts[name] = parts.get(name, 0) + amount
    if not parts:
        total = _minor(item.get("proceeds", {}).get("proceedsTotal"), currency)
        parts = {PRINCIPAL: total} if total else {}
    return {name: parts[name] for name in COMPONENTS if parts.get(name)}


def sent_units(item: Document, order: Document) -> int:
    """Return how many units of an item were sent; a loaded item may say so by its order's status alone."""
    ordered: int = item["quantityOrdered"]
    block = item.get("fulfillment", {})
    if "quantityFulfilled" in block:
        return max(0, min(int(block["quantityFulfilled"]), ordered))
    if status_of(order) != "SHIPPED":
        return 0
    return max(0, ordered - int(block.get("quantityUnfulfilled", 0)))


def due_for(parts: Parts, units: int, ordered: int) -> Parts:
    """Return what is due for the first so many units of a line, rounded down; all units bring exactly the whole."""
    return {name: amount * units // ordered for name, amount in parts.items()} if ordered else {}


def _components(breakdown: Document, currency: str) -> list[tuple[str, int]]:
    kind = breakdown["type"]
    whole = _minor(breakdown["subtotal"], currency)
    if kind not in ("TAX", "DISCOUNT"):
        return [(OF_PROCEEDS.get(kind, "Other"), whole)]
    names, rest = (OF_TAX, "Tax") if kind == "TAX" else (OF_DISCOUNT, PRINCIPAL)
    details = [
        (names.get(one.get("subtype", ""), rest), _minor(one.get("value"), currency))
        for one in breakdown.get("detailedBreakdowns", [])
    ]
    return details if sum(amount for _, amount in details) == whole else [(rest, whole)]


def _minor(money: Document | None, currency: str) -> int:
    """Return an amount in minor units, what is smaller cut off; nothing for another currency or an endless text."""
    if money is None or money.get("currencyCode") != currency or len(money["amount"]) > LONGEST_AMOUNT:
        return 0
    decimals = decimals_of(currency)
    whole, _, fraction = money["amount"].removeprefix("-").partition(".")
    minor = int(whole + fraction.ljust(decimals, "0")[:decimals])
    return -minor if money["amount"].startswith("-") else minor
