"""The journal told as a scenario: what was done at the back door is done again, what a client wrote is expected."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from msgspec import UNSET

from simulator.instants import to_milliseconds, wire_time
from simulator.replaying import (
    CONFIRM,
    MADE_BY_CLIENTS,
    Packages,
    changes_orders,
    refused_again,
    spares_replays,
    taken_again,
)
from simulator.scenarios.durations import spell_duration
from simulator.scenarios.language import MOST_STEPS
from simulator.scenarios.verbs import VERBS, Side
from simulator.scenarios.yaml_text import LARGEST, to_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.journal import Entry
    from simulator.orders.documents import Document
    from simulator.world import World

CONTROL: Final = "/_sim"
NOT_AGAIN: Final = frozenset({"/clock"})  # each step has its own time
UNTELLABLE: Final = ("/snapshot", "/scenarios", "/reset")
REFERENCE: Final = "${"
FAULTS: Final = "/faults"
ACCESS: Final = ("/sellers/", "/roles", "/authorization-codes")  # after these a client logs in again
NAMING: Final = ("place", "fault", "control")
IN_DOUBT: Final = "It may be refused here: a write of the client before it is left out."
TOLD: Final = "Told from a journal."
EXPECTING: Final = f"{TOLD} A client is expected to write meanwhile; exported with writes=replay it needs none."


class NothingToTell(ValueError):
    """A journal that makes no scenario; the message says why."""


class Telling:
    """The steps so far, and by which step each order is known."""

    def __init__(self, world: World, *, replays_writes: bool) -> None:
        self._seed = world.seed
        self._journal = world.journal
        self._packages = Packages(world.book)
        self._is_in_doubt = False  # whether orders may not be as they were, because a write is left out
        self._access = 0  # acts so far after which a client logs in again
        self._entered: dict[str, int] = {}  # with how many of them behind it a seller's client last did
        self._revoked: set[str] = set()
        self._expects = False
        self._replays_writes = replays_writes
        self._names: dict[str, str] = {}
        self._counts: Counter[tuple[object, ...]] = Counter()
        self._latest = 0
        self.untold: Counter[str] = Counter()

    def scenario(self) -> Document:
        """Return the scenario. Raises NothingToTell."""
        if not self._journal.is_whole:
            raise NothingToTell("the journal has let its oldest entries go")
        steps = [step for entry in self._journal.entries() for step in self._steps(entry)]
        if not 0 < len(steps) <= MOST_STEPS:
            raise NothingToTell(f"the journal makes {len(steps)} steps; a scenario has 1 to {MOST_STEPS}")
        return {
            "name": "journal",
            "title": "A journal of the simulator",
            "about": self._about(),
            "seed": self._seed,
            "now": wire_time(self._journal.began),
            "orders": self._journal.seeded,
            "steps": steps,
        }

    def _about(self) -> str:
        told = EXPECTING if self._expects else TOLD
        left_out = ", ".join(f"{count} x {what}" for what, count in sorted(self.untold.items()))
        if not left_out:
            return told
        return f"{told} Left out, because it cannot be told from one: {left_out}"[:400]

    def _steps(self, entry: Entry) -> Iterator[Document]:
        if entry.method in ("GET", "HEAD") or entry.status is None or not self._is_tellable(entry):
            return
        if entry.path.startswith(CONTROL):
            steps = self._acts(entry)
        else:
            steps = self._replays(entry) if self._replays_writes else self._expectation(entry)
        for step in steps:
            yield {"at": self._moment(entry), **step}

    def _is_tellable(self, entry: Entry) -> bool:
        path = entry.path.removeprefix(CONTROL)
        if entry.path.startswith(CONTROL):
            if entry.status is None or entry.status >= 300 or path in NOT_AGAIN:
                return False
            if path.startswith(UNTELLABLE) or entry.summary is UNSET or _refers(entry.summary):
                self.untold[f"{entry.method} {path}"[:80]] += 1
                return False
            return True
        return entry.operation is not None and entry.operation != "token" and not entry.path.startswith("/_docs")

    def _acts(self, entry: Entry) -> Iterator[Document]:
        path, asked, made = entry.path.removeprefix(CONTROL), entry.summary, _made(entry)
        if self._replays_writes and path.startswith(MADE_BY_CLIENTS):
            self._leave_out(entry)
            return
        if path == FAULTS and entry.method == "POST":
            asked, made = self._rules(entry, made)
        elif path.startswith(f"{FAULTS}/") and path.removeprefix(f"{FAULTS}/") not in self._names:
            asked = None
        if asked is not None:
            self._access += path.startswith(ACCESS)
            if path.endswith("/revoke"):
                self._revoked.add(path.split("/")[2])
            yield self._act(entry, path, asked, made)

    def _rules(self, entry: Entry, made: list[str]) -> tuple[Any, list[str]]:
        """Return the rules that are planned here too, with their ids; nothing if none is."""
        rules = entry.summary.get("rules", [entry.summary])
        pairs = zip(rules, made, strict=False)
        spared = [(rule, one) for rule, one in pairs if not self._replays_writes or spares_replays(rule)]
        if len(spared) == len(rules):
            return entry.summary, made
        self.untold[f"{entry.method} {FAULTS}"] += 1
        return ({"rules": [rule for rule, _ in spared]} if spared else None), [one for _, one in spared]

    def _act(self, entry: Entry, path: str, summary: Any, made: list[str]) -> Document:
        verb, to = _verb(entry.method, path)
        if verb is None or (path == FAULTS and "rules" in summary):
            asked: Document = {"method": entry.method, "path": path, "body": summary}
            step: Document = {
                "do": "control",
                "with": asked | ({"query": dict(parse_qsl(entry.query))} if entry.query else {}),
            }
        else:
            step = {"do": verb} | ({} if to is None else {"to": self._names.get(to, to)})
            step |= {"with": summary} if summary else {}
        self._name(step, made)
        if self._is_in_doubt and path.startswith("/orders/"):
            step |= {"note": IN_DOUBT, "expect": {"answer": {"http": {"one-of": [entry.status, 409]}}}}
        return step

    def _name(self, step: Document, made: list[str]) -> None:
        """Name a step by which later ones call what it made."""
        if made and step["do"] in NAMING:
            key = "orderIds" if step["do"] == "place" else "ids"
            name = step["as"] = f"{'placed' if step['do'] == 'place' else 'planned'}-{len(self._names) + 1}"
            self._names |= {one: f"${{{name}.{key}.{place}}}" for place, one in enumerate(made)}

    def _leave_out(self, entry: Entry) -> None:
        what = entry.operation or f"{entry.method} {entry.path.removeprefix(CONTROL)}"
        self.untold[f"{what} ({entry.status})"[:80]] += 1
        self._is_in_doubt |= changes_orders(entry)

    def _expectation(self, entry: Entry) -> Iterator[Document]:
        self._expects = True
        key = (entry.operation, entry.path, entry.status, entry.seller)
        self._counts[key] += 1
        path = entry.path
        for order_id, name in self._names.items():
            path = path.replace(order_id, name)
        wanted: Document = {"operation": entry.operation, "path": path, "status": entry.status}
        if entry.seller is not None:
            wanted["seller"] = entry.seller
        yield {"expect": {"journal": [{**wanted, "count": {"at-least": self._counts[key]}}]}}

    def _replays(self, entry: Entry) -> Iterator[Document]:
        """Yield a confirmation again, if it ends as it did for what the journal tells of it."""
        if not self._can_replay(entry):
            self._leave_out(entry)
            return
        if self._entered.get(entry.seller or "", 0) != self._access:
            self._entered[entry.seller or ""] = self._access
            yield {"do": "log-in", "with": {"seller": entry.seller}}
        order_id = entry.summary["orderId"]
        step: Document = {"do": "confirm-shipment", "to": self._names.get(order_id, order_id)}
        if entry.status == 204:
            self._packages.pack(entry.summary)
            http = {"one-of": [204, 400]} if self._is_in_doubt else 204
            step |= {"note": IN_DOUBT} if self._is_in_doubt else {}
            yield step | {"with": taken_again(entry), "expect": {"answer": {"http": http}}}
        else:
            yield step | {"with": refused_again(entry), "expect": {"answer": {"http": 400}}}

    def _can_replay(self, entry: Entry) -> bool:
        if entry.operation != CONFIRM or entry.summary is UNSET or _refers(entry.summary):
            return False
        if entry.seller is None or entry.seller in self._revoked:  # a code that was redeemed since is good only once
            return False
        return entry.status == 204 or (entry.status == 400 and self._packages.refuses(entry.summary))

    def _moment(self, entry: Entry) -> str:
        at = to_milliseconds(datetime.fromisoformat(entry.time)) - self._journal.began
        self._latest = max(at, self._latest)  # steps stand in order of time, even if it was set back
        return spell_duration(self._latest)


def tell(world: World, *, replays_writes: bool = False) -> str:
    """Return the journal as a scenario in YAML, without buyers. Raises NothingToTell."""
    text = to_yaml(Telling(world, replays_writes=replays_writes).scenario())
    if len(text.encode()) > LARGEST:
        raise NothingToTell(f"the journal makes {len(text.encode())} bytes; a scenario has up to {LARGEST}")
    return text


def _made(entry: Entry) -> list[str]:
    """Return the ids of the orders or rules that an act made."""
    answered = {} if entry.answered is UNSET else entry.answered
    ids: list[str] = answered.get("orderIds") or answered.get("ids") or []
    return ids


def _verb(method: str, path: str) -> tuple[str | None, str | None]:
    """Return the verb of a call of the control plane, and what it was done to."""
    for name, verb in VERBS.items():
        if verb.side is not Side.CONTROL or verb.method != method or not verb.path:
            continue
        shape = re.escape(verb.path).replace(r"\{to\}", "([^/]+)")
        found = re.fullmatch(shape, path)
        if found is not None:
            return name, found[1] if found.groups() else None
    return None, None


def _refers(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_refers(key) or _refers(inner) for key, inner in value.items())
    return any(map(_refers, value)) if isinstance(value, list) else isinstance(value, str) and REFERENCE in value
