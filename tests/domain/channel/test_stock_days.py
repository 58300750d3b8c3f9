import pytest

from domain.catalog.records import Reservation, ReservationState, StockMove
from tests.counted import IS_THOROUGH, Show, rounds
from tests.domain.channel.stage import Stage, check_shelves
from tests.domain.channel.stock_days import COUNTED, MOVES_OF_AMAZON, StockDays, rows

STEPS = rounds(2_500)
EVER = ("COUNTED", "RESTOCKED", "RESERVED", "RELEASED", "SHIPPED")  # in however short a walk
REASONS = ("COUNTED", "RESTOCKED", "RESERVED", "RELEASED", "EXPIRED", "SHIPPED", "WRITTEN_OFF", "TRANSFERRED")


@pytest.mark.parametrize("seed", range(4 if IS_THOROUGH else 1))
async def test_whatever_happens_the_shelf_is_the_sum_of_its_history_and_nobody_holds_in_vain(
    stage: Stage, show: Show, seed: int
) -> None:
    days = await StockDays.start(stage, seed)
    for _ in range(STEPS):
        await days.step()
        await days.check()
    await days.end()
    await check_shelves()
    assert await rows(MOVES_OF_AMAZON) == []
    holding = await Reservation.filter(state=ReservationState.ACTIVE).count()
    assert holding == 0
    moves = {reason: await StockMove.filter(reason=reason).count() for reason in REASONS}
    assert all(moves[reason] for reason in (REASONS if IS_THOROUGH else EVER)), moves
    played = ", ".join(f"{count} {name}" for name, count in sorted(days.done.items()))
    show(f"stock walk {seed}: {STEPS} steps ({played}); {sum(moves.values())} moves of {len(COUNTED)} products")
