"""What a person should look at, whatever it is about."""

from datetime import datetime

import strawberry

from api.schema.actors import Actor, actor_of
from api.schema.amazon_orders import AmazonOrder
from api.schema.blockers import Blocker
from api.schema.commands import Command
from api.schema.context import Info
from api.schema.enums import described
from api.schema.ids import NodeId
from api.schema.nodes import Node
from api.schema.resolutions import BlockerResolution, ways_out_of
from api.schema.stores import Store
from domain import timeline
from domain.accounts.records import Store as StoreRecord
from domain.amazon.records import AmazonOrder as OrderRecord
from domain.amazon.records import Command as CommandRecord
from domain.channel.records import Attention, AttentionKind, AttentionState

described(
    AttentionKind,
    description="Why a person should look.",
    values={
        "BLOCKER": "Something stops the import of an order.",
        "COMMAND_REFUSED": "Amazon refused a message, or did something else than it asked for.",
        "COMMAND_PARKED": "Nobody knows what became of a message to Amazon.",
        "CONFLICT": "Amazon changed an order after its import.",
        "CREDENTIALS": "Amazon no longer accepts the credentials: the stores of the account stand still.",
        "BUYER_CANCELLATION": "The buyer asks to cancel an order that has not shipped.",
        "COMMAND_OVERDUE": "Amazon took a message more than a day ago and does not show what came of it.",
        "UNKNOWN_STATUS": "Amazon's status of an order is missing or not known here.",
        "UNREADABLE": "An order in an answer of Amazon's could not be read.",
        "FAILED": "Evaluating an order failed on our side.",
        "MAIL_FAILED": "An e-mail to the buyer of an order cannot be sent.",
    },
)


@strawberry.type(description="One thing that a person should look at, with its way out.")
class AttentionItem(Node):
    """The window on an attention entry, whatever its kind."""

    entry: strawberry.Private[Attention]

    @strawberry.field(description="Opaque, globally unique, never reused. Pass it back as it is.")
    @staticmethod
    def id(root: strawberry.Parent["AttentionItem"]) -> strawberry.ID:
        """Return the id; the same entry as a blocker has another one."""
        return strawberry.ID(str(NodeId("AttentionItem", root.entry.account_id, root.entry.id)))

    @strawberry.field(description="Why to look.")
    @staticmethod
    def kind(root: strawberry.Parent["AttentionItem"]) -> AttentionKind:
        """Return the kind."""
        return root.entry.kind

    @strawberry.field(description="Whether it still matters.")
    @staticmethod
    def state(root: strawberry.Parent["AttentionItem"]) -> AttentionState:
        """Return the state."""
        return root.entry.state

    @strawberry.field(description="What it is, in words. Never buyer data.")
    @staticmethod
    def message(root: strawberry.Parent["AttentionItem"]) -> str:
        """Return the message."""
        return root.entry.message

    @strawberry.field(
        graphql_type=AmazonOrder | None,
        description="The order that it is about; null for credentials and for an order that could not be read.",
    )
    @staticmethod
    async def order(root: strawberry.Parent["AttentionItem"], info: Info) -> OrderRecord | None:
        """Return the order."""
        order_id = root.entry.order_id
        return await info.context.loaders.row(OrderRecord).load(order_id) if order_id else None

    @strawberry.field(
        graphql_type=Store | None, description="The store; null for credentials, which several may share."
    )
    @staticmethod
    async def store(root: strawberry.Parent["AttentionItem"], info: Info) -> StoreRecord | None:
        """Return the store."""
        store_id = root.entry.store_id
        return await info.context.loaders.row(StoreRecord).load(store_id) if store_id else None

    @strawberry.field(graphql_type=Command | None, description="The message to Amazon that it is about, if it is one.")
    @staticmethod
    async def command(root: strawberry.Parent["AttentionItem"], info: Info) -> CommandRecord | None:
        """Return the command."""
        command_id = root.entry.command_id
        return await info.context.loaders.row(CommandRecord).load(command_id) if command_id else None

    @strawberry.field(graphql_type=Blocker | None, description="The blocker with its facts, if it is one.")
    @staticmethod
    def blocker(root: strawberry.Parent["AttentionItem"]) -> Attention | None:
        """Return the entry as a blocker."""
        return root.entry if root.entry.blocker_kind else None

    @strawberry.field(description="The ways out, the best first; empty once it is resolved.")
    @staticmethod
    async def resolutions(root: strawberry.Parent["AttentionItem"], info: Info) -> list[BlockerResolution]:
        """Return the ways out."""
        return await info.context.loaders.other(ways_out_of).load(root.entry.id)

    @strawberry.field(description="Since when there is reason to look.")
    @staticmethod
    def opened_at(root: strawberry.Parent["AttentionItem"]) -> datetime:
        """Return when it was opened."""
        return root.entry.opened_at

    @strawberry.field(description="When it was last looked at whether the reason is still there.")
    @staticmethod
    def last_checked_at(root: strawberry.Parent["AttentionItem"]) -> datetime:
        """Return when it was last checked."""
        return root.entry.last_checked_at

    @strawberry.field(description="Until when the order has to ship, if Amazon says so: the list is sorted by it.")
    @staticmethod
    def act_by(root: strawberry.Parent["AttentionItem"]) -> datetime | None:
        """Return the ship-by date."""
        return root.entry.due_by

    @strawberry.field(description="When the reason was gone, or a person put it aside; null while it is open.")
    @staticmethod
    def resolved_at(root: strawberry.Parent["AttentionItem"]) -> datetime | None:
        """Return when it ended."""
        return root.entry.resolved_at

    @strawberry.field(
        graphql_type=Actor | None,
        description="Who resolved it or put it aside: SYSTEM where it was found gone; null while it is open.",
    )
    @staticmethod
    def resolved_by(root: strawberry.Parent["AttentionItem"]) -> timeline.Actor | None:
        """Return the actor."""
        return actor_of(root.entry.actor_kind, root.entry.actor_name)
