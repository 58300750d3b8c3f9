from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon
from tests.simulator.conformance.schemas import OPEN, ModelSchemas
from tests.simulator.conformance.test_confirmations import REMOVED, places, replaced
from tests.simulator.conformance.test_embedded_cases import cases
from tests.simulator.listings.offering import AMERICAN, CABLE, ITEMS, MUG, entry, patch

pytestmark = NEEDS_SHARED

PATIENT = settings(max_examples=rounds(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ALL = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
WORDS = st.sampled_from([AMERICAN, ALL, "issues", "identifiers", "VALIDATION_PREVIEW", "en_US", ",", ""])


@pytest.fixture(scope="session")
def listings_model(models: Any) -> ModelSchemas:
    schemas: ModelSchemas = models["listingsItems_2021-08-01"]
    return schemas


async def look(amazon: Amazon, sku: str = MUG, **query: str) -> httpx2.Response:
    return await amazon.call("getListingsItem", "GET", f"{ITEMS}/demo/{sku}", query=query)


async def send(amazon: Amazon, body: Any, sku: str = MUG, **query: str) -> httpx2.Response:
    given_query = {"marketplaceIds": AMERICAN} | query
    return await amazon.call("patchListingsItem", "PATCH", f"{ITEMS}/demo/{sku}", query=given_query, body=body)


@pytest.mark.parametrize("sku", [MUG, CABLE])
@pytest.mark.parametrize("marketplaces", [AMERICAN, "A1PA6795UKMFR9,A1VC38T7YXB528"])
async def test_a_listing_is_shown_as_the_model_says(amazon, sku, marketplaces):
    for operation in ("replace", "delete"):
        answer = await look(amazon, sku, marketplaceIds=marketplaces, includedData=ALL)
        assert answer.status_code == 200
        assert set(answer.json()) == {"sku", *ALL.split(",")}
        await send(amazon, patch(operation, entry(quantity=0)), sku)
        await amazon.control("POST", "clock", {"advance": 10})


async def test_each_answer_to_a_patch_is_as_the_model_says(amazon):
    preview = {"mode": "VALIDATION_PREVIEW", "includedData": "identifiers,issues"}

    statuses = [
        (await send(amazon, patch("merge", entry(quantity=1)))).json()["status"],
        (await send(amazon, patch("merge", entry(quantity=1)), **preview)).json()["status"],
        (await send(amazon, patch("merge", entry(quantity=-1)), **preview)).json()["status"],
        (await send(amazon, patch("merge", entry(quantity=1)), "UNLISTED", **preview)).json()["status"],
    ]

    assert statuses == ["ACCEPTED", "VALID", "INVALID", "VALID"]
    assert (await look(amazon, "UNLISTED", marketplaceIds=AMERICAN)).status_code == 404
    assert (await look(amazon)).status_code == 400


async def test_answers_have_the_fields_of_amazons_own_cases(amazon, listings_model):
    [shown] = cases(listings_model, "getListingsItem", "200")
    item = (await look(amazon, marketplaceIds=AMERICAN, includedData=ALL)).json()
    assert set(item) >= set(shown.response)
    # Pictures are not drawn here.
    assert set(item["summaries"][0]) == set(shown.response["summaries"][0]) - {"mainImage"}
    assert set(item["offers"][0]) == set(shown.response["offers"][0])
    assert set(item["fulfillmentAvailability"][0]) == set(shown.response["fulfillmentAvailability"][0])
    accepted, valid, invalid = cases(listings_model, "patchListingsItem", "200")
    query = {"mode": "VALIDATION_PREVIEW", "includedData": "identifiers,issues"}
    for case, quantity, asked in ((accepted, 1, {}), (valid, 1, query), (invalid, -1, query)):
        answer = (await send(amazon, patch("merge", entry(quantity=quantity)), **asked)).json()
        assert set(answer) == set(case.response)
        assert answer["status"] == case.response["status"]


@PATIENT
@given(data=st.data())
async def test_a_patch_that_the_model_refuses_is_refused(amazon, listings_model, data):
    whole = patch("merge", entry(quantity=1, lead_time_to_ship_max_days=2))
    path = data.draw(st.sampled_from(places(whole)[1:]))
    body = replaced(whole, path, data.draw(st.just(REMOVED) | JSON.filter(_is_json)))
    is_valid = not list(listings_model.request_body("patchListingsItem", mode=OPEN).iter_errors(body))

    answer = await send(amazon, body)

    assert answer.status_code == 400 if not is_valid else answer.status_code in {200, 400}
    if answer.status_code == 200 and path[:1] == ["patches"]:
        assert answer.json()["status"] in {"ACCEPTED", "INVALID"}


@PATIENT
@given(contents=st.binary(max_size=60))
async def test_any_bytes_are_answered_or_refused(amazon, contents):
    token = {"x-amz-access-token": await amazon.access_token()}
    answer = await amazon.client.patch(
        f"{ITEMS}/demo/{MUG}", params={"marketplaceIds": AMERICAN}, content=contents, headers=token
    )

    amazon.check("patchListingsItem", answer)
    assert answer.status_code == 400


@PATIENT
@given(
    sku=TEXT.filter(lambda text: text.strip("./") and "\n" not in text),
    query=st.dictionaries(
        st.sampled_from(["marketplaceIds", "includedData", "mode", "issueLocale"]), TEXT | WORDS, max_size=4
    ),
)
async def test_any_sku_and_query_is_answered_or_refused(amazon, sku, query):
    path = f"{ITEMS}/demo/{quote(sku, safe='')}"
    body = patch("merge", entry(quantity=1))

    shown = await amazon.call("getListingsItem", "GET", path, query=query)
    sent = await amazon.call("patchListingsItem", "PATCH", path, query=query, body=body)

    assert shown.status_code in {400, 404}
    assert sent.status_code in {200, 400}


@PATIENT
@given(
    body=JSON.filter(lambda value: _is_json(value))
    | st.fixed_dictionaries({}, optional={"sku": st.just(MUG) | TEXT, "quantity": st.integers(), "seller": TEXT})
)
async def test_any_quantity_is_set_or_refused_with_a_reason(amazon, body):
    answer = await amazon.client.request("PUT", "/_sim/listings", json=body)

    assert answer.status_code in {200, 400, 404, 409, 422}
    if answer.status_code == 200:
        assert answer.json()["quantity"] == body["quantity"]
    else:
        assert answer.json()["error"]["message"]


def _is_json(value: Any) -> bool:
    """Whether the test's own client can send it."""
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    if isinstance(value, list):
        return all(map(_is_json, value))
    return all(map(_is_json, value.values())) if isinstance(value, dict) else True
