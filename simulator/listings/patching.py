"""Patches of a listing: which are well formed, what is wrong with the others, and what they set."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from simulator.cast.catalog import Product
from simulator.envelopes import invalid_input
from simulator.listings.availability import BY_MERCHANT, CHANNEL, LEAD_TIME, QUANTITY, Fields
from simulator.orders.documents import Document

ATTRIBUTE: Final = "fulfillment_availability"
ATTRIBUTES: Final = "/attributes/"
MALFORMED: Final = "Request has missing or invalid parameters and cannot be parsed."
MOST_PATCHES: Final = 100
MOST_UNITS: Final = 999_999_999
LONGEST_LEAD_TIME: Final = 30
LONGEST_ECHO: Final = 100
INVALID: Final = "90000900"
MISSING: Final = "90220"
MARKETPLACE: Final = "marketplace_id"  # what many clients send with each value, and Amazon answers with


class PatchOperation(msgspec.Struct):
    """One operation of a patch."""

    op: Literal["add", "replace", "merge", "delete"]
    path: str
    value: list[dict[str, Any]] | UnsetType = UNSET


class PatchRequest(msgspec.Struct, rename="camel"):
    """The body of patchListingsItem; keys that Amazon does not know are ignored."""

    product_type: Annotated[str, Meta(min_length=1)]
    patches: Annotated[list[PatchOperation], Meta(min_length=1, max_length=MOST_PATCHES)]


class Refused(ValueError):
    """A patch that is well formed and cannot be accepted, with the issue that says why."""

    def __init__(self, message: str, *, code: str = INVALID, attribute: str = ATTRIBUTE) -> None:
        super().__init__(message)
        category = "MISSING_ATTRIBUTE" if code == MISSING else "INVALID_ATTRIBUTE"
        self.issue: Document = {
            "code": code,
            "message": message,
            "severity": "ERROR",
            "attributeNames": [attribute],
            "categories": [category],
        }


def read_patches(body: bytes) -> Sequence[PatchOperation]:
    """Read the body of patchListingsItem. Raises WireError."""
    try:
        patches = msgspec.json.decode(body, type=PatchRequest).patches
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_input(MALFORMED, "") from error
    for number, patch in enumerate(patches):
        if not patch.value and patch.op != "delete":
            raise invalid_input(f"Value is missing for patch at index of {number}.", "")
    return patches


def judge(
    patches: Sequence[PatchOperation], product: Product | None
) -> tuple[list[tuple[str, Fields]], list[Document]]:
    """Return what the patches set, by their operations, and the issues of those that cannot be accepted.

    A SKU that is not listed is taken as one of the seller's own: Amazon accepts a patch of it, to no effect.
    """
    accepted: list[tuple[str, Fields]] = []
    issues: list[Document] = []
    for patch in patches:
        try:
            accepted.append((patch.op, _fields(patch, product)))
        except Refused as refused:
            issues.append(refused.issue)
    return accepted, issues


def _fields(patch: PatchOperation, product: Product | None) -> Fields:
    if patch.path != ATTRIBUTES + ATTRIBUTE:
        name = patch.path.removeprefix(ATTRIBUTES)[:LONGEST_ECHO]
        raise Refused("The attributes are invalid.", attribute=name)
    if product is not None and product.fulfilled_by != "MERCHANT":
        raise Refused("The product is fulfilled by Amazon, which counts its quantity itself.")
    value = [] if patch.value is UNSET else patch.value
    if len(value) > 1:
        raise Refused(f"The attribute '{ATTRIBUTE}' has more than one value for the same channel.")
    for entry in value:
        _check_channel(entry)
    if patch.op == "delete":
        return {}
    return _checked(value[0], demands_quantity=patch.op != "merge")


def _check_channel(entry: Mapping[str, Any]) -> None:
    if CHANNEL not in entry:
        message = (
            f"The field '{CHANNEL}' for the attribute '{ATTRIBUTE}' does not have enough values."
            " The required minimum is '1' value(s)."
        )
        raise Refused(message, code=MISSING)
    if entry[CHANNEL] != BY_MERCHANT:
        raise Refused(f"The field '{CHANNEL}' of a product that the seller ships is '{BY_MERCHANT}'.")


def _checked(entry: Mapping[str, Any], *, demands_quantity: bool) -> Fields:
    fields = {name: value for name, value in entry.items() if name not in (CHANNEL, MARKETPLACE)}
    if demands_quantity and QUANTITY not in fields:
        raise Refused(f"'{QUANTITY}' is required but not supplied.", code=MISSING)
    for name, value in fields.items():
        if name not in RULES:
            raise Refused(f"The attribute '{ATTRIBUTE}' has a field that is not known.")
        is_right, otherwise = RULES[name]
        if not is_right(value):
            raise Refused(otherwise)
    return fields


def _is_whole(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == len("2026-01-31") and bool(date.fromisoformat(value))
    except ValueError:
        return False


RULES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    QUANTITY: (_is_whole(MOST_UNITS), f"Value for '{QUANTITY}' is not a whole number of 0 to {MOST_UNITS}."),
    LEAD_TIME: (
        _is_whole(LONGEST_LEAD_TIME),
        f"Value for '{ATTRIBUTE}' is greater than the allowed maximum '{LONGEST_LEAD_TIME}', or no whole number.",
    ),
    "restock_date": (_is_date, "Value for 'restock_date' is not a date."),
    "is_inventory_available": (
        lambda value: isinstance(value, bool),
        "Value for 'is_inventory_available' is not true or false.",
    ),
}
