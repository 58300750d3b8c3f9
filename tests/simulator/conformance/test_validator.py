import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.schemas import CLOSED, MODES, OPEN, ModelSchemas, closed

pytestmark = NEEDS_SHARED

VENDORED = (
    "feeds_2021-06-30",
    "listingsItems_2021-08-01",
    "notifications",
    "ordersV0",
    "orders_2026-01-01",
    "reports_2021-06-30",
    "sellers",
    "tokens_2021-03-01",
)

# What Amazon publishes and its own schema refuses.
AMAZONS_OWN_FAULTS = {
    "ordersV0 getOrderItemsBuyerInfo 200 example": {
        "$.payload: 'AmazonOrderId' is a required property",
        "$.payload: 'OrderItems' is a required property",
    },
    "sellers getMarketplaceParticipations 200 example": {"is not of type 'object'"},
    "sellers getAccount 200 example": {
        "'defaultCurrencyCode' is a required property",
        "'defaultLanguageCode' is a required property",
    },
    "sellers getAccount 200 [0]": {
        "'defaultCurrencyCode' is a required property",
        "'defaultLanguageCode' is a required property",
    },
}

CASES_BY_MODEL = {
    "feeds_2021-06-30": 12,
    "listingsItems_2021-08-01": 14,
    "notifications": 9,
    "ordersV0": 31,
    "orders_2026-01-01": 8,
    "reports_2021-06-30": 18,
    "sellers": 3,
    "tokens_2021-03-01": 3,
}


def embedded_bodies(schemas: ModelSchemas) -> Iterator[tuple[str, str, str, Any]]:
    for operation in schemas.model.operations.values():
        for case in operation.cases():
            yield operation.name, case.status, f"[{case.index}]", case.response
        for status, _label, body in operation.examples():
            yield operation.name, status, "example", body


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", VENDORED)
def test_everything_that_amazon_embeds_validates_but_its_own_known_faults(models, name, mode):
    schemas = models[name]
    refused = {
        f"{name} {operation} {status} {label}": faults
        for operation, status, label, body in embedded_bodies(schemas)
        if (faults := schemas.faults(operation, status, body, mode=mode))
    }

    known = {where for where in AMAZONS_OWN_FAULTS if where.startswith(f"{name} ")}
    assert set(refused) == known
    for where in known:
        for fragment in AMAZONS_OWN_FAULTS[where]:
            assert any(fragment in fault for fault in refused[where]), refused[where]


@pytest.mark.parametrize("name", VENDORED)
def test_no_embedded_case_is_overlooked(models, name):
    operations = models[name].model.operations.values()
    assert sum(len(list(operation.cases())) for operation in operations) == CASES_BY_MODEL[name]


def set_status(order: dict[str, Any]) -> None:
    order["fulfillment"]["fulfillmentStatus"] = "CANCELED"


def drop_id(order: dict[str, Any]) -> None:
    del order["orderId"]


def write_local_time(order: dict[str, Any]) -> None:
    order["createdTime"] = "2024-12-25 02:30"


def count_in_words(order: dict[str, Any]) -> None:
    order["orderItems"][0]["quantityOrdered"] = "1"


def count_in_halves(order: dict[str, Any]) -> None:
    order["orderItems"][0]["quantityOrdered"] = 1.5


def pay_in_floats(order: dict[str, Any]) -> None:
    order["proceeds"]["grandTotal"]["amount"] = 19940.0


def lose_the_currency(order: dict[str, Any]) -> None:
    del order["proceeds"]["grandTotal"]["currencyCode"]


def name_nobody(order: dict[str, Any]) -> None:
    order["buyer"]["buyerName"] = None


MUTATIONS = [
    set_status,
    drop_id,
    write_local_time,
    count_in_words,
    count_in_halves,
    pay_in_floats,
    lose_the_currency,
    name_nobody,
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_a_damaged_order_is_refused(orders_model, mutate, mode):
    [case, *_] = orders_model.model.operations["searchOrders"].cases()
    body = copy.deepcopy(case.response)
    assert not orders_model.faults("searchOrders", "200", body, mode=mode)

    mutate(body["orders"][0])

    assert orders_model.faults("searchOrders", "200", body, mode=mode)


@pytest.mark.parametrize(
    "path",
    [(), ("orders", 0), ("orders", 0, "buyer"), ("orders", 0, "orderItems", 0, "product", "price"), ("pagination",)],
    ids=lambda path: ".".join(map(str, path)) or "top",
)
def test_only_the_closed_mode_refuses_a_field_that_amazon_does_not_name(orders_model, path):
    [case, *_] = orders_model.model.operations["searchOrders"].cases()
    body = copy.deepcopy(case.response)
    place = body
    for step in path:
        place = place[step]

    place["colour"] = "blue"

    assert not orders_model.faults("searchOrders", "200", body, mode=OPEN)
    assert len(orders_model.faults("searchOrders", "200", body, mode=CLOSED)) == 1


def test_the_closed_mode_knows_the_fields_that_run_ahead_of_the_model(orders_model):
    case = list(orders_model.model.operations["getOrder"].cases())[2]
    body = copy.deepcopy(case.response)
    body["order"]["fulfillment"]["promiseCalculationInputs"] = {"transitTime": {"dataSource": "SELLER"}}
    item = body["order"]["orderItems"][0]["associatedOrderItems"][0]
    item.update(asin="B0BSHF7WHW", purchasePrice={"amount": "10.00", "currencyCode": "USD"})

    assert not orders_model.faults("getOrder", "200", body, mode=CLOSED)


def test_a_body_where_amazon_declares_none_is_refused(orders_v0_model):
    assert not orders_v0_model.faults("confirmShipment", "204", None, mode=OPEN)
    assert orders_v0_model.faults("confirmShipment", "204", {"ok": True}, mode=OPEN)


def test_a_status_that_the_model_does_not_declare_is_a_key_error(orders_model):
    with pytest.raises(KeyError):
        orders_model.faults("getOrder", "418", {}, mode=OPEN)


def test_closing_leaves_the_published_definitions_as_they_were(orders_model):
    definitions = orders_model.model.swagger["definitions"]
    before = copy.deepcopy(definitions)

    for schema in definitions.values():
        closed(schema)

    assert definitions == before


def test_the_request_schema_tells_the_two_embedded_confirmations_apart(orders_v0_model):
    accepted, refused = orders_v0_model.model.operations["confirmShipment"].cases()
    validator = orders_v0_model.request_body("confirmShipment", mode=CLOSED)

    assert accepted.status == "204"
    assert list(validator.iter_errors(accepted.parameters["body"])) == []
    assert [error.json_path for error in validator.iter_errors(refused.parameters["body"])] == [
        "$.packageDetail.shipDate"
    ]
