"""From which sources a shipment would be taken, asked before it is made."""

from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.order_items import OrderItem
from api.schema.reading import reading
from api.schema.shipping import QuantityInput, SourceChoiceInput, quantities_of, source_choices
from api.schema.sources import SourceQuantity, all_sources
from api.schema.user_errors import UserError, user_error
from domain.amazon import records
from domain.channel import ship_proposal
from domain.channel.ship import PackageRequest
from domain.errors import DomainError


@strawberry.input(description="A shipment that is thought of, as `shipOrder` takes it.")
class ShipmentProposalInput(Optionals):
    """A shipment that is thought of."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    lines: list[QuantityInput] | None = optional("What would be shipped; without lines, the rest of the order.")
    sources: list[SourceChoiceInput] | None = optional(
        "What somebody would take from certain sources; the rest comes by the sources' order."
    )


@strawberry.type(description="A line of a shipment that is thought of.")
class ProposedLine:
    """The window on a proposed line."""

    proposed: strawberry.Private[ship_proposal.ProposedLine]

    @strawberry.field(graphql_type=OrderItem | None, description="What is shipped.")
    @staticmethod
    async def item(root: strawberry.Parent["ProposedLine"], info: Info) -> records.AmazonItem | None:
        """Return the item."""
        return await info.context.loaders.row(records.AmazonItem).load(root.proposed.item_id)

    @strawberry.field(description="How many.")
    @staticmethod
    def quantity(root: strawberry.Parent["ProposedLine"]) -> int:
        """Return how many are shipped."""
        return root.proposed.quantity

    @strawberry.field(
        graphql_type=list[SourceQuantity],
        description="From where they are taken; together fewer than the quantity where not all are held here, as of "
        "products whose stock is not counted.",
    )
    @staticmethod
    async def sources(root: strawberry.Parent["ProposedLine"], info: Info) -> list[SourceQuantity]:
        """List the sources in their order."""
        picked = {one.source: one.quantity for one in root.proposed.picks}
        return [
            SourceQuantity(source=source, quantity=picked[source.code])
            for source in await all_sources(info)
            if source.code in picked
        ]


@strawberry.type(description="From which sources a shipment would be taken now, or why it could not be made.")
class ShipmentProposal:
    """The answer to shipmentProposal."""

    lines: list[ProposedLine] = strawberry.field(default_factory=list, description="The lines that would be shipped.")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="What `shipOrder` would refuse because of the order, its lines or sources."
    )


Wanted = Annotated[ShipmentProposalInput, strawberry.argument(description="The shipment.")]


async def _propose(input: ShipmentProposalInput) -> ShipmentProposal | None:
    """Return the proposal for an order, None for an unknown one.

    Raises InvalidInput for a malformed id.
    """
    wanted = typed_id(input.order_id, "AmazonOrder", path=("input", "orderId"))
    lines = None if input.lines is None else quantities_of(input.lines, ("input",))
    sources = source_choices(input.sources)
    package = PackageRequest(lines=lines, carrier_code="", tracking_number="")
    with reading():
        order = await records.AmazonOrder.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
        if order is None:
            return None
        try:
            proposed = await ship_proposal.propose_shipment(order, [package], sources)
        except DomainError as refusal:
            return ShipmentProposal(errors=[user_error(refusal)])
    return ShipmentProposal(lines=[ProposedLine(proposed=line) for line in proposed])


@strawberry.type
class ShipmentQuestions:
    """The question about shipments that are not made yet."""

    @strawberry.field(
        description="From which sources a shipment would be taken now, if `shipOrder` made it: where somebody says, "
        "and else by the sources' order. Null for an unknown order."
    )
    @staticmethod
    async def shipment_proposal(input: Wanted) -> ShipmentProposal | None:
        """Propose where a shipment is taken from."""
        return await _propose(input)
