"""The rules by which things go wrong, each counted until it is spent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from simulator.chance import chance
from simulator.faults.versions import Versions

if TYPE_CHECKING:
    from simulator.orders.happened import Happened

EVERYTHING: Final = "*"
MOST_REQUESTS: Final = 1_000  # of the requests that a rule struck, the latest are kept


class Effect(StrEnum):
    """What goes wrong."""

    THROTTLED = "THROTTLED"  # 429
    FAILED = "FAILED"  # 500
    UNAVAILABLE = "UNAVAILABLE"  # 503
    DENIED = "DENIED"  # 403
    INVALID = "INVALID"  # 400, for example on one includedData value
    SLOW = "SLOW"  # the answer comes so many real seconds late
    DROPPED = "DROPPED"  # the connection is closed before anything was done
    LOST = "LOST"  # everything was done, and the connection is closed before the answer
    DUPLICATE_PAGE = "DUPLICATE_PAGE"  # a page is answered once more under the next token
    MISSING = "MISSING"  # listings leave the order out
    LATE = "LATE"  # listings show a change only so many seconds after it
    STALE = "STALE"  # an order is answered as it was before its last change
    NULL_MESSAGE = "NULL_MESSAGE"  # errors come with "message": null
    NO_RATE_HEADER = "NO_RATE_HEADER"
    UNKNOWN_VALUE = "UNKNOWN_VALUE"  # an enum holds a word that the model does not have
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    FEED_STUCK = "FEED_STUCK"  # the feed never ends
    FEED_FATAL = "FEED_FATAL"  # Amazon gives up on the feed after so many messages
    MESSAGE_DUPLICATED = "MESSAGE_DUPLICATED"  # a notification is delivered twice
    MESSAGE_DELAYED = "MESSAGE_DELAYED"  # a notification is delivered so many seconds late
    MESSAGE_SWAPPED = "MESSAGE_SWAPPED"  # a notification is delivered after the one that follows it


REMEMBERING: Final = frozenset({Effect.LATE, Effect.STALE})


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can go wrong: a call, an answer, an order in a listing, a feed or a notification."""

    operation: str
    seller: str | None
    at: int
    order_ids: frozenset[str] = frozenset()
    feed_type: str | None = None
    query: dict[str, frozenset[str]] | None = None  # of a request: the values of each parameter
    request_id: str = ""


class Rule(msgspec.Struct, kw_only=True):
    """One rule: what goes wrong, where and when, and how often it has.

    Every condition that is given must hold. ``nth`` counts the occasions that the rule covers, from 1, and so does
    ``every``; ``times`` counts its strikes. Times are milliseconds.
    """

    rule_id: str
    effect: Effect
    operations: tuple[str, ...] = (EVERYTHING,)
    seller: str | None = None
    order_id: str | None = None
    feed_type: str | None = None
    included_data: str | None = None
    query: dict[str, str | None] = {}
    nth: int | None = None  # the first that is struck; one only, unless times says more
    every: int | None = None
    since: int | None = None
    until: int | None = None
    probability: float | None = None
    times: int | None = None
    status: int | None = None  # of a refusal, and so are code and message
    code: str | None = None
    message: str | None = None
    seconds: float = 0.0  # of SLOW, LATE and MESSAGE_DELAYED
    messages: int = 0  # of FEED_FATAL: how many messages are worked on
    field: str | None = None  # of UNKNOWN_VALUE and UNKNOWN_FIELD, and so is value
    value: str | None = None
    seen: int = 0
    hits: int = 0
    requests: list[str] = []

    def __post_init__(self) -> None:
        self.seconds = float(self.seconds)
        self.probability = None if self.probability is None else float(self.probability)

    def is_spent(self, *, now: int) -> bool:
        """Say whether the rule can strike no more, unless time is set back."""
        limit = 1 if self.nth is not None and self.times is None else self.times
        return (limit is not None and self.hits >= limit) or (self.until is not None and now >= self.until)

    def is_open(self, *, now: int) -> bool:
        """Say whether the rule may strike at this moment."""
        return not self.is_spent(now=now) and (self.since is None or now >= self.since)

    def covers(self, occasion: Occasion) -> bool:
        """Say whether the rule is about the occasion."""
        return (
            (EVERYTHING in self.operations or occasion.operation in self.operations)
            and (self.seller is None or self.seller == occasion.seller)
            and (self.order_id is None or self.order_id in occasion.order_ids)
            and (self.feed_type is None or self.feed_type in (occasion.feed_type, occasion.operation))
            and self._covers_query(occasion.query)
        )

    def _covers_query(self, given: dict[str, frozenset[str]] | None) -> bool:
        wanted = self.query if self.included_data is None else self.query | {"includedData": self.included_data}
        return not wanted or (
            given is not None
            and all(name in given and (value is None or value in given[name]) for name, value in wanted.items())
        )

    def is_turn(self, number: int) -> bool:
        """Say whether the occasion of this number is one to strike, if chance agrees."""
        return (self.nth is None or number >= self.nth) and (self.every is None or number % self.every == 0)

    def is_drawn(self, seed: str, purpose: str | int) -> bool:
        """Say whether chance agrees: for the number of an occasion, or once and for all for an order's id."""
        return self.probability is None or chance(seed, "fault", self.rule_id, purpose).random() < self.probability

    def hit(self, request_id: str) -> None:
        """Count a strike."""
        self.hits += 1
        if request_id:
            self.requests = [*self.requests, request_id][-MOST_REQUESTS:]


class Faults:
    """All rules of the world, and what they need to know of orders."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self._rules: dict[str, Rule] = {}
        self._planned = 0
        self.versions = Versions()

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def plan(self, effect: Effect, **conditions: Any) -> Rule:
        """Add a rule, with the conditions and details that ``Rule`` lists."""
        self._planned += 1
        rule = Rule(rule_id=f"fault-{self._planned}", effect=effect, **conditions)
        self._rules[rule.rule_id] = rule
        return rule

    def remove(self, rule_id: str) -> bool:
        """Take a rule back, and say whether there was one."""
        found = self._rules.pop(rule_id, None) is not None
        self._forget()
        return found

    def clear(self) -> int:
        """Take all rules back, and say how many there were."""
        count = len(self._rules)
        self._rules.clear()
        self._forget()
        return count

    def strike(self, effect: Effect, *, operation: str, seller: str | None, at: int, subject: str = "") -> Rule | None:
        """Count this occasion, and return the rule by which it goes wrong, if there is one.

        ``operation`` is an operation's name, a feed type or a notification type; ``subject`` an order's id, where it
        is about one.
        """
        if not self._rules:
            return None
        order_ids = frozenset({subject} if subject else ())
        return self.strike_any((effect,), Occasion(operation=operation, seller=seller, at=at, order_ids=order_ids))

    def strike_any(
        self, effects: Collection[Effect], occasion: Occasion, *, applies: Callable[[Rule], bool] = lambda rule: True
    ) -> Rule | None:
        """Count this occasion for every rule that covers it and applies; the first of them whose turn it is strikes."""
        struck: Rule | None = None
        for rule in self.armed(effects, at=occasion.at):
            if not rule.covers(occasion) or not applies(rule):
                continue
            rule.seen += 1
            if struck is None and rule.is_turn(rule.seen) and rule.is_drawn(self.seed, rule.seen):
                struck = rule
        if struck is not None:
            struck.hit(occasion.request_id)
        return struck

    def armed(self, effects: Collection[Effect], *, at: int) -> list[Rule]:
        """Return the rules of these effects that may strike now, in the order in which they were planned."""
        return [rule for rule in self._rules.values() if rule.effect in effects and rule.is_open(now=at)]

    def hear(self, happened: Happened) -> None:
        """Remember an order as it was before a change, if a rule may show it so."""
        if any(rule.effect in REMEMBERING for rule in self._rules.values()):
            self.versions.remember(happened)

    def keep(self) -> Any:
        """Return the rules, how far each of them is, and the orders as they were."""
        return {
            "planned": self._planned,
            "rules": msgspec.to_builtins(list(self._rules.values())),
            "versions": self.versions.keep(),
        }

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._planned = kept["planned"]
        self._rules = {rule.rule_id: rule for rule in msgspec.convert(kept["rules"], list[Rule])}
        self.versions.restore(kept["versions"])

    def _forget(self) -> None:
        if not any(rule.effect in REMEMBERING for rule in self._rules.values()):
            self.versions = Versions()
