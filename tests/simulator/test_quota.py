import re

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.app import OPERATIONS
from simulator.throttling import Plan, Quotas
from simulator.world import World
from tests.counted import rounds
from tests.real_data.shared import NEEDS_SHARED, shared
from tests.simulator.conformance.amazon_models import METHODS
from tests.simulator.playing import ORDERS, Amazon

TABLE = re.compile(r"\|\s*-+\s*\|[^|]*\|\s*\n\s*\|\s*([\d.]+)\s*\|\s*(\d+)\s*\|")
IN_NO_MODEL = {"cancelOrder": ("1", 5), "listTransactions": ("0.5", 10)}
PLANS = {operation.name: operation.plan for operation in OPERATIONS}


def published_plans() -> dict[str, tuple[str, int]]:
    """Read rate and burst of every operation from the tables in the descriptions of Amazon's models."""
    plans = {}
    for file in sorted(shared("spapi-models", "orders_2026-01-01.json").parent.glob("*.json")):
        for path, methods in orjson.loads(file.read_bytes()).get("paths", {}).items():
            for method, described in methods.items():
                if method in METHODS and (found := TABLE.search(described.get("description", ""))):
                    plans[nameless(method.upper(), path)] = (found[1], int(found[2]))
    return plans


def nameless(method: str, path: str) -> str:
    """Name an operation by its path, whatever the parameters are called."""
    return f"{method} {re.sub('{.+?}', '{}', path)}"


@pytest.fixture
def limited(amazon: Amazon, world: World) -> Amazon:
    world.quotas.is_enabled = True
    return amazon


# Mostly small steps, ahead and back, and now and then a leap.
STEP = st.integers(-2_000, 4_000) | st.integers(-100_000, 400_000) | st.integers(-(10**10), 10**10)


class TestQuota:
    @NEEDS_SHARED
    def test_the_plans_are_those_of_amazons_models(self) -> None:
        published = published_plans()
        assert {name: (plan.rate, plan.burst) for name, plan in PLANS.items()} == {
            one.name: IN_NO_MODEL.get(one.name) or published.get(nameless(one.method, one.path)) for one in OPERATIONS
        }

    async def test_a_burst_is_granted_and_then_one_request_per_refill(self, limited: Amazon) -> None:
        for _ in range(20):
            assert (await limited.search()).status_code == 200
        answer = await limited.search()
        assert answer.status_code == 429
        message = "You exceeded your quota for the requested resource."
        assert answer.json() == {"errors": [{"code": "QuotaExceeded", "message": message, "details": ""}]}
        assert "x-amzn-ratelimit-limit" not in answer.headers
        assert answer.headers["x-amzn-requestid"]
        await limited.advance(178.571)
        assert (await limited.search()).status_code == 429
        await limited.advance(0.001)
        assert (await limited.search()).status_code == 200
        assert (await limited.search()).status_code == 429

    async def test_refused_requests_use_up_the_quota_too(self, limited: Amazon) -> None:
        for _ in range(30):
            assert (await limited.get(f"{ORDERS}/nonsense")).status_code == 400
        assert (await limited.get(f"{ORDERS}/nonsense")).status_code == 429

    async def test_operations_sellers_and_applications_have_buckets_of_their_own(self, limited: Amazon) -> None:
        for _ in range(21):
            last = await limited.search()
        assert last.status_code == 429
        assert (await limited.get("/sellers/v1/marketplaceParticipations")).status_code == 200
        await limited.log_in("other")
        assert (await limited.search()).status_code == 200
        await limited.log_in("demo", client_id="another-app")
        assert (await limited.search()).status_code == 200
        await limited.log_in("demo", client_id="app")
        assert (await limited.search()).status_code == 429

    async def test_limits_can_be_switched_off_and_on(self, limited: Amazon) -> None:
        for _ in range(20):
            await limited.search()
        assert (await limited.sim("POST", "/limits", {"enabled": False})).json() == {"enabled": False}
        answer = await limited.search()
        assert (answer.status_code, answer.headers["x-amzn-ratelimit-limit"]) == (200, "0.0056")
        await limited.sim("POST", "/limits", {"enabled": True})
        assert (await limited.search()).status_code == 429

    @pytest.mark.parametrize("body", [{}, {"enabled": 1}, {"enabled": None}, {"enabled": True, "x": 1}])
    async def test_the_switch_takes_a_boolean(self, limited: Amazon, body: object) -> None:
        assert (await limited.sim("POST", "/limits", body)).status_code == 422

    @settings(max_examples=rounds(500), deadline=None)
    @given(
        plan=st.sampled_from(sorted(PLANS.values(), key=lambda plan: (plan.rate, plan.burst))),
        steps=st.lists(st.tuples(STEP, st.booleans()), max_size=200),
    )
    def test_no_stretch_of_time_gets_more_than_burst_plus_rate_times_time(
        self, plan: Plan, steps: list[tuple[int, bool]]
    ) -> None:
        quotas, now = Quotas(), 10**12
        room = float(plan.burst)  # the least that any stretch up to now has left of what it may get
        for step, is_moved in steps:
            now += step
            room = min(plan.burst, room + float(plan.rate) * max(0, step) / 1_000)
            if is_moved:
                kept, quotas = quotas.keep(), Quotas()
                quotas.restore(orjson.loads(orjson.dumps(kept)))
            room -= quotas.grants(plan, operation="o", client_id="c", seller="s", now=now)
            assert room >= -1e-6

    def test_time_set_back_refills_nothing_and_time_without_end_no_more_than_a_burst(self) -> None:
        plan, quotas = PLANS["confirmShipment"], Quotas()

        def granted(now: int) -> int:
            return sum(quotas.grants(plan, operation="o", client_id="c", seller="s", now=now) for _ in range(50))

        assert [granted(10**12), granted(10**12 - 10**9), granted(10**12 + 10**9)] == [10, 0, 10]

    @given(plan=st.sampled_from(sorted(PLANS.values(), key=lambda plan: plan.rate)))
    def test_starts_full(self, plan: Plan) -> None:
        quotas = Quotas()
        granted = [quotas.grants(plan, operation="o", client_id="c", seller="s", now=0) for _ in range(40)]
        assert granted == [True] * plan.burst + [False] * (40 - plan.burst)
