"""Tracking that is said after a shipment: what clients say, and what they get."""

from typing import Annotated

import strawberry

from api.schema.amazon_orders import AmazonOrder
from api.schema.context import Info
from api.schema.documents import Package
from api.schema.ids import typed_id
from api.schema.optional import Optionals, optional
from api.schema.order_known import known_order, order_now
from api.schema.refusals import RefusalsAsUserErrors
from api.schema.shipping import CARRIER_CODE, CARRIER_NAME, USER, QuantityInput
from api.schema.user_errors import UserError, user_error
from domain.amazon.records import AmazonOrder as AmazonOrderRecord
from domain.channel.told_parcels import Track
from domain.channel.track import add_track, correct_track
from domain.commerce.records import Package as PackageRecord
from domain.errors import DomainError

_ORDER_ID = ("input", "orderId")
_PARCEL = "The id of the `Package`; needed where Amazon was told of several."
_NUMBER = "The carrier's tracking number; Amazon asks for it."
_VERSION = "The version of the order that you saw; if it has another, nothing is done."
_KEY = "A text of your own: the same key with the same input returns the first result again."


@strawberry.input(description="Under which number a parcel travels that left.")
class CorrectTrackInput(Optionals):
    """Other tracking."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    package_id: strawberry.ID | None = optional(_PARCEL)
    carrier_code: str = strawberry.field(description=CARRIER_CODE)
    carrier_name: str | None = optional(CARRIER_NAME)
    tracking_number: str = strawberry.field(description=_NUMBER)
    expected_version: int | None = optional(_VERSION)
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.input(description="What of a parcel that left travels in a further one, and under which number.")
class AddTrackInput(Optionals):
    """A further parcel."""

    order_id: strawberry.ID = strawberry.field(description="The id of an `AmazonOrder`.")
    package_id: strawberry.ID | None = optional(_PARCEL)
    lines: list[QuantityInput] = strawberry.field(
        description="What the further parcel holds of this one; something has to stay."
    )
    carrier_code: str = strawberry.field(description=CARRIER_CODE)
    carrier_name: str | None = optional(CARRIER_NAME)
    tracking_number: str = strawberry.field(description=_NUMBER)
    expected_version: int | None = optional(_VERSION)
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.type(description="What became of tracking that was said later.")
class TrackPayload:
    """The answer to correctTrack and addTrack."""

    order: AmazonOrderRecord | None = strawberry.field(
        graphql_type=AmazonOrder | None, default=None, description="The order as it is now."
    )
    package: PackageRecord | None = strawberry.field(
        graphql_type=Package | None,
        default=None,
        description="The parcel whose tracking was corrected, or the further one; its command tells Amazon.",
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


CorrectInput = Annotated[CorrectTrackInput, strawberry.argument(description="Which parcel, and its number.")]
AddInput = Annotated[AddTrackInput, strawberry.argument(description="What travels apart, and under which number.")]


async def say_otherwise(info: Info, input: CorrectInput) -> TrackPayload:
    """Correct the tracking of a parcel."""
    service, order = info.context.service, await known_order(input.order_id, path=_ORDER_ID)
    try:
        package = await correct_track(
            order_id=order.id,
            package_id=_package(input.package_id),
            track=_track(input),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
        )
    except DomainError as refusal:
        return TrackPayload(order=await order_now(order.id), errors=[user_error(refusal)])
    service.wake()
    return TrackPayload(order=await order_now(order.id), package=package)


async def say_apart(info: Info, input: AddInput) -> TrackPayload:
    """Say that some of a parcel travels in a further one."""
    service, order = info.context.service, await known_order(input.order_id, path=_ORDER_ID)
    try:
        package = await add_track(
            order_id=order.id,
            package_id=_package(input.package_id),
            lines=_quantities(input.lines),
            track=_track(input),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=service.clock.now(),
            actor=USER,
            sealer=service.sealer,
            new_reference=service.new_reference,
        )
    except DomainError as refusal:
        return TrackPayload(order=await order_now(order.id), errors=[user_error(refusal)])
    service.wake()
    return TrackPayload(order=await order_now(order.id), package=package)


def _track(input: CorrectTrackInput | AddTrackInput) -> Track:
    return Track(
        carrier_code=input.carrier_code, carrier_name=input.carrier_name, tracking_number=input.tracking_number
    )


def _package(text: str | None) -> int | None:
    return None if text is None else typed_id(text, "Package", path=("input", "packageId")).row_id


def _quantities(lines: list[QuantityInput]) -> list[tuple[int, int]]:
    return [
        (typed_id(line.item_id, "OrderItem", path=("input", "lines", str(at), "itemId")).row_id, line.quantity)
        for at, line in enumerate(lines)
    ]


@strawberry.type
class TrackingChanges:
    """The changes of tracking."""

    correct_track: TrackPayload = strawberry.mutation(
        resolver=say_otherwise,
        extensions=[RefusalsAsUserErrors(TrackPayload)],
        description="Correct the carrier and the tracking number of a parcel that left from here. Amazon is told by "
        "the parcel's own reference, which edits it there; what is not sent yet is sent with the new number.",
    )
    add_track: TrackPayload = strawberry.mutation(
        resolver=say_apart,
        extensions=[RefusalsAsUserErrors(TrackPayload)],
        description="Say that some of a parcel that left from here travels in a further one, under a number of its "
        "own. Amazon knows one number for each parcel, so it is told of both; no goods move.",
    )
