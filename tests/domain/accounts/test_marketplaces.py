import pytest

from domain.accounts.marketplaces import MARKETPLACES, marketplace_of, seller_central_url
from domain.errors import InvalidInput
from domain.money import decimals_of


@pytest.mark.parametrize(
    ("marketplace_id", "host"),
    [
        ("ATVPDKIKX0DER", "sellercentral.amazon.com"),
        ("A2Q3Y263D00KWC", "sellercentral.amazon.com"),
        ("A1PA6795UKMFR9", "sellercentral-europe.amazon.com"),
        ("A21TJRUUN4KGV", "sellercentral-europe.amazon.com"),
        ("A1VC38T7YXB528", "sellercentral.amazon.co.jp"),
        ("A39IBJ37TRP1C6", "sellercentral.amazon.com.au"),
        ("A19VAU5U5O7RUS", "sellercentral.amazon.sg"),
    ],
)
def test_an_order_is_found_in_the_seller_central_of_its_marketplace(marketplace_id: str, host: str) -> None:
    assert seller_central_url(marketplace_id, "902-0000000-0000001") == (
        f"https://{host}/orders-v3/order/902-0000000-0000001"
    )


def test_every_marketplace_has_a_currency_that_we_can_count_in() -> None:
    assert {decimals_of(entry.currency) for entry in MARKETPLACES.values()} == {0, 2}
    assert len({entry.country_code for entry in MARKETPLACES.values()}) == len(MARKETPLACES) == 23


def test_an_id_that_is_none_of_amazons_is_refused_with_those_there_are() -> None:
    assert marketplace_of("A1PA6795UKMFR9").country_code == "DE"
    with pytest.raises(InvalidInput, match=r"This is not the id .* A1PA6795UKMFR9 \(DE\)") as refused:
        marketplace_of("NOWHERE")
    assert refused.value.path == ("marketplaceId",)
