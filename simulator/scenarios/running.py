"""Playing a scenario: its steps one after the other, in virtual time, until the first that fails."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import httpx2
import msgspec

from simulator.instants import SECOND, parse_time, to_milliseconds, wire_time
from simulator.options import Options
from simulator.orders.documents import Document
from simulator.scenarios.acts import Acts, CannotAct
from simulator.scenarios.comparing import show
from simulator.scenarios.expecting import START, unmet, unmet_in_service
from simulator.scenarios.language import Expect, Scenario, ServiceExpect, Step
from simulator.scenarios.outcome import Result, StepOutcome, describe, journal_line, refusal
from simulator.scenarios.ports import Line, Service
from simulator.scenarios.reading import is_of_service, moments
from simulator.scenarios.references import NothingThere, resolve
from simulator.scenarios.verbs import VERBS

MOST_ACTS: Final = 20_000
TICK: Final = 0.001  # seconds by which a run begins later than all that was in the world before
JOURNAL_SHOWN: Final = 8
ROUND: Final = 60.0  # seconds after which a service works again while time passes
MOST_ROUNDS: Final = 12  # for one step: longer spans have longer rounds


AnyPart = TypeVar("AnyPart", Expect, ServiceExpect)


class CannotPlay(Exception):
    """A scenario that cannot be played here; says why."""


class NoSimulator(CannotPlay):
    """Nothing that plays scenarios answers there."""


class Failed(Exception):
    """A step that did not go as it should."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = list(problems)


async def play(
    scenario: Scenario, http: httpx2.AsyncClient, *, service: Service | None = None, begins_anew: bool = True
) -> Result:
    """Play a scenario against the simulator that the client reaches, with a service beside it or without.

    Beginning anew, the simulator gets the scenario's seed, time, past orders and switches; else the steps happen in
    the world as it is, from now on, and the switches are turned back at the end. Time stands still between the steps,
    and runs on afterwards as it did before.
    Raises CannotPlay.
    """
    if scenario.needs == "service" and service is None:
        raise CannotPlay(f"{scenario.name} needs a service: orderlane scenarios run {scenario.name} --service")
    line = Line(http)
    rate = _part(await _control(line, "GET", "/clock"), "rate")
    options = await _control(line, "GET", "/options")
    await _control(line, "POST", "/clock", {"rate": 0})
    try:
        start = await _prepare(scenario, line, begins_anew=begins_anew)
        run = _Run(scenario, line, service=service, start=start)
        if service is not None:
            await service.open_shop(scenario.shop)
        await run.play()
        return await _result(scenario, run, line, begins_anew=begins_anew)
    finally:
        with suppress(LookupError):
            if scenario.options and not begins_anew:
                await line.control("POST", "/options", options)
            if rate:
                await line.control("POST", "/clock", {"rate": rate})


async def _prepare(scenario: Scenario, line: Line, *, begins_anew: bool) -> int:
    options = dict(scenario.options)
    if begins_anew:
        wanted = {"seed": scenario.seed, "now": scenario.now.isoformat(), "orders": scenario.orders}
        await _control(line, "POST", "/reset", wanted)
        options = msgspec.to_builtins(Options()) | options
    else:
        await _control(line, "POST", "/clock", {"advance": TICK})
    if options:
        await _control(line, "POST", "/options", options)
    if scenario.limits is not None:
        await _control(line, "POST", "/limits", {"enabled": scenario.limits})
    now = parse_time(_part(await _control(line, "GET", "/clock"), "now"))
    assert now is not None
    return to_milliseconds(now)


async def _control(line: Line, method: str, path: str, body: object = None) -> Document:
    """Return what the control plane answers before the first step. Raises CannotPlay."""
    try:
        answer = await line.control(method, path, body)
    except LookupError as error:
        raise NoSimulator(str(error)) from error
    if answer.status == 200 and isinstance(answer.body, dict):
        return answer.body
    if answer.status == 0:
        raise NoSimulator("no simulator can be reached there")
    if answer.status == 404:
        raise NoSimulator("what answers there is no simulator; give the address that it printed, without a path")
    raise CannotPlay(f"the simulator's control plane answered {answer.status}: {refusal(answer.document())}")


def _part(answer: Document, name: str) -> Any:
    if name not in answer:
        raise NoSimulator("what answers there is no simulator")
    return answer[name]


async def _result(scenario: Scenario, run: "_Run", line: Line, *, begins_anew: bool) -> Result:
    result = Result(name=scenario.name, began_anew=begins_anew, has_service=run.service is not None, steps=run.outcomes)
    if not result.has_passed:
        with suppress(LookupError):  # then what the step itself says has to do
            requests = (await line.look("/journal"))["requests"]
            result.journal = [journal_line(entry) for entry in requests[-JOURNAL_SHOWN:]]
    return result


class _Run:
    """A scenario being played."""

    def __init__(self, scenario: Scenario, line: Line, *, service: Service | None, start: int) -> None:
        self.service = service
        self.outcomes = [
            StepOutcome(number=number, at=at, does=describe(step))
            for number, (step, at) in enumerate(zip(scenario.steps, moments(scenario), strict=True), start=1)
        ]
        self._steps = scenario.steps
        self._line = line
        self._start = start
        self._acts = Acts(line, service=service, start=start)
        self._known: Document = {"start": wire_time(start)}
        self._marks: dict[str, str | None] = {START: line.last_request_id}
        self._done = 0

    async def play(self) -> None:
        """Take each step, until one fails."""
        passed = 0
        for step, outcome in zip(self._steps, self.outcomes, strict=True):
            try:
                await self._pass_time(outcome.at - passed)
                passed = outcome.at
                self._acts.now = self._start + passed
                self._known["now"] = wire_time(self._acts.now)
                outcome.state = "SKIPPED" if self._is_skipped(step) else "PASSED"
                if outcome.state == "PASSED":
                    await self._take(step)
            except (Failed, CannotAct, NothingThere, LookupError) as error:
                outcome.state = "FAILED"
                outcome.problems = error.problems if isinstance(error, Failed) else [str(error)]
                return

    def _is_skipped(self, step: Step) -> bool:
        return step.only == "alone" if self.service is not None else is_of_service(step)

    async def _pass_time(self, milliseconds: int) -> None:
        if milliseconds == 0:
            return
        rounds = 1
        if self.service is not None:
            rounds = min(MOST_ROUNDS, max(1, round(milliseconds / SECOND / ROUND)))
        for number in range(rounds):
            part = milliseconds * (number + 1) // rounds - milliseconds * number // rounds
            answer = await self._line.control("POST", "/clock", {"advance": part / SECOND})
            if answer.status != 200:
                raise Failed([f"at: time does not go on: {refusal(answer.document())}"])
            if self.service is not None:
                await self.service.work()

    async def _take(self, step: Step) -> None:
        answer = await self._act(step) if step.do is not None else {}
        known = self._known if step.as_ is None else {**self._known, step.as_: answer}
        expect = _with_references(step.expect, known, Expect, "expect")
        problems = await unmet(self._line, expect, answer=answer, marks=self._marks)
        if step.service is not None and self.service is not None:
            wanted = _with_references(step.service, known, ServiceExpect, "service")
            problems += await unmet_in_service(self.service, wanted)
        if problems:
            raise Failed(problems)
        if step.as_ is not None:
            self._known = known
            self._marks[step.as_] = self._line.last_request_id

    async def _act(self, step: Step) -> Document:
        """Do what the step says, as often as it says; the answer is the last one, with all statuses counted."""
        assert step.do is not None
        given = resolve(step.with_, self._known)
        objects = self._objects(step)
        self._done += step.times * len(objects)
        if self._done > MOST_ACTS:
            raise Failed([f"do: a scenario does at most {MOST_ACTS} acts"])
        answered: dict[str, int] = {}
        answer: Document = {}
        for to in objects * step.times:
            answer = await self._acts.do(step.do, to, given)
            status = str(answer.get("http", 200))
            answered[status] = answered.get(status, 0) + 1
            _check_refusal(step, answer)
        return {**answer, "answered": answered}

    def _objects(self, step: Step) -> list[list[str]]:
        if step.to is None:
            return [[]]
        found = resolve(step.to, self._known)
        flat = [each for entry in _as_list(found) for each in _as_list(entry)]
        if not flat or not all(isinstance(each, str) and each for each in flat):
            raise Failed([f"to: {show(step.to)} stands for {show(found)}, which names nothing"])
        assert step.do is not None
        return [flat] if VERBS[step.do].takes_all else [[each] for each in flat]


def _with_references(part: AnyPart, known: Document, kind: type[AnyPart], field: str) -> AnyPart:
    """Return what a step expects with the references put in. Raises NothingThere and Failed."""
    try:
        return msgspec.convert(resolve(msgspec.to_builtins(part), known), type=kind)
    except msgspec.ValidationError as error:
        raise Failed([f"{field}: what a reference stands for does not fit: {error}"]) from error


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


EXPECTS_REFUSALS: Final = ("http", "answered", "error", "errors")


def _check_refusal(step: Step, answer: Document) -> None:
    if any(key.partition(".")[0] in EXPECTS_REFUSALS for key in step.expect.answer):
        return
    status = answer.get("http", 200)
    if status == 0 or status >= 400 or (answer.get("errors") and "http" not in answer):
        raise Failed([f"do: {step.do} was refused with {status}: {refusal(answer)}"])
