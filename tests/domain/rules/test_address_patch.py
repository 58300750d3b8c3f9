import pytest

from domain.channel.address_patch import AddressPatch, changed_parts
from domain.errors import DomainError, InvalidInput, RequiredInput

BERLIN = {"name": "Ada", "line1": "Hauptstr. 1", "city": "Berlin", "postal_code": "10115", "country_code": "DE"}
PATH = ("address",)


def test_what_is_not_sent_stays_and_what_is_the_same_is_no_change() -> None:
    patch = AddressPatch(line1="  Hauptstr. 1 ", city="Bonn", country_code="de", line2="", region=" ")
    assert changed_parts(patch, before=BERLIN, path=PATH) == {"city": "Bonn"}
    assert changed_parts(AddressPatch(), before={}, path=PATH) == {}


def test_what_the_country_does_not_use_may_be_emptied() -> None:
    before = BERLIN | {"line2": "Hinterhaus", "region": "BE"}
    changes = changed_parts(AddressPatch(line2="", region=""), before=before, path=PATH)
    assert changes == {"line2": None, "region": None}


@pytest.mark.parametrize(
    ("patch", "refusal", "field"),
    [
        (AddressPatch(line1=""), RequiredInput, "line1"),
        (AddressPatch(city="\t"), RequiredInput, "city"),
        (AddressPatch(postal_code=" "), RequiredInput, "postalCode"),
        (AddressPatch(country_code=""), RequiredInput, "countryCode"),
        (AddressPatch(country_code="US"), RequiredInput, "region"),
        (AddressPatch(country_code="US", region=""), RequiredInput, "region"),
        (AddressPatch(country_code="XX"), InvalidInput, "countryCode"),
        (AddressPatch(country_code="UK"), InvalidInput, "countryCode"),
        (AddressPatch(country_code="Germany"), InvalidInput, "countryCode"),
        (AddressPatch(country_code="ſs"), InvalidInput, "countryCode"),
        (AddressPatch(line3="a\x00b"), InvalidInput, "line3"),
        (AddressPatch(line2="x" * 201), InvalidInput, "line2"),
        (AddressPatch(region="x" * 101), InvalidInput, "region"),
    ],
)
def test_a_bad_part_is_refused_by_its_name(patch: AddressPatch, refusal: type[DomainError], field: str) -> None:
    with pytest.raises(refusal) as refused:
        changed_parts(patch, before=BERLIN, path=PATH)
    assert refused.value.path == ("address", field)
    assert "Germany" not in refused.value.message


def test_an_address_that_lacks_much_can_be_corrected_part_by_part() -> None:
    lacking = {"city": None, "line1": None, "country_code": "US"}
    assert changed_parts(AddressPatch(city="Reno"), before=lacking, path=PATH) == {"city": "Reno"}


def test_a_patch_is_never_printed() -> None:
    assert "Hauptstr" not in repr(AddressPatch(line1="Hauptstr. 1"))
