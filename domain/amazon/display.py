"""What a person should see of an Amazon order: the fact, or what we know beyond it."""

from enum import StrEnum

from domain.amazon.facts import AmazonOrderStatus


class ImportState(StrEnum):
    """What became of an order here."""

    NEW = "NEW"  # not evaluated yet
    WAITING = "WAITING"
    BLOCKED = "BLOCKED"
    SKIPPED = "SKIPPED"
    IMPORTED = "IMPORTED"


class DisplayStatus(StrEnum):
    """What a person should see."""

    PENDING = "PENDING"
    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    COMPLETED = "COMPLETED"
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    CANCELED = "CANCELED"
    UNFULFILLABLE = "UNFULFILLABLE"
    INVOICE_UNCONFIRMED = "INVOICE_UNCONFIRMED"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


def display_status(
    status: AmazonOrderStatus,
    *,
    import_state: ImportState,
    completed: bool,
    cancel_open: bool,
    command_refused: bool,
) -> DisplayStatus:
    """Return what to show: what has ended the order, then a refusal or a blocker, then our open request, then the fact.

    `command_refused` speaks of shipments: a cancellation that Amazon refused leaves the fact as it is.
    """
    shipped = status in (AmazonOrderStatus.SHIPPED, AmazonOrderStatus.INVOICE_UNCONFIRMED)
    if status is AmazonOrderStatus.CANCELED:
        return DisplayStatus.CANCELED
    if completed and shipped:
        return DisplayStatus.COMPLETED
    if command_refused or import_state is ImportState.BLOCKED:
        return DisplayStatus.ERROR
    if cancel_open:
        return DisplayStatus.CANCEL_REQUESTED
    return DisplayStatus(status.value)
