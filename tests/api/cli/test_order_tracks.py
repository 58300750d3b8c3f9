import json

import pytest

from tests.api.cli.test_orders import Orderlane, number, shop

__all__ = ["number", "shop"]

PARCEL = ("--carrier", "UPS", "--tracking", "1Z1")


@pytest.fixture
def parcel(orderlane: Orderlane, number: str) -> str:
    """The reference of a parcel of two mugs that left."""
    ended = orderlane("orders", "ship", number, *PARCEL, "--comment", "By courier.", "--json")
    reference: str = json.loads(ended.out)["shipment"]["packages"][0]["reference"]
    return reference


def test_a_number_is_corrected_and_some_of_a_parcel_travels_apart(orderlane: Orderlane, number: str, parcel: str):
    words = ("orders", "track", number, "--carrier", "dhl", "--tracking", "JD1", "--key", "once")
    first = orderlane(*words)
    assert first.out == f"Package {parcel} of {number} travels with DHL JD1; Amazon will be told.\n"
    assert orderlane(*words).out == first.out
    shown = orderlane("orders", "track", number, *PARCEL, "--package", parcel, "--json")
    assert json.loads(shown.out)["package"]["trackingUrl"] == "https://www.ups.com/track?tracknum=1Z1"

    further = orderlane("orders", "track", number, "--carrier", "usps", "--tracking", "94", "--line", "MUG=1", "--json")
    assert json.loads(further.out)["package"]["reference"] != parcel
    which = orderlane("orders", "track", number, *PARCEL)
    assert (which.code, "say which one" in which.err) == (1, True)
    wrong = orderlane("orders", "track", number, *PARCEL, "--package", "77")
    assert (wrong.code, f"it has {parcel}" in wrong.err) == (1, True)


def test_what_cannot_be_tracked_is_said_and_the_carriers_are_listed(orderlane: Orderlane, number: str):
    unknown = orderlane("orders", "track", "902-1", *PARCEL)
    assert (unknown.code, "orders list" in unknown.err) == (1, True)
    unsent = orderlane("orders", "track", number, *PARCEL)
    assert (unsent.code, "No parcel of it was told to Amazon from here" in unsent.err) == (1, True)
    copy = orderlane("orders", "ship", number, *PARCEL, "--email")
    assert (copy.code, "ORDERLANE_MAIL_SERVER" in copy.err) == (1, True)
    assert "Federal Express" in orderlane("orders", "carriers").out
    assert json.loads(orderlane("orders", "carriers", "--json").out)["carriers"][0]["needsName"] is True
