"""The journal: who asked for what and how it went, without secrets; and what a request may have meant."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest

from simulator.clock import SimulatedClock
from simulator.journal import Journal
from simulator.world import World
from tests.simulator.playing import LONG_AGO, ORDERS, Amazon, package

Ask = Callable[[Amazon], Awaitable[httpx2.Response]]


async def requests(amazon: Amazon, query: str = "") -> list[dict[str, Any]]:
    answer = await amazon.sim("GET", f"/journal{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


async def last(amazon: Amazon) -> dict[str, Any]:
    return (await requests(amazon, "?last=1"))[0]


def headers(amazon: Amazon) -> dict[str, str]:
    return {"x-amz-access-token": amazon.token or ""}


class TestEntries:
    async def test_a_confirmation_is_summed_up(self, amazon: Amazon) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        order = await amazon.order(order_id)
        assert (await amazon.confirm(order_id, package(order, "7"))).status_code == 204
        entry = await last(amazon)
        assert (entry["clientId"], entry["seller"], entry["status"]) == ("app", "demo", 204)
        assert entry["summary"] == {
            "orderId": order_id,
            "packageReferenceId": "7",
            "carrierCode": "UPS",
            "items": [
                {"orderItemId": item["orderItemId"], "quantity": item["quantityOrdered"]}
                for item in order["orderItems"]
            ],
        }

    async def test_a_refused_confirmation_is_summed_up_too(self, amazon: Amazon) -> None:
        order_id = await amazon.placed()
        await amazon.confirm(order_id, {"packageDetail": {"packageReferenceId": [7], "orderItems": [3, {}]}})
        entry = await last(amazon)
        assert entry["status"] == 400
        nothing = {"orderItemId": None, "quantity": None}
        assert entry["summary"] == {"orderId": order_id, "items": [nothing, nothing]}

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"packageDetail": 1}', b"[" * 5_000])
    async def test_any_body_is_summed_up_somehow(self, amazon: Amazon, body: bytes) -> None:
        order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
        path = f"/orders/v0/orders/{order_id}/shipmentConfirmation"
        assert (await amazon.http.post(path, content=body, headers=headers(amazon))).status_code == 400
        assert (await last(amazon))["path"] == path

    async def test_a_feed_is_summed_up(self, amazon: Amazon) -> None:
        kind = {"contentType": "text/xml; charset=UTF-8"}
        made = await amazon.http.post("/feeds/2021-06-30/documents", json=kind, headers=headers(amazon))
        document = made.json()
        await amazon.http.put(document["url"], content=b"<x/>", headers={"content-type": kind["contentType"]})
        body = {
            "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
            "marketplaceIds": ["ATVPDKIKX0DER"],
            "inputFeedDocumentId": document["feedDocumentId"],
        }
        feed = await amazon.http.post("/feeds/2021-06-30/feeds", json=body, headers=headers(amazon))
        created, uploaded, fed = (await requests(amazon))[-3:]
        assert created["summary"] == {"contentType": kind["contentType"], "feedDocumentId": document["feedDocumentId"]}
        assert (uploaded["operation"], uploaded["seller"], uploaded["query"]) == ("uploadDocument", "demo", "")
        assert fed["summary"] == {
            "feedType": "POST_ORDER_ACKNOWLEDGEMENT_DATA",
            "inputFeedDocumentId": document["feedDocumentId"],
            "feedId": feed.json()["feedId"],
        }

    async def test_control_acts_are_kept_without_buyers(self, amazon: Amazon) -> None:
        [order_id] = await amazon.place(count=1)
        assert (await last(amazon))["summary"] == {"count": 1}
        assert (await last(amazon))["answered"] == {"orderIds": [order_id]}
        document = await amazon.order(order_id)
        document |= {
            "buyer": {"buyerName": "Ann Onymous", "buyerEmail": "ann@example.com"},
            "recipient": {"deliveryAddress": {"name": "Ann Onymous", "postalCode": "98109", "countryCode": "US"}},
            "tax": {"taxRegistrations": [{"entityType": "BUYER", "legalName": "Onymous Ltd"}]},
        }
        answer = await amazon.sim("PUT", "/orders", {"orders": [document]})
        assert answer.status_code == 200, answer.text
        shown = (await amazon.sim("GET", "/journal")).text
        assert "Onymous" not in shown
        assert "98109" not in shown
        [loaded] = (await last(amazon))["summary"]["orders"]
        assert loaded["orderId"] == order_id
        assert not {"buyer", "recipient"} & loaded.keys()

    @pytest.mark.parametrize("name", ["BuyerEmail", "buyeremail", "buyer_email", "Buyer%45mail"])
    async def test_the_mail_address_of_a_query_is_not_told(self, amazon: Amazon, name: str) -> None:
        await amazon.get(f"/orders/v0/orders?{name}=ann%40example.com&MarketplaceIds=ATVPDKIKX0DER")
        assert (await last(amazon))["query"] == f"{unquote(name)}=&MarketplaceIds=ATVPDKIKX0DER"

    async def test_secrets_that_were_put_into_a_query_are_not_told(self, amazon: Amazon) -> None:
        await amazon.http.post("/auth/o2/token?client_secret=hush&refresh_token=Atzr%7Cdemo")
        assert (await last(amazon))["query"] == ""

    async def test_looks_leave_no_entry(self, amazon: Amazon) -> None:
        before = await requests(amazon)
        for path in ("/journal", "/faults", "/state", "/clock", "/journal/scenario"):
            await amazon.sim("GET", path)
        assert await requests(amazon) == before

    @pytest.mark.parametrize("deep", [b'{"a":' * 900 + b"1" + b"}" * 900, b"[" * 1_000 + b"]" * 1_000])
    async def test_what_is_nested_deeply_is_cut(self, amazon: Amazon, deep: bytes) -> None:
        for path in ("/orders", "/clock", "/faults", "/options"):
            answer = await amazon.http.post(f"/_sim{path}", content=deep)
            assert answer.status_code in (400, 422)
        answer = await amazon.http.put("/_sim/orders", content=b'{"orders": [{"a": ' + deep + b"}]}")
        assert answer.status_code in (400, 422)
        assert len(await requests(amazon)) == 6


class TestFilters:
    async def test_requests_are_filtered(self, amazon: Amazon) -> None:
        await amazon.search()
        await amazon.get(f"{ORDERS}/123-1234567-1234567")
        await amazon.log_in("other")
        await amazon.search(maxResultsPerPage=0)
        everything = await requests(amazon)
        assert [entry["operation"] for entry in everything] == [
            "token", "searchOrders", "getOrder", "token", "searchOrders",
        ]  # fmt: skip
        assert [one["status"] for one in await requests(amazon, "?operation=searchOrders")] == [200, 400]
        assert len(await requests(amazon, "?operation=searchOrders,getOrder")) == 3
        assert [one["operation"] for one in await requests(amazon, "?status=404,400")] == ["getOrder", "searchOrders"]
        assert [one["operation"] for one in await requests(amazon, "?seller=other")] == ["token", "searchOrders"]
        assert await requests(amazon, f"?since={everything[2]['requestId']}") == everything[3:]
        assert await requests(amazon, f"?since={everything[-1]['requestId']}") == []
        assert await requests(amazon, "?last=2") == everything[-2:]
        assert await requests(amazon, "?last=0") == []
        assert await requests(amazon, "?last=20000&status=200&operation=token&seller=other") == everything[3:4]

    @pytest.mark.parametrize(
        ("query", "field", "status"),
        [
            ("last=-1", "last", 422),
            ("last=x", "last", 422),
            ("last=20001", "last", 422),
            ("last=" + "9" * 5_000, "last", 422),
            ("status=ok", "status", 422),
            ("operations=token", "operations", 422),
            ("since=nobody", "since", 404),
        ],
    )
    async def test_a_wrong_filter_is_refused(self, amazon: Amazon, query: str, field: str, status: int) -> None:
        answer = await amazon.sim("GET", f"/journal?{query}")
        assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)


async def _foreign_order(amazon: Amazon) -> httpx2.Response:
    [order_id] = await amazon.place(seller="other")
    return await amazon.get(f"{ORDERS}/{order_id}")


async def _bearer(amazon: Amazon) -> httpx2.Response:
    return await amazon.http.get(ORDERS, headers={"authorization": f"Bearer {amazon.token}"})


async def _refresh_token(amazon: Amazon) -> httpx2.Response:
    return await amazon.http.get(ORDERS, headers={"x-amz-access-token": "Atzr|demo"})


async def _old_token(amazon: Amazon) -> httpx2.Response:
    await amazon.advance(3_600)
    return await amazon.search()


async def _signed_upload(amazon: Amazon) -> httpx2.Response:
    kind = {"contentType": "text/xml"}
    made = await amazon.http.post("/feeds/2021-06-30/documents", json=kind, headers=headers(amazon))
    sent = {"content-type": "text/xml", **headers(amazon)}
    return await amazon.http.put(made.json()["url"], content=b"<x/>", headers=sent)


async def _other_type(amazon: Amazon) -> httpx2.Response:
    kind = {"contentType": "text/xml"}
    made = await amazon.http.post("/feeds/2021-06-30/documents", json=kind, headers=headers(amazon))
    return await amazon.http.put(made.json()["url"], content=b"<x/>")


async def _too_many(amazon: Amazon) -> httpx2.Response:
    amazon.world.quotas.is_enabled = True
    for _ in range(20):
        await amazon.search()
    return await amazon.search()


async def _wrong_grant(amazon: Amazon) -> httpx2.Response:
    form = {"grant_type": "refresh_token", "refresh_token": "nonsense", "client_id": "c", "client_secret": "s"}
    return await amazon.http.post("/auth/o2/token", data=form)


def _search(**query: object) -> Ask:
    return lambda amazon: amazon.search(**query)


HINTS: dict[str, tuple[Ask, str | None]] = {
    "nothing odd": (_search(includedData="FULFILLMENT", marketplaceIds="ATVPDKIKX0DER"), None),
    "a parameter in other letters": (
        _search(includeddata="FULFILLMENT"),
        "includeddata is no parameter of searchOrders: includedData is",
    ),
    "a parameter of v0": (
        lambda amazon: amazon.get(ORDERS, {"LastUpdatedAfter": LONG_AGO}),
        "LastUpdatedAfter is no parameter of searchOrders: lastUpdatedAfter is",
    ),
    "v0's next token": (_search(NextToken="x"), "NextToken is no parameter of searchOrders: paginationToken is"),
    "one status": (
        _search(fulfillmentStatus="SHIPPED"),
        "fulfillmentStatus is no parameter of searchOrders: fulfillmentStatuses is",
    ),
    "something else altogether": (_search(qq="1"), "qq is no parameter of searchOrders"),
    "what the community's client adds": (_search(MarketplaceId="ATVPDKIKX0DER"), None),
    "v0's spelling of a status": (
        _search(fulfillmentStatuses="CANCELED"),
        "fulfillmentStatuses knows no 'CANCELED': CANCELLED is",
    ),
    "an order of another seller": (_foreign_order, "the order is one of other, and the token acts for demo"),
    "a bearer token": (_bearer, "the access token goes into x-amz-access-token, not into Authorization"),
    "a refresh token": (
        _refresh_token,
        "a refresh token is exchanged at /auth/o2/token; x-amz-access-token takes what comes back",
    ),
    "an old token": (
        _old_token,
        "the token was never given out in this world, or its hour is over, or the seller took it back",
    ),
    "an upload with a token": (
        _signed_upload,
        "the URL of a document is called without x-amz-access-token: it is no part of the API",
    ),
    "an upload of another type": (
        _other_type,
        "the URL lives for five minutes, and the Content-Type is that of createFeedDocument",
    ),
    "a request too many": (_too_many, "the plan of searchOrders is 0.0056 requests a second, and 20 at once"),
    "a wrong grant": (_wrong_grant, "a refresh token of this world reads Atzr|NAME, where NAME is the seller"),
}


FORM = "application/x-www-form-urlencoded; charset=utf-8"
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20261102/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"
ASTRAY: dict[str, tuple[str, str, dict[str, str], bytes, bool]] = {
    "JSON": ("POST", "/", {"x-amz-target": "AmazonSQS.ReceiveMessage"}, b"{}", True),
    "JSON at a queue": ("POST", "/123456789012/orders", {"x-amz-target": "AmazonSQS.DeleteMessage"}, b"{", True),
    "JSON at an operation of another method": ("POST", ORDERS, {"x-amz-target": "AmazonSQS.ListQueues"}, b"", True),
    "a form": ("POST", "/", {"content-type": FORM}, b"Action=ReceiveMessage&Version=2012-11-05", True),
    "a signature": ("GET", "/", {"authorization": SIGNED}, b"", True),
    "another target": ("POST", "/", {"x-amz-target": "AmazonSNS.Publish"}, b"{}", False),
    "another action": ("POST", "/", {"content-type": FORM}, b"Action=AssumeRole", False),
    "no form": ("POST", "/", {"content-type": FORM}, b"\xff&" * 1_000, False),
    "a form of another type": ("POST", "/", {"content-type": "text/plain"}, b"Action=ReceiveMessage", False),
}


@pytest.mark.parametrize("what", ASTRAY)
async def test_a_client_of_queues_at_the_root_is_told_where_they_are(amazon: Amazon, what: str) -> None:
    method, path, headers, body, is_told = ASTRAY[what]
    answer = await amazon.http.request(method, path, headers=headers, content=body)
    assert answer.status_code == (405 if path == ORDERS else 404)
    hint = (await last(amazon)).get("hint")
    assert hint == (
        "queues are at /_sqs: it belongs to the endpoint that a client of SQS is given" if is_told else None
    )


@pytest.mark.parametrize("what", HINTS)
async def test_a_hint_is_given_for(amazon: Amazon, what: str) -> None:
    ask, hint = HINTS[what]
    answer = await ask(amazon)
    entry = await last(amazon)
    assert entry["requestId"] == answer.headers["x-amzn-requestid"]
    assert entry.get("hint") == hint
    assert "Atza|" not in str(entry)


async def test_long_names_are_cut_in_hints(amazon: Amazon) -> None:
    await amazon.search(**{f"{'x' * 3_000}{number}": 1 for number in range(9)})
    hint = (await last(amazon))["hint"]
    assert hint.count("is no parameter") == 5
    assert len(hint) < 1_000


class TestKeeping:
    async def test_a_journal_goes_on_from_what_was_kept(self, amazon: Amazon) -> None:
        await amazon.search(oops=1)
        await amazon.sim("POST", "/faults", {"effect": "FAILED", "times": 1})
        await amazon.search()
        await amazon.placed()
        kept, shown = amazon.world.journal.keep(), await requests(amazon)
        amazon.world.journal = Journal(began=0)
        amazon.world.journal.restore(kept)
        assert await requests(amazon) == shown
        assert amazon.world.journal.keep() == kept
        await amazon.search()
        assert len(await requests(amazon)) == len(shown) + 1

    async def test_the_same_seed_script_and_faults_give_the_same_bytes(self) -> None:
        assert await _script("7") == await _script("7")
        assert await _script("7") != await _script("8")


async def _script(seed: str) -> list[bytes]:
    clock = SimulatedClock(monotonic=lambda: 0.0, start=datetime(2026, 11, 2, 9, tzinfo=UTC))
    amazon = Amazon(World(clock=clock, seed=seed))
    async with amazon.http:
        await amazon.log_in()
        rules: list[dict[str, Any]] = [
            {"effect": "THROTTLED", "probability": 0.3},
            {"effect": "MISSING", "probability": 0.3},
            {"effect": "UNKNOWN_FIELD", "every": 3},
        ]
        await amazon.sim("POST", "/faults", {"rules": rules})
        await amazon.place(count=20)
        await amazon.advance(180)
        answers = [(await amazon.search(oops=number, maxResultsPerPage=5)).content for number in range(25)]
        return [*answers, (await amazon.sim("GET", "/journal")).content, (await amazon.sim("GET", "/faults")).content]
