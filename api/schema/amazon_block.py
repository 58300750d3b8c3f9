"""Payment and shipping of a commerce order: Amazon's number, and the ways to the order on Amazon."""

from typing import Final

import strawberry

from api.schema.context import Info
from api.schema.money import Money, money_of
from api.schema.scalars import Link
from domain import money
from domain.accounts.marketplaces import MARKETPLACES, seller_central_url
from domain.accounts.records import Store
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonOrder
from domain.commerce.records import CommerceOrder

PAYMENT_METHOD: Final = "Amazon Channel Payment"
VIEW_OR_CANCEL: Final = "View or Cancel Amazon Order"
VIEW_ALL: Final = "View all Amazon Orders"


@strawberry.type(description="A way to Amazon's Seller Central.")
class AmazonLink:
    """A label and where it leads."""

    label: str = strawberry.field(description="What people read.")
    url: str = strawberry.field(graphql_type=Link, description="Where it leads.")


@strawberry.type(description="How an order is paid: always through Amazon, which has the money already.")
class OrderPayment:
    """The payment of a commerce order, and its connection with Amazon."""

    order: strawberry.Private[CommerceOrder]
    amazon: strawberry.Private[AmazonOrder]

    @strawberry.field(description="The method: Amazon Channel Payment.")
    @staticmethod
    def method_title() -> str:
        """Return the title."""
        return PAYMENT_METHOD

    @strawberry.field(description="Amazon's order number.")
    @staticmethod
    def amazon_order_number(root: strawberry.Parent["OrderPayment"]) -> str:
        """Return Amazon's number."""
        return root.order.channel_number

    @strawberry.field(description="What stands in the field for a purchase order number: Amazon's order number.")
    @staticmethod
    def purchase_order_number(root: strawberry.Parent["OrderPayment"]) -> str:
        """Return Amazon's number."""
        return root.order.channel_number

    @strawberry.field(description="The ways to Amazon: to this order while it is UNSHIPPED, else to all orders.")
    @staticmethod
    async def links(root: strawberry.Parent["OrderPayment"], info: Info) -> list[AmazonLink]:
        """Return the links."""
        store = await info.context.loaders.row(Store).load(root.order.store_id)
        if store is None:
            return []
        if root.amazon.amazon_status is AmazonOrderStatus.UNSHIPPED:
            return [AmazonLink(label=VIEW_OR_CANCEL, url=seller_central_url(store.marketplace_id, root.amazon.number))]
        host = MARKETPLACES[store.marketplace_id].seller_central
        return [AmazonLink(label=VIEW_ALL, url=f"https://{host}/orders-v3")]

    @strawberry.field(description="In which currency the order was placed, as a sentence.")
    @staticmethod
    def currency_note(root: strawberry.Parent["OrderPayment"]) -> str:
        """Return the sentence."""
        return f"The order was placed using {root.order.currency}."


@strawberry.type(description="How an order is shipped.")
class OrderShipping:
    """The shipping of a commerce order."""

    order: strawberry.Private[CommerceOrder]
    amazon: strawberry.Private[AmazonOrder]

    @strawberry.field(description="The method: one for all that is sold on Amazon, told apart by who sends the goods.")
    @staticmethod
    def method_title(root: strawberry.Parent["OrderShipping"]) -> str:
        """Return the title."""
        by_amazon = root.amazon.fulfillment_channel is FulfillmentChannel.AMAZON
        return "Amazon Shipping (fulfilled by Amazon)" if by_amazon else "Amazon Shipping"

    @strawberry.field(description="Amazon's service level, e.g. Std US Dom; null where Amazon gives none.")
    @staticmethod
    def service_level(root: strawberry.Parent["OrderShipping"]) -> str | None:
        """Return the service level."""
        return root.amazon.service_level

    @strawberry.field(graphql_type=Money, description="What the buyer pays for shipping and handling.")
    @staticmethod
    def handling(root: strawberry.Parent["OrderShipping"]) -> money.Money | None:
        """Return the shipping."""
        return money_of(root.order.shipping_minor, root.order.currency)
