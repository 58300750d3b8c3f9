import pytest

from tests.counted import IS_THOROUGH, Show
from tests.end_to_end.kills import run


@pytest.mark.timeout(180)
async def test_killed_again_and_again_and_losing_answers_the_service_imports_and_ships_exactly_once(show: Show):
    outcome = await run(kills=3 if IS_THOROUGH else 2, orders=40 if IS_THOROUGH else 12, seed=3, lose_every=10)

    show(f"kills: {outcome}")
    assert outcome.faults == []
    assert outcome.lost_answers > 0
