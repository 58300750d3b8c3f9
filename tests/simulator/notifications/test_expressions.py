from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.notifications.expressions import WrongExpression, read_expression

PAYLOAD: dict[str, Any] = {"O": {"S": "Shipped", "N": 3, "T": True, "Z": None, "L": ["a", "b"], "d": "2026-01-02"}}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("O.S == 'Shipped'", True),
        ('O.S == "Shipped"', True),
        ("O.S == `Shipped`", True),
        ("O.S != 'Shipped'", False),
        ("O.N > 2", True),
        ("O.N >= 3 && O.N <= 3.0 && !(O.N < 3)", True),
        ("O.N == 2 || O.S == 'Shipped'", True),
        ("O.S in ['Pending', 'Shipped']", True),
        ("'a' in O.L", True),
        ("'c' in O.L", False),
        ("O.T", True),
        ("!O.T", False),
        ("O.T == 1", False),
        ("O.Z == null", True),
        ("O.d > '2026-01-01'", True),
        ("O.S > 2", False),
        ("O.missing == 'x'", False),
        ("O.missing != 'x'", False),
        ("O.missing == 'x' || O.T", True),
        ("has(O.missing)", False),
        ("has(O.N) && O.N == 3", True),
        ("O.N == 1 || O.N == 2 && O.T", False),
        ("O.S", False),
    ],
)
def test_an_expression_is_true_or_not(text: str, holds: bool) -> None:
    assert read_expression(text).holds(PAYLOAD) is holds


@pytest.mark.parametrize(
    "text",
    [
        "", "O.S ==", "== 'x'", "O.S = 'x'", "O.N + 1 == 2", "(O.T", "O.T)", "O.L[0] == 'a'", "O.T ? 1 : 2",
        "O.L.exists(x, x == 'a')", "O.S in [O.N]", "'x", "(" * 100 + "O.T" + ")" * 100, "!" * 100 + "O.T", "O.T O.T",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(WrongExpression):
        read_expression(text)


@given(st.text(alphabet="O.ST'\"`()[]!&|=<>, 0123truenlhasi\x00\ud800é", max_size=256))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = read_expression(text)
    except WrongExpression:
        return
    assert expression.holds(PAYLOAD) in (True, False)
