import pytest

from api.documents.parties import parties_of
from domain.amazon.records import AmazonOrder
from domain.buyers import Values


@pytest.mark.parametrize(
    ("country", "region", "city", "name"),
    [
        ("DE", None, "10115 Metropolis", "Germany"),
        ("us", "TX", "Metropolis, TX 10115", "United States"),
        ("GB", None, "Metropolis, 10115", "United Kingdom"),
        ("XX", None, "Metropolis, 10115", "XX"),
        (None, None, "Metropolis, 10115", None),
    ],
)
def test_a_country_writes_its_addresses_in_its_own_way(
    country: str | None, region: str | None, city: str, name: str | None
):
    address = {"line1": "Street 1", "city": "Metropolis", "region": region, "postal_code": "10115"}
    values: Values = {"buyer": {"name": "Ada"}, "address": address | {"country_code": country, "phone": "\u202e1"}}
    bill_to, ship_to = parties_of(values, order=AmazonOrder(), redacted_at=None)
    assert bill_to.lines == ship_to.lines
    assert ship_to.lines == ("Ada", "Street 1", city, *((name,) if name else ()), "Phone: 1")


def test_what_amazon_leaves_out_is_said():
    bill_to, ship_to = parties_of({"buyer": {"name": "Ada"}, "address": {}}, order=AmazonOrder(), redacted_at=None)
    assert bill_to.lines == ship_to.lines == ("Ada", "(Amazon gave no address.)")
    bill_to, ship_to = parties_of({"address": {"city": "X"}}, order=AmazonOrder(), redacted_at=None)
    assert bill_to.lines == ("(Amazon gave no name.)", "X")
    assert bill_to.is_known
    nothing, _ = parties_of(None, order=AmazonOrder(), redacted_at=None)
    assert (nothing.is_known, nothing.lines) == (False, ("Amazon sent no data of the buyer.",))
