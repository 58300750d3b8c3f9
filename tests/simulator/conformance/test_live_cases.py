"""The cases of the static sandbox in a live world: what they speak of is loaded or made, then they are sent."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx2

from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance.amazon import error_codes
from tests.simulator.conformance.aside import CODE, set_aside
from tests.simulator.conformance.conftest import opened
from tests.simulator.conformance.live import (
    AMERICAN,
    FEED_TYPE,
    FEEDS,
    REPORT_TYPE,
    REPORTS,
    Stage,
    missing,
    served_cases,
    unlike,
)
from tests.simulator.conformance.replaying import RequestCase
from tests.simulator.conformance.stored import stored
from tests.simulator.conformance.tally import LIVE

pytestmark = NEEDS_SHARED

OWN_TESTS: Final = {  # test_embedded_cases compares their answers value for value
    ("orders_2026-01-01", "searchOrders"),
    ("orders_2026-01-01", "getOrder"),
    ("ordersV0", "confirmShipment"),
    ("sellers", "getMarketplaceParticipations"),
}
Payload = dict[str, Any]
Play = Callable[[Stage, RequestCase], Awaitable[set[str]]]


class Found:
    """The cases of v0, from which the order that all of them speak of is put together."""

    def __init__(self) -> None:
        self.cases = {case.name: case for case in served_cases()}

    def payload(self, operation: str, index: int = 0) -> Payload:
        found: Payload = self.cases[f"ordersV0 {operation} 200 [{index}]"].body["payload"]
        return found

    def order(self, operation: str) -> Payload:
        items = "getOrderItemsBuyerInfo" if operation == "getOrderItemsBuyerInfo" else "getOrderItems"
        return stored(
            self.payload("getOrder"),
            item=self.payload(items)["OrderItems"][0],
            buyer=self.payload("getOrderBuyerInfo"),
            address=self.payload("getOrderAddress")["ShippingAddress"],
        )


async def load(stage: Stage, *orders: Payload) -> None:
    await stage.amazon.control("PUT", "orders", {"orders": list(orders)}, status=200)


async def refused(stage: Stage, case: RequestCase) -> set[str]:
    """A case that is refused says too little to be told apart by more than its status."""
    known = {"sellerId": "demo"} if case.model.startswith("listings") else {}
    answer = await stage.play(case, **known)
    assert answer.status_code == 400, answer.text
    return set() if error_codes(answer) == [case.body["errors"][0]["code"]] else {CODE}


async def v0_order(stage: Stage, case: RequestCase) -> set[str]:
    is_of_another = case.name.endswith("200 [1]")
    order = stored(case.body["payload"]) if is_of_another else Found().order(case.operation)
    await load(stage, order)
    token = None
    if case.operation not in {"getOrder", "getOrderItems"}:
        operation = case.operation
        token = await stage.amazon.restricted(operation)
    name = "getOrderV0" if case.operation == "getOrder" else case.operation
    answer = await stage.amazon.read_v0(name, order["orderId"], token=token)
    payload, expected = answer.json()["payload"], case.body["payload"]
    if "OrderItems" in expected:
        [[ours], [amazons]] = payload["OrderItems"], expected["OrderItems"]
        assert payload["AmazonOrderId"] == expected["AmazonOrderId"]
        return unlike(amazons, ours)
    return unlike(expected, payload)


async def v0_search(stage: Stage, case: RequestCase) -> set[str]:
    orders = [stored(order) for order in case.body["payload"]["Orders"]]
    has_more, is_second = "NextToken" in case.body["payload"], "NextToken" in case.parameters
    other = orders[0] | {"orderId": "902-0000000-0000001"}
    created = orders[0]["createdTime"].replace("49:35", "49:34" if is_second else "49:36")
    if has_more or is_second:
        await load(stage, other | {"createdTime": created})
    await load(stage, *orders)
    asked: dict[str, Any] = {"CreatedAfter": "1970-01-01T00:00:00Z"} | (
        {"MaxResultsPerPage": 1} if has_more or is_second else {}
    )
    if is_second:
        first = await stage.amazon.read_v0("getOrders", MarketplaceIds=AMERICAN, **asked)
        asked |= {"NextToken": first.json()["payload"]["NextToken"]}
    payload = (await stage.play(case, **asked)).json()["payload"]
    assert ("NextToken" in payload) == has_more
    found = {order["AmazonOrderId"]: order for order in payload["Orders"]}
    assert list(found) == [order["AmazonOrderId"] for order in case.body["payload"]["Orders"]]
    return set().union(*(unlike(order, found[order["AmazonOrderId"]]) for order in case.body["payload"]["Orders"]))


def made(**ids: str) -> Play:
    """Return how a case is played that speaks of something: it is made first, by the method of the stage."""

    async def play(stage: Stage, case: RequestCase) -> set[str]:
        known = {name: await getattr(stage, thing)() for name, thing in ids.items()}
        return same_form(case, await stage.play(case, **known))

    return play


def same_form(case: RequestCase, answer: httpx2.Response) -> set[str]:
    assert answer.status_code == case.status, answer.text
    body = answer.json() if answer.content else None
    return set() if case.body in (None, {}) and not body else missing(case.body, body)


async def create_feed(stage: Stage, case: RequestCase) -> set[str]:
    body = case.parameters["body"] | {"feedType": FEED_TYPE, "inputFeedDocumentId": await stage.document()}
    return same_form(case, await stage.play(case, body=body))


async def cancelled_feed(stage: Stage, case: RequestCase) -> set[str]:
    feeds = [await stage.feed() for _ in range(case.parameters.get("pageSize", 0) + 1)]
    for feed in feeds:
        await stage.call("cancelFeed", "DELETE", f"{FEEDS}/feeds/{feed}")
    of_it = {"feedTypes": [FEED_TYPE]} if case.operation == "getFeeds" else {"feedId": feeds[0]}
    answer = await stage.play(case, **of_it)
    feed = answer.json()["feeds"][0] if case.operation == "getFeeds" else answer.json()
    assert feed["processingStatus"] == "CANCELLED"
    return same_form(case, answer)


async def feed_document(stage: Stage, case: RequestCase) -> set[str]:
    return same_form(case, await stage.play(case, feedDocumentId=await stage.document()))


async def create_report(stage: Stage, case: RequestCase) -> set[str]:
    body = case.parameters["body"] | {"reportType": REPORT_TYPE, "dataStartTime": "2026-11-01T00:00:00Z"}
    return same_form(case, await stage.play(case, body=body))


async def report_in_progress(stage: Stage, case: RequestCase) -> set[str]:
    reports = [await stage.report() for _ in range(11)]
    for _ in range(60):
        shown = await stage.call("getReport", "GET", f"{REPORTS}/reports/{reports[0]}")
        if shown["processingStatus"] == "IN_PROGRESS":
            break
        await stage.amazon.control("POST", "clock", {"advance": 1})
    of_it = {"reportTypes": [REPORT_TYPE]} if case.operation == "getReports" else {"reportId": reports[0]}
    answer = await stage.play(case, **of_it)
    report = answer.json()["reports"][-1] if case.operation == "getReports" else answer.json()
    assert report["processingStatus"] == "IN_PROGRESS"
    return same_form(case, answer)


async def report_document(stage: Stage, case: RequestCase) -> set[str]:
    await stage.amazon.place(fulfillmentStatus="UNSHIPPED")  # a report on nothing is cancelled
    await stage.amazon.control("POST", "clock", {"advance": 600})
    report = await stage.report()
    await stage.amazon.control("POST", "clock", {"advance": 600})
    shown = await stage.call("getReport", "GET", f"{REPORTS}/reports/{report}")
    return same_form(case, await stage.play(case, reportDocumentId=shown["reportDocumentId"]))


async def listing(stage: Stage, case: RequestCase) -> set[str]:
    included = ["summaries", "attributes", "issues", "offers", "fulfillmentAvailability"]
    of_it = {"sellerId": "demo", "sku": await stage.sku(), "marketplaceIds": [AMERICAN], "includedData": included}
    return same_form(case, await stage.play(case, **of_it))


async def patch(stage: Stage, case: RequestCase) -> set[str]:
    name = "fake_attribute" if case.body["status"] == "INVALID" else "fulfillment_availability"
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": 3}]
    body = {"productType": "PRODUCT", "patches": [{"op": "replace", "path": f"/attributes/{name}", "value": value}]}
    of_it = {"sellerId": "demo", "sku": await stage.sku(), "marketplaceIds": [AMERICAN], "body": body}
    answer = await stage.play(case, **of_it)
    assert answer.json()["status"] == case.body["status"], answer.text
    return same_form(case, answer)


async def create_destination(stage: Stage, case: RequestCase) -> set[str]:
    body = {"name": case.body["payload"]["name"], "resourceSpecification": case.body["payload"]["resource"]}
    answer = await stage.play(case, body=body)
    assert answer.json()["payload"]["resource"] == case.body["payload"]["resource"]
    return same_form(case, answer)


async def create_subscription(stage: Stage, case: RequestCase) -> set[str]:
    body = {"payloadVersion": "1.0", "destinationId": await stage.destination()}
    return same_form(case, await stage.play(case, notificationType="ORDER_CHANGE", body=body))


async def subscribed(stage: Stage, case: RequestCase) -> set[str]:
    subscription = await stage.subscription()
    of_it: dict[str, Any] = {"notificationTypes": ["ORDER_CHANGE"]}
    if case.operation != "getSubscriptions":
        of_it = {"notificationType": "ORDER_CHANGE"}
    if "subscriptionId" in case.path:
        of_it["subscriptionId"] = subscription
    return same_form(case, await stage.play(case, **of_it))


async def restricted(stage: Stage, case: RequestCase) -> set[str]:
    body = case.parameters["body"]
    resources = [
        one | {"path": one["path"].replace("943-12-123434", "943-1212345-1234345")}
        for one in body["restrictedResources"]
    ]
    answer = await stage.play(case, body=body | {"restrictedResources": resources})
    assert answer.json()["expiresIn"] == case.body["expiresIn"]
    return same_form(case, answer)


PLAYS: Final[dict[str, Play]] = {
    "getOrders": v0_search,
    "getOrder": v0_order,
    "getOrderBuyerInfo": v0_order,
    "getOrderAddress": v0_order,
    "getOrderItems": v0_order,
    "getOrderItemsBuyerInfo": v0_order,
    "createFeedDocument": made(),
    "createFeed": create_feed,
    "getFeed": cancelled_feed,
    "getFeeds": cancelled_feed,
    "cancelFeed": made(feedId="feed"),
    "getFeedDocument": feed_document,
    "createReport": create_report,
    "getReport": report_in_progress,
    "getReports": report_in_progress,
    "cancelReport": made(reportId="report"),
    "getReportDocument": report_document,
    "getListingsItem": listing,
    "patchListingsItem": patch,
    "createDestination": create_destination,
    "getDestination": made(destinationId="destination"),
    "getDestinations": made(unused="destination"),
    "deleteDestination": made(destinationId="destination"),
    "createSubscription": create_subscription,
    "getSubscription": subscribed,
    "getSubscriptions": subscribed,
    "getSubscriptionById": subscribed,
    "deleteSubscriptionById": subscribed,
    "createRestrictedDataToken": restricted,
}


async def test_every_case_is_answered_live_as_far_as_a_world_can_hold_what_it_speaks_of(models, tally, replayed, show):
    found: dict[str, set[str]] = {}
    for case in served_cases():
        if (case.model, case.operation) in OWN_TESTS:
            continue
        async with opened(models, tally) as amazon:
            play = refused if case.status == 400 else PLAYS[case.operation]
            found[case.name] = await play(Stage(amazon), case)
        replayed(LIVE, case.name, found[case.name])
    assert found == {name: set(set_aside(name)) for name in found}
    show(f"live mode: {len(found)} cases of Amazon's models played, beside those with tests of their own")
