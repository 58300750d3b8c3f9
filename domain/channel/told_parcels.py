"""Parcels that Amazon is told of: which one a person means, and telling Amazon what it is now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from domain.amazon.commands import PackageConfirmation, enqueue
from domain.amazon.records import AmazonOrder, Command, CommandKind
from domain.change import Change
from domain.channel.command_choices import FAILED, retry_command_in
from domain.channel.ship_input import PackageRequest, check_texts
from domain.channel.standing import Standing, standings
from domain.channel.track_rules import PACKAGE_ID, is_rewritten, newest_messages, parcel_refusal, track_refusal
from domain.commerce.parcels import contents_of
from domain.commerce.records import Package
from domain.errors import NotFound, RequiredInput
from domain.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Under which number a parcel travels, and with whom, as a person says it."""

    carrier_code: str
    carrier_name: str | None = None
    tracking_number: str


@dataclass(frozen=True, slots=True)
class ToldParcel:
    """A parcel that Amazon is told of, with the newest message about it; `contents` are units by item row."""

    package: Package
    message: Command
    standing: Standing
    contents: Mapping[int, int]

    @property
    def said(self) -> PackageConfirmation:
        """What the message says; a later one that was given up said something else."""
        return PackageConfirmation.of(self.message.payload)

    @property
    def content(self) -> PackageConfirmation:
        """What Amazon is to be told of the parcel as it is."""
        return replace(
            self.said,
            carrier_code=self.package.carrier_code,
            carrier_name=self.package.carrier_name,
            tracking_number=self.package.tracking_number or "",
            items=self.in_amazons_words(self.contents),
        )

    @property
    def is_said(self) -> bool:
        """Whether the message says what the parcel is, in whatever order it names the items."""
        said, content = self.said, self.content
        return set(said.items) == set(content.items) and replace(said, items=content.items) == content

    def in_amazons_words(self, quantities: Mapping[int, int]) -> tuple[tuple[str, int], ...]:
        """Return Amazon's ids of items with how many units there are, in the order's order."""
        items = self.standing.items
        return tuple((item.item_id, quantities[item.id]) for item in items if quantities.get(item.id))


async def told_parcel(order: AmazonOrder, package_id: int | None, track: Track) -> ToldParcel:
    """Return the parcel whose tracking a person changes; without an id the only one that Amazon is told of.

    Raises ActionNotAllowed, RequiredInput, InvalidInput or NotFound.
    """
    standing = (await standings([order]))[order.id]
    if refusal := track_refusal(standing):
        raise refusal
    assert standing.commerce is not None, "without a commerce order there is a refusal"
    check_texts([PackageRequest(
        carrier_code=track.carrier_code, carrier_name=track.carrier_name, tracking_number=track.tracking_number
    )])  # fmt: skip
    messages = newest_messages(standing.commands)
    packages = await Package.filter(order_id=standing.commerce.id).order_by("id")
    package = _chosen(packages, package_id, messages)
    if refusal := parcel_refusal(package.package_reference, standing):
        raise refusal
    return ToldParcel(package, messages[package.package_reference], standing, await contents_of(package))


def _chosen(packages: Sequence[Package], package_id: int | None, messages: Mapping[str, Command]) -> Package:
    if package_id is not None:
        found = next((package for package in packages if package.id == package_id), None)
        if found is None:
            raise NotFound("The order has no such parcel.", path=PACKAGE_ID)
        return found
    told = [package for package in packages if package.package_reference in messages]
    if len(told) > 1:
        references = ", ".join(package.package_reference for package in told)
        raise RequiredInput(f"Several parcels left ({references}): say which one.", path=PACKAGE_ID)
    return told[0]


async def tell(unit: Change, told: ToldParcel, content: PackageConfirmation) -> CommandKind:
    """Have Amazon told what a parcel is now; returns by which kind of message.

    What Amazon cannot have yet is said otherwise; anything else is followed by a message with the same reference,
    which edits the package there (Amazon's guide "Confirm the shipment status").
    """
    message = told.message
    unsent = Command.filter(id=message.id, state=message.state, fence=message.fence)
    if is_rewritten(message) and await unsent.update(payload=content.payload()):
        if message.state in FAILED:
            await retry_command_in(unit, message.id)
        return CommandKind(message.kind)
    await enqueue_content(unit, told.standing.order, told.package, content, kind=CommandKind.UPDATE_TRACKING)
    return CommandKind.UPDATE_TRACKING


async def enqueue_content(
    unit: Change, order: AmazonOrder, package: Package, content: PackageConfirmation, *, kind: CommandKind
) -> None:
    """Queue a message about a parcel."""
    await enqueue(
        unit=unit,
        order=order,
        kind=kind,
        payload=content.payload(),
        package_id=package.id,
        package_reference=package.package_reference,
    )


def words_of(package: Package) -> str:
    """Return with whom and under which number a parcel travels, in words."""
    return f"{package.carrier_name or package.carrier_code} {package.tracking_number}"


def request_of(order: AmazonOrder, mutation: str, key: str, asked: list[Any], *, sealer: Sealer) -> dict[str, Any]:
    """Return a request as the remembered answers know it."""
    return {
        "scope": f"account:{order.account_id}",
        "mutation": mutation,
        "key": key,
        "input_digest": sealer.digest("idempotency", orjson.dumps(asked).decode()),
    }
