"""What can be asked of an order, and why not: the same answers that the mutations give."""

import strawberry

from api.schema.context import Info
from api.schema.loaders import Listing
from api.schema.mail_refusals import writing_refusal
from api.schema.order_items import ITEMS
from api.schema.order_words import OrderActionKind
from api.schema.user_errors import UserError, user_error
from domain.accounts.records import Store, StoreState
from domain.amazon.records import AmazonOrder, Command
from domain.channel.standing import Standing
from domain.channel.workflow import refusals
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.errors import DomainError

_LINES = Listing(CommerceOrderLine, "order_id", ("position", "id"))
_COMMANDS = Listing(Command, "order_id", ("order_seq",))


@strawberry.type(description="Something that can be asked of an order, or not.")
class OrderAction:
    """An action."""

    kind: OrderActionKind = strawberry.field(description="What can be asked.")
    allowed: bool = strawberry.field(description="Whether it would be done now.")
    reasons: list[UserError] = strawberry.field(
        description="Why not: the errors that the mutation would return. Empty if it is allowed."
    )


async def actions_of(order: AmazonOrder, info: Info) -> list[OrderAction]:
    """Return every action with the refusal that asking for it would bring."""
    found = refusals(await _standing_of(order, info))
    return [_action(kind, found[kind.value]) for kind in OrderActionKind]


async def _standing_of(order: AmazonOrder, info: Info) -> Standing:
    loaders = info.context.loaders
    store = await loaders.row(Store).load(order.store_id)
    commerce, lines, unreachable = None, [], None
    if order.commerce_order_id is not None:
        commerce = await loaders.row(CommerceOrder).load(order.commerce_order_id)
        lines = await loaders.rows(_LINES).load(order.commerce_order_id)
    if commerce is not None:
        unreachable = await writing_refusal(commerce, None, info, status=order.amazon_status.value)
    return Standing(
        order=order,
        commerce=commerce,
        lines=lines,
        items=await loaders.rows(ITEMS).load(order.id),
        commands=await loaders.rows(_COMMANDS).load(order.id),
        is_leaving=store is not None and store.state is StoreState.DELETING,
        unreachable=unreachable,
    )


def _action(kind: OrderActionKind, refusal: DomainError | None) -> OrderAction:
    return OrderAction(kind=kind, allowed=refusal is None, reasons=[user_error(refusal)] if refusal else [])
