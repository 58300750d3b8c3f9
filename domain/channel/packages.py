"""Packages as Amazon knows them, read from a stored order and held against what it was told."""

from typing import Any, Final

from domain.amazon.commands import PackageConfirmation
from domain.amazon.facts import PackageFacts
from domain.amazon.records import AmazonOrder
from domain.instant import from_text

_CANCELED: Final = ("CANCELLED", "CANCELED")


def packages_of(order: AmazonOrder) -> list[PackageFacts]:
    """Return the packages that Amazon lists for an order, without those that it canceled."""
    packages = [_package(stored) for stored in order.packages]
    return [package for package in packages if package.status not in _CANCELED]


def shows(package: PackageFacts, told: PackageConfirmation) -> bool:
    """Return whether a package that Amazon lists is as it was told: same contents, and same number where it names one.

    Blanks, hyphens and the case of a tracking number do not count.
    """
    is_same = package.tracking_number is None or _bare(package.tracking_number) == _bare(told.tracking_number)
    return is_same and sorted(package.items) == sorted(told.items)


def _bare(number: str) -> str:
    return "".join(letter for letter in number.casefold() if letter.isalnum())


def _package(stored: dict[str, Any]) -> PackageFacts:
    shipped_at = stored["shipped_at"]
    return PackageFacts(
        reference=stored["reference"],
        carrier=stored["carrier"],
        tracking_number=stored["tracking_number"],
        status=stored["status"],
        shipped_at=from_text(shipped_at) if shipped_at else None,
        items=tuple((item_id, quantity) for item_id, quantity in stored["items"]),
    )
