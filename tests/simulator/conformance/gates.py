"""Which parts of an order come with which includedData, written down apart from the simulator."""

import copy
from collections.abc import Collection, Iterator
from typing import Any, Final

# "Orders API v2026-01-01 migration guide", the table of data sets.
ORDER_GATES: Final = {
    "buyer": "BUYER",
    "recipient": "RECIPIENT",
    "proceeds": "PROCEEDS",
    "fulfillment": "FULFILLMENT",
    "packages": "PACKAGES",
    "tax": "TAX",
    "payment": "PAYMENT",
    "fulfillmentOrders": "FULFILLMENT_ORDERS",
}
ITEM_GATES: Final = {
    "proceeds": "PROCEEDS",
    "expense": "EXPENSE",
    "promotion": "PROMOTION",
    "cancellation": "CANCELLATION",
    "fulfillment": "FULFILLMENT",
    "tax": "TAX",
}

# The model types these as free text and lists their values in its descriptions.
DOCUMENTED_VALUES: Final = {
    ("programs",): {
        "AMAZON_BAZAAR",
        "AMAZON_BUSINESS",
        "AMAZON_EASY_SHIP",
        "AMAZON_HAUL",
        "DELIVERY_BY_AMAZON",
        "FBM_SHIP_PLUS",
        "INVOICE_BY_AMAZON",
        "IN_STORE_PICK_UP",
        "PREMIUM",
        "PREORDER",
        "PRIME",
    },
    ("fulfillment", "fulfilledBy"): {"MERCHANT", "AMAZON"},
    ("orderItems", "programs"): {"TRANSPARENCY", "SUBSCRIBE_AND_SAVE"},
    ("orderItems", "cancellation", "cancellationRequest", "requester"): {"BUYER"},
    ("orderItems", "cancellation", "cancellationExecution", "cancelledBy"): {"BUYER", "MERCHANT", "AMAZON"},
    ("orderItems", "proceeds", "breakdowns", "type"): {
        "ITEM",
        "SHIPPING",
        "GIFT_WRAP",
        "COD_FEE",
        "TAX",
        "DISCOUNT",
        "OTHER",
    },
}


def included_only(order: dict[str, Any], included: Collection[str]) -> dict[str, Any]:
    """Return what is left of a whole order for a caller who asked for these data sets."""
    left = {
        name: copy.deepcopy(block)
        for name, block in order.items()
        if name not in ORDER_GATES or ORDER_GATES[name] in included
    }
    left["orderItems"] = [
        {name: block for name, block in item.items() if name not in ITEM_GATES or ITEM_GATES[name] in included}
        for item in left["orderItems"]
    ]
    if "BUYER" not in included:
        for item in left["orderItems"]:
            _hide_gift(item)
    return left


def values_at(node: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield every value that a path of field names leads to, through all lists on the way."""
    if isinstance(node, list):
        for element in node:
            yield from values_at(element, path)
    elif not path:
        yield node
    elif path[0] in node:
        yield from values_at(node[path[0]], path[1:])


def undocumented_values(order: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return (path, value) of everything that should be one of Amazon's words and is not."""
    return [
        (".".join(path), value)
        for path, documented in DOCUMENTED_VALUES.items()
        for value in values_at(order, path)
        if value not in documented
    ]


def _hide_gift(item: dict[str, Any]) -> None:
    # The model puts the gift under FULFILLMENT, the migration data under BUYER: only both together show it.
    packing = item.get("fulfillment", {}).get("packing", {})
    packing.pop("giftOption", None)
    if not packing:
        item.get("fulfillment", {}).pop("packing", None)
