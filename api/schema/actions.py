"""What can be asked of an order, and why not: the same answers that the mutations give."""

import strawberry

from api.schema.context import Info
from api.schema.loaders import Listing
from api.schema.order_items import ITEMS
from api.schema.order_words import OrderActionKind
from api.schema.user_errors import UserError, user_error
from domain.accounts.records import Store, StoreState
from domain.amazon.records import AmazonOrder, Command
from domain.channel.cancel_rules import cancel_refusal
from domain.channel.correct import correct_refusal
from domain.channel.leaving import leaving_refusal
from domain.channel.retry import retry_refusal
from domain.channel.ship import ship_refusal
from domain.channel.standing import Standing
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
    store = await info.context.loaders.row(Store).load(order.store_id)
    if store is not None and store.state is StoreState.DELETING:
        return [_action(kind, leaving_refusal(order, action=kind.value)) for kind in OrderActionKind]
    return [
        _action(OrderActionKind.SHIP, await _ship_refusal(order, info)),
        _action(OrderActionKind.CANCEL, await _cancel_refusal(order, info)),
        _action(OrderActionKind.RETRY_IMPORT, retry_refusal(order)),
        _action(OrderActionKind.CORRECT_ADDRESS, await _correct_refusal(order, info)),
    ]


async def _ship_refusal(order: AmazonOrder, info: Info) -> DomainError | None:
    loaders = info.context.loaders
    commerce, lines = None, []
    if order.commerce_order_id is not None:
        commerce = await loaders.row(CommerceOrder).load(order.commerce_order_id)
        lines = await loaders.rows(_LINES).load(order.commerce_order_id)
    items, commands = await loaders.rows(ITEMS).load(order.id), await loaders.rows(_COMMANDS).load(order.id)
    return ship_refusal(order, commerce, lines, items={item.id: item for item in items}, commands=commands)


async def _cancel_refusal(order: AmazonOrder, info: Info) -> DomainError | None:
    loaders = info.context.loaders
    commerce = await loaders.row(CommerceOrder).load(order.commerce_order_id) if order.commerce_order_id else None
    items, commands = await loaders.rows(ITEMS).load(order.id), await loaders.rows(_COMMANDS).load(order.id)
    return cancel_refusal(Standing(order=order, commerce=commerce, items=items, commands=commands))


async def _correct_refusal(order: AmazonOrder, info: Info) -> DomainError | None:
    loaders = info.context.loaders
    commerce = await loaders.row(CommerceOrder).load(order.commerce_order_id) if order.commerce_order_id else None
    return correct_refusal(order, commerce)


def _action(kind: OrderActionKind, refusal: DomainError | None) -> OrderAction:
    return OrderAction(kind=kind, allowed=refusal is None, reasons=[user_error(refusal)] if refusal else [])
