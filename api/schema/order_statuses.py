"""The statuses of commerce orders: listed, and those of the merchant's own made and assigned."""

from collections.abc import Awaitable
from typing import Annotated

import strawberry

from api.schema.commerce_words import CommerceOrderStatus
from api.schema.context import Info
from api.schema.optional import Optionals, given, optional
from api.schema.reading import reading
from api.schema.shipping import USER
from api.schema.user_errors import UserError
from domain.commerce import statuses
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.statuses import DefinedStatus


@strawberry.input(description="A status of your own.")
class CreateOrderStatusInput(Optionals):
    """A new status."""

    code: str = strawberry.field(
        description="Its code: a letter, then letters, digits and underscores, at most 64 in all. It stays for good."
    )
    label: str = strawberry.field(description="What people read: one line of at most 100 characters.")
    state: CommerceOrderState | None = optional("The state that it is assigned to; null: none so far.")
    is_visible: bool = strawberry.field(default=True, description="Whether a storefront may show it.")


@strawberry.input(description="What changes of a status of your own; what is left out stays.")
class UpdateOrderStatusInput(Optionals):
    """A change of a status."""

    code: str = strawberry.field(description="Its code.")
    label: str | None = optional("What people read.")
    is_visible: bool | None = optional("Whether a storefront may show it.")


@strawberry.type(description="What became of a status.")
class OrderStatusPayload:
    """The answer to what is done with a status."""

    status: CommerceOrderStatus | None = strawberry.field(default=None, description="The status as it is now.")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


NewStatus = Annotated[CreateOrderStatusInput, strawberry.argument(description="The status.")]
StatusChange = Annotated[UpdateOrderStatusInput, strawberry.argument(description="What changes.")]
StatusCode = Annotated[str, strawberry.argument(description="The code of a status of your own.")]
AssignedTo = Annotated[CommerceOrderState, strawberry.argument(description="The state that it belongs to from now on.")]
OfState = Annotated[CommerceOrderState | None, strawberry.argument(description="Only those of a state.")]


async def create_order_status(info: Info, input: NewStatus) -> OrderStatusPayload:
    """Add a status."""
    now = info.context.service.clock.now()
    return await _payload(
        statuses.create_status(
            code=input.code, label=input.label, state=input.state, is_visible=input.is_visible, now=now, actor=USER
        )
    )


async def update_order_status(info: Info, input: StatusChange) -> OrderStatusPayload:
    """Change how a status is shown."""
    now = info.context.service.clock.now()
    return await _payload(
        statuses.change_status(code=input.code, label=input.label, is_visible=input.is_visible, now=now, actor=USER)
    )


async def assign_order_status(info: Info, code: StatusCode, state: AssignedTo) -> OrderStatusPayload:
    """Assign a status to a state."""
    now = info.context.service.clock.now()
    return await _payload(statuses.assign_status(code=code, state=state, now=now, actor=USER))


async def unassign_order_status(info: Info, code: StatusCode) -> OrderStatusPayload:
    """Take a status away from its state."""
    now = info.context.service.clock.now()
    return await _payload(statuses.unassign_status(code=code, now=now, actor=USER))


async def list_statuses(state: CommerceOrderState | None) -> list[CommerceOrderStatus]:
    """Return all statuses, or those of a state."""
    with reading():
        found = await statuses.all_statuses()
    return [CommerceOrderStatus.of(one) for one in found if state in (None, one.state)]


async def _payload(done: Awaitable[DefinedStatus]) -> OrderStatusPayload:
    return OrderStatusPayload(status=CommerceOrderStatus.of(await done))


@strawberry.type
class StatusQuestions:
    """The question about statuses."""

    @strawberry.field(
        description="The statuses that commerce orders can have: those that came with the service, then your own."
    )
    @staticmethod
    async def order_statuses(state: OfState = strawberry.UNSET) -> list[CommerceOrderStatus]:
        """List the statuses."""
        return await list_statuses(given(state))
