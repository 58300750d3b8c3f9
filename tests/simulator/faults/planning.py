"""Planning faults in a test, and seeing how far they are."""

from typing import Any

from tests.simulator.playing import Amazon


async def plan(amazon: Amazon, **rule: Any) -> str:
    """Plan one rule and return its id. ``since`` stands for ``from``, which is a word of Python."""
    body = {("from" if name == "since" else name): value for name, value in rule.items()}
    answer = await amazon.sim("POST", "/faults", body)
    assert answer.status_code == 201, answer.text
    [rule_id] = answer.json()["ids"]
    return str(rule_id)


async def faults(amazon: Amazon) -> list[dict[str, Any]]:
    """Return all rules."""
    found: list[dict[str, Any]] = (await amazon.sim("GET", "/faults")).json()["faults"]
    return found


async def progress(amazon: Amazon) -> list[tuple[int, int, bool]]:
    """Return of each rule how many occasions it saw, how many it struck, and whether it is spent."""
    return [(one["seen"], one["hits"], one["spent"]) for one in await faults(amazon)]


async def journal(amazon: Amazon, query: str = "") -> list[dict[str, Any]]:
    """Return the requests of the journal."""
    answer = await amazon.sim("GET", f"/journal{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


async def statuses(amazon: Amazon, times: int, **query: object) -> list[int]:
    """Search so many times and return the statuses."""
    return [(await amazon.search(**query)).status_code for _ in range(times)]
