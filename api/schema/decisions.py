"""Why an order was imported, or why not."""

from datetime import datetime
from typing import Any

import strawberry

from domain.channel.cases import Outcome


@strawberry.type(description="A value that a rule looked at. Never buyer data.")
class Fact:
    """A value by name."""

    name: str = strawberry.field(description="What it is.")
    value: str | None = strawberry.field(description="The value as text; null where there is none.")


@strawberry.type(description="One rule as it was applied.")
class DecisionStep:
    """A step, as it is stored."""

    stored: strawberry.Private[dict[str, Any]]

    @strawberry.field(description="The rule.")
    @staticmethod
    def rule(root: strawberry.Parent["DecisionStep"]) -> str:
        """Return the rule's name."""
        return str(root.stored["rule"])

    @strawberry.field(description="Whether the order got past it; the last step is the one that decided.")
    @staticmethod
    def passed(root: strawberry.Parent["DecisionStep"]) -> bool:
        """Return whether the rule let the order through."""
        return bool(root.stored["passed"])

    @strawberry.field(description="Why, in words.")
    @staticmethod
    def because(root: strawberry.Parent["DecisionStep"]) -> str:
        """Return the reason."""
        return str(root.stored["because"])

    @strawberry.field(description="What it looked at.")
    @staticmethod
    def inputs(root: strawberry.Parent["DecisionStep"]) -> list[Fact]:
        """Return the values."""
        return [Fact(name=name, value=value) for name, value in root.stored["inputs"]]


@strawberry.type(description="The latest decision about an order: every rule, what it looked at, and the outcome.")
class ImportDecision:
    """The window on a decision."""

    outcome: Outcome = strawberry.field(description="What became of the order.")
    code: str = strawberry.field(description="Why, for programs, e.g. BEFORE_INTEGRATION.")
    row: int = strawberry.field(description="The row of the documented decision table that decided, from 1.")
    summary: str = strawberry.field(description="The outcome and its reason in one sentence.")
    evaluated_at: datetime = strawberry.field(description="When it was decided.")
    settings_version: int = strawberry.field(description="The version of the order settings that counted.")
    rules_version: int = strawberry.field(description="The version of the decision table.")

    @strawberry.field(description="The rules in the order in which they were applied.")
    @staticmethod
    def steps(root: strawberry.Parent[Any]) -> list[DecisionStep]:
        """Return the stored steps."""
        return [DecisionStep(stored=step) for step in root.steps]
