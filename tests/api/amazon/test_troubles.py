from datetime import UTC, datetime

import pytest

from api.amazon.access_token import Seller
from api.amazon.troubles import MOST_KINDS, Troubles, operation_of
from domain.accounts.regions import Region
from domain.errors import InvalidInput, MarketplaceRejected, MarketplaceThrottled

SELLER = Seller(Region.EU, "Atzr|demo")


class Clock:
    """A clock that a test sets."""

    at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def fail(troubles: Troubles, message: str = "No.", *, seller: Seller | None = SELLER, ident: str | None = None) -> None:
    with pytest.raises(MarketplaceRejected), troubles.watching(seller, "GET orders", "A1PA6795UKMFR9"):
        raise MarketplaceRejected(message, amazon_code="Denied", request_id=ident)


def test_what_fails_alike_is_kept_once_and_counted():
    troubles = Troubles(Clock())
    fail(troubles, ident="1")
    fail(troubles, ident="2")
    fail(troubles, "Never.")
    first, second = troubles.taken()
    assert (first.times, first.request_id, first.code, first.operation) == (2, "2", "Denied", "GET orders")
    assert (second.times, second.message, second.marketplace_id) == (1, "Never.", "A1PA6795UKMFR9")
    assert troubles.taken() == []


def test_our_code_stands_where_amazon_gave_none():
    troubles = Troubles(Clock())
    with pytest.raises(MarketplaceThrottled), troubles.watching(SELLER, "GET orders"):
        raise MarketplaceThrottled("Wait.")
    assert [trouble.code for trouble in troubles.taken()] == ["MARKETPLACE_THROTTLED"]


def test_what_is_not_amazons_is_not_kept():
    troubles = Troubles(Clock())
    with pytest.raises(InvalidInput), troubles.watching(SELLER, "GET orders"):
        raise InvalidInput("No.")
    with troubles.watching(SELLER, "GET orders"):
        pass
    assert troubles.taken() == []


def test_a_storm_takes_no_more_memory_than_so_much():
    troubles = Troubles(Clock())
    for number in range(MOST_KINDS + 50):
        fail(troubles, f"no {number}")
    kept = troubles.taken()
    assert len(kept) == MOST_KINDS + 1
    assert (kept[-1].code, kept[-1].times, kept[-1].seller) == ("OTHERS", 50, None)
    assert sum(trouble.times for trouble in kept) == MOST_KINDS + 50


def test_no_token_is_shown():
    troubles = Troubles(Clock())
    fail(troubles)
    assert "Atzr" not in repr(troubles.taken())


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/orders/2026-01-01/orders", "GET orders/2026-01-01/orders"),
        ("GET", "/orders/2026-01-01/orders/902-3159896-1390916", "GET orders/2026-01-01/orders/…"),
        (
            "POST",
            "/orders/v0/orders/902-3159896-1390916/shipmentConfirmation",
            "POST orders/v0/orders/…/shipmentConfirmation",
        ),
        ("PATCH", "/listings/2021-08-01/items/SELLER/mug", "PATCH listings/2021-08-01/items/…/…"),
        ("GET", "/sellers/v1/marketplaceParticipations", "GET sellers/v1/marketplaceParticipations"),
    ],
)
def test_an_operation_is_told_without_the_ids_in_its_path(method: str, path: str, operation: str):
    assert operation_of(method, path) == operation
