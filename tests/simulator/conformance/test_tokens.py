import pytest

from tests.real_data.shared import NEEDS_SHARED

pytestmark = NEEDS_SHARED

GOOD = {
    "grant_type": "refresh_token",
    "refresh_token": "Atzr|demo",
    "client_id": "amzn1.application-oa2-client.1",
    "client_secret": "amzn1.oa2-cs.v1.1",
}


def without(name: str) -> dict[str, str]:
    return {field: value for field, value in GOOD.items() if field != name}


async def test_a_refresh_token_buys_an_access_token_for_an_hour(amazon):
    answer = await amazon.token(**GOOD)

    assert answer.status_code == 200
    assert answer.json()["refresh_token"] == GOOD["refresh_token"]


async def test_every_access_token_is_another_and_each_is_good(amazon):
    tokens = [(await amazon.token(**GOOD)).json()["access_token"] for _ in range(3)]

    assert len(set(tokens)) == 3
    for token in tokens:
        answer = await amazon.call(
            "getMarketplaceParticipations",
            "GET",
            "/sellers/v1/marketplaceParticipations",
            headers={"x-amz-access-token": token},
        )
        assert answer.status_code == 200


async def test_a_grantless_token_comes_without_a_refresh_token_and_opens_no_orders(amazon):
    answer = await amazon.token(
        **without("refresh_token") | {"grant_type": "client_credentials", "scope": "sellingpartnerapi::notifications"}
    )

    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    token = {"x-amz-access-token": answer.json()["access_token"]}
    refused = await amazon.call(
        "searchOrders", "GET", "/orders/2026-01-01/orders", query={"createdAfter": "2026-11-01"}, headers=token
    )
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        (GOOD | {"refresh_token": "Atzr-demo"}, 400, "invalid_grant"),
        (GOOD | {"refresh_token": "Atzr|"}, 400, "invalid_grant"),
        (GOOD | {"refresh_token": "Atzr|demo "}, 400, "invalid_grant"),
        (GOOD | {"refresh_token": "Atzr|../demo"}, 400, "invalid_grant"),
        (GOOD | {"client_id": "bad"}, 401, "invalid_client"),
        (GOOD | {"client_id": "bad", "refresh_token": "Atzr-demo"}, 401, "invalid_client"),
        (without("client_id"), None, None),
        (without("client_secret"), None, None),
        (without("refresh_token"), 400, None),
        (without("grant_type"), 400, None),
        (GOOD | {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (without("refresh_token") | {"grant_type": "client_credentials", "scope": "profile"}, 400, "invalid_scope"),
    ],
)
async def test_a_token_is_refused(amazon, fields, status, error):
    answer = await amazon.token(**fields)

    assert answer.status_code in ({status} if status else {400, 401})
    assert error is None or answer.json()["error"] == error


async def test_a_revoked_refresh_token_is_refused(amazon):
    revoked = GOOD | {"refresh_token": "Atzr|leaving"}
    await amazon.token(**revoked)
    await amazon.control("POST", "sellers/leaving/revoke")

    answer = await amazon.token(**revoked)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_grant"
    assert (await amazon.token(**GOOD)).status_code == 200
