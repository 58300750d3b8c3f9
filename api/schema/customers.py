"""Customers: buyers who were found or made by their e-mail address when an order was imported."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from api.plans.fragments import EVERYTHING, all_of, equal
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.context import Context, Info
from api.schema.loaders import Listing
from api.schema.nodes import Node, window_on
from api.schema.optional import given
from api.schema.order_addresses import OrderAddress, order_address
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from domain.buyers import Owner
from domain.commerce.customer_records import Customer as CustomerRecord
from domain.commerce.customers import customer_digest, made_up_email
from domain.commerce.person_names import person_name
from domain.commerce.records import CommerceOrder as CommerceOrderRecord
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from api.schema.commerce_orders import CommerceOrder

MOST_ORDERS: Final = 100
_ORDERS: Final = Listing(CommerceOrderRecord, "customer_id", ("-id",))
_NEWEST_FIRST: Final = Sort("AGE", "id", int, descending=True)
_Order = Annotated["CommerceOrder", strawberry.lazy("api.schema.commerce_orders")]
_Newest = Annotated[int, strawberry.argument(description=f"How many of the newest, at most {MOST_ORDERS}.")]


@strawberry.type(
    description="A buyer who became a customer of a store view. Who it is was sealed and is deleted when its time is "
    "over; the customer stays, and is found again by the e-mail address."
)
@window_on(CustomerRecord)
class Customer(Node):
    """The window on a customer."""

    store_view: str = strawberry.field(description="The store view whose customer it is.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(
        description="The e-mail address; where Amazon told none, the one made up of its order number, which reaches "
        "nobody. Buyer data; null where nothing of the customer is kept, and once it is deleted."
    )
    @staticmethod
    async def email(root: strawberry.Parent[CustomerRecord], info: Info) -> str | None:
        """Open the sealed address."""
        buyer = await _buyer_of(root, info)
        if not buyer:
            return None
        if email := (buyer.get("email") or "").strip():
            return str(email)
        orders = await info.context.loaders.rows(_ORDERS).load(root.id)
        return made_up_email(orders[0].channel_number) if orders else None

    @strawberry.field(description="The name before its first space, as in the newest order; N/A where none is known.")
    @staticmethod
    async def first_name(root: strawberry.Parent[CustomerRecord], info: Info) -> str:
        """Open the sealed name."""
        return person_name((await _buyer_of(root, info)).get("name")).first

    @strawberry.field(description="The name after its first space; N/A where there is none.")
    @staticmethod
    async def last_name(root: strawberry.Parent[CustomerRecord], info: Info) -> str:
        """Open the sealed name."""
        return person_name((await _buyer_of(root, info)).get("name")).last

    @strawberry.field(
        description=f"The address book: where the newest {MOST_ORDERS} orders went, each place once, the newest first. "
        "Buyer data."
    )
    @staticmethod
    async def addresses(root: strawberry.Parent[CustomerRecord], info: Info) -> list[OrderAddress]:
        """Open the sealed addresses."""
        return await _address_book(root, info)

    @strawberry.field(description="How many orders the customer has.")
    @staticmethod
    async def order_count(root: strawberry.Parent[CustomerRecord], info: Info) -> int:
        """Count the orders."""
        return len(await info.context.loaders.rows(_ORDERS).load(root.id))

    @strawberry.field(graphql_type=list[_Order], description="The customer's orders, the newest first.")
    @staticmethod
    async def orders(
        root: strawberry.Parent[CustomerRecord], info: Info, first: _Newest = 20
    ) -> list[CommerceOrderRecord]:
        """Return the orders."""
        if not 0 <= first <= MOST_ORDERS:
            raise InvalidInput(f"`first` is from 0 to {MOST_ORDERS}.", path=("first",))
        orders: list[CommerceOrderRecord] = (await info.context.loaders.rows(_ORDERS).load(root.id))[:first]
        info.context.spend(len(orders))
        return orders


@strawberry.type(description="A customer and its place in the list.")
class CustomerEdge:
    """A customer in a list."""

    node: Customer = strawberry.field(description="The customer.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of customers, the newest first.")
class CustomerConnection:
    """A page of customers."""

    edges: list[CustomerEdge] = strawberry.field(description="The customers with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[Customer], description="The customers alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["CustomerConnection"]) -> list[Customer]:
        """Return the nodes of the edges."""
        return [edge.node for edge in root.edges]


WithEmail = Annotated[
    str | None,
    strawberry.argument(description="Only those with this e-mail address, as Amazon relays it, in any case."),
]
InStoreView = Annotated[str | None, strawberry.argument(description="Only those of this store view.")]


@strawberry.type
class CustomerQuestions:
    """The questions about customers."""

    @strawberry.field(description="Customers, the newest first. Guests are none.")
    @staticmethod
    async def customers(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        email: WithEmail = strawberry.UNSET,
        store_view: InStoreView = strawberry.UNSET,
    ) -> CustomerConnection:
        """List the customers."""
        return await list_customers(info.context, first, after, given(email), given(store_view))


@strawberry.type
class Bought:
    """What a commerce order says of its customer."""

    @strawberry.field(graphql_type=Customer | None, description="Its customer; null for a guest.")
    @staticmethod
    async def customer(root: strawberry.Parent[CommerceOrderRecord], info: Info) -> CustomerRecord | None:
        """Return the customer."""
        return await info.context.loaders.row(CustomerRecord).load(root.customer_id) if root.customer_id else None

    @strawberry.field(description="Whether a guest bought it: an e-mail address, and no customer.")
    @staticmethod
    def is_guest(root: strawberry.Parent[CommerceOrderRecord]) -> bool:
        """Return whether there is no customer."""
        return root.customer_id is None


async def list_customers(
    context: Context, first: First, after: After, email: str | None, store_view: str | None
) -> CustomerConnection:
    """Return a page of customers; an e-mail address is looked up by its keyed digest.

    Raises InvalidInput or LimitExceeded.
    """
    conditions = [EVERYTHING]
    if email is not None:
        conditions.append(equal("email_digest", customer_digest(email, context.service.sealer)))
    if store_view is not None:
        conditions.append(equal("store_view", store_view))
    page = await find_page("customer", where=all_of(conditions), sort=_NEWEST_FIRST, request=asked_page(first, after))
    context.spend(len(page.rows))
    customers = await context.loaders.row(CustomerRecord).load_many([row.row_id for row in page.rows])
    edges = [
        CustomerEdge(node=customer, cursor=row.cursor)  # type: ignore[arg-type]
        for customer, row in zip(customers, page.rows, strict=True)
        if customer is not None
    ]
    return CustomerConnection(edges=edges, page_info=page_info(page))


async def _buyer_of(customer: CustomerRecord, info: Info) -> Mapping[str, Any]:
    kept = await info.context.loaders.buyers(Owner.CUSTOMER).load(customer.id)
    buyer: Mapping[str, Any] = (kept or {}).get("buyer") or {}
    return buyer


async def _address_book(customer: CustomerRecord, info: Info) -> list[OrderAddress]:
    orders = (await info.context.loaders.rows(_ORDERS).load(customer.id))[:MOST_ORDERS]
    kept = await info.context.loaders.buyers(Owner.COMMERCE_ORDER).load_many([order.id for order in orders])
    book: dict[tuple[tuple[str, Any], ...], OrderAddress] = {}
    for values in kept:
        address = {part: text for part, text in ((values or {}).get("address") or {}).items() if text}
        if address:
            name = address.get("name") or ((values or {}).get("buyer") or {}).get("name")
            book.setdefault(tuple(sorted(address.items())), order_address(name, {}, address))
    return list(book.values())
