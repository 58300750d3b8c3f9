"""Connections that close and answers that wait: in-process, and over a real port."""

import asyncio
import time
from collections.abc import Iterator

import httpx2
import pytest
import requests
import urllib3

from simulator.faults.closing import ConnectionClosed
from tests.clients.served import Served, served_world
from tests.simulator.faults.planning import journal, plan, progress
from tests.simulator.playing import ORDERS, Amazon, package


async def test_a_dropped_call_raises_in_process_and_does_nothing(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    body = package(await amazon.order(order_id))
    rule_id = await plan(amazon, effect="DROPPED", operation="confirmShipment", times=1)
    with pytest.raises(ConnectionClosed) as closed:
        await amazon.confirm(order_id, body)
    assert closed.value.status is None
    assert await amazon.status(order_id) == "UNSHIPPED"
    [entry] = await journal(amazon, "?operation=confirmShipment")
    assert (entry["status"], entry.get("isLost")) == (None, None)
    assert entry["faults"] == [{"id": rule_id, "effect": "DROPPED"}]
    assert (await amazon.confirm(order_id, body)).status_code == 204


async def test_a_lost_answer_raises_in_process_and_everything_was_done(amazon: Amazon) -> None:
    order_id = await amazon.placed(fulfillmentStatus="UNSHIPPED")
    body = package(await amazon.order(order_id))
    rule_id = await plan(amazon, effect="LOST", operation="confirmShipment", times=1)
    with pytest.raises(ConnectionClosed) as closed:
        await amazon.confirm(order_id, body)
    assert closed.value.status == 204
    assert await amazon.status(order_id) == "SHIPPED"
    [entry] = await journal(amazon, "?operation=confirmShipment")
    assert (entry["status"], entry["isLost"]) == (204, True)
    assert entry["faults"] == [{"id": rule_id, "effect": "LOST"}]
    assert entry["summary"]["orderId"] == order_id
    assert await progress(amazon) == [(1, 1, True)]


@pytest.mark.parametrize("effect", ["DROPPED", "LOST"])
async def test_the_token_endpoint_and_transfers_can_close_too(amazon: Amazon, effect: str) -> None:
    await plan(amazon, effect=effect, operation="token", times=1)
    with pytest.raises(ConnectionClosed):
        await amazon.log_in()
    await plan(amazon, effect=effect, operation="uploadDocument", times=1)
    headers = {"x-amz-access-token": amazon.token or ""}
    made = await amazon.http.post("/feeds/2021-06-30/documents", json={"contentType": "text/xml"}, headers=headers)
    with pytest.raises(ConnectionClosed):
        await amazon.http.put(made.json()["url"], content=b"<x/>", headers={"content-type": "text/xml"})
    document = amazon.world.documents.find(made.json()["feedDocumentId"], now=amazon.world.clock.milliseconds())
    assert document is not None
    assert (document.contents is None) is (effect == "DROPPED")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with served_world("faulty") as simulator:
        yield simulator


@pytest.fixture
def token(served: Served) -> Iterator[str]:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": served.refresh_token,
        "client_id": "c",
        "client_secret": "s",
    }
    served.control("POST", "limits", {"enabled": False})
    answer = httpx2.post(served.token_url, data=form)
    yield answer.json()["access_token"]
    httpx2.delete(f"{served.url}/_sim/faults").raise_for_status()


@pytest.mark.parametrize("effect", ["DROPPED", "LOST"])
class TestOverAPort:
    def test_httpx2_sees_the_connection_close(self, served: Served, token: str, effect: str) -> None:
        served.control("POST", "faults", {"effect": effect, "operation": "searchOrders", "times": 1})
        headers = {"x-amz-access-token": token}
        query = {"lastUpdatedAfter": "2026-10-01T00:00:00Z"}
        with httpx2.Client(base_url=served.url, headers=headers) as client:
            with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadError)):
                client.get(ORDERS, params=query)
            assert client.get(ORDERS, params=query).status_code == 200

    def test_requests_sees_the_connection_close(self, served: Served, token: str, effect: str) -> None:
        [order_id] = served.place(fulfillmentStatus="UNSHIPPED")
        served.control("POST", "faults", {"effect": effect, "operation": "confirmShipment", "times": 1})
        order = served.look(f"state?orderId={order_id}")["orders"][0]["order"]
        url = f"{served.url}/orders/v0/orders/{order_id}/shipmentConfirmation"
        with requests.Session() as session, pytest.raises(requests.exceptions.ConnectionError) as raised:
            session.post(url, json=package(order), headers={"x-amz-access-token": token})
        assert isinstance(raised.value.args[0], urllib3.exceptions.ProtocolError)
        status = served.look(f"state?orderId={order_id}")["orders"][0]["fulfillmentStatus"]
        assert status == ("UNSHIPPED" if effect == "DROPPED" else "SHIPPED")
        assert served.requests("confirmShipment")[-1]["status"] == (None if effect == "DROPPED" else 204)

    async def test_not_one_byte_is_answered(self, served: Served, token: str, effect: str) -> None:
        served.control("POST", "faults", {"effect": effect, "operation": "searchOrders", "times": 1})
        host, _, port = served.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        lines = [f"GET {ORDERS}?lastUpdatedAfter=2026-10-01T00:00:00Z HTTP/1.1", f"Host: {host}"]
        writer.write("\r\n".join([*lines, f"x-amz-access-token: {token}", "", ""]).encode())
        try:
            assert await reader.read() == b""
        except ConnectionResetError:
            pass
        finally:
            writer.close()


def test_a_slow_answer_comes_so_many_real_seconds_late(served: Served, token: str) -> None:
    served.control("POST", "faults", {"effect": "SLOW", "operation": "searchOrders", "seconds": 0.4, "times": 2})
    query = {"lastUpdatedAfter": "2026-10-01T00:00:00Z"}
    headers = {"x-amz-access-token": token}
    with httpx2.Client(base_url=served.url, headers=headers, params=query) as client:
        started = time.monotonic()
        assert client.get(ORDERS).status_code == 200
        assert 0.4 <= time.monotonic() - started < 5
        with pytest.raises(httpx2.ReadTimeout):
            client.get(ORDERS, timeout=0.1)
        assert client.get(ORDERS).status_code == 200
