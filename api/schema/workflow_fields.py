"""What the workflow adds to orders, lines and invoices: what can be done, what is paid, and how much is left."""

import strawberry

from api.schema.actions import OrderAction, actions_of
from api.schema.context import Info
from api.schema.money import Money, money_of
from domain import money
from domain.amazon.records import AmazonOrder
from domain.commerce import records
from domain.commerce.orders import quantities


@strawberry.type
class Workable:
    """What a commerce order shows of its workflow."""

    @strawberry.field(description="What can be asked of it, and why not: the same as its Amazon order says.")
    @staticmethod
    async def actions(root: strawberry.Parent[records.CommerceOrder], info: Info) -> list[OrderAction]:
        """Return the actions."""
        order = await info.context.loaders.row(AmazonOrder).load(root.channel_order_id)
        return await actions_of(order, info) if order else []

    @strawberry.field(graphql_type=Money, description="What of it is paid: the sum of its invoices.")
    @staticmethod
    def total_paid(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return what is paid."""
        return money_of(root.paid_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What of it is not paid.")
    @staticmethod
    def total_due(root: strawberry.Parent[records.CommerceOrder]) -> money.Money | None:
        """Return what is due."""
        return money_of(root.total_minor - root.paid_minor, root.currency)


@strawberry.type
class Progressing:
    """What an order line shows of what is left to be done."""

    @strawberry.field(description="How many can still be billed.")
    @staticmethod
    def quantity_to_invoice(root: strawberry.Parent[records.CommerceOrderLine]) -> int:
        """Return how many are not billed."""
        return quantities(root).to_invoice

    @strawberry.field(description="How many still have to leave.")
    @staticmethod
    def quantity_to_ship(root: strawberry.Parent[records.CommerceOrderLine]) -> int:
        """Return how many have not left."""
        return quantities(root).to_ship

    @strawberry.field(description="How many were billed and not given back.")
    @staticmethod
    def quantity_to_refund(root: strawberry.Parent[records.CommerceOrderLine]) -> int:
        """Return how many can be given back."""
        return quantities(root).to_refund

    @strawberry.field(description="How many are neither billed nor gone.")
    @staticmethod
    def quantity_to_cancel(root: strawberry.Parent[records.CommerceOrderLine]) -> int:
        """Return how many can be dropped."""
        return quantities(root).to_cancel


@strawberry.type
class BilledParts:
    """What an invoice shows of its parts."""

    @strawberry.field(graphql_type=Money, description="What of it is for shipping.")
    @staticmethod
    def shipping(root: strawberry.Parent[records.Invoice]) -> money.Money | None:
        """Return the shipping."""
        return money_of(root.shipping_minor, root.currency)

    @strawberry.field(graphql_type=Money, description="What of it is tax.")
    @staticmethod
    def tax(root: strawberry.Parent[records.Invoice]) -> money.Money | None:
        """Return the tax."""
        return money_of(root.tax_minor, root.currency)
