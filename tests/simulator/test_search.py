from collections.abc import Callable, Mapping

import httpx2
import pytest

from tests.simulator.playing import INVALID, LONG_AGO, ORDERS, Amazon

NOW = "2026-11-02T09:03:00.000Z"
TOO_FRESH = "The most updated data is 2 minutes after an order is created or last updated."


def assert_invalid(answer: httpx2.Response, message: str = INVALID) -> None:
    assert answer.status_code == 400
    assert answer.json() == {"errors": [{"code": "InvalidInput", "message": message}]}
    assert answer.headers["x-amzn-ratelimit-limit"] == "0.0056"
    assert answer.headers["x-amzn-requestid"]


class TestTimeBounds:
    @pytest.mark.parametrize(
        "params",
        [
            {},
            {"createdAfter": LONG_AGO, "lastUpdatedAfter": LONG_AGO},
            {"createdAfter": LONG_AGO, "lastUpdatedBefore": LONG_AGO},
            {"lastUpdatedAfter": LONG_AGO, "createdBefore": LONG_AGO},
            {"createdBefore": LONG_AGO},
            {"lastUpdatedBefore": LONG_AGO},
        ],
    )
    async def test_exactly_one_lower_bound_and_one_family(self, amazon: Amazon, params: Mapping[str, str]) -> None:
        assert_invalid(await amazon.get(ORDERS, params))

    @pytest.mark.parametrize(
        "text",
        ["TEST_CASE_400", "", "2026-10-01", "20261001T000000Z", "2026-13-01T00:00:00Z", "2026-10-01T00:00:00 00:00"],
    )
    async def test_a_bound_is_a_date_and_time_of_iso_8601(self, amazon: Amazon, text: str) -> None:
        assert_invalid(await amazon.get(ORDERS, {"createdAfter": text}))

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-02T09:00:00Z",
            "2026-11-02T09:00Z",
            "2026-11-02T09:00:00.000Z",
            "2026-11-02T09:00:00.000000Z",
            "2026-11-02T10:00:00+01:00",
            "2026-11-02T09:00:00+0000",
            "2026-11-02T09:00:00",
        ],
    )
    async def test_every_spelling_that_clients_send_means_the_same(self, amazon: Amazon, text: str) -> None:
        order_id = await amazon.placed()
        assert await amazon.found(createdAfter=text, createdBefore=text) == [order_id]

    @pytest.mark.parametrize("family", ["created", "lastUpdated"])
    async def test_both_bounds_are_inclusive_to_the_millisecond(self, amazon: Amazon, family: str) -> None:
        order_id = await amazon.placed()
        for after, before, expected in [
            ("09:00:00.000", "09:00:00.000", [order_id]),
            ("08:00:00.000", "09:00:00.000", [order_id]),
            ("08:00:00.000", "08:59:59.999", []),
            ("09:00:00.001", "09:00:30.000", []),
            ("09:00:00.0001", "09:00:30.000", []),
        ]:
            bounds = {f"{family}After": f"2026-11-02T{after}Z", f"{family}Before": f"2026-11-02T{before}Z"}
            assert await amazon.found(**bounds) == expected, bounds

    async def test_an_upper_bound_younger_than_two_minutes_is_refused_in_amazons_words(self, amazon: Amazon) -> None:
        await amazon.advance(180)
        answer = await amazon.search(lastUpdatedBefore="2026-11-02T09:01:00.001Z")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"].endswith(TOO_FRESH)
        assert (await amazon.search(lastUpdatedBefore="2026-11-02T09:01:00.000Z")).status_code == 200

    async def test_an_upper_bound_before_the_lower_is_refused(self, amazon: Amazon) -> None:
        assert_invalid(await amazon.search(createdAfter=LONG_AGO, createdBefore="2026-09-30T23:59:59Z"))

    async def test_a_lower_bound_in_the_future_is_refused(self, amazon: Amazon) -> None:
        assert_invalid(await amazon.search(createdAfter="2026-11-02T09:00:01Z"))

    async def test_the_upper_bound_is_echoed_and_defaults_to_two_minutes_ago(self, amazon: Amazon) -> None:
        by_update = (await amazon.search(lastUpdatedAfter=LONG_AGO)).json()
        assert by_update == {"orders": [], "lastUpdatedBefore": "2026-11-02T08:58:00.000Z"}
        by_creation = (await amazon.search(createdAfter=LONG_AGO, createdBefore="2026-10-02T00:00:00+00:00")).json()
        assert by_creation == {"orders": [], "createdBefore": "2026-10-02T00:00:00.000Z"}

    async def test_a_change_is_found_two_minutes_later(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place()
        await amazon.advance(119.999)
        assert await amazon.found() == []
        await amazon.advance(0.001)
        assert await amazon.found() == [order_id]

    async def test_a_changed_order_leaves_the_earlier_window(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        await amazon.sim("POST", f"/orders/{order_id}/request-cancel", {"reason": "Wrong size"})
        assert await amazon.found() == []
        assert await amazon.found(createdAfter=LONG_AGO) == [order_id]
        await amazon.advance(120)
        assert await amazon.found(lastUpdatedAfter=NOW) == [order_id]


class TestFilters:
    async def test_by_status_with_commas_and_with_repeated_keys(self, amazon: Amazon) -> None:
        pending, unshipped, shipped = [
            (await amazon.place(fulfillmentStatus=status))[0] for status in ("PENDING", "UNSHIPPED", "SHIPPED")
        ]
        await amazon.advance(180)
        assert await amazon.found(fulfillmentStatuses="PENDING") == [pending]
        assert set(await amazon.found(fulfillmentStatuses="UNSHIPPED,SHIPPED")) == {unshipped, shipped}
        params = f"createdAfter={LONG_AGO}&fulfillmentStatuses=SHIPPED&fulfillmentStatuses=PENDING"
        answer = await amazon.http.get(ORDERS, params=params, headers={"x-amz-access-token": amazon.token or ""})
        assert {order["orderId"] for order in answer.json()["orders"]} == {pending, shipped}

    async def test_by_marketplace(self, amazon: Amazon) -> None:
        us = (await amazon.place())[0]
        jp = (await amazon.place(marketplaceId="A1VC38T7YXB528"))[0]
        await amazon.advance(180)
        assert await amazon.found(marketplaceIds="A1VC38T7YXB528") == [jp]
        assert set(await amazon.found(marketplaceIds="A1VC38T7YXB528,ATVPDKIKX0DER")) == {us, jp}
        assert set(await amazon.found()) == {us, jp}

    async def test_by_who_fulfils(self, amazon: Amazon) -> None:
        merchant, by_amazon = (await amazon.place())[0], (await amazon.place(fulfilledBy="AMAZON"))[0]
        await amazon.advance(180)
        assert await amazon.found(fulfilledBy="AMAZON") == [by_amazon]
        assert await amazon.found(fulfilledBy="MERCHANT") == [merchant]
        assert set(await amazon.found(fulfilledBy="MERCHANT,AMAZON")) == {merchant, by_amazon}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("fulfillmentStatuses", "Unshipped"),
            ("fulfillmentStatuses", "CANCELED"),
            ("fulfillmentStatuses", "SHIPPED,"),
            ("fulfillmentStatuses", ""),
            ("fulfilledBy", "MFN"),
            ("includedData", "EVERYTHING"),
            ("includedData", "buyer"),
            ("marketplaceIds", "NOWHERE"),
            ("marketplaceIds", ",".join(["ATVPDKIKX0DER"] * 51)),
            ("maxResultsPerPage", "0"),
            ("maxResultsPerPage", "101"),
            ("maxResultsPerPage", "-1"),
            ("maxResultsPerPage", "ten"),
            ("maxResultsPerPage", "1.0"),
            ("maxResultsPerPage", "٣"),
        ],
    )
    async def test_a_value_that_amazon_does_not_know_is_refused(self, amazon: Amazon, name: str, value: str) -> None:
        assert_invalid(await amazon.search(**{name: value}))

    async def test_fifty_marketplaces_are_not_too_many(self, amazon: Amazon) -> None:
        assert (await amazon.search(marketplaceIds=",".join(["ATVPDKIKX0DER"] * 50))).status_code == 200

    async def test_a_parameter_given_twice_with_two_values_is_refused(self, amazon: Amazon) -> None:
        params = f"createdAfter={LONG_AGO}&createdAfter=2026-10-02T00:00:00Z"
        answer = await amazon.http.get(ORDERS, params=params, headers={"x-amz-access-token": amazon.token or ""})
        assert_invalid(answer)

    async def test_keys_that_clients_add_are_ignored(self, amazon: Amazon) -> None:
        order_id = await amazon.placed()
        added = {"MarketplaceId": "nonsense", "MarketplaceIds": "nonsense", "marketplace_ids": "nonsense"}
        assert await amazon.found(**added) == [order_id]


class TestHistory:
    async def test_orders_older_than_two_years_are_gone_except_in_japan(self, amazon: Amazon) -> None:
        us = (await amazon.place(fulfillmentStatus="SHIPPED"))[0]
        jp = (await amazon.place(fulfillmentStatus="SHIPPED", marketplaceId="A1VC38T7YXB528"))[0]
        await amazon.advance(2 * 365 * 86_400)
        assert set(await amazon.found()) == {us, jp}
        await amazon.advance(1)
        assert await amazon.found() == [jp]
        assert (await amazon.get(f"{ORDERS}/{us}")).status_code == 404
        assert (await amazon.get(f"{ORDERS}/{jp}")).status_code == 200


class TestPages:
    async def test_pages_follow_each_other_until_no_token_is_left(self, amazon: Amazon) -> None:
        placed = await amazon.place(count=7)
        await amazon.advance(180)
        seen: list[str] = []
        params: dict[str, object] = {"lastUpdatedAfter": LONG_AGO, "maxResultsPerPage": 3}
        sizes = []
        while True:
            page = (await amazon.search(**params)).json()
            sizes.append(len(page["orders"]))
            seen += [order["orderId"] for order in page["orders"]]
            if "pagination" not in page:
                break
            params["paginationToken"] = page["pagination"]["nextToken"]
        assert sizes == [3, 3, 1]
        assert seen == sorted(placed)

    async def test_a_full_last_page_has_no_token(self, amazon: Amazon) -> None:
        await amazon.place(count=4)
        await amazon.advance(180)
        assert "pagination" not in (await amazon.search(maxResultsPerPage=4)).json()

    async def test_the_default_page_holds_a_hundred(self, amazon: Amazon) -> None:
        await amazon.place(count=101)
        await amazon.advance(180)
        page = (await amazon.search()).json()
        assert len(page["orders"]) == 100
        assert "pagination" in page

    async def token(self, amazon: Amazon, **params: object) -> str:
        await amazon.place(count=3)
        await amazon.advance(180)
        page = (await amazon.search(maxResultsPerPage=1, **params)).json()
        token: str = page["pagination"]["nextToken"]
        return token

    async def test_a_token_has_the_letters_that_must_be_encoded(self, amazon: Amazon) -> None:
        token = await self.token(amazon)
        assert "+" in token
        assert "/" in token
        assert token.endswith("=")
        raw = await amazon.get(f"{ORDERS}?lastUpdatedAfter={LONG_AGO}&paginationToken={token}")
        assert raw.status_code == 400

    async def test_the_page_size_and_the_data_may_change_between_pages(self, amazon: Amazon) -> None:
        token = await self.token(amazon)
        page = await amazon.search(paginationToken=token, maxResultsPerPage=50, includedData="FULFILLMENT")
        assert len(page.json()["orders"]) == 2

    @pytest.mark.parametrize(
        "changed",
        [
            {"lastUpdatedAfter": "2026-10-01T00:00:01Z"},
            {"lastUpdatedBefore": "2026-11-02T09:01:00Z"},
            {"createdAfter": LONG_AGO},
            {"fulfillmentStatuses": "PENDING"},
            {"marketplaceIds": "ATVPDKIKX0DER"},
            {"fulfilledBy": "MERCHANT"},
        ],
    )
    async def test_no_other_parameter_may_change(self, amazon: Amazon, changed: Mapping[str, str]) -> None:
        token = await self.token(amazon)
        assert_invalid(
            await amazon.search(paginationToken=token, **changed),
            "The paginationToken you have submitted is not valid."
            " All parameters must match the original request except maxResultsPerPage.",
        )

    @pytest.mark.parametrize("damage", [lambda t: t[:-4], lambda t: "AAAA" + t[4:], lambda t: "%", lambda t: ""])
    async def test_a_damaged_token_is_refused(self, amazon: Amazon, damage: Callable[[str], str]) -> None:
        token = damage(await self.token(amazon))
        answer = await amazon.search(paginationToken=token)
        assert answer.status_code == 400
        assert "paginationToken" in answer.json()["errors"][0]["message"]

    async def test_a_token_lives_for_a_day(self, amazon: Amazon) -> None:
        token = await self.token(amazon)
        await amazon.advance(86_400)
        await amazon.log_in()
        assert (await amazon.search(paginationToken=token)).status_code == 200
        await amazon.advance(0.001)
        assert (await amazon.search(paginationToken=token)).status_code == 400

    async def test_the_token_of_another_seller_is_refused(self, amazon: Amazon) -> None:
        token = await self.token(amazon)
        await amazon.log_in("other")
        assert (await amazon.search(paginationToken=token)).status_code == 400

    async def test_later_pages_keep_the_upper_bound_of_the_first(self, amazon: Amazon) -> None:
        token = await self.token(amazon)
        await amazon.place()
        await amazon.advance(600)
        page = (await amazon.search(paginationToken=token)).json()
        assert len(page["orders"]) == 2
        assert page["lastUpdatedBefore"] == "2026-11-02T09:01:00.000Z"
