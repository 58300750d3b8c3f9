"""What we ask Amazon to do: queued in the domain's transaction, sent in strict order per order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tortoise.expressions import F, Q, RawSQL

from domain.accounts.global_settings import is_read_only
from domain.accounts.records import Account, AccountState, Store, StoreState
from domain.amazon.records import AmazonOrder, Command, CommandKind, CommandState
from domain.change import Change, change
from domain.instant import from_text, to_text
from domain.timeline import SYSTEM, EventKind

UNANSWERED: Final = (CommandState.QUEUED, CommandState.HELD, CommandState.SENT)
"""States in which a command keeps later ones of its order waiting."""

OF_PACKAGES: Final = (CommandKind.CONFIRM_SHIPMENT, CommandKind.UPDATE_TRACKING)
"""What tells Amazon of packages, one by one; each carries a `PackageConfirmation`."""

_SENDABLE: Final = (CommandState.QUEUED, CommandState.SENT)

# Asked in the statement: commands that wait would else fill its limit and keep those they wait for out for ever.
WAITS: Final = RawSQL(
    'EXISTS (SELECT 1 FROM command earlier WHERE earlier.order_id = "command"."order_id" '
    'AND earlier.order_seq < "command"."order_seq" '
    # Money that is to be paid back holds up no goods: only the next refund waits for it.
    f"AND (earlier.kind <> '{CommandKind.REFUND.value}' OR \"command\".\"kind\" = '{CommandKind.REFUND.value}') "
    f"AND earlier.state IN ({', '.join(repr(state.value) for state in UNANSWERED)}))"
)
"""Whether a command has to wait for an earlier one of its order; for `annotate`."""


# Ranked in the statement as well: one account's backlog would else fill the limit and keep the other accounts out.
_TURN: Final = RawSQL(
    'ROW_NUMBER() OVER (PARTITION BY "command"."account_id" ORDER BY "command"."due_at", "command"."id")'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageConfirmation:
    """What Amazon is told of one package; `items` are pairs of Amazon's order item id and quantity."""

    carrier_code: str
    carrier_name: str | None = None
    shipping_method: str | None = None
    tracking_number: str
    shipped_at: datetime
    items: tuple[tuple[str, int], ...]

    def payload(self) -> dict[str, Any]:
        """Return it as a command's payload."""
        return {
            "carrier_code": self.carrier_code,
            "carrier_name": self.carrier_name,
            "shipping_method": self.shipping_method,
            "tracking_number": self.tracking_number,
            "shipped_at": to_text(self.shipped_at),
            "items": [[item_id, quantity] for item_id, quantity in self.items],
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "PackageConfirmation":
        """Read what `payload` wrote."""
        return cls(
            carrier_code=payload["carrier_code"],
            carrier_name=payload["carrier_name"],
            shipping_method=payload["shipping_method"],
            tracking_number=payload["tracking_number"],
            shipped_at=from_text(payload["shipped_at"]),
            items=tuple((item_id, quantity) for item_id, quantity in payload["items"]),
        )


async def enqueue(
    *,
    unit: Change,
    order: AmazonOrder,
    kind: CommandKind,
    payload: dict[str, Any],
    package_id: int | None = None,
    package_reference: str | None = None,
    due_at: datetime | None = None,
) -> Command:
    """Queue a command behind the order's earlier ones, due at once unless a time is given; held in read-only mode.

    The caller's change tells the timeline why.
    """
    last = await Command.filter(order_id=order.id).order_by("-order_seq").first()
    return await Command.create(
        account_id=order.account_id,
        store_id=order.store_id,
        order_id=order.id,
        order_seq=last.order_seq + 1 if last else 1,
        kind=kind,
        state=CommandState.HELD if await is_read_only() else CommandState.QUEUED,
        due_at=due_at or unit.now,
        package_id=package_id,
        package_reference=package_reference,
        payload=payload,
        created_at=unit.now,
    )


async def due_commands(
    *, now: datetime, machine_ms: int, limit: int, kinds: Sequence[CommandKind] = OF_PACKAGES
) -> list[Command]:
    """Return commands to send, the accounts in turn and of each those longest due first.

    Only the oldest unanswered one of each order. A command that was sent and never answered is due again once its
    lease has run out. Accounts whose credentials Amazon rejects wait until they are connected again, stores that are
    paused until they are resumed. None in read-only mode.
    """
    if await is_read_only():
        return []
    rejected = await Account.filter(state=AccountState.CREDENTIALS_REJECTED).values_list("id", flat=True)
    paused = await Store.exclude(state=StoreState.ACTIVE).values_list("id", flat=True)
    return await (
        Command.annotate(waits=WAITS, turn=_TURN)
        .filter(waits=False, due_at__lte=now, state__in=_SENDABLE, kind__in=list(kinds))
        .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms))
        .exclude(account_id__in=list(rejected))
        .exclude(store_id__in=list(paused))
        .order_by("turn", "due_at", "id")
        .limit(limit)
    )


async def take(*, command_id: int, now: datetime, machine_ms: int, lease_ms: int) -> Command | None:
    """Mark a command as sent and lease it, before the call goes out; None when somebody else has it or it is settled.

    Every later word about it has to carry the fence of the command that is returned.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        if await is_read_only():  # switched on since it was looked for
            unit.quiet()
            return None
        free = Command.filter(id=command_id).filter(Q(lease_until__isnull=True) | Q(lease_until__lt=machine_ms))
        await free.filter(state=CommandState.SENT).update(in_doubt=True)
        taken = await free.filter(state__in=_SENDABLE).update(
            state=CommandState.SENT,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=machine_ms + lease_ms,
            sent_at=now,
        )
        if not taken:
            unit.quiet()
            return None
        command = await Command.get(id=command_id)
        order = await AmazonOrder.get(id=command.order_id)
        repeated = command.attempts > 1
        unit.event(
            order.subject,
            EventKind.MARKETPLACE_RETRIED if repeated else EventKind.MARKETPLACE_SENT,
            f"{'Sent again' if repeated else 'Sent'} to Amazon: {_what(command)}.",
            command_id=command.id,
            attempt=command.attempts,
        )
        return command


def _what(command: Command) -> str:
    """Return a command in words."""
    words = command.kind.value.lower().replace("_", " ")
    if command.kind in OF_PACKAGES:
        told = command.kind is CommandKind.CONFIRM_SHIPMENT
        words = "the shipping confirmation" if told else "the tracking"
    return f"{words} of package {command.package_reference}" if command.package_reference else words


async def release_leases(*, now: datetime) -> None:
    """Free every command that a worker left in the middle; for the one that has just taken the worker's role."""
    async with change(now=now, actor=SYSTEM) as unit:
        unit.quiet()
        await Command.filter(lease_until__isnull=False).update(lease_until=None)
