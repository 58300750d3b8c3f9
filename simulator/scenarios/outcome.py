"""How a scenario went: each step, and of the one that failed what was expected, what was found, and what led to it."""

from dataclasses import dataclass, field
from typing import Final, Literal

from simulator.orders.documents import Document
from simulator.scenarios.durations import spell_duration
from simulator.scenarios.language import Step

SHOWN: Final = {"PASSED": "ok", "FAILED": "FAILED", "SKIPPED": "skipped", "NOT_RUN": "not run"}

LONGEST_LINE: Final = 150


@dataclass(slots=True, kw_only=True)
class StepOutcome:
    """How one step went; the moment is in milliseconds after the start."""

    number: int
    at: int
    does: str
    state: Literal["PASSED", "FAILED", "SKIPPED", "NOT_RUN"] = "NOT_RUN"
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the step in one line."""
        return f"{SHOWN[self.state]:<8}{self.number:>4}  {spell_duration(self.at):<9} {self.does}"


@dataclass(slots=True, kw_only=True)
class Result:
    """How a run of a scenario went."""

    name: str
    began_anew: bool
    has_service: bool
    steps: list[StepOutcome]
    journal: list[str] = field(default_factory=list)  # the last requests before a failure

    @property
    def has_passed(self) -> bool:
        """Return whether every step did, or was not meant for such a run."""
        return all(step.state in ("PASSED", "SKIPPED") for step in self.steps)

    def counts(self) -> dict[str, int]:
        """Return how many steps went which way."""
        return {state: count for state in SHOWN if (count := sum(step.state == state for step in self.steps))}

    def explanation(self) -> str:
        """Return what went wrong in words, nothing if all went well."""
        failed = next((step for step in self.steps if step.state == "FAILED"), None)
        if failed is None:
            return ""
        head = f"{self.name}, step {failed.number} ({failed.does}) at {spell_duration(failed.at)}:"
        lines = [head, *(f"  {problem}" for problem in failed.problems)]
        if self.journal:
            lines += ["  the last requests were:", *(f"    {entry}" for entry in self.journal)]
        return "\n".join(lines)

    def document(self) -> Document:
        """Return the result as JSON shows it."""
        return {
            "name": self.name,
            "passed": self.has_passed,
            "reset": self.began_anew,
            "service": self.has_service,
            "steps": [
                {
                    "step": step.number,
                    "at": spell_duration(step.at),
                    "does": step.does,
                    "state": step.state,
                    "problems": step.problems,
                }
                for step in self.steps
            ],
            "journal": self.journal,
        }


def journal_line(entry: Document) -> str:
    """Return a request of the journal in one line."""
    query = f"?{entry['query']}" if entry["query"] else ""
    line = f"{entry['time']} {entry['status']} {entry['method']} {entry['path']}{query}"
    cut = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
    return f"{cut} ({entry['hint']})" if entry.get("hint") else cut


def refusal(answer: Document) -> str:
    """Return why something was refused, in the words of the answer."""
    error = answer.get("error")
    if isinstance(error, dict):
        field = f" ({error['field']})" if error.get("field") else ""
        return f"{error.get('code')}{field}: {error.get('message')}"
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        first = errors[0]
        return f"{first.get('code')}: {first.get('message')}" if isinstance(first, dict) else str(first)
    return str(error) if error else "no reason given"


def describe(step: Step) -> str:
    """Return what a step does in one line."""
    words = [step.do or "expect"]
    if isinstance(step.to, str):
        words.append(step.to)
    elif step.to is not None:
        words.append(f"{len(step.to)} of them")
    if step.times > 1:
        words.append(f"{step.times} times")
    return " ".join(words) + (f" as {step.as_}" if step.as_ else "") + (f": {step.note}" if step.note else "")
