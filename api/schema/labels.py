"""What other programs call an order, and the tags on it."""

from typing import Annotated

import strawberry

from api.schema.context import Info
from api.schema.correcting import OrderPayload
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import USER
from domain.amazon.records import AmazonOrder
from domain.errors import NotFound
from domain.outward import labels


@strawberry.input(description="What another program calls an order.")
class SetExternalIdInput(Optionals):
    """What another program calls an order."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    system: str = strawberry.field(description="Which program: 1 to 64 letters, digits, dots, hyphens, underscores.")
    value: str | None = optional(
        "What it calls it: 1 to 200 printable ASCII characters, no buyer data. Null: it calls it nothing any more."
    )


@strawberry.input(description="Which tags an order gets and which it loses.")
class TagOrderInput(Optionals):
    """Which tags change."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    add: list[str] | None = optional(
        "Tags to put on: each up to 50 letters, digits, spaces and . : / - _, no buyer data. 50 an order at most."
    )
    remove: list[str] | None = optional("Tags to take off.")


SetExternalId = Annotated[SetExternalIdInput, strawberry.argument(description="Which program calls which order what.")]
TagOrder = Annotated[TagOrderInput, strawberry.argument(description="Which order, and which tags.")]


async def set_external_id(info: Info, input: SetExternalId) -> OrderPayload:
    """Note what another program calls an order."""
    order = await _known(input.order_id)
    await labels.set_external_id(
        order_id=order.id, system=input.system, value=input.value, now=info.context.service.clock.now(), actor=USER
    )
    return await _as_it_is(order)


async def tag_order(info: Info, input: TagOrder) -> OrderPayload:
    """Change the tags of an order."""
    order = await _known(input.order_id)
    await labels.tag_order(
        order_id=order.id,
        add=input.add or [],
        remove=input.remove or [],
        now=info.context.service.clock.now(),
        actor=USER,
    )
    return await _as_it_is(order)


async def _known(order_id: str) -> AmazonOrder:
    wanted = typed_id(order_id, "AmazonOrder", path=("input", "orderId"))
    with reading():
        order = await AmazonOrder.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
    if order is None:
        raise NotFound("There is no such order.", path=("input", "orderId"))
    return order


async def _as_it_is(order: AmazonOrder) -> OrderPayload:
    with reading():
        return OrderPayload(order=await AmazonOrder.get(id=order.id))


@strawberry.type
class LabelChanges:
    """The changes of labels."""

    set_external_id: OrderPayload = strawberry.mutation(
        resolver=set_external_id,
        extensions=[RefusalsAsUserErrors(OrderPayload)],
        description="Note what another program, such as an ERP, calls an order; `amazonOrder(by: {externalId: …})` "
        "finds it by that. The same again changes nothing.",
    )
    tag_order: OrderPayload = strawberry.mutation(
        resolver=tag_order,
        extensions=[RefusalsAsUserErrors(OrderPayload)],
        description="Put tags on an order and take others off. The same again changes nothing.",
    )
