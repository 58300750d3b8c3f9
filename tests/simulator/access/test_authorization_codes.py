import httpx2
import pytest

from simulator.access.tokens import AccessTokens
from tests.simulator.playing import Amazon


async def consent(amazon: Amazon, seller: str = "demo") -> str:
    answer = await amazon.sim("POST", "/authorization-codes", {"seller": seller})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def exchange(amazon: Amazon, code: str) -> httpx2.Response:
    form = {"grant_type": "authorization_code", "code": code, "client_id": "app", "client_secret": "secret"}
    return await amazon.http.post("/auth/o2/token", data=form)


async def test_a_code_buys_a_refresh_token_that_works(amazon: Amazon) -> None:
    body = (await exchange(amazon, await consent(amazon, "newcomer"))).json()
    assert body["refresh_token"] == "Atzr|newcomer"
    amazon.token = body["access_token"]
    assert (await amazon.search()).status_code == 200
    assert (await amazon.log_in("newcomer")).status_code == 200


async def test_a_code_is_good_once(amazon: Amazon) -> None:
    code = await consent(amazon)
    assert (await exchange(amazon, code)).status_code == 200
    again = await exchange(amazon, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(("seconds", "status"), [(299.999, 200), (300, 400)])
async def test_a_code_is_good_for_five_minutes(amazon: Amazon, seconds: float, status: int) -> None:
    code = await consent(amazon)
    await amazon.advance(seconds)
    assert (await exchange(amazon, code)).status_code == status


async def test_a_made_up_code_is_refused(amazon: Amazon) -> None:
    answer = await exchange(amazon, "made-up")
    assert answer.json()["error_description"] == "The request has an invalid grant parameter : code"


async def test_a_code_of_a_seller_who_left_is_no_good_until_the_seller_consents_again(amazon: Amazon) -> None:
    code = await consent(amazon)
    await amazon.sim("POST", "/sellers/demo/revoke")
    assert (await exchange(amazon, code)).status_code == 400
    assert (await amazon.log_in()).status_code == 400

    assert (await exchange(amazon, await consent(amazon))).status_code == 200
    assert (await amazon.log_in()).status_code == 200


def test_tokens_and_codes_are_kept_and_come_back() -> None:
    tokens, again = AccessTokens("1"), AccessTokens("1")
    first = tokens.issue(client_id="app", seller="demo", now=0)
    grantless = tokens.issue(client_id="app", seller=None, now=0)
    code = tokens.authorize("demo", now=0)
    again.restore(tokens.keep())
    assert again.keep() == tokens.keep()
    for token in (first, grantless):
        assert again.find(token, now=1) == tokens.find(token, now=1)
    assert again.redeem(code, now=1) == "demo"
    assert again.issue(client_id="x", seller=None, now=1) == tokens.issue(client_id="x", seller=None, now=1)
