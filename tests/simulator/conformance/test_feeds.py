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
from tests.simulator.submitting import AMERICAN, FLAT, XML, Report, envelope, message, rows

pytestmark = NEEDS_SHARED

PATIENT = settings(max_examples=rounds(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
PARAMETERS = (
    "feedTypes",
    "marketplaceIds",
    "pageSize",
    "processingStatuses",
    "createdSince",
    "createdUntil",
    "nextToken",
)
VALUES = TEXT | st.sampled_from([ACKNOWLEDGEMENT, AMERICAN, "DONE,FATAL", "10", "2026-11-01T00:00:00Z", "+/+/"])


@pytest.fixture(scope="session")
def feeds_model(models: Any) -> ModelSchemas:
    schemas: ModelSchemas = models["feeds_2021-06-30"]
    return schemas


async def new_document(amazon: Amazon, contents: bytes | None = None, *, seller: str = "demo") -> str:
    answer = await amazon.feed("createFeedDocument", "/documents", body={"contentType": XML}, seller=seller)
    assert answer.status_code == 201
    if contents is not None:
        url = answer.json()["url"]
        assert (await amazon.client.put(url, content=contents, headers={"content-type": XML})).status_code == 200
    return str(answer.json()["feedDocumentId"])


def specification(document_id: str, feed_type: str = ACKNOWLEDGEMENT) -> dict[str, Any]:
    return {"feedType": feed_type, "marketplaceIds": [AMERICAN], "inputFeedDocumentId": document_id}


async def submit(amazon: Amazon, contents: bytes, feed_type: str = ACKNOWLEDGEMENT) -> str:
    body = specification(await new_document(amazon, contents), feed_type)
    answer = await amazon.feed("createFeed", "/feeds", body=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["feedId"])


async def pass_time(amazon: Amazon, seconds: float) -> None:
    await amazon.control("POST", "clock", {"advance": seconds})


async def processed(amazon: Amazon, contents: bytes, feed_type: str = ACKNOWLEDGEMENT) -> httpx2.Response:
    """Process a document and return the download of the report."""
    feed_id = await submit(amazon, contents, feed_type)
    await pass_time(amazon, 60)
    done = (await amazon.feed("getFeed", f"/feeds/{feed_id}")).json()
    assert done["processingStatus"] == "DONE"
    shown = await amazon.feed("getFeedDocument", f"/documents/{done['resultFeedDocumentId']}")
    return await amazon.client.get(shown.json()["url"])


@pytest.mark.parametrize("feed_type", [ACKNOWLEDGEMENT, FLAT])
async def test_a_feed_is_shown_as_the_model_says_in_each_of_its_states(amazon, feed_type):
    contents = envelope(message("902-0000000-0000000")) if feed_type == ACKNOWLEDGEMENT else rows(("1", "2", "3"))
    ids = [await submit(amazon, contents, feed_type) for _ in range(2)]
    assert (await amazon.feed("cancelFeed", f"/feeds/{ids[1]}")).status_code == 200
    empty = await submit(amazon, b"", feed_type)
    seen = set()
    for _ in range(5):
        for feed_id in (*ids, empty):
            seen.add((await amazon.feed("getFeed", f"/feeds/{feed_id}")).json()["processingStatus"])
        page = await amazon.feed("getFeeds", "/feeds", query={"feedTypes": [feed_type], "pageSize": 2})
        following = await amazon.feed("getFeeds", "/feeds", query={"nextToken": page.json()["nextToken"]})
        assert [len(one.json()["feeds"]) for one in (page, following)] == [2, 1]
        await pass_time(amazon, 15)

    assert seen == {"IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED", "FATAL"}
    assert (await amazon.feed("cancelFeed", f"/feeds/{ids[0]}")).status_code == 400


async def test_small_and_large_reports_are_shown_as_the_model_says(amazon):
    for count, compression in ((1, None), (200, "GZIP")):
        contents = envelope(*(message("902-0000000-0000000", number=number) for number in range(count)))
        feed_id = await submit(amazon, contents)
        await pass_time(amazon, 60)
        report_id = (await amazon.feed("getFeed", f"/feeds/{feed_id}")).json()["resultFeedDocumentId"]
        shown = await amazon.feed("getFeedDocument", f"/documents/{report_id}")
        assert shown.status_code == 200
        assert shown.json().get("compressionAlgorithm") == compression


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
async def test_an_acknowledgement_cancels_what_is_unshipped_and_leaves_the_rest_as_it_is(amazon, state: State):
    order_id = await state.bring(amazon, AMERICAN)
    before = (await amazon.get_order(order_id)).json()["order"]
    is_cancellable = state.status == "UNSHIPPED" and before["fulfillment"]["fulfilledBy"] == "MERCHANT"

    report = Report((await processed(amazon, envelope(message(order_id)))).content)

    assert report.counts == ((1, 1, 0, 0) if is_cancellable else (1, 0, 1, 0))
    after = (await amazon.get_order(order_id)).json()["order"]
    assert after["fulfillment"]["fulfillmentStatus"] == ("CANCELLED" if is_cancellable else state.status)
    if not is_cancellable:
        assert after == before


@pytest.mark.parametrize(
    "operation", ["createFeedDocument", "getFeedDocument", "createFeed", "getFeeds", "getFeed", "cancelFeed"]
)
async def test_the_cases_that_amazon_refuses_are_refused(amazon, feeds_model, operation):
    [case] = cases(feeds_model, operation, "400")
    given = dict(case.parameters)
    paths = {
        "createFeedDocument": "/documents",
        "getFeedDocument": f"/documents/{given.pop('feedDocumentId', '')}",
        "createFeed": "/feeds",
        "getFeeds": "/feeds",
        "getFeed": f"/feeds/{given.get('feedId')}",
        "cancelFeed": f"/feeds/{given.pop('feedId', '')}",
    }
    given.pop("feedId", None)
    body = {"body": given.pop("body")} if "body" in given else {}

    answer = await amazon.feed(operation, paths[operation], query=given, **body)

    assert answer.status_code == 400
    assert error_codes(answer) == ["InvalidInput"]


async def test_the_cases_that_amazon_accepts_are_answered_in_the_same_shape(amazon, feeds_model):
    [document] = cases(feeds_model, "createFeedDocument", "201")
    made = await amazon.feed("createFeedDocument", "/documents", body=document.parameters["body"])
    assert made.status_code == 201
    assert set(made.json()) == set(document.response)
    [listed] = cases(feeds_model, "getFeeds", "200")
    answer = await amazon.feed("getFeeds", "/feeds", query=listed.parameters)
    assert (answer.status_code, answer.json()) == (200, {"feeds": []})


@PATIENT
@given(data=st.data())
async def test_a_specification_that_the_model_refuses_is_refused(amazon, feeds_model, data):
    whole = specification(await new_document(amazon, b"<a/>")) | {"feedOptions": {"a": "b"}}
    path = data.draw(st.sampled_from(places(whole)[1:]))
    body = replaced(whole, path, data.draw(st.just(REMOVED) | JSON))
    is_valid = not list(feeds_model.request_body("createFeed", mode=OPEN).iter_errors(body))

    answer = await amazon.feed("createFeed", "/feeds", body=body)

    assert answer.status_code == 400 if not is_valid else answer.status_code in {202, 400}


@PATIENT
@given(body=JSON | st.fixed_dictionaries({"contentType": JSON}))
async def test_any_body_makes_a_document_or_is_refused(amazon, feeds_model, body):
    is_valid = not list(feeds_model.request_body("createFeedDocument", mode=OPEN).iter_errors(body))

    answer = await amazon.feed("createFeedDocument", "/documents", body=body)

    assert answer.status_code == 400 if not is_valid else answer.status_code in {201, 400}


@PATIENT
@given(query=st.dictionaries(st.sampled_from(PARAMETERS), VALUES, max_size=4))
async def test_any_list_of_feeds_is_answered_or_refused(amazon, query):
    assert (await amazon.feed("getFeeds", "/feeds", query=query)).status_code in {200, 400}


@PATIENT
@given(given_id=TEXT.filter(lambda text: text.strip(".") and "/" not in text))
async def test_any_id_is_refused(amazon, given_id):
    name = quote(given_id, safe="")
    for operation, path in (("getFeed", "feeds"), ("cancelFeed", "feeds"), ("getFeedDocument", "documents")):
        assert (await amazon.feed(operation, f"/{path}/{name}")).status_code in {400, 404}


@PATIENT
@given(
    contents=st.binary(min_size=1, max_size=200).filter(bytes.strip)
    | st.lists(
        st.sampled_from([b"<AmazonEnvelope>", b"</AmazonEnvelope>", b"<Message>", b"<!DOCTYPE a>", b"&x;", b"\t"]),
        min_size=1,
    )
    .map(b"".join)
    .filter(bytes.strip),
    feed_type=st.sampled_from([ACKNOWLEDGEMENT, FLAT]),
)
async def test_any_document_ends_in_a_report(amazon, contents, feed_type):
    amazon.forget_access_tokens()
    report = (await processed(amazon, contents, feed_type)).content

    assert report.startswith(b"<?xml" if feed_type == ACKNOWLEDGEMENT else b"Feed Processing Summary:")
    counts = (await amazon.control("GET", "state"))["feeds"][-1]["messages"]
    assert counts["processed"] == counts["successful"] + counts["withError"] >= 1
