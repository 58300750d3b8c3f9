"""Restricted resources: the methods and paths with buyer data in their answers, which v0 wants a token for."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from simulator.access.grants import DIRECT_TO_CONSUMER_SHIPPING, TAX_ROLES

BUYER_INFO: Final = "buyerInfo"
SHIPPING_ADDRESS: Final = "shippingAddress"
BUYER_TAX_INFORMATION: Final = "buyerTaxInformation"
ELEMENTS: Final = frozenset({BUYER_INFO, SHIPPING_ADDRESS, BUYER_TAX_INFORMATION})
# "Get authorization to access PII for bulk orders": one of these roles for each element.
ROLES_FOR: Final = {
    BUYER_INFO: TAX_ROLES,
    BUYER_TAX_INFORMATION: TAX_ROLES,
    SHIPPING_ADDRESS: frozenset({DIRECT_TO_CONSUMER_SHIPPING}),
}
PLACEHOLDER: Final = re.compile(r"\{[A-Za-z]+\}", re.ASCII)
SEGMENT: Final = re.compile(r"[A-Za-z0-9._~-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restricted:
    """A restricted operation: where it is, and which data a token for it opens.

    Without a fixed set of elements the caller names them.
    """

    path: str
    elements: frozenset[str] | None = None
    is_specific: bool = False  # a token names one path, never all of them


# "Tokens API Use Case Guide", restricted operations: those that the simulator serves.
RESTRICTED: Final = (
    Restricted(path="/orders/v0/orders"),
    Restricted(path="/orders/v0/orders/{orderId}"),
    Restricted(path="/orders/v0/orders/{orderId}/orderItems"),
    Restricted(path="/orders/v0/orders/{orderId}/address", elements=frozenset({SHIPPING_ADDRESS})),
    Restricted(path="/orders/v0/orders/{orderId}/buyerInfo", elements=frozenset({BUYER_INFO})),
    Restricted(path="/orders/v0/orders/{orderId}/orderItems/buyerInfo", elements=frozenset({BUYER_INFO})),
    Restricted(path="/reports/2021-06-30/documents/{reportDocumentId}", elements=frozenset(), is_specific=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What a restricted data token is good for: a method, a path (with a placeholder for any id), data elements."""

    method: str
    path: str
    elements: frozenset[str]

    def opens(self, method: str, path: str) -> bool:
        """Say whether a request of this method and path is meant."""
        return method == self.method and _matches(self.path, path)


def find_restricted(method: str, path: str) -> Restricted | None:
    """Return the restricted operation that a method and a specific or generic path name, or nothing."""
    if method != "GET":
        return None
    return next((one for one in RESTRICTED if _names(one, path)), None)


def may_see(elements: AbstractSet[str], roles: AbstractSet[str]) -> bool:
    """Say whether an application with these roles may have these data elements."""
    return all(ROLES_FOR[element] & roles for element in elements)


def _names(restricted: Restricted, path: str) -> bool:
    if not _matches(restricted.path, path):
        return False
    given = [part for part in path.split("/") if PLACEHOLDER.fullmatch(part)]
    return not given or not restricted.is_specific


def _matches(pattern: str, path: str) -> bool:
    parts, given = pattern.split("/"), path.split("/")
    return len(parts) == len(given) and all(map(_fits, parts, given))


def _fits(part: str, given: str) -> bool:
    if not PLACEHOLDER.fullmatch(part):
        return part == given
    return bool(SEGMENT.fullmatch(given) or PLACEHOLDER.fullmatch(given))
