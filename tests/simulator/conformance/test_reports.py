from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import Amazon, error_codes
from tests.simulator.conformance.schemas import OPEN, ModelSchemas
from tests.simulator.conformance.states import STATES, State
from tests.simulator.conformance.test_confirmations import REMOVED, places, replaced
from tests.simulator.conformance.test_embedded_cases import cases
from tests.simulator.reports.asking import AMERICAN, BY_LAST_UPDATE, BY_ORDER_DATE, DOCUMENTS, REPORTS, read

pytestmark = NEEDS_SHARED

PATIENT = settings(max_examples=rounds(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
FILTERS = [
    "reportTypes",
    "marketplaceIds",
    "pageSize",
    "processingStatuses",
    "createdSince",
    "createdUntil",
    "nextToken",
]
VALUES = TEXT | st.sampled_from([BY_LAST_UPDATE, AMERICAN, "DONE,FATAL", "10", "2026-11-01T00:00:00Z", "+/+/"])
START = "2026-10-10T00:00:00Z"


@pytest.fixture(scope="session")
def reports_model(models: Any) -> ModelSchemas:
    schemas: ModelSchemas = models["reports_2021-06-30"]
    return schemas


def specification(report_type: str = BY_LAST_UPDATE) -> dict[str, Any]:
    return {"reportType": report_type, "marketplaceIds": [AMERICAN], "dataStartTime": START}


async def create(amazon: Amazon, report_type: str = BY_LAST_UPDATE) -> str:
    answer = await amazon.call("createReport", "POST", REPORTS, body=specification(report_type))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["reportId"])


async def get(amazon: Amazon, report_id: str) -> dict[str, Any]:
    report: dict[str, Any] = (await amazon.call("getReport", "GET", f"{REPORTS}/{report_id}")).json()
    return report


async def document(amazon: Amazon, document_id: str) -> httpx2.Response:
    return await amazon.call("getReportDocument", "GET", f"{DOCUMENTS}/{document_id}")


async def pass_time(amazon: Amazon, seconds: float) -> None:
    await amazon.control("POST", "clock", {"advance": seconds})


@pytest.mark.parametrize("report_type", [BY_LAST_UPDATE, BY_ORDER_DATE])
async def test_a_report_is_shown_as_the_model_says_in_each_of_its_states(amazon, report_type):
    await amazon.place(fulfillmentStatus="UNSHIPPED")
    ids = [await create(amazon, report_type) for _ in range(3)]
    assert (await amazon.call("cancelReport", "DELETE", f"{REPORTS}/{ids[1]}")).status_code == 200
    seen = set()
    for _ in range(5):
        for report_id in ids:
            seen.add((await get(amazon, report_id))["processingStatus"])
        query = {"reportTypes": report_type, "pageSize": 2}
        page = (await amazon.call("getReports", "GET", REPORTS, query=query)).json()
        following = await amazon.call("getReports", "GET", REPORTS, query={"nextToken": page["nextToken"]})
        assert [len(one["reports"]) for one in (page, following.json())] == [2, 1]
        await pass_time(amazon, 15)

    assert seen == {"IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED"}
    assert (await amazon.call("cancelReport", "DELETE", f"{REPORTS}/{ids[0]}")).status_code == 400


@pytest.mark.parametrize(("count", "compression"), [(1, None), (80, "GZIP")])
async def test_small_and_large_documents_are_shown_as_the_model_says(amazon, count, compression):
    await amazon.control("POST", "orders", {"count": count, "fulfillmentStatus": "UNSHIPPED"})
    report_id = await create(amazon)
    await pass_time(amazon, 60)
    shown = await document(amazon, (await get(amazon, report_id))["reportDocumentId"])

    assert shown.status_code == 200
    assert shown.json().get("compressionAlgorithm") == compression


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_an_order_in_any_state_but_unpaid_is_in_the_report(amazon, state: State):
    order_id = await state.bring(amazon, AMERICAN)
    order = (await amazon.get_order(order_id)).json()["order"]
    report_id = await create(amazon, BY_ORDER_DATE)
    await pass_time(amazon, 60)
    done = await get(amazon, report_id)

    if state.status in {"PENDING", "PENDING_AVAILABILITY"}:
        assert done["processingStatus"] == "CANCELLED"
        return
    url = (await document(amazon, done["reportDocumentId"])).json()["url"]
    rows = read((await amazon.client.get(url)).content)
    assert [row["sku"] for row in rows] == [item["product"]["sellerSku"] for item in order["orderItems"]]
    assert {row["amazon-order-id"] for row in rows} == {order_id}
    assert {row["fulfillment-channel"].upper() for row in rows} == {order["fulfillment"]["fulfilledBy"]}


@pytest.mark.parametrize("operation", ["createReport", "getReports", "getReport", "getReportDocument", "cancelReport"])
async def test_the_cases_that_amazon_refuses_are_refused(amazon, reports_model, operation):
    [case] = cases(reports_model, operation, "400")
    asked = dict(case.parameters)
    named = asked.pop("reportId", asked.pop("reportDocumentId", "none"))
    method, path = {
        "createReport": ("POST", REPORTS),
        "getReports": ("GET", REPORTS),
        "getReport": ("GET", f"{REPORTS}/{named}"),
        "cancelReport": ("DELETE", f"{REPORTS}/{named}"),
        "getReportDocument": ("GET", f"{DOCUMENTS}/{named}"),
    }[operation]
    body = {"body": asked.pop("body")} if "body" in asked else {}

    answer = await amazon.call(operation, method, path, query=asked, **body)

    assert answer.status_code == 400
    assert error_codes(answer) == ["InvalidInput"]


async def test_the_list_that_amazon_accepts_is_answered_in_the_same_shape(amazon, reports_model):
    [case] = cases(reports_model, "getReports", "200")

    answer = await amazon.call("getReports", "GET", REPORTS, query=case.parameters)

    assert (answer.status_code, answer.json()) == (200, {"reports": []})


@PATIENT
@given(data=st.data())
async def test_a_specification_that_the_model_refuses_is_refused(amazon, reports_model, data):
    whole = specification() | {"reportOptions": {"a": "b"}, "dataEndTime": "2026-10-11T00:00:00Z"}
    path = data.draw(st.sampled_from(places(whole)[1:]))
    body = replaced(whole, path, data.draw(st.just(REMOVED) | JSON))
    is_valid = not list(reports_model.request_body("createReport", mode=OPEN).iter_errors(body))

    answer = await amazon.call("createReport", "POST", REPORTS, body=body)

    assert answer.status_code == 400 if not is_valid else answer.status_code in {202, 400}


@PATIENT
@given(contents=st.binary(max_size=60))
async def test_any_bytes_are_refused(amazon, contents):
    token = {"x-amz-access-token": await amazon.access_token()}
    answer = await amazon.client.post(REPORTS, content=contents, headers=token)

    amazon.check("createReport", answer)
    assert answer.status_code == 400


@PATIENT
@given(query=st.dictionaries(st.sampled_from(FILTERS), VALUES, max_size=4))
async def test_any_list_of_reports_is_answered_or_refused(amazon, query):
    assert (await amazon.call("getReports", "GET", REPORTS, query=query)).status_code in {200, 400}


@PATIENT
@given(given_id=TEXT.filter(lambda text: text.strip(".") and "/" not in text))
async def test_any_id_is_refused(amazon, given_id):
    name = quote(given_id, safe="")
    for operation, method, path in (
        ("getReport", "GET", f"{REPORTS}/{name}"),
        ("cancelReport", "DELETE", f"{REPORTS}/{name}"),
        ("getReportDocument", "GET", f"{DOCUMENTS}/{name}"),
    ):
        assert (await amazon.call(operation, method, path)).status_code in {400, 404}
