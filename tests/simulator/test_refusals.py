"""What the control plane says of a request that it refuses: where it is wrong, and what would be right."""

from typing import Any

import pytest

from tests.simulator.playing import Amazon

WRONG: dict[str, tuple[str, Any, str | None, str]] = {
    "an effect": ("/faults", {"effect": "THROTLED"}, "effect", "did you mean THROTTLED?"),
    "an effect in small letters": ("/faults", {"effect": "lost"}, "effect", "did you mean LOST?"),
    "no effect at all": ("/faults", {"effect": "FOO"}, "effect", "; there are THROTTLED, FAILED, UNAVAILABLE, "),
    "one of several": ("/faults", {"rules": [{"effect": "SLOWW"}]}, "rules[0].effect", "did you mean SLOW?"),
    "a key": ("/faults", {"effect": "FAILED", "nht": 1}, None, "did you mean nth?"),
    "a key of one of several": ("/faults", {"rules": [{"efect": "SLOW"}]}, "rules[0]", "did you mean effect?"),
    "a key in other letters": ("/orders", {"fulfilledby": "AMAZON"}, None, "did you mean fulfilledBy?"),
    "a key like no other": ("/limits", {"nope": 1}, None, "; there are enabled"),
    "a key where there are none": ("/orders/1/pay", {"nope": 1}, None, "unknown field `nope`"),
    "a key in a list": ("/orders", {"items": [{"sku": "A", "qty": 1}]}, "items[0]", "; there are sku, quantity, "),
    "a word of a few": ("/options", {"v0Reads": "SERVED_"}, "v0Reads", "did you mean SERVED?"),
    "a number of a few": ("/options", {"v0GoneStatus": 500}, "v0GoneStatus", "; there are 403, 404, 410"),
    "a word beside an object": ("/orders", {"address": "AP"}, "address", "; there are "),
    "a key beside a word": ("/orders", {"address": {"citty": "x"}}, "address", "did you mean city?"),
    "a word in a list": ("/orders", {"programs": ["PRIM"]}, "programs[0]", "did you mean PRIME?"),
    "what a quote cannot hold": ("/orders", {"fulfilledBy": "M'E\"R"}, "fulfilledBy", "MERCHANT"),
    "a place in the word": ("/orders", {"fulfilledBy": "x - at `$.seller`"}, "fulfilledBy", "; there are AMAZON"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_refusal_names_what_is_allowed(amazon: Amazon, what: str) -> None:
    path, body, field, words = WRONG[what]
    if path == "/orders/1/pay":
        path = f"/orders/{await amazon.placed()}/pay"
    answer = await amazon.sim("POST", path, body)
    assert answer.status_code == 422, answer.text
    error = answer.json()["error"]
    assert words in error["message"], error
    assert error.get("field") == field


async def test_an_order_that_is_loaded_is_told_the_words_too(amazon: Amazon) -> None:
    order = await amazon.order(await amazon.placed())
    order["fulfillment"]["fulfillmentStatus"] = "SHIPED"
    answer = await amazon.sim("PUT", "/orders", {"orders": [order]})
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "orders[0].fulfillment.fulfillmentStatus"
    assert "did you mean SHIPPED?" in answer.json()["error"]["message"]


@pytest.mark.parametrize("body", [{"effect": "X" * 100_000}, {"Y" * 100_000: 1}, {"effect": "\u2028\0" * 50_000}])
async def test_endless_words_are_cut(amazon: Amazon, body: Any) -> None:
    answer = await amazon.sim("POST", "/faults", body)
    assert answer.status_code == 422
    assert len(answer.text) < 1_500


NOT_OFFERED: dict[tuple[str, str], tuple[int, str]] = {
    ("GET", "/nonsense"): (404, "there are /_sim, /_sim/authorization-codes, /_sim/clock, "),
    ("GET", "/faulst"): (404, "did you mean GET /_sim/faults?"),
    ("GET", "/clock/"): (404, "did you mean GET /_sim/clock?"),
    ("GET", "/order"): (404, "did you mean POST /_sim/orders or PUT /_sim/orders?"),
    ("POST", "/order/902-1/ship"): (404, "did you mean POST /_sim/orders/{order_id}/{act}?"),
    ("PATCH", "/clock"): (405, "this path takes GET, POST"),
    ("DELETE", "/orders"): (405, "this path takes POST, PUT"),
    ("GET", "/sellers/demo/revoke"): (405, "this path takes POST"),
    ("GET", "/" + "clock" * 2_000): (404, "there are /_sim, "),
    ("POST", ""): (405, "this path takes GET"),
}


@pytest.mark.parametrize(("method", "path"), NOT_OFFERED)
async def test_what_is_not_offered_is_told_with_what_is(amazon: Amazon, method: str, path: str) -> None:
    status, words = NOT_OFFERED[method, path]
    answer = await amazon.sim(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]["message"].startswith(f"the control plane does not offer this; {words}")


@pytest.mark.parametrize("rate", [1e-320, 1e-9, 0.0000009])
async def test_a_rate_that_nobody_would_see_is_refused(amazon: Amazon, rate: float) -> None:
    answer = await amazon.sim("POST", "/clock", {"rate": rate})
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, "rate")
    assert "0.000001" in answer.json()["error"]["message"]
    assert (await amazon.sim("POST", "/clock", {"rate": 0.000001})).json()["rate"] == 0.000001


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"effect": "FEED_STUCK", "operation": "createFeed"}, "for example POST_ORDER_FULFILLMENT_DATA"),
        ({"effect": "FEED_FATAL", "operation": "POST_ORDER_FULFILMENT_DATA"}, ": POST_ORDER_FULFILLMENT_DATA is one"),
        ({"effect": "MESSAGE_DUPLICATED", "operation": "getOrder"}, "for example ORDER_CHANGE"),
    ],
)
async def test_an_effect_on_feeds_or_notifications_takes_their_type_for_operation(
    amazon: Amazon, fault: dict[str, str], words: str
) -> None:
    answer = await amazon.sim("POST", "/faults", fault)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (422, "operation")
    assert error["message"].startswith(f"the operation of {fault['effect']} is the type of a ")
    assert words in error["message"]
