"""The conformance page: what was counted, as Markdown, and what of it is not as it should be."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from simulator.app import OPERATIONS
from tests.real_data.shared import shared
from tests.simulator.conformance.aside import set_aside
from tests.simulator.conformance.counts import NEVER, NEVER_AT_ALL, NOT_HELD, TOKEN, Counts
from tests.simulator.conformance.described import MODEL_OF, NOT_DESCRIBED, Described, described
from tests.simulator.conformance.live import served_cases
from tests.simulator.conformance.replaying import UNREACHABLE, all_cases
from tests.simulator.conformance.schemas import AHEAD_OF_THE_MODEL, COMBINED, ModelSchemas
from tests.simulator.conformance.tally import LIVE, STATIC
from tests.simulator.conformance.test_validator import AMAZONS_OWN_FAULTS

SHOWN: Final = ("400", "403", "404", "429", "500", "503")
OTHER_FAULTS: Final = {
    "ordersV0 getOrders 200 [0]": 'its `CreatedBefore` is "1.569521782042E9", its dates are of 1970',
    "ordersV0 updateVerificationStatus 400": "two of its cases have no answer, as if they were successes",
    "ordersV0 confirmShipment 400 [0]": "spells its code with a blank, `Invalid Input`",
}


def page(counts: Counts, models: Mapping[str, ModelSchemas]) -> str:
    """Return the whole page."""
    parts = [
        *_head(counts),
        *_models(models),
        *_operations(counts),
        *_never(),
        *_cases(),
        *_amazons_faults(),
        *_totals(counts),
    ]
    return "\n".join(parts) + "\n"


def _head(counts: Counts) -> Iterator[str]:
    yield f"""# Conformance

Written by `python -m tests.simulator.conformance.report --write`; change the program, not this page. The command
needs Amazon's models, in the folder `spapi-models` of the one that `ORDERLANE_SHARED` names; they are not part of the
project.

It runs {counts.tests} tests against the simulator and counts; among their requests are those that Schemathesis
generates from the models, a tenth of what a run with `THOROUGH=1` sends. Each answer is held against Amazon's model of
its operation twice: *open*, the schema as it is published, and *closed*, the schema with every field refused that it
does not name; its status has to be one that the model declares. What is drawn by chance is drawn alike in every run,
so the numbers are too."""


def _models(models: Mapping[str, ModelSchemas]) -> Iterator[str]:
    yield "\n## Models\n"
    yield from _row("Model", "API", "SHA-256 begins", "Operations", "of these served", "Cases")
    yield "| --- | --- | --- | ---: | ---: | ---: |"
    served = Counter(one.model for one in described())
    cases = Counter(case.model for case in all_cases())
    for name in MODEL_OF.values():
        file = shared("spapi-models", f"{name}.json")
        model = models[name].model
        digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        version = model.swagger["info"]["version"]
        yield from _row(file.name, version, f"`{digest}`", len(model.operations), served[name], cases[name])
    yield "\nORDER_CHANGE messages are held against `OrderChangeNotification.json` by the tests of notifications."


def _operations(counts: Counts) -> Iterator[str]:
    yield "\n## Operations\n"
    yield "By status are the answers that are valid, open and closed. The cases are those of Amazon's static sandbox.\n"
    yield from _row("Operation", "Requests", "Valid", "2xx", *SHOWN, "others", "Cases static", "live")
    yield "| --- |" + " ---: |" * (len(SHOWN) + 6)
    by_name = {one.operation.name: one for one in described()}
    for operation in OPERATIONS:
        if operation.name in by_name:
            yield from _operation(counts, by_name[operation.name])
        else:
            yield from _row(f"`{operation.name}`", *["–"] * (len(SHOWN) + 6))
    yield from _row(f"`{TOKEN}`", *_numbers(counts, TOKEN), "–", "–")
    yield "\nWithout a model here, and so without numbers:\n"
    yield from (f"- `{name}`: {why}." for name, why in NOT_DESCRIBED.items())
    yield f"- `{TOKEN}`, Login with Amazon: no model exists; held against a schema of its documentation."
    yield "\nValid are fewer than requests where tests ask for what no model foresees:\n"
    for name, why in NOT_HELD.items():
        missing = counts.requests.get(name, 0) - sum(counts.statuses(name).values())
        yield f"- `{name}`, {missing}: {why}."


def _operation(counts: Counts, one: Described) -> Iterator[str]:
    def replayed(mode: str, names: Sequence[str]) -> str:
        return f"{len(counts.cases(mode) & set(names))} of {len(names)}" if names else "none"

    names = [case.name for case in served_cases() if (case.model, case.operation) == (one.model, one.name)]
    name = one.operation.name
    yield from _row(f"`{name}`", *_numbers(counts, name), replayed(STATIC, names), replayed(LIVE, names))


def _numbers(counts: Counts, name: str) -> list[Any]:
    statuses = counts.statuses(name)
    good = sum(number for status, number in statuses.items() if status.startswith("2"))
    shown = [statuses.get(status, 0) for status in SHOWN]
    valid = sum(statuses.values())
    return [counts.requests.get(name, 0), valid, good, *shown, valid - good - sum(shown)]


def _never() -> Iterator[str]:
    yield "\n## Declared and never answered\n"
    yield from (f"- {status}, of every operation: {why}." for status, why in NEVER_AT_ALL.items())
    for status, reasons in NEVER.items():
        for why in dict.fromkeys(reasons.values()):
            names = ", ".join(f"`{name}`" for name, its_own in reasons.items() if its_own == why)
            yield f"- {status}, {why}: {names}."


def _cases() -> Iterator[str]:
    yield """
## Cases in live mode

A case of the static sandbox speaks of orders, feeds and subscriptions that are nowhere. In live mode they are loaded or
made, their ids and types put in the place of the case's, and the answers compared: orders value for value, of
v2026-01-01 whole and of v0 field by field; everything else by its form, its statuses and what was asked for; refusals
by status and code. What an answer is not compared by:
"""
    aside: dict[tuple[str, str], list[str]] = {}
    for case in served_cases():
        for name, why in set_aside(case.name).items():
            aside.setdefault((f"`{name.removeprefix('$.')}`", why), []).append(case.name)
    for (name, why), cases in aside.items():
        yield f"- {name}, as {why}: {'; '.join(cases)}."
    served = {(one.model, one.name) for one in described()}
    others = sorted({f"`{case.operation}`" for case in all_cases() if (case.model, case.operation) not in served})
    yield "\nIn static mode alone, as the simulator does not offer them live: " + ", ".join(others) + "."


def _amazons_faults() -> Iterator[str]:
    yield "\n## Faults of Amazon's own\n\nThese examples and cases are not what their model says:\n"
    for where, faults in AMAZONS_OWN_FAULTS.items():
        yield f"- {where}: {'; '.join(sorted(faults))}."
    for where, what in OTHER_FAULTS.items():
        yield f"- {where}: {what}."
    for where, status in UNREACHABLE.items():
        yield f"- {where}: asks the same as a case that is answered {status}, so no sandbox can tell them apart."
    yield (
        "\nThe closed schema leaves these as they are published: "
        + ", ".join(
            [f"`{name}` (combined with others)" for name in sorted(COMBINED)]
            + [f"`{name}` (Amazon's own SDK reads more of it)" for name in sorted(AHEAD_OF_THE_MODEL)]
        )
        + "."
    )


def _totals(counts: Counts) -> Iterator[str]:
    held = [one.operation.name for one in described()]
    answers = sum(sum(counts.statuses(name).values()) for name in [TOKEN, *held])
    requests = sum(counts.requests.get(name, 0) for name in [TOKEN, *held])
    outside = sum(counts.requests.get(name, 0) - sum(counts.statuses(name).values()) for name in NOT_HELD)
    every, live = list(all_cases()), served_cases()
    static, answered = len(counts.cases(STATIC)), sum(bool(counts.statuses(name)) for name in held)
    yield f"""
## Totals

- Operations with answers held, of those that a model describes: {answered} of {len(held)}.
- Answers valid, open and closed: {answers} of {requests - outside}, beside {outside} that are listed as not held.
- Cases in static mode: {static} of {len(every)}, beside {len(UNREACHABLE)} that Amazon made ambiguous.
- Cases in live mode: {len(counts.cases(LIVE))} of {len(live)} of the operations served."""


def _row(*cells: Any) -> Iterator[str]:
    yield "| " + " | ".join(str(cell) for cell in cells) + " |"
