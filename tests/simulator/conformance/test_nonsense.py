import copy
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import INCLUDED_DATA, ORDERS_PATH
from tests.simulator.conformance.schemas import OPEN, schema_validator
from tests.simulator.conformance.test_confirmations import REMOVED, places, replaced

pytestmark = NEEDS_SHARED

PATIENT = settings(max_examples=rounds(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
TIMES = st.sampled_from(
    ["2026-11-01T00:00:00Z", "2026-11-01", "2026-11-01T00:00:00+09:00", "2026-11-01T00:00:00.1234567Z", "0001-01-01"]
)
WORDS = st.sampled_from(["PENDING", "SHIPPED", "AMAZON", "ATVPDKIKX0DER", *INCLUDED_DATA])
VALUES = st.one_of(TEXT, TIMES, WORDS, st.integers(-3, 200).map(str), st.lists(WORDS, max_size=3).map(",".join))


def listed(*words: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), max_size=4).map(",".join)


FILTERS = {
    "fulfillmentStatuses": listed("PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED"),
    "marketplaceIds": listed("ATVPDKIKX0DER", "A1VC38T7YXB528"),
    "fulfilledBy": listed("MERCHANT", "AMAZON"),
    "maxResultsPerPage": st.integers(0, 101).map(str),
    "includedData": listed(*INCLUDED_DATA),
    "NextToken": TEXT,
}
BOUNDS = ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore")
QUERIES = st.one_of(
    st.fixed_dictionaries({"createdAfter": TIMES}, optional=FILTERS),
    st.fixed_dictionaries({"lastUpdatedAfter": TIMES}, optional={"lastUpdatedBefore": TIMES, **FILTERS}),
    st.dictionaries(st.sampled_from([*BOUNDS, *FILTERS, "paginationToken"]), VALUES, max_size=4),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
REFUSAL = schema_validator(
    {
        "type": "object",
        "required": ["error"],
        "additionalProperties": False,
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "minLength": 1},
                    "message": {"type": "string", "minLength": 1},
                    "field": {"type": "string"},
                },
            }
        },
    }
)
REFUSED = {400, 404, 409, 422}


@PATIENT
@given(query=QUERIES)
async def test_any_search_is_answered_or_refused(amazon, query):
    answer = await amazon.call("searchOrders", "GET", ORDERS_PATH, query=query)

    assert answer.status_code in {200, 400}


@PATIENT
@given(order_id=TEXT.filter(lambda text: text.strip(".") and "/" not in text), included=VALUES)
async def test_any_order_id_is_refused(amazon, order_id, included):
    path = f"{ORDERS_PATH}/{quote(order_id, safe='')}"

    answer = await amazon.call("getOrder", "GET", path, query={"includedData": included})

    assert answer.status_code in {400, 404}


@PATIENT
@given(body=st.binary(max_size=40) | JSON.map(repr).map(str.encode))
async def test_any_bytes_are_refused_as_a_confirmation(amazon, body):
    order_id = await amazon.place(fulfillmentStatus="UNSHIPPED")

    answer = await amazon.client.post(
        f"/orders/v0/orders/{order_id}/shipmentConfirmation",
        content=body,
        headers={"x-amz-access-token": await amazon.access_token(), "content-type": "application/json"},
    )

    amazon.check("confirmShipment", answer)
    assert answer.status_code == 400


@PATIENT
@given(
    form=st.dictionaries(
        st.sampled_from(["grant_type", "refresh_token", "client_id", "client_secret", "scope"]),
        TEXT
        | st.sampled_from(["refresh_token", "client_credentials", "Atzr|demo", "sellingpartnerapi::notifications"]),
    )
)
async def test_any_form_gets_a_token_or_an_oauth_error(amazon, form):
    assert (await amazon.token(**form)).status_code in {200, 400, 401}


async def refuses(amazon: Any, method: str, path: str, body: Any) -> bool:
    answer = await amazon.client.request(method, f"/_sim/{path}", json=body)
    if answer.status_code in {200, 201}:
        return False
    assert answer.status_code in REFUSED, (answer.status_code, body)
    assert list(REFUSAL.iter_errors(answer.json())) == []
    return True


WISHES = st.dictionaries(
    st.sampled_from(["count", "seller", "marketplaceId", "fulfilledBy", "fulfillmentStatus", "items", "programs"]),
    JSON | WORDS | st.just([{"sku": "ANY", "quantity": 1, "price": "1.00"}]),
    max_size=4,
)


@PATIENT
@given(body=WISHES | JSON)
async def test_any_wish_is_placed_or_refused_with_a_reason(amazon, body):
    before = len((await amazon.control("GET", "state"))["orders"])

    is_refused = await refuses(amazon, "POST", "orders", body)

    after = len((await amazon.control("GET", "state"))["orders"])
    assert (after > before) is not is_refused or (isinstance(body, dict) and body.get("count") == 0)


@PATIENT
@given(data=st.data())
async def test_an_order_that_the_model_refuses_is_never_loaded_and_a_loaded_one_comes_back_equal(
    amazon, orders_model, data
):
    operations = orders_model.model.operations
    samples = [case.response["order"] for case in operations["getOrder"].cases() if case.status == "200"]
    order = copy.deepcopy(data.draw(st.sampled_from(samples)))
    path = data.draw(st.sampled_from(places(order)[1:]))
    damaged = replaced(order, path, data.draw(st.just(REMOVED) | JSON))
    faults = orders_model.faults("getOrder", "200", {"order": damaged}, mode=OPEN)

    is_refused = await refuses(amazon, "PUT", "orders", {"orders": [damaged]})

    if faults:
        assert is_refused, (path, faults)
    if not is_refused:
        # The published model is open: a loaded order may carry fields of tomorrow.
        answer = await amazon.client.get(
            f"{ORDERS_PATH}/{quote(damaged['orderId'], safe='')}",
            params={"includedData": ",".join(INCLUDED_DATA)},
            headers={"x-amz-access-token": await amazon.access_token()},
        )
        assert answer.json() == {"order": damaged}


@PATIENT
@given(body=JSON | st.fixed_dictionaries({}, optional={"advance": JSON, "now": TIMES | JSON, "rate": JSON}))
async def test_the_clock_is_set_or_refuses_with_a_reason(amazon, body):
    await amazon.control("POST", "clock", {"now": "2026-11-04T12:00:00Z"})
    await amazon.control("POST", "clock", {"rate": 0})

    await refuses(amazon, "POST", "clock", body)
