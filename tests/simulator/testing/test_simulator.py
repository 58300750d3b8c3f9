"""The simulator as other projects' tests use it."""

import socket
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from simulator.options import Options
from simulator.testing import Refused, Simulator

ORDERS = "/orders/2026-01-01/orders"


def token_of(client: httpx2.Client, simulator: Simulator, seller: str = "demo") -> str:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": simulator.refresh_token(seller),
        "client_id": "a",
        "client_secret": "b",
    }
    token: str = client.post(simulator.token_url, data=form).raise_for_status().json()["access_token"]
    return token


def test_a_served_simulator_answers_a_client_that_blocks():
    with Simulator(seed="7") as simulator, httpx2.Client(base_url=simulator.url, trust_env=False) as client:
        token = token_of(client, simulator)
        [order_id] = simulator.control.place(fulfillment_status="UNSHIPPED")
        answer = client.get(f"{ORDERS}/{order_id}", headers={"x-amz-access-token": token})
        assert answer.json()["order"]["orderId"] == order_id
        assert [entry.operation for entry in simulator.control.requests("getOrder")] == ["getOrder"]


async def test_its_app_is_mounted_in_a_client_that_awaits_and_controlled_meanwhile():
    simulator = Simulator(seed="7")
    transport = httpx2.ASGITransport(app=simulator.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://amazon") as client:
        form = {"grant_type": "refresh_token", "refresh_token": "Atzr|demo", "client_id": "a", "client_secret": "b"}
        token = (await client.post("/auth/o2/token", data=form)).json()["access_token"]
        [order_id] = simulator.control.place(
            fulfillment_status="UNSHIPPED", items=[{"sku": "YOGA-MAT-6MM", "quantity": 2}]
        )
        answer = await client.get(f"{ORDERS}/{order_id}", headers={"x-amz-access-token": token})
    assert answer.json()["order"]["orderItems"][0]["product"]["sellerSku"] == "YOGA-MAT-6MM"
    simulator.close()


def test_time_stands_still_until_it_is_moved_and_starts_where_it_is_told():
    start = datetime(2027, 3, 1, tzinfo=UTC)
    simulator = Simulator(now=start)
    assert simulator.control.clock().now == start
    assert simulator.control.advance(timedelta(hours=2)).now == start + timedelta(hours=2)
    assert simulator.control.advance(1.5).now == start + timedelta(hours=2, seconds=1.5)
    assert simulator.control.set_time(start).now == start
    assert simulator.control.run_at(0).rate == 0
    simulator.close()


def test_an_order_goes_through_its_life_by_hand():
    simulator = Simulator()
    control = simulator.control
    [order_id] = control.place(items=[{"sku": "YOGA-MAT-6MM", "quantity": 3}])
    assert control.pay(order_id).fulfillment_status == "UNSHIPPED"
    assert control.request_cancel(order_id, reason="Changed my mind").fulfillment_status == "UNSHIPPED"
    [item] = control.order(order_id).order["orderItems"]
    assert control.ship(order_id, items={item["orderItemId"]: 1}).fulfillment_status == "PARTIALLY_SHIPPED"
    assert control.ship(order_id).fulfillment_status == "SHIPPED"
    assert control.deliver(order_id).is_delivered
    with pytest.raises(Refused) as refused:
        control.cancel(order_id, by="SELLER")
    assert (refused.value.status, refused.value.code) == (409, "CONFLICT")
    with pytest.raises(KeyError):
        control.order("000-0000000-0000000")
    simulator.close()


def test_a_refusal_names_the_field():
    simulator = Simulator()
    with pytest.raises(Refused, match="marketplaceId") as refused:
        simulator.control.place(marketplace_id="NOWHERE")
    assert (refused.value.status, refused.value.field) == (422, "marketplaceId")
    simulator.close()


def test_orders_are_loaded_and_the_world_begins_anew():
    simulator = Simulator(orders=3, options=Options(moves_packages=False))
    control = simulator.control
    assert len(control.state().orders) == 3
    document = control.state().orders[0].order | {"orderId": "111-1111111-1111111"}
    assert control.load([document]) == ["111-1111111-1111111"]
    control.reset(seed="other", now=datetime(2026, 12, 1, tzinfo=UTC), orders=1)
    assert (len(control.state().orders), control.state().seed) == (1, "other")
    assert control.options(offers_cancel_order=True)["offersCancelOrder"] is True
    assert control.options()["movesPackages"] is False
    simulator.close()


def test_a_seller_withdraws_the_permission_and_limits_are_lifted():
    with Simulator() as simulator, httpx2.Client(base_url=simulator.url, trust_env=False) as client:
        simulator.control.limits(enabled=False)
        headers = {"x-amz-access-token": token_of(client, simulator)}
        asked = {"lastUpdatedAfter": "2026-11-01T00:00:00Z"}
        assert {client.get(ORDERS, params=asked, headers=headers).status_code for _ in range(25)} == {200}
        simulator.control.revoke()
        assert client.get(ORDERS, params=asked, headers=headers).status_code == 403


def test_what_cannot_be_served_says_why():
    simulator = Simulator()
    with pytest.raises(RuntimeError, match="with block"):
        _ = simulator.url
    with socket.create_server(("127.0.0.1", 0)) as taken:
        simulator = Simulator(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="cannot listen"), simulator:
            pass
    simulator.close()


def test_trouble_is_planned_seen_and_taken_back():
    with Simulator() as simulator, httpx2.Client(base_url=simulator.url, trust_env=False) as client:
        headers = {"x-amz-access-token": token_of(client, simulator)}
        [order_id] = simulator.control.place()
        rule = simulator.control.fault("FAILED", "getOrder", times=1)
        assert client.get(f"{ORDERS}/{order_id}", headers=headers).status_code == 500
        assert client.get(f"{ORDERS}/{order_id}", headers=headers).status_code == 200
        assert [(one.id, one.effect, one.hits, one.spent) for one in simulator.control.faults()] == [
            (rule, "FAILED", 1, True)
        ]
        simulator.control.clear_faults()
        assert simulator.control.faults() == []
        [latest] = simulator.control.requests(last=1)
        assert latest.method == "DELETE"


def test_roles_listings_and_notifications_are_at_hand():
    simulator = Simulator()
    control = simulator.control
    control.roles(["INVENTORY_AND_ORDER_TRACKING"], client_id="poor")
    control.offer("YOGA-MAT-6MM", 5)
    [order_id] = control.place(items=[{"sku": "YOGA-MAT-6MM", "quantity": 2}])
    assert control.listings()["YOGA-MAT-6MM"] == 3
    assert control.listings()["SPEAKER-MINI"] is None
    assert control.notifications(order_id=order_id) == []
    simulator.close()


def test_a_world_is_kept_and_comes_back():
    first, second = Simulator(seed="7", orders=3), Simulator(seed="8")
    second.control.restore(first.control.snapshot())
    assert second.control.state() == first.control.state()
    for simulator in (first, second):
        simulator.close()


def test_scenarios_are_played_ours_and_theirs():
    simulator = Simulator()
    played = simulator.control.play("happy-fbm", reset=True)
    assert (played.passed, played.explanation()) == (True, "")
    own = "name: mine\ntitle: Mine\nabout: One order.\nsteps:\n  - {do: place, as: one}\n"
    own += "  - {at: 1s, expect: {orders: {'${one}': {fulfillmentStatus: SHIPPED}}}}\n"
    failed = simulator.control.play_text(own)
    assert not failed.passed
    assert "SHIPPED" in failed.explanation()
    simulator.close()
