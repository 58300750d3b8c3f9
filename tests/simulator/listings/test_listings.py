import json
from typing import Any

import pytest

from simulator.world import World
from tests.simulator.listings.offering import (
    AMERICAN,
    CABLE,
    EFFECT,
    ITEMS,
    MUG,
    attribute,
    buy,
    entry,
    listed,
    look,
    patch,
    patched,
    quantity,
    send,
    stock,
)
from tests.simulator.playing import Amazon


class TestLooking:
    async def test_a_listing_shows_its_summary_unless_more_is_asked_for(self, amazon: Amazon) -> None:
        item = await look(amazon)

        assert set(item) == {"sku", "summaries"}
        [summary] = item["summaries"]
        assert (summary["marketplaceId"], summary["conditionType"]) == (AMERICAN, "new_new")
        assert summary["status"] == ["BUYABLE", "DISCOVERABLE"]

    async def test_each_data_set_comes_when_it_is_asked_for(self, amazon: Amazon) -> None:
        names = ["summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement"]
        for name in [*names, "relationships", "productTypes"]:
            assert set(await look(amazon, name)) == {"sku", name}
        assert set(await look(amazon, *names)) == {"sku", *names}

    async def test_prices_are_in_the_currency_of_each_marketplace(self, amazon: Amazon) -> None:
        item = await look(amazon, "offers", marketplaces=f"{AMERICAN},A1PA6795UKMFR9,A1VC38T7YXB528")

        prices = [offer["price"] for offer in item["offers"]]
        assert [price["currencyCode"] for price in prices] == ["USD", "EUR", "JPY"]
        assert "." not in prices[2]["amount"]

    async def test_what_amazons_warehouse_holds_shows_no_quantity(self, amazon: Amazon) -> None:
        item = await look(amazon, "fulfillmentAvailability", "summaries", sku=CABLE)

        assert item["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "AMAZON_NA"}]
        assert item["summaries"][0]["status"] == ["BUYABLE", "DISCOVERABLE"]
        assert "quantity" not in await listed(amazon, CABLE)

    async def test_without_a_unit_a_product_cannot_be_bought(self, amazon: Amazon) -> None:
        await stock(amazon, 0)

        assert (await look(amazon))["summaries"][0]["status"] == ["DISCOVERABLE"]

    async def test_the_first_quantities_are_the_same_for_the_same_seed(self, amazon: Amazon, world: World) -> None:
        await amazon.log_in("other")
        first = (await amazon.sim("GET", "/listings")).json()["listings"]
        await amazon.sim("POST", "/reset", {})
        await amazon.log_in("other")

        assert (await amazon.sim("GET", "/listings")).json()["listings"] == first
        counted = {(one["seller"], one["sku"]): one["quantity"] for one in first if "quantity" in one}
        assert len(counted) == 2 * 19
        assert len(set(counted.values())) > 10

    async def test_an_unlisted_product_is_not_found(self, amazon: Amazon) -> None:
        answer = await amazon.get(f"{ITEMS}/demo/A%2FB", {"marketplaceIds": AMERICAN})

        assert answer.status_code == 404
        message = f"SKU 'A/B' not found in marketplace {AMERICAN}"
        assert answer.json() == {"errors": [{"code": "NOT_FOUND", "message": message, "details": ""}]}

    async def test_the_listings_of_another_seller_are_denied(self, amazon: Amazon) -> None:
        await amazon.log_in("other")

        answer = await amazon.get(f"{ITEMS}/demo/{MUG}", {"marketplaceIds": AMERICAN})
        assert answer.status_code == 403
        assert (await send(amazon, patch("merge", entry(quantity=1)), seller="demo")).status_code == 403

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"marketplaceIds": ""},
            {"marketplaceIds": "NOWHERE"},
            {"marketplaceIds": AMERICAN, "includedData": "summary"},
            {"marketplaceIds": AMERICAN, "issueLocale": "english"},
        ],
    )
    async def test_a_wrong_query_is_refused(self, amazon: Amazon, query: dict[str, str]) -> None:
        assert (await amazon.get(f"{ITEMS}/demo/{MUG}", query)).status_code == 400


class TestPatching:
    async def test_a_quantity_is_set_some_seconds_later(self, amazon: Amazon) -> None:
        await stock(amazon, 3)

        answer = (await send(amazon, patch("merge", entry(quantity=12)))).json()
        seen = [await quantity(amazon)]
        await amazon.advance(EFFECT - 1)
        seen.append(await quantity(amazon))
        await amazon.advance(1)

        assert (answer["sku"], answer["status"], answer["issues"]) == (MUG, "ACCEPTED", [])
        assert [*seen, await quantity(amazon)] == [3, 3, 12]

    async def test_merging_keeps_the_other_fields_and_replacing_wipes_them(self, amazon: Amazon) -> None:
        await patched(amazon, "replace", entry(quantity=5, lead_time_to_ship_max_days=4, restock_date="2026-12-01"))
        await patched(amazon, "merge", entry(quantity=9))
        assert await attribute(amazon) == entry(quantity=9, lead_time_to_ship_max_days=4, restock_date="2026-12-01")
        await patched(amazon, "merge", entry(lead_time_to_ship_max_days=2))
        assert await attribute(amazon) == entry(quantity=9, lead_time_to_ship_max_days=2, restock_date="2026-12-01")
        for operation in ("replace", "add"):
            await patched(amazon, "merge", entry(lead_time_to_ship_max_days=2))
            await patched(amazon, operation, entry(quantity=7))
            assert await attribute(amazon) == entry(quantity=7)

    async def test_deleting_leaves_nothing_for_sale(self, amazon: Amazon) -> None:
        for values in ((), (entry(),)):
            await patched(amazon, "add", entry(quantity=5))
            await patched(amazon, "delete", *values)
            item = await look(amazon, "attributes", "fulfillmentAvailability", "summaries")
            assert "fulfillment_availability" not in item["attributes"]
            assert item["fulfillmentAvailability"] == []
            assert item["summaries"][0]["status"] == ["DISCOVERABLE"]
        await buy(amazon, 2)
        assert (await listed(amazon))["quantity"] is None

    async def test_several_patches_take_effect_in_their_order(self, amazon: Amazon) -> None:
        body = patch("replace", entry(quantity=1, lead_time_to_ship_max_days=6))
        body["patches"] += patch("merge", entry(quantity=8))["patches"]
        await send(amazon, body)
        await send(amazon, patch("merge", entry(lead_time_to_ship_max_days=1)))
        await amazon.advance(EFFECT)

        assert await attribute(amazon) == entry(quantity=8, lead_time_to_ship_max_days=1)

    async def test_a_preview_judges_and_changes_nothing(self, amazon: Amazon) -> None:
        await stock(amazon, 3)
        query = {"mode": "VALIDATION_PREVIEW", "includedData": "identifiers,issues"}

        right = (await send(amazon, patch("merge", entry(quantity=12)), **query)).json()
        wrong = (await send(amazon, patch("merge", entry(quantity=-1)), **query)).json()
        await amazon.advance(EFFECT)

        assert (right["status"], right["issues"]) == ("VALID", [])
        assert [one["marketplaceId"] for one in right["identifiers"]] == [AMERICAN]
        assert (wrong["status"], len(wrong["issues"])) == ("INVALID", 1)
        assert right["submissionId"] != wrong["submissionId"]
        assert await quantity(amazon) == 3

    @pytest.mark.parametrize(
        "body",
        [
            patch("merge", entry(quantity=-1)),
            patch("merge", entry(quantity=1.5)),
            patch("merge", entry(quantity="1")),
            patch("merge", entry(quantity=True)),
            patch("merge", entry(quantity=None)),
            patch("merge", entry(quantity=10**9)),
            patch("merge", {"quantity": 1}),
            patch("merge", {"quantity": 1, "fulfillment_channel_code": "AMAZON_NA"}),
            patch("merge", {"quantity": 1, "fulfillment_channel_code": ["DEFAULT"]}),
            patch("merge", entry(quantity=1), entry(quantity=2)),
            patch("merge", entry(quantity=1, colour="blue")),
            patch("merge", entry(lead_time_to_ship_max_days=31)),
            patch("merge", entry(restock_date="2026-02-30")),
            patch("merge", entry(restock_date="20261201")),
            patch("merge", entry(is_inventory_available="yes")),
            patch("replace", entry(lead_time_to_ship_max_days=2)),
            patch("add", entry()),
            patch("delete", {"fulfillment_channel_code": "AMAZON_NA"}),
            patch("merge", entry(quantity=1), path="/attributes/fulfillmentAvailability"),
            patch("merge", entry(quantity=1), path=""),
        ],
        ids=repr,
    )
    async def test_what_cannot_be_set_is_invalid_and_changes_nothing(self, amazon: Amazon, body: Any) -> None:
        before = await attribute(amazon)
        body = json.loads(json.dumps(body))
        body["patches"] += patch("merge", entry(quantity=77))["patches"]  # all or nothing

        answer = await send(amazon, body)
        await amazon.advance(EFFECT)

        assert answer.status_code == 200
        told = answer.json()
        assert told["status"] == "INVALID"
        [issue] = told["issues"]
        assert (issue["severity"], issue["code"] in ("90000900", "90220")) == ("ERROR", True)
        assert await attribute(amazon) == before

    async def test_what_amazon_counts_itself_cannot_be_set(self, amazon: Amazon) -> None:
        answer = (await send(amazon, patch("merge", entry(quantity=1)), sku=CABLE)).json()

        assert (answer["status"], answer["issues"][0]["attributeNames"]) == ("INVALID", ["fulfillment_availability"])

    async def test_a_patch_of_an_unlisted_product_is_accepted_to_no_effect(self, amazon: Amazon) -> None:
        await patched(amazon, "merge", entry(quantity=4), sku="UNLISTED")

        assert (await amazon.get(f"{ITEMS}/demo/UNLISTED", {"marketplaceIds": AMERICAN})).status_code == 404

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ([], "Request has missing or invalid parameters and cannot be parsed."),
            ({"productType": "PRODUCT"}, "Request has missing or invalid parameters and cannot be parsed."),
            (
                {"productType": "PRODUCT", "patches": []},
                "Request has missing or invalid parameters and cannot be parsed.",
            ),
            (patch("set", entry(quantity=1)), "Request has missing or invalid parameters and cannot be parsed."),
            (patch("merge", 5), "Request has missing or invalid parameters and cannot be parsed."),
            (patch("merge"), "Value is missing for patch at index of 0."),
        ],
    )
    async def test_a_malformed_patch_is_refused(self, amazon: Amazon, body: Any, message: str) -> None:
        answer = await send(amazon, body)

        assert answer.status_code == 400
        assert answer.json() == {"errors": [{"code": "InvalidInput", "message": message, "details": ""}]}

    @pytest.mark.parametrize("query", [{"mode": "PREVIEW"}, {"includedData": "identifiers"}, {"marketplaceIds": ""}])
    async def test_a_wrong_query_is_refused(self, amazon: Amazon, query: dict[str, str]) -> None:
        assert (await send(amazon, patch("merge", entry(quantity=1)), **query)).status_code == 400


class TestControl:
    async def test_a_quantity_is_set_at_once_for_any_seller(self, amazon: Amazon) -> None:
        await stock(amazon, 4, seller="new")

        assert await listed(amazon, seller="new") == {
            "seller": "new", "sku": MUG, "fulfilledBy": "MERCHANT", "quantity": 4, "oversold": 0,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "status", "field"),
        [
            ({"sku": "UNLISTED", "quantity": 1}, 404, "sku"),
            ({"sku": CABLE, "quantity": 1}, 409, "sku"),
            ({"sku": MUG, "quantity": -1}, 422, "quantity"),
            ({"sku": MUG, "quantity": 1.5}, 422, "quantity"),
            ({"sku": MUG}, 422, None),
            ({"sku": MUG, "quantity": 1, "marketplaceId": AMERICAN}, 422, None),
            ({"sku": MUG, "quantity": 1, "seller": "a b"}, 422, "seller"),
        ],
    )
    async def test_what_cannot_be_set_is_refused(
        self, amazon: Amazon, body: Any, status: int, field: str | None
    ) -> None:
        answer = await amazon.sim("PUT", "/listings", body)

        assert answer.status_code == status
        assert answer.json()["error"].get("field") == field

    async def test_the_listings_of_nobody_are_not_found(self, amazon: Amazon) -> None:
        assert (await amazon.sim("GET", "/listings?seller=nobody")).status_code == 404
