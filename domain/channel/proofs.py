"""What Amazon's facts say about the commands of an order: carried out, overtaken, or in vain."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.amazon.commands import PackageConfirmation
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import Command, CommandKind, CommandState
from domain.change import Change
from domain.channel.attention import Concern, open_all, resolve
from domain.channel.due_orders import SHIPPED, DueOrder
from domain.channel.packages import packages_of, shows
from domain.channel.partial_rules import canceled_units
from domain.channel.records import AttentionKind
from domain.timeline import AMAZON, EventKind

_UNSENT: Final = (CommandState.QUEUED, CommandState.HELD)
_UNDER_WAY: Final = (CommandState.SENT, CommandState.ACCEPTED)
_FAILED: Final = (CommandState.REFUSED, CommandState.PARKED, CommandState.DEAD)
_SETTLED: Final = (CommandState.CONFIRMED, CommandState.WITHDRAWN)
_NO_LONGER_OPEN: Final = (*SHIPPED, AmazonOrderStatus.UNFULFILLABLE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a command, and why."""

    command: Command
    state: CommandState
    because: str


async def apply_proofs(unit: Change, due_orders: Sequence[DueOrder]) -> list[tuple[DueOrder, Command]]:
    """Settle the commands that Amazon's facts decide, and what a person was told about them.

    Returns those that Amazon has carried out.
    """
    done = []
    for due in due_orders:
        for verdict in verdicts(due):
            await _apply(unit, due, verdict)
            if verdict.state is CommandState.CONFIRMED:
                done.append((due, verdict.command))
    return done


def verdicts(due: DueOrder) -> list[Verdict]:
    """Return which of an order's commands the facts decide."""
    waiting = [command for command in due.commands if command.state not in _SETTLED]
    shipments = [command for command in waiting if command.kind is CommandKind.CONFIRM_SHIPMENT]
    updates = [command for command in waiting if command.kind is CommandKind.UPDATE_TRACKING]
    cancels = [command for command in waiting if command.kind is CommandKind.CANCEL]
    parts = [command for command in waiting if command.kind is CommandKind.PARTIAL_CANCEL]
    if due.order.amazon_status is AmazonOrderStatus.CANCELED:
        return [*_of_canceled(shipments), *map(_moot, updates), *map(_canceled, [*cancels, *parts])]
    told = [*_of_shipments(due, shipments), *_of_updates(due, updates)]
    return [*told, *_of_cancels(due, cancels), *_of_parts(due, parts)]


def _of_canceled(shipments: Sequence[Command]) -> Iterator[Verdict]:
    for command in shipments:
        if command.state in _UNSENT:
            yield Verdict(command, CommandState.WITHDRAWN, "Amazon canceled the order before the package was told.")
        elif command.state is not CommandState.REFUSED:
            yield Verdict(command, CommandState.REFUSED, "Amazon canceled the order although the package has left.")


def _moot(command: Command) -> Verdict:
    because = f"Amazon canceled the order; the tracking of package {command.package_reference} no longer matters."
    return Verdict(command, CommandState.WITHDRAWN, because)


def _canceled(command: Command) -> Verdict:
    if command.state in _UNSENT:
        return Verdict(command, CommandState.WITHDRAWN, "Amazon canceled the order before it was asked to.")
    return Verdict(command, CommandState.CONFIRMED, "Amazon canceled the order.")


def _of_shipments(due: DueOrder, shipments: Sequence[Command]) -> Iterator[Verdict]:
    packages = packages_of(due.order)
    listed = {package.reference for package in packages}
    proven = listed if packages else _proven_by_quantities(due, shipments)
    for command in shipments:
        if command.package_reference in proven:
            yield Verdict(command, CommandState.CONFIRMED, f"Amazon knows package {command.package_reference}.")
        elif due.has_shipped and command.state not in _UNDER_WAY and not _was_taken(command):
            because = f"Amazon says that all has shipped; package {command.package_reference} is not sent any more."
            yield Verdict(command, CommandState.WITHDRAWN, because)


def _of_updates(due: DueOrder, updates: Sequence[Command]) -> Iterator[Verdict]:
    # What was sent and not answered is sent again, whatever Amazon shows: the same again changes nothing there.
    listed = {package.reference: package for package in packages_of(due.order)}
    for command in updates:
        if command.state is not CommandState.ACCEPTED and command.state not in _FAILED:
            continue
        reference = command.package_reference
        package = listed.get(reference or "")
        if _is_replaced(due, command):
            because = f"A later message about package {reference} replaced this one."
            yield Verdict(command, CommandState.WITHDRAWN, because)
        elif package and shows(package, PackageConfirmation.of(command.payload)):
            yield Verdict(command, CommandState.CONFIRMED, f"Amazon shows package {reference} as it was told.")
        elif command.state is CommandState.ACCEPTED and not listed:
            because = f"Amazon took the tracking of package {reference} and lists no packages that could show it."
            yield Verdict(command, CommandState.CONFIRMED, because)


def _is_replaced(due: DueOrder, command: Command) -> bool:
    return any(
        later.kind is command.kind
        and later.package_reference == command.package_reference
        and later.order_seq > command.order_seq
        and later.state in (CommandState.ACCEPTED, CommandState.CONFIRMED)
        for later in due.commands
    )


def _was_taken(command: Command) -> bool:
    # Amazon took it and lists other packages: a person has to say what becomes of it.
    return command.state is CommandState.PARKED and command.accepted_at is not None


def _proven_by_quantities(due: DueOrder, shipments: Sequence[Command]) -> set[str | None]:
    under_way = [command for command in shipments if command.state in _UNDER_WAY]
    if due.has_shipped:
        return {command.package_reference for command in under_way}
    seen = Counter({item.item_id: item.quantity_shipped for item in due.items})
    accounted = _elsewhere(due) + _packed(one for one in due.commands if one.state is CommandState.CONFIRMED)
    proven: set[str | None] = set()
    for command in under_way:
        with_it = accounted + _packed([command])
        if with_it <= seen:
            accounted = with_it
            proven.add(command.package_reference)
    return proven


def _elsewhere(due: DueOrder) -> Counter[str]:
    names = {item.id: item.item_id for item in due.items}
    shipped = Counter({names[line.item_id]: line.quantity_shipped for line in due.lines if line.item_id in names})
    return shipped - _packed(one for one in due.commands if one.state is not CommandState.WITHDRAWN)


def _packed(commands: Iterable[Command]) -> Counter[str]:
    packed: Counter[str] = Counter()
    for command in commands:
        if command.kind is CommandKind.CONFIRM_SHIPMENT:
            packed.update(dict(PackageConfirmation.of(command.payload).items))
    return packed


def _of_cancels(due: DueOrder, cancels: Sequence[Command]) -> Iterator[Verdict]:
    status = due.order.amazon_status
    left = due.has_shipped or status is AmazonOrderStatus.PARTIALLY_SHIPPED
    for command in cancels:
        if left and command.state in _UNSENT:
            yield Verdict(command, CommandState.WITHDRAWN, "The goods have left; the cancellation is not sent.")
        elif status is AmazonOrderStatus.UNFULFILLABLE and command.state in _UNSENT:
            because = "Amazon says the order cannot be fulfilled; the cancellation is not sent."
            yield Verdict(command, CommandState.WITHDRAWN, because)
        elif due.has_shipped and command.state not in (*_UNSENT, CommandState.REFUSED):
            yield Verdict(command, CommandState.REFUSED, "Amazon shipped the order although asked to cancel it.")


def _of_parts(due: DueOrder, parts: Sequence[Command]) -> Iterator[Verdict]:
    items = {item.id: item for item in due.items}
    for command in parts:
        if all(
            canceled_units(items.get(row_id), ordered=ordered) >= canceled + wanted
            for row_id, wanted, ordered, canceled in command.payload["before"]
        ):
            yield Verdict(command, CommandState.CONFIRMED, "Amazon canceled the part that it was asked to.")
        elif due.order.amazon_status in _NO_LONGER_OPEN and command.state in _UNSENT:
            because = f"Amazon says the order is {due.order.amazon_status.value}; the cancellation is not sent."
            yield Verdict(command, CommandState.WITHDRAWN, because)
        elif due.has_shipped and command.state is not CommandState.REFUSED:
            because = "Amazon shipped all that was left although asked to cancel a part of it."
            yield Verdict(command, CommandState.REFUSED, because)


_EVENTS: Final = {
    CommandState.CONFIRMED: EventKind.MARKETPLACE_CONFIRMED,
    CommandState.WITHDRAWN: EventKind.MARKETPLACE_WITHDRAWN,
    CommandState.REFUSED: EventKind.MARKETPLACE_REJECTED,
}


async def _apply(unit: Change, due: DueOrder, verdict: Verdict) -> None:
    command = verdict.command
    command.state = verdict.state
    confirmed_at = unit.now if verdict.state is CommandState.CONFIRMED else None
    await Command.filter(id=command.id).update(
        state=verdict.state, due_at=None, lease_until=None, confirmed_at=confirmed_at
    )
    kind = _EVENTS[verdict.state]
    unit.event(due.order.subject, kind, verdict.because, actor=AMAZON, command_id=command.id, state=verdict.state)
    told = [row for row in due.attention if row.command_id == command.id]
    if verdict.state is CommandState.REFUSED:
        told = [row for row in told if row.kind is not AttentionKind.COMMAND_REFUSED]
        await open_all(unit, [(due.order, refused_concern(command, verdict.because))])
    await resolve(unit, due.order, told)


def refused_concern(command: Command, message: str, *, amazon_code: str | None = None) -> Concern:
    """Return what to look at because Amazon did not do what a command asked for."""
    return _concern(AttentionKind.COMMAND_REFUSED, command, message, amazon_code)


def parked_concern(command: Command, message: str, *, amazon_code: str | None = None) -> Concern:
    """Return what to look at because nobody knows what became of a command."""
    return _concern(AttentionKind.COMMAND_PARKED, command, message, amazon_code)


def _concern(kind: AttentionKind, command: Command, message: str, amazon_code: str | None) -> Concern:
    return Concern(
        kind=kind,
        about=f"command:{command.id}",
        message=message,
        command_id=command.id,
        facts={"command": command.kind.value, "package": command.package_reference, "amazon_code": amazon_code},
    )
