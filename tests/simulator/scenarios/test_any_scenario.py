"""Whatever a scenario says, it is played or refused: no text makes the simulator fail."""

import json
from random import Random
from typing import Any

import pytest

from simulator.scenarios.comparing import COMPARISONS
from simulator.scenarios.verbs import VERBS, Side
from tests.counted import rounds
from tests.simulator.playing import Amazon

WORDS = (
    "",
    "a",
    "${a}",
    "${a.orderIds.0}",
    "${b}",
    "${now}",
    "${",
    "\U0001f600",
    "x" * 300,
    "-1",
    "demo",
    "/",
    "//h/x",
)
PATHS = ("/", "/state", "//host/x", "/faults?a=b", "/no such", "/\u00e9", "/..", "/clock", "/orders/${a}/pay", "/\n")
KEYS = ("items", "sku", "quantity", "seller", "query", "path", "method", "body", "refund", "cancel", "roles", "effect")
FIELDS = ("http", "orderIds", "orders.0", "0", "a..b", "errors.-1.code", "${a}", "at-least", "")


def anything(random: Random, depth: int = 0) -> Any:
    kind = random.randrange(6 if depth > 3 else 9)
    if kind < 3:
        return random.choice(WORDS)
    if kind < 6:
        return random.choice((None, True, 0, -1, 10**17, 1.5, "GET", "/state", "1.00", "THROTTLED"))
    if kind == 6:
        return [anything(random, depth + 1) for _ in range(random.randrange(3))]
    return {random.choice(KEYS): anything(random, depth + 1) for _ in range(random.randrange(4))}


def wish(random: Random) -> Any:
    if random.random() < 0.3:
        return {random.choice(list(COMPARISONS)): random.choice((1, "a", [], ["${a}"], {}, True, None))}
    return {random.choice(FIELDS): random.choice((1, None, "a", "${a}", {"length": 1}, [{"is": 2}]))}


def plausible(random: Random, verb: str) -> Any:
    """Return details that are close to what the verb takes."""
    names = [] if (body := VERBS[verb].body) is None else list(body.__struct_encode_fields__)
    details = {name: anything(random) for name in names if random.random() < 0.4}
    if verb in ("call", "control"):
        details |= {"method": random.choice(("GET", "POST", "PUT")), "path": random.choice(PATHS)}
    return details


def step(random: Random) -> dict[str, Any]:
    verb = random.choice([name for name, one in VERBS.items() if one.side is not Side.SHOP])
    told: dict[str, Any] = {"do": verb}
    if VERBS[verb].to is not None:
        told["to"] = random.choice(("${a}", "${a.orderIds}", "nobody", ["${a}", "x"], "\u00e9/..", "a\nb"))
    if random.random() < 0.7:
        told["with"] = plausible(random, verb)
    if random.random() < 0.5:
        told["expect"] = {
            random.choice(("answer", "state")): wish(random),
            "orders": {random.choice(WORDS): wish(random)},
            "look": {random.choice(PATHS): wish(random)},
            "journal": [{"operation": random.choice(WORDS), "count": random.choice((1, {"at-least": 0}, "a"))}],
        }
    return told | ({"at": random.choice(("0s", "5m", "3d", "99999d"))} if random.random() < 0.3 else {})


@pytest.mark.parametrize("seed", range(4))
async def test_any_scenario_is_played_or_refused(amazon: Amazon, seed: int):
    random = Random(seed)
    counts: dict[int, int] = {}
    played = 0
    for _ in range(rounds(500)):
        steps = [{"do": "place", "as": "a", "with": {"count": 2, "fulfillmentStatus": "UNSHIPPED"}}]
        steps += [step(random) for _ in range(random.randrange(1, 4))]
        text = json.dumps({"name": "any", "title": "Any", "about": "Anything.", "steps": steps})
        answer = await amazon.http.post("/_sim/scenarios/custom", content=text, params={"reset": "true"})
        assert answer.status_code in (200, 422), (answer.status_code, text)
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
        played += answer.status_code == 200 and answer.json()["steps"][-1]["state"] != "NOT_RUN"
    assert min(counts.values()) > 3, counts
    assert played > 3
