from itertools import product

import pytest

from domain.commerce.lifecycle import LineQuantities
from domain.commerce.line_status import LineStatus, line_status


@pytest.mark.parametrize(
    ("ordered", "invoiced", "shipped", "refunded", "canceled", "status"),
    [
        (3, 0, 0, 0, 0, "ORDERED"),
        (0, 0, 0, 0, 0, "ORDERED"),
        (3, 3, 0, 0, 0, "INVOICED"),
        (3, 2, 0, 0, 0, "PARTIAL"),
        (3, 3, 1, 0, 0, "PARTIAL"),
        (3, 3, 3, 0, 0, "SHIPPED"),
        (3, 3, 2, 1, 0, "SHIPPED"),
        (3, 2, 2, 0, 1, "SHIPPED"),
        (3, 3, 0, 1, 0, "INVOICED"),
        (3, 3, 3, 3, 0, "REFUNDED"),
        (3, 3, 0, 3, 0, "REFUNDED"),
        (3, 2, 0, 2, 1, "REFUNDED"),
        (3, 0, 0, 0, 3, "CANCELED"),
        (3, 2, 2, 2, 1, "MIXED"),
        (3, 0, 1, 0, 0, "PARTIAL"),
        (3, 0, 3, 0, 0, "MIXED"),
    ],
)
def test_a_line_says_how_far_it_has_come(
    ordered: int, invoiced: int, shipped: int, refunded: int, canceled: int, status: str
):
    line = LineQuantities(ordered=ordered, invoiced=invoiced, shipped=shipped, refunded=refunded, canceled=canceled)
    assert line_status(line) == status


def test_every_word_is_used_and_a_line_that_left_whole_is_never_only_ordered():
    seen = set()
    for ordered, invoiced, shipped, refunded, canceled in product(range(1, 4), *[range(4)] * 4):
        line = LineQuantities(ordered=ordered, invoiced=invoiced, shipped=shipped, refunded=refunded, canceled=canceled)
        seen.add(line_status(line))
        assert (line_status(line) is LineStatus.ORDERED) == (invoiced == shipped == refunded == canceled == 0)
    assert seen == set(LineStatus)
