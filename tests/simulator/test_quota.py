import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.app import OPERATIONS
from simulator.throttling import Plan, Quotas
from simulator.world import World
from tests.simulator.playing import ORDERS, Amazon

PLANS = {operation.name: operation.plan for operation in OPERATIONS}


@pytest.fixture
def limited(amazon: Amazon, world: World) -> Amazon:
    world.quotas.is_enabled = True
    return amazon


class TestQuota:
    def test_the_plans_are_the_published_ones(self) -> None:
        assert {name: (plan.rate, plan.burst) for name, plan in PLANS.items()} == {
            "searchOrders": ("0.0056", 20),
            "getOrder": ("0.5", 30),
            "confirmShipment": ("2", 10),
            "getMarketplaceParticipations": ("0.016", 15),
            "createFeedDocument": ("0.5", 15),
            "getFeedDocument": ("0.0222", 10),
            "createFeed": ("0.0083", 15),
            "getFeeds": ("0.0222", 10),
            "getFeed": ("2", 15),
            "cancelFeed": ("2", 15),
            "getReports": ("0.0222", 10),
            "createReport": ("0.0167", 15),
            "getReport": ("2", 15),
            "cancelReport": ("0.0222", 10),
            "getReportDocument": ("0.0167", 15),
            "getListingsItem": ("5", 10),
            "patchListingsItem": ("5", 5),
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

    @given(
        plan=st.sampled_from(sorted(PLANS.values(), key=lambda plan: plan.rate)),
        steps=st.lists(st.integers(min_value=-100_000, max_value=400_000), max_size=200),
    )
    def test_never_grants_more_than_burst_plus_rate_times_time(self, plan: Plan, steps: list[int]) -> None:
        quotas, now, passed, granted = Quotas(), 10**12, 0, 0
        for step in steps:
            now += step
            passed += max(0, step)
            granted += quotas.grants(plan, operation="o", client_id="c", seller="s", now=now)
            assert granted <= plan.burst + float(plan.rate) * passed / 1_000 + 1e-6

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
