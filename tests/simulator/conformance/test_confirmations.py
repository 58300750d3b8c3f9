import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon, error_codes
from tests.simulator.conformance.schemas import CLOSED
from tests.simulator.conformance.states import STATES, confirmation, first_sku

pytestmark = NEEDS_SHARED

AMERICAN = "ATVPDKIKX0DER"
CONFIRMABLE = {"paid", "asked to be cancelled", "shipped in part"}
UNITS = 3


async def unshipped(amazon: Amazon, **wishes: Any) -> str:
    items = [{"sku": await first_sku(amazon), "quantity": UNITS}]
    return await amazon.place(fulfillmentStatus="UNSHIPPED", items=items, programs=[], **wishes)


async def shown(amazon: Amazon, order_id: str) -> dict[str, Any]:
    order: dict[str, Any] = (await amazon.get_order(order_id)).json()["order"]
    return order


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_only_paid_orders_that_the_merchant_ships_can_be_confirmed(amazon, state):
    order_id = await state.bring(amazon, AMERICAN)
    before = await shown(amazon, order_id)
    body = await confirmation(amazon, order_id, quantity=1, packageReferenceId="7")

    answer = await amazon.confirm(order_id, body)

    if state.name in CONFIRMABLE:
        assert answer.status_code == 204
        assert (await shown(amazon, order_id))["packages"][-1]["packageReferenceId"] == "7"
    else:
        assert answer.status_code == 400
        assert error_codes(answer) == ["InvalidInput"]
        assert await shown(amazon, order_id) == before


async def test_package_after_package_ships_the_whole_order(amazon):
    order_id = await unshipped(amazon)
    statuses = []
    for reference in ("1", "2", "3"):
        body = await confirmation(amazon, order_id, quantity=1, packageReferenceId=reference)
        assert (await amazon.confirm(order_id, body)).status_code == 204
        order = await shown(amazon, order_id)
        [item] = order["orderItems"]
        statuses.append((order["fulfillment"]["fulfillmentStatus"], item["fulfillment"]["quantityFulfilled"]))

    assert statuses == [("PARTIALLY_SHIPPED", 1), ("PARTIALLY_SHIPPED", 2), ("SHIPPED", 3)]
    assert [package["packageReferenceId"] for package in order["packages"]] == ["1", "2", "3"]
    one_more = await confirmation(amazon, order_id, quantity=1, packageReferenceId="4")
    assert (await amazon.confirm(order_id, one_more)).status_code == 400


async def test_the_same_reference_again_edits_the_package(amazon):
    order_id = await unshipped(amazon)
    await amazon.confirm(order_id, await confirmation(amazon, order_id, quantity=1))
    body = await confirmation(amazon, order_id, quantity=2, trackingNumber="CORRECTED")

    assert (await amazon.confirm(order_id, body)).status_code == 204

    order = await shown(amazon, order_id)
    [package] = order["packages"]
    assert package["trackingNumber"] == "CORRECTED"
    assert [item["quantity"] for item in package["packageItems"]] == [2]
    assert (
        order["orderItems"][0]["fulfillment"] | {"quantityFulfilled": 2, "quantityUnfulfilled": 1}
        == (order["orderItems"][0]["fulfillment"])
    )


async def test_an_edit_that_asks_for_too_much_leaves_the_package_as_it_was(amazon):
    order_id = await unshipped(amazon)
    await amazon.confirm(order_id, await confirmation(amazon, order_id, quantity=1))
    before = await shown(amazon, order_id)

    answer = await amazon.confirm(order_id, await confirmation(amazon, order_id, quantity=UNITS + 1))

    assert answer.status_code == 400
    assert await shown(amazon, order_id) == before


WRONG: dict[str, dict[str, Any]] = {
    "a reference in words": {"packageReferenceId": "first"},
    "reference zero": {"packageReferenceId": "0"},
    "a negative reference": {"packageReferenceId": "-1"},
    "no tracking number": {"trackingNumber": ""},
    "no carrier": {"carrierCode": ""},
    "another carrier without its name": {"carrierCode": "Other"},
    "a date as Americans write it": {"shipDate": "02/21/2022"},
    "no items": {"orderItems": []},
    "an item that is not in the order": {"orderItems": [{"orderItemId": "1", "quantity": 1}]},
}


@pytest.mark.parametrize("why", WRONG)
async def test_a_confirmation_is_refused_for(amazon, why):
    order_id = await unshipped(amazon)
    before = await shown(amazon, order_id)

    answer = await amazon.confirm(order_id, await confirmation(amazon, order_id, **WRONG[why]))

    assert answer.status_code == 400
    assert await shown(amazon, order_id) == before


@pytest.mark.parametrize("quantities", [[0], [-1], [UNITS + 1], [1, 1]], ids=str)
async def test_a_confirmation_is_refused_for_quantities_of(amazon, quantities):
    order_id = await unshipped(amazon)
    before = await shown(amazon, order_id)
    [item] = before["orderItems"]
    items = [{"orderItemId": item["orderItemId"], "quantity": quantity} for quantity in quantities]

    answer = await amazon.confirm(order_id, await confirmation(amazon, order_id, orderItems=items))

    assert answer.status_code == 400
    assert await shown(amazon, order_id) == before


async def test_a_confirmation_for_another_marketplace_is_refused(amazon):
    order_id = await unshipped(amazon)
    body = await confirmation(amazon, order_id) | {"marketplaceId": "A2EUQ1WTGCTBG2"}

    assert (await amazon.confirm(order_id, body)).status_code == 400


async def test_a_confirmation_for_an_unknown_order_is_refused(amazon):
    order_id = await unshipped(amazon)
    body = await confirmation(amazon, order_id)

    assert (await amazon.confirm("999-0000000-0000000", body)).status_code in {400, 404}
    assert (await amazon.confirm("999", body)).status_code == 400


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(found for step, child in children for found in places(child, (*path, step)))]


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(body)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is REMOVED:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


def without_nulls(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: without_nulls(value) for name, value in node.items() if value is not None}
    return [without_nulls(value) for value in node] if isinstance(node, list) else node


REMOVED = object()
NUMBERS = st.integers(-2, 2) | st.floats(allow_nan=False, allow_infinity=False)
JUNK = st.sampled_from([REMOVED, None, True, False, "", "x", [], {}, [None]]) | NUMBERS


@settings(max_examples=rounds(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_what_the_request_schema_refuses_the_simulator_refuses_too(amazon, orders_v0_model, data):
    order_id = await unshipped(amazon)
    before = await shown(amazon, order_id)
    body = await confirmation(amazon, order_id, quantity=1)
    path = data.draw(st.sampled_from(places(body)))
    damaged = replaced(body, path, data.draw(JUNK.filter(lambda value: path or value is not REMOVED)))
    # Null says no more than leaving the field out, which Amazon allows for an optional one.
    said = without_nulls(damaged)
    faults = list(orders_v0_model.request_body("confirmShipment", mode=CLOSED).iter_errors(said))

    answer = await amazon.confirm(order_id, damaged)

    if faults:
        assert answer.status_code == 400, damaged
    if answer.status_code == 400:
        assert await shown(amazon, order_id) == before
