"""Shipping an order: what clients say, and what they get."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.documents import Shipment
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.reading import reading
from api.schema.user_errors import UserError, user_error
from api.service import Service
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel import ship
from domain.channel.ship import PackageRequest, ShipmentNote, SourceChoice
from domain.commerce.records import Shipment as ShipmentRecord
from domain.errors import DomainError, NotFound
from domain.timeline import Actor, ActorKind

CARRIER_CODE: Final = "The carrier: the code of one of `carriers`, or another carrier's name."
CARRIER_NAME: Final = "The carrier's name, where the code does not say it; needed with the code custom."

USER = Actor(ActorKind.USER)


@strawberry.input(description="How many of an order item.")
class QuantityInput:
    """An item and a quantity."""

    item_id: strawberry.ID = strawberry.field(description="The id of an `OrderItem`.")
    quantity: int = strawberry.field(description="How many, at least 1.")


@strawberry.input(description="How many of an order item are taken from a source.")
class SourceChoiceInput:
    """An item, a source and a quantity."""

    item_id: strawberry.ID = strawberry.field(description="The id of an `OrderItem`.")
    source: str = strawberry.field(description="The code of an enabled source.")
    quantity: int = strawberry.field(description="How many, at least 1.")


@strawberry.input(description="A further parcel of the same shipment.")
class PackageInput(Optionals):
    """A further parcel."""

    lines: list[QuantityInput] = strawberry.field(description="What is in it.")
    carrier_code: str = strawberry.field(description=CARRIER_CODE)
    carrier_name: str | None = optional(CARRIER_NAME)
    tracking_number: str = strawberry.field(description="The carrier's tracking number; Amazon asks for it.")


@strawberry.input(description="What is shipped, how, and from which request.")
class ShipOrderInput(Optionals):
    """A shipment."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    lines: list[QuantityInput] | None = optional("What is in the parcel; without lines, the rest of the order.")
    carrier_code: str = strawberry.field(description=CARRIER_CODE)
    carrier_name: str | None = optional(CARRIER_NAME)
    tracking_number: str = strawberry.field(description="The carrier's tracking number; Amazon asks for it.")
    packages: list[PackageInput] | None = optional("Further parcels of the same shipment.")
    sources: list[SourceChoiceInput] | None = optional(
        "What is taken from certain sources, whichever parcel it is in. What is not named comes from the first "
        "sources where any lie, as `shipmentProposal` says."
    )
    shipped_at: datetime | None = optional("When it left; now if it is left out.")
    comment: str | None = optional("What is said of the shipment; it is kept as `addOrderComment` does.")
    notify: bool = strawberry.field(
        default=False,
        description="Whether the buyer gets a copy of the shipment by e-mail. Amazon tells of shipments itself, so "
        "this is refused unless the mail settings of the store switch that e-mail on.",
    )
    append_comment: bool = strawberry.field(default=False, description="Whether the copy carries the comment.")
    expected_version: int | None = optional(
        "The version of the order that you saw; if it has another, nothing is done."
    )
    idempotency_key: str = strawberry.field(
        description="A text of your own: the same key with the same input returns the first result again."
    )


@strawberry.type(description="What became of a shipment.")
class ShipOrderPayload:
    """The answer to shipOrder."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    shipment: ShipmentRecord | None = strawberry.field(
        graphql_type=Shipment | None,
        default=None,
        description="The shipment; Amazon is told by each package's command.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


ShipInput = Annotated[ShipOrderInput, strawberry.argument(description="What is shipped and how.")]


async def ship_order(info: Info, input: ShipInput) -> ShipOrderPayload:
    """Record a shipment and queue its confirmation to Amazon."""
    service, wanted = info.context.service, typed_id(input.order_id, "AmazonOrder", path=("input", "orderId"))
    with reading():
        known = await AmazonOrderRecord.get_or_none(id=wanted.row_id, account_id=wanted.account_id)
    if known is None:
        raise NotFound("There is no such order.", path=("input", "orderId"))
    try:
        shipment = await _ship(service, known.id, input)
    except DomainError as refusal:
        return ShipOrderPayload(order=await _order_now(known.id), errors=[user_error(refusal)])
    service.wake()
    return ShipOrderPayload(order=await _order_now(known.id), shipment=shipment)


async def _order_now(order_id: int) -> AmazonOrderRecord:
    with reading():
        return await AmazonOrderRecord.get(id=order_id)


async def _ship(service: Service, order_id: int, input: ShipOrderInput) -> ShipmentRecord:
    packages = packages_of(input)
    try:
        return await ship.ship_order(
            order_id=order_id,
            packages=packages,
            shipped_at=input.shipped_at,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
            new_reference=service.new_reference,
            note=note_of(input, service),
            sources=source_choices(input.sources),
        )
    except DomainError as refusal:
        refusal.path = as_sent(refusal.path)
        raise


def packages_of(input: ShipOrderInput) -> list[PackageRequest]:
    """Put the parcel named in the input itself before the further ones."""
    first = PackageRequest(
        lines=None if input.lines is None else quantities_of(input.lines, ("input",)),
        carrier_code=input.carrier_code,
        carrier_name=input.carrier_name,
        tracking_number=input.tracking_number,
    )
    further = [
        PackageRequest(
            lines=quantities_of(package.lines, ("input", "packages", str(at))),
            carrier_code=package.carrier_code,
            carrier_name=package.carrier_name,
            tracking_number=package.tracking_number,
        )
        for at, package in enumerate(input.packages or ())
    ]
    return [first, *further]


def note_of(input: ShipOrderInput, service: Service) -> ShipmentNote | None:
    """Return what is said with a shipment, None where nothing is."""
    copy_by = service.mailing if input.notify else None
    if input.comment is None and copy_by is None:
        return None
    return ShipmentNote(comment=input.comment, copy_by=copy_by, is_appended=input.append_comment)


def source_choices(choices: Sequence[SourceChoiceInput] | None) -> list[SourceChoice]:
    """Read what is taken from which source.

    Raises InvalidInput for a malformed id.
    """
    return [
        SourceChoice(
            typed_id(one.item_id, "OrderItem", path=("input", "sources", str(at), "itemId")).row_id,
            one.source,
            one.quantity,
        )
        for at, one in enumerate(choices or ())
    ]


def quantities_of(lines: Sequence[QuantityInput], path: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Read lines with their quantities.

    Raises InvalidInput for a malformed id.
    """
    return tuple(
        (typed_id(line.item_id, "OrderItem", path=(*path, "lines", str(at), "itemId")).row_id, line.quantity)
        for at, line in enumerate(lines)
    )


def as_sent(path: tuple[str, ...]) -> tuple[str, ...]:
    """Name a parcel as the input does: the first one stands in the input itself, the others are counted from 0."""
    match path:
        case ("input", "packages", "0", *rest):
            return ("input", *rest)
        case ("input", "packages", at, *rest):
            return ("input", "packages", str(int(at) - 1), *rest)
    return path
