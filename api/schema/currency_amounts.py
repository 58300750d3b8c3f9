"""What orders, invoices and credit memos come to in the base currency."""

from decimal import Decimal

import strawberry

from api.schema.money import Money, money_of
from domain import money
from domain.commerce import records
from domain.commerce.base_amounts import in_base


@strawberry.type
class OrderInBase:
    """What a commerce order shows of its amounts in the base currency."""

    @strawberry.field(
        description="What one unit of its currency was worth in the base currency on the UTC day on which it was made "
        "here; later rates never change it. Null if there was no base currency then."
    )
    @staticmethod
    def base_rate(root: strawberry.Parent[records.CommerceOrder]) -> Decimal | None:
        """Return the rate it got."""
        return None if root.base_rate is None else Decimal(root.base_rate)

    @strawberry.field(
        graphql_type=Money | None,
        description="`total` in the base currency that there was when it was made, by `baseRate`, half of the smallest "
        "unit rounded to the even one. Its parts are not converted: rounded one by one they would not add up. Null "
        "without `baseRate`.",
    )
    @staticmethod
    def base_total(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return the total."""
        return money_of(root.base_total_minor, root.base_currency)

    @strawberry.field(
        graphql_type=Money | None,
        description="`totalPaid` in the base currency: the sum of its invoices there, and `baseTotal` once all is "
        "billed. Null without `baseRate`.",
    )
    @staticmethod
    def base_total_paid(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return what is paid."""
        return money_of(in_base(root, root.paid_minor), root.base_currency)

    @strawberry.field(
        graphql_type=Money | None,
        description="`totalRefunded` in the base currency: the sum of its credit memos there, never more than "
        "`baseTotalPaid`, and the same once all is given back. Null without `baseRate`.",
    )
    @staticmethod
    def base_total_refunded(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return what was given back."""
        return money_of(in_base(root, root.refunded_minor), root.base_currency)


@strawberry.type
class PaperInBase:
    """What an invoice or a credit memo shows of its amount in the base currency."""

    @strawberry.field(
        graphql_type=Money | None,
        description="`total` in the base currency by the order's `baseRate`: what it and those of its kind before it "
        "come to together, half of the smallest unit rounded to the even one, less what those before it came to. So "
        "the papers of an order add up to its own amount. Null without `baseRate`.",
    )
    @staticmethod
    def base_total(root: strawberry.Parent[records.Invoice]) -> money.Money | None:
        """Return the total."""
        return money_of(root.base_total_minor, root.base_currency)
