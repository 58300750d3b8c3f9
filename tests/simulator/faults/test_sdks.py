"""What both SDKs make of a connection that closes in place of an answer."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import sp_api.asyncio.base.client  # noqa: F401  (first: the package imports itself in a circle otherwise)
import spapi
import urllib3
from sp_api.api import Orders
from sp_api.auth import AccessTokenClient

from tests.clients.served import Served, served_world
from tests.simulator.playing import LONG_AGO, package

AMERICAN = "ATVPDKIKX0DER"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Served]:
    with served_world("closing-connections") as served:
        served.control("POST", "limits", {"enabled": False})
        yield served


@pytest.fixture
def official(simulator: Served) -> Iterator[Any]:
    config = spapi.SPAPIConfig(
        client_id="client", client_secret="secret", refresh_token=simulator.refresh_token, region="NA"
    )
    opened = spapi.SPAPIClient(config, oauth_endpoint=simulator.token_url, endpoint=simulator.url)
    yield opened.api_client
    opened.api_client.rest_client.pool_manager.clear()
    logging.getLogger("spapi").handlers.clear()  # each model object of this client adds one


@pytest.fixture
def community(simulator: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)
    parts = urlsplit(simulator.url)
    market = {"endpoint": simulator.url, "marketplace_id": AMERICAN, "region": "us-east-1"}
    orders = Orders(
        version="2026-01-01",
        marketplace=type("Market", (), market),
        refresh_token=simulator.refresh_token,
        credentials={"lwa_app_id": "client", "lwa_client_secret": "secret"},
        auth_token_client_class=type(
            "Tokens", (AccessTokenClient,), {"scheme": f"{parts.scheme}://", "host": parts.netloc}
        ),
    )
    yield orders
    orders.close()
    orders._auth._transport.close()


def struck(simulator: Served) -> list[dict[str, Any]]:
    """Take all rules back, and return how far they were."""
    rules: list[dict[str, Any]] = simulator.look("faults")["faults"]
    simulator.control("DELETE", "faults")
    return rules


@pytest.mark.parametrize("effect", ["DROPPED", "LOST"])
class TestClosing:
    def test_amazons_sdk_asks_again_by_itself_when_it_reads(
        self, simulator: Served, official: Any, effect: str
    ) -> None:
        simulator.control("POST", "faults", {"effect": effect, "operation": "searchOrders", "times": 2})
        before = len(simulator.requests("searchOrders"))
        page = spapi.SearchOrdersApi(official).search_orders(last_updated_after=LONG_AGO)
        assert page.orders is not None
        assert len(simulator.requests("searchOrders")) - before == 3
        assert [(rule["hits"], rule["spent"]) for rule in struck(simulator)] == [(2, True)]

    def test_amazons_sdk_leaves_a_write_to_its_caller(self, simulator: Served, official: Any, effect: str) -> None:
        [order_id] = simulator.place(fulfillmentStatus="UNSHIPPED")
        order = simulator.look(f"state?orderId={order_id}")["orders"][0]["order"]
        simulator.control("POST", "faults", {"effect": effect, "operation": "confirmShipment", "times": 1})
        api = spapi.OrdersV0Api(official)
        with pytest.raises(urllib3.exceptions.ProtocolError):
            api.confirm_shipment(order_id, package(order))
        status = simulator.look(f"state?orderId={order_id}")["orders"][0]["fulfillmentStatus"]
        assert status == ("UNSHIPPED" if effect == "DROPPED" else "SHIPPED")
        api.confirm_shipment(order_id, package(order))  # the same package again edits it
        assert simulator.look(f"state?orderId={order_id}")["orders"][0]["fulfillmentStatus"] == "SHIPPED"
        struck(simulator)

    def test_the_communitys_sdk_raises_what_its_http_library_raises(
        self, simulator: Served, community: Any, effect: str
    ) -> None:
        simulator.control("POST", "faults", {"effect": effect, "operation": "searchOrders", "times": 1})
        with pytest.raises(Exception, match=r"(?i)disconnected|aborted|reset|closed") as raised:
            community.search_orders(lastUpdatedAfter=LONG_AGO)
        assert type(raised.value).__module__.partition(".")[0] in {"httpx", "requests"}
        assert community.search_orders(lastUpdatedAfter=LONG_AGO).payload["orders"] is not None
        struck(simulator)
