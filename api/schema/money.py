"""Money as clients see it."""

from decimal import Decimal

import strawberry

from api.schema.scalars import CurrencyCode
from domain import money


@strawberry.type(description="An exact amount of one currency.")
class Money:
    """The window on an amount."""

    amount: Decimal = strawberry.field(description="The amount, with exactly the currency's decimals.")
    currency: CurrencyCode = strawberry.field(name="currencyCode", description="The currency.")


def money_of(minor: int | None, currency: str | None) -> money.Money | None:
    """Join two columns to an amount; none if one of them is missing."""
    return None if minor is None or currency is None else money.Money(minor, currency)
