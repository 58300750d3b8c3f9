"""Filter expressions: the part of CEL that compares fields of a payload and joins the answers.

Understood are dotted paths, text, numbers, ``true``, ``false``, ``null``, lists of these after ``in``, the six
comparisons, ``has()``, ``!``, ``&&``, ``||`` and parentheses. The rest of what Amazon allows (``? :`` and the macros
over lists) is refused.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from simulator.orders.documents import Document

TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\]*'|`[^`\\]*`)|(?P<number>-?\d{1,15}(?:\.\d{1,9})?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!(),\[\]]))""",
    re.VERBOSE | re.ASCII,
)
WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": lambda one, other: _same(one, other),
    "!=": lambda one, other: not _same(one, other),
    "<": lambda one, other: _ordered(one, other) and one < other,
    "<=": lambda one, other: _ordered(one, other) and one <= other,
    ">": lambda one, other: _ordered(one, other) and one > other,
    ">=": lambda one, other: _ordered(one, other) and one >= other,
    "in": lambda one, other: isinstance(other, list) and any(_same(one, each) for each in other),
}

DEEPEST: Final = 20  # of parentheses and negations

Rule = Callable[[Document], Any]


class WrongExpression(ValueError):
    """The expression is no CEL, or uses more of it than is understood here; the message says which part."""


class Token(NamedTuple):
    """A piece of an expression: its kind (text, number, word, sign or end) and what is written."""

    kind: str
    written: str


class Missing(Exception):
    """A field that the payload does not have; what asks for it does not hold."""


class Expression:
    """An expression that was read."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    def holds(self, payload: Document) -> bool:
        """Say whether the expression is true of a payload; one that asks for a field that is not there is not."""
        try:
            return self._rule(payload) is True
        except Missing:
            return False


@lru_cache(maxsize=256)
def read_expression(text: str) -> Expression:
    """Return the expression that a text writes. Raises WrongExpression."""
    reader = _Reader(_tokens(text))
    rule = reader.either()
    if reader.next.kind != "end":
        raise WrongExpression(f"cannot understand {reader.next.written!r}")
    return Expression(rule)


def _tokens(text: str) -> list[Token]:
    tokens, place = [], 0
    stripped = text.rstrip()
    while place < len(stripped):
        found = TOKEN.match(stripped, place)
        if found is None:
            raise WrongExpression(f"cannot understand {stripped[place : place + 20].strip()!r}")
        tokens.append(Token(str(found.lastgroup), found[str(found.lastgroup)]))
        place = found.end()
    return [*tokens, Token("end", "the end")]


class _Reader:
    """Reads tokens from left to right; ``||`` binds less than ``&&``, and that less than a comparison."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._place]

    def either(self) -> Rule:
        rules = self._joined(self._both, "||")
        return lambda payload: any(_bare(rule, payload) for rule in rules) if len(rules) > 1 else rules[0](payload)

    def _both(self) -> Rule:
        rules = self._joined(self._not, "&&")
        return lambda payload: all(_bare(rule, payload) for rule in rules) if len(rules) > 1 else rules[0](payload)

    def _joined(self, part: Callable[[], Rule], sign: str) -> list[Rule]:
        rules = [part()]
        while self._takes(sign):
            rules.append(part())
        return rules

    def _not(self) -> Rule:
        if self._takes("!"):
            inner = self._deeper(self._not)
            return lambda payload: inner(payload) is False
        return self._compared()

    def _compared(self) -> Rule:
        left = self._value()
        if self.next.written in COMPARISONS and self.next.kind in ("sign", "word"):
            compare = COMPARISONS[self._take().written]
            right = self._value()
            return lambda payload: compare(left(payload), right(payload))
        return left

    def _value(self) -> Rule:
        token = self._take()
        if token.written == "(":
            inner = self._deeper(self.either)
            self._expect(")")
            return inner
        if token.written == "[":
            return self._list()
        if token.written == "has" and self._takes("("):
            path = self._take().written
            self._expect(")")
            return lambda payload: _has(payload, path)
        if token.kind == "word" and token.written not in WORDS:
            return lambda payload: _find(payload, token.written)
        constant = _constant(token)
        return lambda payload: constant

    def _deeper(self, part: Callable[[], Rule]) -> Rule:
        self._depth += 1
        if self._depth > DEEPEST:
            raise WrongExpression("too many parentheses or negations within each other")
        rule = part()
        self._depth -= 1
        return rule

    def _list(self) -> Rule:
        values = [_constant(self._take())]
        while self._takes(","):
            values.append(_constant(self._take()))
        self._expect("]")
        return lambda payload: values

    def _take(self) -> Token:
        token = self.next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _takes(self, sign: str) -> bool:
        is_next = self.next == Token("sign", sign)
        if is_next:
            self._take()
        return is_next

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise WrongExpression(f"expected {sign!r} before {self.next.written!r}")


def _constant(token: Token) -> Any:
    if token.kind == "text":
        return token.written[1:-1]
    if token.kind == "number":
        return float(token.written)
    if token.written in WORDS:
        return WORDS[token.written]
    raise WrongExpression(f"cannot understand {token.written!r}")


def _bare(rule: Rule, payload: Document) -> bool:
    try:
        return rule(payload) is True
    except Missing:
        return False


def _find(payload: Document, path: str) -> Any:
    value: Any = payload
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            raise Missing
        value = value[name]
    return value


def _has(payload: Document, path: str) -> bool:
    try:
        _find(payload, path)
    except Missing:
        return False
    return True


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _ordered(one: Any, other: Any) -> bool:
    kinds = [str if isinstance(value, str) else float if _is_number(value) else None for value in (one, other)]
    return kinds[0] is not None and kinds[0] is kinds[1]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
