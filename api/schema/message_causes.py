"""Why people are told something at once: the causes of system messages with their words, the most urgent first."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from api.plans.fragments import Fragment, all_of, equal, one_of, within
from api.schema.enums import described
from domain.amazon.display import ImportState
from domain.channel.records import AttentionKind


class Severity(StrEnum):
    """How urgent a message is."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


described(
    Severity,
    description="How urgent a message is.",
    values={
        "INFO": "Good to know.",
        "WARNING": "Worth a look.",
        "ERROR": "Something failed.",
        "CRITICAL": "Something stands still until a person acts.",
    },
)

_OPEN: Final = (
    "EXISTS (SELECT 1 FROM attention seen WHERE seen.order_id = amazon_order.id AND seen.state = 'OPEN' AND {})"
)
BLOCKING: Final = (AttentionKind.BLOCKER, AttentionKind.FAILED)
"""What stops an order; once a person put all of it aside, the order counts no longer."""


@dataclass(frozen=True)
class Cause:
    """Why people are told something; the number is its id's, `one` and `many` say how many there are."""

    number: int
    kinds: tuple[AttentionKind, ...]
    severity: Severity
    text: str
    one: str = "1 order"
    many: str = "{} orders"
    of_orders: bool = True

    def words(self, count: int, stores: str) -> str:
        """Return the text for so many, in these stores."""
        return self.text.format(count=self.one if count == 1 else self.many.format(count), stores=stores)

    @property
    def only(self) -> Fragment | None:
        """Return the condition on the orders that it is about, None if it is about none that is stored."""
        return within(_OPEN, one_of("seen.kind", self.kinds)) if self.of_orders else None


@dataclass(frozen=True)
class BlockedOrders(Cause):
    """Orders that cannot be imported."""

    @property
    def only(self) -> Fragment:
        """Return the condition on the orders that stand still."""
        told = within(_OPEN, one_of("seen.kind", self.kinds))
        return all_of([equal("import_state", ImportState.BLOCKED.value), told])


READ_ONLY: Final = (
    "Read-only mode is on: orders are read, and what is to go to Amazon, to buyers or to webhooks is recorded and held "
    "back.{because} See `commands(states: [HELD])` and `emails(states: [QUEUED])` for what waits; when it may go, "
    "switch the mode off (updateGlobalSettings)."
)

BLOCKED: Final = BlockedOrders(
    1,
    BLOCKING,
    Severity.CRITICAL,
    "Your Amazon store(s) has orders that cannot be imported into Commerce. "
    "See Recent Orders in the store dashboard(s): {stores}",
)
OTHERS: Final = (
    Cause(
        2,
        (AttentionKind.CREDENTIALS,),
        Severity.ERROR,
        "Amazon no longer accepts the credentials of these stores; nothing is read or sent until each is connected "
        "again with a new refresh token (connectStore): {stores}",
        of_orders=False,
    ),
    Cause(
        3,
        (AttentionKind.FAILED,),
        Severity.ERROR,
        "{count} could not be evaluated because of an error on our side; it is tried again by itself, and at once "
        "with retryImport. Stores: {stores}",
    ),
    Cause(
        6,
        (AttentionKind.COMMAND_REFUSED, AttentionKind.COMMAND_PARKED),
        Severity.ERROR,
        "{count} did not do what was asked for: Amazon refused, or nobody knows what became of it. See the attention "
        "list for each way out. Stores: {stores}",
        one="1 message to Amazon",
        many="{} messages to Amazon",
    ),
    Cause(
        4,
        (AttentionKind.UNREADABLE,),
        Severity.ERROR,
        "{count} of Amazon's could not be read and did not get here. The errors of the store's sync runs name them; "
        "read one again with syncNow, and see Seller Central meanwhile. Stores: {stores}",
        of_orders=False,
    ),
    Cause(
        7,
        (AttentionKind.BUYER_CANCELLATION,),
        Severity.WARNING,
        "{count} should be canceled, the buyer says: cancel before anything is shipped (cancelOrder), or dismiss the "
        "request and ship. Stores: {stores}",
    ),
    Cause(
        8,
        (AttentionKind.COMMAND_OVERDUE,),
        Severity.WARNING,
        "{count} went out more than a day ago, and Amazon does not show what came of it; look into Seller Central. "
        "Stores: {stores}",
        one="1 message to Amazon",
        many="{} messages to Amazon",
    ),
    Cause(
        5,
        (AttentionKind.UNKNOWN_STATUS,),
        Severity.WARNING,
        "{count} cannot go on because Amazon's status is missing or not known here; look at them in Seller Central. "
        "They go on when Amazon gives a known status. Stores: {stores}",
    ),
)
