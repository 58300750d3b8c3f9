"""Short ways to say later tracking, and to let Amazon answer."""

from typing import Any

from domain.amazon.commands import PackageConfirmation, take
from domain.amazon.facts import PackageFacts
from domain.amazon.records import AmazonOrder, Command
from domain.channel.confirm import accepted, refused
from domain.channel.told_parcels import Track
from domain.channel.track import add_track, correct_track
from domain.commerce.records import Package
from domain.errors import (
    MarketplaceRejected,
)
from tests.domain.channel.stage import (
    CLERK,
    Stage,
    commands_of,
)


def number(text: str = "1Z2", code: str = "ups", name: str | None = None) -> Track:
    return Track(carrier_code=code, carrier_name=name, tracking_number=text)


async def correct(stage: Stage, order: AmazonOrder, track: Track | None = None, **arguments: Any) -> Package:
    given: dict[str, Any] = {
        "order_id": order.id,
        "package_id": None,
        "track": track or number(),
        "expected_version": None,
        "idempotency_key": f"t{track}",
        "now": stage.now,
        "actor": CLERK,
        "sealer": stage.sealer,
    }
    return await correct_track(**(given | arguments))


async def add(stage: Stage, order: AmazonOrder, *lines: tuple[int, int], **arguments: Any) -> Package:
    given: dict[str, Any] = {
        "order_id": order.id,
        "package_id": None,
        "lines": lines,
        "track": number(),
        "expected_version": None,
        "idempotency_key": f"a{lines}",
        "now": stage.now,
        "actor": CLERK,
        "sealer": stage.sealer,
        "new_reference": lambda: str(next(stage.references)),
    }
    return await add_track(**(given | arguments))


async def send(stage: Stage, command: Command) -> Command:
    taken = await take(command_id=command.id, now=stage.now, machine_ms=0, lease_ms=60_000)
    assert taken is not None
    return taken


async def accept(stage: Stage, command: Command) -> None:
    taken = await send(stage, command)
    assert await accepted(command_id=taken.id, fence=taken.fence, now=stage.now, request_id="R1")


async def refuse(stage: Stage, command: Command) -> None:
    taken = await send(stage, command)
    error = MarketplaceRejected("InvalidInput.", amazon_code="InvalidInput", request_id="R2")
    assert await refused(command_id=taken.id, fence=taken.fence, error=error, now=stage.now)


async def content(order: AmazonOrder) -> list[tuple[str, str | None, str, str, dict[str, int]]]:
    """Return what the commands of an order tell: kind, reference, carrier, number, items."""
    found = []
    for command in await commands_of(order):
        said = PackageConfirmation.of(command.payload)
        carrier = said.carrier_name or said.carrier_code
        found.append((command.kind.value, command.package_reference, carrier, said.tracking_number, dict(said.items)))
    return found


def seen(reference: str, text: str | None, *items: tuple[str, int]) -> PackageFacts:
    return PackageFacts(reference=reference, carrier="UPS", tracking_number=text, shipped_at=None, items=items)


ALL = {"item-MUG": 3, "item-CUP": 1}
ONE, TWO = "CONFIRM_SHIPMENT", "UPDATE_TRACKING"
