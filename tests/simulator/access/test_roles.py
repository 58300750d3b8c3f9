from itertools import product
from typing import Any

import pytest

from simulator.access.grants import ALL_ROLES, ORDER_ROLES, Grants
from simulator.orders.loading import load_orders
from tests.simulator.playing import EVERYTHING, ORDERS, Amazon
from tests.simulator.v0.asking import PARTS, V0, ask_for_token, get_orders, read, restricted

SHIPPING, INVOICING, REMITTANCE = "DIRECT_TO_CONSUMER_SHIPPING", "TAX_INVOICING", "TAX_REMITTANCE"
PLAIN = "INVENTORY_AND_ORDER_TRACKING"
FOR_DELIVERY = {"name", "companyName", "addressLine1", "postalCode", "phone"}
NO_ACCESS = "Application do not have access to some or all requested resource"
NO_ELEMENTS = "Application does not have access to one or more requested data elements: [{}]"


async def hold(amazon: Amazon, *roles: str, **whom: str) -> None:
    answer = await amazon.sim("PUT", "/roles", {"roles": list(roles), **whom})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("ships", "invoices", "remits"), list(product([True, False], repeat=3)))
async def test_roles_open_the_fields_of_2026(amazon: Amazon, ships: bool, invoices: bool, remits: bool) -> None:
    gift = {"sku": "MUG-STONEWARE-350", "quantity": 1, "giftWrap": "1.00", "giftMessage": "For you"}
    order_id = await amazon.placed(
        fulfillmentStatus="UNSHIPPED", marketplaceId="A33AVAJ2PDY3EV", programs=["AMAZON_BUSINESS"], items=[gift]
    )
    whole = await amazon.order(order_id)
    roles = {SHIPPING: ships, INVOICING: invoices, REMITTANCE: remits, PLAIN: True}
    await hold(amazon, *(role for role, is_held in roles.items() if is_held))
    order = await amazon.order(order_id)
    address, buyer = order["recipient"]["deliveryAddress"], order.get("buyer", {})
    assert FOR_DELIVERY & set(address) == (FOR_DELIVERY if ships else set())
    assert {"city", "countryCode"} <= set(address)
    assert ("buyerEmail" in buyer) == ships
    named = {"buyerName", "buyerCompanyName", "buyerPurchaseOrderNumber"}
    assert named & set(buyer) == (named if invoices or remits else set())
    assert ("taxRegistrations" in order["tax"]) == (invoices or remits)
    assert ("giftMessage" in order["orderItems"][0]["fulfillment"]["packing"]["giftOption"]) == ships
    assert order["proceeds"] == whole["proceeds"]
    page = (await amazon.search(includedData=EVERYTHING)).json()
    assert page["orders"] == [order]


@pytest.mark.parametrize(
    ("roles", "element", "is_given"),
    [
        ((SHIPPING,), "shippingAddress", True),
        ((SHIPPING,), "buyerInfo", False),
        ((SHIPPING,), "buyerTaxInformation", False),
        ((INVOICING,), "buyerInfo", True),
        ((REMITTANCE,), "buyerTaxInformation", True),
        ((REMITTANCE,), "shippingAddress", False),
        ((PLAIN,), "buyerInfo", False),
    ],
)
async def test_roles_open_the_data_elements_of_v0(
    amazon: Amazon, roles: tuple[str, ...], element: str, is_given: bool
) -> None:
    await hold(amazon, *roles)
    answer = await ask_for_token(amazon, {"method": "GET", "path": V0, "dataElements": [element]})
    assert answer.status_code == (200 if is_given else 400)
    if not is_given:
        [error] = answer.json()["errors"]
        assert error == {"code": "InvalidInput", "message": NO_ELEMENTS.format(element), "details": ""}


async def test_a_path_without_elements_needs_its_role_too(amazon: Amazon) -> None:
    await hold(amazon, PLAIN)
    answer = await ask_for_token(amazon, {"method": "GET", "path": V0 + "/{orderId}/address"})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, NO_ACCESS)


async def test_a_role_that_is_taken_away_closes_what_a_token_opened(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    token = await restricted(amazon, "/{orderId}/address")
    await hold(amazon, INVOICING)
    answer = await read(amazon, f"/{order_id}/address", token=token)
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, NO_ACCESS)
    assert (await read(amazon, f"/{order_id}/address")).status_code == 200


@pytest.mark.parametrize("roles", [(), ("BRAND_ANALYTICS",)])
async def test_without_a_role_for_orders_there_are_none(amazon: Amazon, roles: tuple[str, ...]) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    await hold(amazon, *roles)
    answers = [await read(amazon, f"/{order_id}{part}") for part in PARTS]
    answers += [await get_orders(amazon), await amazon.search(), await amazon.get(f"{ORDERS}/{order_id}")]
    answers.append(await amazon.confirm(order_id, {}))
    for answer in answers:
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"], error["details"]) == (403, "Unauthorized", "")
    assert (await amazon.get("/sellers/v1/marketplaceParticipations")).status_code == 200


@pytest.mark.parametrize("role", sorted(ORDER_ROLES))
async def test_any_role_for_orders_is_enough(amazon: Amazon, role: str) -> None:
    await hold(amazon, role)
    assert (await amazon.search()).status_code == 200


async def test_loaded_orders_come_whole_whatever_the_roles(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    state = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()
    document: dict[str, Any] = state["orders"][0]["order"]
    load_orders(amazon.world, seller="demo", documents=[document], at=amazon.world.catch_up())
    await hold(amazon, PLAIN)
    assert await amazon.order(order_id) == document


class TestTheControl:
    async def test_shows_what_was_set_and_takes_it_back(self, amazon: Amazon) -> None:
        await hold(amazon, PLAIN, clientId="app", seller="demo")
        body = (await amazon.sim("GET", "/roles")).json()
        assert set(body["roles"]) == ALL_ROLES
        assert body["grants"] == [{"clientId": "app", "seller": "demo", "roles": [PLAIN]}]
        assert (await amazon.sim("DELETE", "/roles")).json()["grants"] == []

    async def test_limits_one_application_with_one_seller(self, amazon: Amazon) -> None:
        await hold(amazon, clientId="app", seller="demo")
        assert (await amazon.search()).status_code == 403
        await amazon.log_in(client_id="another")
        assert (await amazon.search()).status_code == 200
        await amazon.log_in("other", client_id="app")
        assert (await amazon.search()).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"roles": None},
            {"roles": "PRICING"},
            {"roles": ["ALL"]},
            {"roles": [1]},
            {"roles": [], "clientId": ""},
            {"roles": [], "seller": "a b"},
            {"roles": [], "who": "x"},
        ],
    )
    async def test_refuses_what_it_does_not_know(self, amazon: Amazon, body: Any) -> None:
        answer = await amazon.sim("PUT", "/roles", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "INVALID")


def test_the_closest_grant_counts() -> None:
    grants = Grants()
    for client_id, seller, role in (
        (None, None, "PRICING"),
        (None, "shop", "PRODUCT_LISTING"),
        ("app", None, "TAX_INVOICING"),
        ("app", "shop", "TAX_REMITTANCE"),
    ):
        grants.grant(frozenset({role}), client_id=client_id, seller=seller)
    again = Grants()
    again.restore(grants.keep())
    for known in (grants, again):
        assert known.roles(client_id="app", seller="shop") == {"TAX_REMITTANCE"}
        assert known.roles(client_id="app", seller="x") == {"TAX_INVOICING"}
        assert known.roles(client_id="x", seller="shop") == {"PRODUCT_LISTING"}
        assert known.roles(client_id="x", seller="x") == {"PRICING"}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/orders/2026-01-01/orders/902-0000000-0000000", "PRICING"),
        ("/feeds/2021-06-30/feeds/1", "INVENTORY_AND_ORDER_TRACKING"),
        ("/reports/2021-06-30/reports/1", "INVENTORY_AND_ORDER_TRACKING"),
        ("/listings/2021-08-01/items/demo/MUG-STONEWARE-350", "PRODUCT_LISTING"),
        ("/finances/2024-06-19/transactions", "FINANCE_AND_ACCOUNTING"),
    ],
)
async def test_each_api_takes_its_own_roles(amazon: Amazon, path: str, role: str) -> None:
    await amazon.sim("PUT", "/roles", {"roles": ["BRAND_ANALYTICS"]})
    refused = await amazon.get(path)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "Unauthorized")

    await amazon.sim("PUT", "/roles", {"roles": [role]})
    assert (await amazon.get(path)).status_code != 403
