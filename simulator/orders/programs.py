"""Amazon's programs: the words of the model, which of them go together, and what they change in an order."""

from collections.abc import Sequence
from random import Random
from typing import Final, Literal, TypeAlias

from simulator.orders.documents import Document

OrderProgram: TypeAlias = Literal[
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
]
ItemProgram: TypeAlias = Literal["TRANSPARENCY", "SUBSCRIBE_AND_SAVE"]
BUSINESS: Final = "AMAZON_BUSINESS"
EASY_SHIP: Final = "AMAZON_EASY_SHIP"
SHIP_PLUS: Final = "FBM_SHIP_PLUS"
PICK_UP: Final = "IN_STORE_PICK_UP"
TRANSPARENCY: Final = "TRANSPARENCY"
WAYS_TO_THE_BUYER: Final = frozenset({EASY_SHIP, SHIP_PLUS, PICK_UP})  # an order takes one way at most
OF_MERCHANTS: Final = WAYS_TO_THE_BUYER | {"PREMIUM"}


def wrong_program(programs: Sequence[str], fulfilled_by: str) -> tuple[int, str] | None:
    """Return the place of the first program that does not fit, and why, or nothing."""
    for number, program in enumerate(programs):
        if program in programs[:number]:
            return number, "given twice"
        if fulfilled_by == "AMAZON" and program in OF_MERCHANTS:
            return number, "only a merchant's order can be of this program"
        if program in WAYS_TO_THE_BUYER and WAYS_TO_THE_BUYER.intersection(programs[:number]):
            return number, "an order takes one way to the buyer"
    return None


def apply_programs(order: Document, programs: Sequence[str], random: Random) -> None:
    """Give an order the programs, and what comes with them."""
    if programs:
        order["programs"] = list(programs)
    if EASY_SHIP in programs:
        _ship_easily(order, random)
    if PICK_UP in programs:
        _pick_up(order, random)


def _ship_easily(order: Document, random: Random) -> None:
    """Amazon's own carrier fetches the order, which it calls a fulfillment order."""
    order["fulfillmentOrders"] = [{"fulfillmentOrderId": f"D{random.randint(10**8, 10**9 - 1)}"}]
    order.setdefault("tax", {})["taxInvoicing"] = {"invoiceStatus": "NOT_REQUIRED"}
    window = order["fulfillment"].get("shipByWindow", {})
    if "earliestDateTime" in window:
        order["fulfillment"]["labelPrintingWindow"] = {"earliestDateTime": window["earliestDateTime"]}


def _pick_up(order: Document, random: Random) -> None:
    """The buyer comes to the seller's store: that is the address, and no carrier has a promise to keep."""
    number = random.randint(100, 999)
    address = order["recipient"]["deliveryAddress"]
    for field in ("addressLine2", "addressLine3", "extendedFields"):
        address.pop(field, None)
    address |= {
        "name": f"Example Store #{number}",
        "companyName": "Example Store",
        "addressLine1": f"{number} Example Street",
        "addressType": "PICKUP_POINT",
    }
    for window in ("shipByWindow", "deliverByWindow"):
        order["fulfillment"].pop(window, None)
