from urllib.parse import urlsplit

import pytest

from domain.channel.carriers import CARRIERS, CHOICES, amazon_carrier, carrier_of, tracking_url


def test_every_name_of_a_carrier_means_that_carrier():
    for carrier in CARRIERS:
        for name in (carrier.code, carrier.title, carrier.amazon_code):
            for written in (name, name.upper(), f" {name.lower()} ", name.replace(" ", "-"), name.replace(" ", "")):
                assert carrier_of(written) is carrier
    assert carrier_of("Bike courier") is carrier_of("") is None


def test_those_of_the_back_office_come_first_and_the_sentence_names_all():
    assert [carrier.code for carrier in CARRIERS][:5] == ["custom", "dhl", "fedex", "ups", "usps"]
    assert all(carrier.code in CHOICES for carrier in CARRIERS)
    assert len({carrier.code for carrier in CARRIERS}) == len(CARRIERS)
    assert [carrier.code for carrier in CARRIERS if carrier.needs_name] == ["custom"]


@pytest.mark.parametrize(
    ("code", "name", "told"),
    [
        ("Federal Express", None, ("FedEx", None)),
        ("ups", " UPS Germany ", ("UPS", "UPS Germany")),
        ("royal-mail", None, ("Royal Mail", None)),
        ("custom", "Bike courier", ("Other", "Bike courier")),
        ("Other", "Bike courier", ("Other", "Bike courier")),
        (" Hermes ", None, ("Other", "Hermes")),
        ("Hermes", "Hermes DE", ("Other", "Hermes DE")),
    ],
)
def test_amazon_is_told_its_own_code_or_a_name(code: str, name: str | None, told: tuple[str, str | None]):
    assert amazon_carrier(code, name) == told


def test_a_parcel_is_followed_where_the_page_of_the_carrier_and_the_number_are_known():
    assert tracking_url("UPS", " 1Z 9/9 ") == "https://www.ups.com/track?tracknum=1Z%209%2F9"
    assert tracking_url("Royal Mail", "AB1GB") == "https://www.royalmail.com/track-your-item#/tracking-results/AB1GB"
    for code, number in (("UPS", None), ("UPS", "  "), ("GLS", "1"), ("Other", "1"), ("Hermes", "1")):
        assert tracking_url(code, number) is None


@pytest.mark.parametrize("carrier", [one for one in CARRIERS if one.tracking_page], ids=lambda one: one.code)
def test_no_number_leads_to_another_host(carrier):
    for number in ("@evil.example/", "\\..", "{0}", "#", "é\n"):
        url = tracking_url(carrier.amazon_code, number) or ""
        assert urlsplit(url).netloc == urlsplit(carrier.tracking_page).netloc
        assert url.isascii()
        assert not set(" {") & set(url)
