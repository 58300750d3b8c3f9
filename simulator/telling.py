"""The journal told as a scenario: what was done at the back door is done again, what a client wrote is expected."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import yaml
from msgspec import UNSET

from simulator.instants import to_milliseconds, wire_time
from simulator.scenarios.durations import spell_duration
from simulator.scenarios.language import MOST_STEPS
from simulator.scenarios.verbs import VERBS, Side
from simulator.scenarios.yaml_text import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.journal import Entry
    from simulator.orders.documents import Document
    from simulator.world import World

CONTROL: Final = "/_sim"
NOT_AGAIN: Final = frozenset({"/clock"})  # each step has its own time
UNTELLABLE: Final = ("/snapshot", "/scenarios", "/reset")
CONFIRM: Final = "confirmShipment"
REFERENCE: Final = "${"


class NothingToTell(ValueError):
    """A journal that makes no scenario; the message says why."""


class Telling:
    """The steps so far, and by which step each order is known."""

    def __init__(self, world: World, *, replays_writes: bool) -> None:
        self._seed = world.seed
        self._journal = world.journal
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
        left_out = ", ".join(f"{count} x {what}" for what, count in sorted(self.untold.items()))
        if not left_out:
            return "Told from a journal."
        return f"Told from a journal. Left out, because it cannot be told from one: {left_out}"[:400]

    def _steps(self, entry: Entry) -> Iterator[Document]:
        if entry.method in ("GET", "HEAD") or entry.status is None or not self._is_tellable(entry):
            return
        is_act = entry.path.startswith(CONTROL)
        step = self._act(entry) if is_act else self._write(entry)
        if step is not None:
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

    def _act(self, entry: Entry) -> Document:
        path = entry.path.removeprefix(CONTROL)
        verb, to = _verb(entry.method, path)
        if verb is None:
            asked: Document = {"method": entry.method, "path": path, "body": entry.summary}
            return {"do": "control", "with": asked | ({"query": dict(parse_qsl(entry.query))} if entry.query else {})}
        step: Document = {"do": verb}
        if to is not None:
            step["to"] = self._names.get(to, to)
        if entry.summary:
            step["with"] = entry.summary
        order_ids = [] if entry.answered is UNSET else entry.answered.get("orderIds", [])
        if verb == "place" and order_ids:
            name = f"placed-{len(self._names) + 1}"
            step["as"] = name
            self._names |= {one: f"${{{name}.orderIds.{place}}}" for place, one in enumerate(order_ids)}
        return step

    def _write(self, entry: Entry) -> Document:
        if self._replays_writes and entry.operation == CONFIRM and entry.status == 204 and entry.summary is not UNSET:
            return self._confirmation(entry)
        key = (entry.operation, entry.path, entry.status, entry.seller)
        self._counts[key] += 1
        path = entry.path
        for order_id, name in self._names.items():
            path = path.replace(order_id, name)
        wanted: Document = {"operation": entry.operation, "path": path, "status": entry.status}
        if entry.seller is not None:
            wanted["seller"] = entry.seller
        return {"expect": {"journal": [{**wanted, "count": {"at-least": self._counts[key]}}]}}

    def _confirmation(self, entry: Entry) -> Document:
        summary = entry.summary
        items: dict[str, int] = {}
        for item in summary["items"]:
            items[item["orderItemId"]] = items.get(item["orderItemId"], 0) + item["quantity"]
        details: Document = {"reference": summary["packageReferenceId"], "items": items}
        if "carrierCode" in summary:
            details["package"] = {"carrierCode": summary["carrierCode"]}
        if entry.seller is not None:
            details["seller"] = entry.seller
        to = self._names.get(summary["orderId"], summary["orderId"])
        return {"do": "confirm-shipment", "to": to, "with": details, "expect": {"answer": {"http": 204}}}

    def _moment(self, entry: Entry) -> str:
        at = to_milliseconds(datetime.fromisoformat(entry.time)) - self._journal.began
        self._latest = max(at, self._latest)  # steps stand in order of time, even if it was set back
        return spell_duration(self._latest)


def tell(world: World, *, replays_writes: bool = False) -> str:
    """Return the journal as a scenario in YAML, without buyers. Raises NothingToTell."""
    text = yaml.dump(
        Telling(world, replays_writes=replays_writes).scenario(), Dumper=_Dumper, sort_keys=False, width=100,
        allow_unicode=True,
    )  # fmt: skip
    if len(text.encode()) > LARGEST:
        raise NothingToTell(f"the journal makes {len(text.encode())} bytes; a scenario has up to {LARGEST}")
    return text


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


class _Dumper(yaml.SafeDumper):
    """Writes only what a scenario reads back as it was: no aliases, no powers of ten."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


def _decimal(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    text = f"{value:.12f}".rstrip("0")
    return dumper.represent_scalar("tag:yaml.org,2002:float", text + "0" if text.endswith(".") else text)


_Dumper.add_representer(float, _decimal)
