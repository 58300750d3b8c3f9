"""Reading a scenario: from text to checked parts, with errors that name file, step, field and the way out."""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from simulator.refusing import instead, refusal_of
from simulator.scenarios import language
from simulator.scenarios.comparing import mistake
from simulator.scenarios.durations import HOW_TO_WRITE, read_duration
from simulator.scenarios.language import Scenario, Step
from simulator.scenarios.references import GIVEN, name_of, references
from simulator.scenarios.verbs import VERBS, Side, Verb
from simulator.scenarios.yaml_text import NotYaml, read_yaml

STEP: Final = re.compile(r"^steps\[(\d+)\](?:[.](.*))?$", re.DOTALL)
LONGEST_MESSAGE: Final = 500


class NotAScenario(ValueError):
    """A text that is no scenario; says where it is wrong and what to write instead."""

    def __init__(self, file: str, message: str, *, step: int | None = None, field: str | None = None) -> None:
        self.file, self.step, self.field, self.message = file, step, field, message[:LONGEST_MESSAGE]
        place = [file, *([] if step is None else [f"step {step}"]), *([field] if field else [])]
        super().__init__(f"{', '.join(place)}: {self.message}")


def read_scenario(text: bytes, *, file: str) -> Scenario:
    """Read and check a scenario. Raises NotAScenario."""
    try:
        read = read_yaml(text)
    except NotYaml as error:
        raise NotAScenario(file, str(error)) from error
    scenario = _convert(read.value, file)
    for number, problem in _problems(scenario):
        field, _, message = problem.partition(": ")
        line = read.lines["steps"][number - 1]
        raise NotAScenario(f"{file}, line {line}", message, step=number, field=field)
    return scenario


def moments(scenario: Scenario) -> list[int]:
    """Return when each step happens, in milliseconds after the start."""
    at, found = 0, []
    for step in scenario.steps:
        at = at if step.at is None else read_duration(step.at) or 0
        found.append(at)
    return found


def _convert(value: Any, file: str) -> Scenario:
    try:
        return msgspec.convert(value, type=Scenario)
    except msgspec.ValidationError as error:
        message, path = refusal_of(error, Scenario)
        in_step = STEP.match(path)
        step, field = (int(in_step[1]) + 1, in_step[2]) if in_step else (None, path or None)
        raise NotAScenario(file, message, step=step, field=field) from error


def _problems(scenario: Scenario) -> Iterator[tuple[int, str]]:
    before, names = 0, dict.fromkeys(GIVEN, False)
    for number, step in enumerate(scenario.steps, start=1):
        at = before if step.at is None else read_duration(step.at)
        if at is None:
            yield number, f"at: {step.at!r} is no span of time; {HOW_TO_WRITE}"
            return
        if at < before:
            yield number, f"at: {step.at} is before the step above it; put the steps in order of time"
        before = at
        for problem in (*_wrong_act(step), *_wrong_names(step, names), *_wrong_expectations(step)):
            yield number, problem
        if step.as_ is not None:
            names[step.as_] = is_of_service(step)


def is_of_service(step: Step) -> bool:
    """Return whether a step happens only beside a service."""
    return step.only == "service" or (step.do is not None and VERBS[step.do].side is Side.SHOP)


def _wrong_act(step: Step) -> Iterator[str]:
    if step.do is None:
        for name, value in (("to", step.to), ("with", step.with_), ("as", step.as_)):
            if value:
                yield f"{name}: a step that does nothing has none; add do"
        return
    verb = VERBS.get(step.do)
    if verb is None:
        yield f"do: nothing is called {step.do!r}{instead(step.do, VERBS)}"
        return
    if verb.to is None and step.to is not None:
        yield f"to: {step.do} has no object; leave it out"
    if verb.to is not None and step.to is None:
        yield f"to: say which {verb.to}, for example ${{first}} after `as: first`"
    if step.only == "alone" and verb.side is Side.SHOP:
        yield f"only: {step.do} happens in the service; leave it out"
    yield from _wrong_details(step, verb)


def _wrong_details(step: Step, verb: Verb) -> Iterator[str]:
    if verb.body is None or any(references(step.with_)):
        return  # what a reference brings is checked when it is known
    try:
        msgspec.convert(step.with_, type=verb.body)
    except msgspec.ValidationError as error:
        yield wrong_field(error, verb.body)


def wrong_field(error: msgspec.ValidationError, body: type[msgspec.Struct]) -> str:
    """Return which field of `with` is wrong, why, and what would be right."""
    message, path = refusal_of(error, body)
    return f"{'.'.join(part for part in ('with', path) if part)}: {message}"


def _wrong_names(step: Step, names: dict[str, bool]) -> Iterator[str]:
    if step.as_ in GIVEN:
        yield f"as: {step.as_} is the name of a time; choose another"
    wanted = msgspec.to_builtins(step)
    for field in ("to", "with", "expect", "service"):
        of_service = is_of_service(step) if step.do in VERBS or step.do is None else True
        for reference in references(wanted.get(field)):
            name = name_of(reference)
            if name not in names and not (name == step.as_ and field in ("expect", "service")):
                known = ", ".join(sorted(names.keys() - GIVEN)) or "none yet"
                yield f"{field}: ${{{reference}}} names no step above it; named are: {known}"
            elif names.get(name) and not of_service and field != "service":
                yield f"{field}: ${{{reference}}} is known only beside a service; add `only: service`"
    for count in step.expect.journal:
        if count.since is not None and count.since not in names.keys() - {"now"}:
            yield f"expect.journal: since {count.since!r} names no step above it"


def _wrong_expectations(step: Step) -> Iterator[str]:
    if step.expect.answer and step.do is None:
        yield "expect.answer: nothing is done here that is answered; add do"
    for field, wanted in _wishes(step):
        problem = mistake(wanted)
        if problem is not None:
            yield f"{field}: {problem}"


def _wishes(step: Step) -> Iterator[tuple[str, Any]]:
    """Yield each wish of a step by its field; keys that name an order, a feed or a SKU are no part of a wish."""
    expect, service = step.expect, step.service or language.ServiceExpect()
    yield from (("expect.answer", expect.answer), ("expect.state", expect.state), ("service.counts", service.counts))
    yield "service.attention", service.attention
    yield from ((f"expect.journal[{number}].count", one.count) for number, one in enumerate(expect.journal))
    named = {"expect.orders": expect.orders, "expect.feeds": expect.feeds, "expect.look": expect.look}
    for field, by_name in {**named, "service.orders": service.orders, "service.shelf": service.shelf}.items():
        yield from ((f"{field}.{name}", fields) for name, fields in by_name.items())
