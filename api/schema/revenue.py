"""What a store sells, day by day, and how a period compares with the one before it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import strawberry

from api.schema.enums import described
from api.schema.money import Money
from domain import money
from domain.channel.revenue import RULE, CurrencySales, DaySales


class RevenuePeriod(StrEnum):
    """How many days are added up."""

    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"


DAYS = {RevenuePeriod.LAST_7_DAYS: 7, RevenuePeriod.LAST_30_DAYS: 30}

described(
    RevenuePeriod,
    description="How many days are added up, by UTC.",
    values={"LAST_7_DAYS": "Today and the six days before.", "LAST_30_DAYS": "Today and the 29 days before."},
)


@strawberry.type(description="What was bought on one UTC day in one currency.")
class RevenueDay:
    """The window on a day's sales."""

    day: date = strawberry.field(description="The day of purchase, by UTC.")
    orders: int = strawberry.field(description="How many orders.")

    @strawberry.field(graphql_type=Money, description="What their buyers pay.")
    @staticmethod
    def amount(root: strawberry.Parent[DaySales]) -> money.Money:
        """Return the sum."""
        return money.Money(root.minor, root.currency)


@strawberry.type(description="The sales of a period in one currency.")
class CurrencyRevenue:
    """The window on a currency's sales."""

    orders: int = strawberry.field(description="How many orders the period has.")
    change: Decimal = strawberry.field(
        name="changePercent", description="How much more than in the days before, in percent: see `rule`."
    )

    @strawberry.field(graphql_type=Money, description="The sum of the period.")
    @staticmethod
    def total(root: strawberry.Parent[CurrencySales]) -> money.Money:
        """Return the sum of the days."""
        return money.Money(root.minor, root.currency)

    @strawberry.field(graphql_type=Money, description="The sum of as many days right before.")
    @staticmethod
    def previous(root: strawberry.Parent[CurrencySales]) -> money.Money:
        """Return the sum of the period before."""
        return money.Money(root.previous_minor, root.currency)

    @strawberry.field(graphql_type=list[RevenueDay], description="Every day of the period, the oldest first.")
    @staticmethod
    def days(root: strawberry.Parent[CurrencySales]) -> list[DaySales]:
        """Return the days."""
        return list(root.days)


@strawberry.type(description="The sales of a period, each currency for itself.")
class Revenue:
    """The sales of a period."""

    found: strawberry.Private[list[CurrencySales]]

    @strawberry.field(
        graphql_type=list[CurrencyRevenue],
        description="By currency: the store's own first, others only if something was sold in them.",
    )
    @staticmethod
    def currencies(root: strawberry.Parent["Revenue"]) -> list[CurrencySales]:
        """Return the sales by currency."""
        return root.found

    @strawberry.field(description="How the figures are made, for people.")
    @staticmethod
    def rule() -> str:
        """Return the rule in words."""
        return RULE
