import pytest

from tests.simulator.playing import ORDERS, Amazon

DENIED = "Access to requested resource is denied."


def refused(details: str) -> dict[str, object]:
    return {"errors": [{"code": "Unauthorized", "message": DENIED, "details": details}]}


class TestTheTokenEndpoint:
    async def test_gives_an_access_token_for_an_hour(self, amazon: Amazon) -> None:
        answer = await amazon.log_in("shop-1")
        body = answer.json()
        assert body.pop("access_token").startswith("Atza|")
        assert body == {"token_type": "bearer", "expires_in": 3600, "refresh_token": "Atzr|shop-1"}
        assert answer.headers["cache-control"] == "no-store"

    async def test_creates_the_seller_with_a_catalog_and_no_orders(self, amazon: Amazon) -> None:
        await amazon.log_in("newcomer")
        state = (await amazon.sim("GET", "/state")).json()
        [seller] = [one for one in state["sellers"] if one["name"] == "newcomer"]
        assert len(seller["catalog"]) == 24
        assert state["orders"] == []
        assert await amazon.found() == []

    async def test_refuses_the_client_named_bad(self, amazon: Amazon) -> None:
        answer = await amazon.log_in(client_id="bad")
        assert answer.status_code == 401
        assert answer.json() == {"error": "invalid_client", "error_description": "Client authentication failed"}

    @pytest.mark.parametrize("name", ["", "two words", "ünder", "a|b", "x\n"])
    async def test_refuses_a_refresh_token_that_names_no_seller(self, amazon: Amazon, name: str) -> None:
        answer = await amazon.log_in(name)
        assert answer.status_code == 400
        assert answer.json() == {
            "error": "invalid_grant",
            "error_description": "The request has an invalid grant parameter : refresh_token",
        }

    @pytest.mark.parametrize("missing", ["grant_type", "client_id", "client_secret", "refresh_token"])
    async def test_names_the_missing_parameter(self, amazon: Amazon, missing: str) -> None:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": "Atzr|demo",
            "client_id": "x",
            "client_secret": "y",
        }
        del form[missing]
        answer = await amazon.http.post("/auth/o2/token", data=form)
        assert answer.status_code == 400
        assert answer.json()["error"] == "invalid_request"
        assert answer.json()["error_description"].endswith(missing)

    async def test_refuses_other_grants(self, amazon: Amazon) -> None:
        answer = await amazon.http.post("/auth/o2/token", data={"grant_type": "password", "client_id": "x"})
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")

    async def test_takes_json_too(self, amazon: Amazon) -> None:
        body = {"grant_type": "refresh_token", "refresh_token": "Atzr|d", "client_id": "x", "client_secret": "y"}
        assert (await amazon.http.post("/auth/o2/token", json=body)).status_code == 200
        answer = await amazon.http.post("/auth/o2/token", json=[body])
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    async def test_a_grantless_token_opens_no_orders(self, amazon: Amazon) -> None:
        form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
        assert (await amazon.http.post("/auth/o2/token", data=form)).json()["error"] == "invalid_request"
        wrong = form | {"scope": "everything"}
        assert (await amazon.http.post("/auth/o2/token", data=wrong)).json()["error"] == "invalid_scope"
        answer = await amazon.http.post("/auth/o2/token", data=form | {"scope": "sellingpartnerapi::notifications"})
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()
        amazon.token = answer.json()["access_token"]
        denied = await amazon.search()
        assert (denied.status_code, denied.json()) == (403, refused(""))


class TestTheTokenGate:
    async def test_a_missing_token_is_refused(self, amazon: Amazon) -> None:
        amazon.token = None
        answer = await amazon.search()
        assert (answer.status_code, answer.json()) == (
            403,
            refused("Access token is missing in the request header."),
        )
        assert "x-amzn-ratelimit-limit" not in answer.headers

    async def test_a_made_up_token_is_refused(self, amazon: Amazon) -> None:
        amazon.token = "Atza|made-up"
        answer = await amazon.search()
        expected = refused("The access token you provided is revoked, malformed or invalid.")
        assert (answer.status_code, answer.json()) == (403, expected)

    async def test_a_token_ends_after_an_hour_of_virtual_time(self, amazon: Amazon) -> None:
        await amazon.advance(3_599.999)
        assert (await amazon.search()).status_code == 200
        await amazon.advance(0.001)
        assert (await amazon.search()).status_code == 403

    async def test_revoking_a_seller_ends_access_and_refresh_tokens(self, amazon: Amazon) -> None:
        answer = await amazon.sim("POST", "/sellers/demo/revoke")
        assert answer.json() == {"name": "demo", "isRevoked": True}
        assert (await amazon.search()).status_code == 403
        again = await amazon.log_in()
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert "revoked" in again.json()["error_description"]

    async def test_an_unknown_seller_cannot_be_revoked(self, amazon: Amazon) -> None:
        assert (await amazon.sim("POST", "/sellers/nobody/revoke")).status_code == 404

    async def test_comes_before_quota_and_operation(self, amazon: Amazon) -> None:
        amazon.token = None
        assert (await amazon.get(f"{ORDERS}/nonsense")).status_code == 403

    async def test_sellers_do_not_see_each_other(self, amazon: Amazon) -> None:
        order_id = await amazon.placed()
        await amazon.log_in("other")
        assert await amazon.found() == []
        assert (await amazon.get(f"{ORDERS}/{order_id}")).status_code == 404
