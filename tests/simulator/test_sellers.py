from simulator.cast.sellers import FIRST_SELLER
from simulator.marketplaces import MARKETPLACES
from simulator.world import World
from tests.simulator.playing import Amazon


class TestMarketplaceParticipations:
    async def test_a_seller_takes_part_in_every_marketplace(self, amazon: Amazon) -> None:
        answer = await amazon.get("/sellers/v1/marketplaceParticipations")
        assert answer.headers["x-amzn-ratelimit-limit"] == "0.016"
        payload = answer.json()["payload"]
        assert [one["marketplace"]["id"] for one in payload] == list(MARKETPLACES)
        assert payload[0] == {
            "marketplace": {
                "id": "ATVPDKIKX0DER",
                "name": "Amazon.com",
                "countryCode": "US",
                "defaultCurrencyCode": "USD",
                "defaultLanguageCode": "en_US",
                "domainName": "www.amazon.com",
            },
            "participation": {"isParticipating": True, "hasSuspendedListings": False},
            "storeName": "Store of demo",
        }

    def test_all_23_marketplaces_are_known_by_region(self) -> None:
        regions = [marketplace.region for marketplace in MARKETPLACES.values()]
        assert (regions.count("NA"), regions.count("EU"), regions.count("FE")) == (4, 16, 3)


class TestCatalog:
    def test_most_products_are_sent_by_the_merchant(self, world: World) -> None:
        catalog = world.sellers[FIRST_SELLER].catalog
        parties = [product.fulfilled_by for product in catalog]
        assert (len(catalog), parties.count("AMAZON")) == (24, 5)
        assert len({product.sku for product in catalog}) == len({product.asin for product in catalog}) == 24

    def test_every_product_has_a_price_in_every_currency(self, world: World) -> None:
        for product in world.sellers[FIRST_SELLER].catalog:
            for marketplace in MARKETPLACES.values():
                assert product.price(marketplace.currency) > 0

    def test_two_sellers_share_skus_but_no_asins(self, world: World) -> None:
        one, two = world.welcome("one").catalog, world.welcome("two").catalog
        assert [product.sku for product in one] == [product.sku for product in two]
        assert not {product.asin for product in one} & {product.asin for product in two}


class TestTheCrowd:
    def test_every_country_has_buyers_that_a_seed_decides(self, world: World) -> None:
        for marketplace in MARKETPLACES.values():
            crowd = world.crowd.of(marketplace.country)
            assert len(crowd) == 60
            assert all(person.name and person.line1 and person.city and person.phone for person in crowd)
            assert len({person.mailbox for person in crowd}) == 60
            assert {person.country for person in crowd} == {marketplace.country}
