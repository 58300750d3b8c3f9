"""What people should know at once, on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import strawberry

from api.database import read_rows
from api.database.read import Row
from api.plans.fragments import Fragment, equal, within
from api.schema.context import Context, Info
from api.schema.enums import described
from api.schema.ids import NodeId
from api.schema.nodes import Node
from api.schema.order_list import AmazonOrderConnection, list_orders
from api.schema.paging import After, First
from api.schema.stores import Store
from domain.accounts import records
from domain.amazon.display import ImportState
from domain.instant import from_text


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


@dataclass(frozen=True)
class Cause:
    """Why people are told something; the number is its id's."""

    number: int
    kind: str
    severity: Severity
    text: str
    only: Fragment | None


_BLOCKED: Final = Cause(
    1,
    "BLOCKER",
    Severity.CRITICAL,
    "Your Amazon store(s) has orders that cannot be imported into Commerce. "
    "See Recent Orders in the store dashboard(s): {stores}",
    equal("import_state", ImportState.BLOCKED.value),
)
_CAUSES: Final = (
    Cause(
        2,
        "CREDENTIALS",
        Severity.ERROR,
        "Amazon no longer accepts the credentials of these stores; nothing is read or sent until each is connected "
        "again with a new refresh token (connectStore): {stores}",
        None,
    ),
    Cause(
        3,
        "FAILED",
        Severity.ERROR,
        "{orders} could not be evaluated because of an error on our side; it is tried again by itself, and at once "
        "with retryImport. Stores: {stores}",
        within(_OPEN, equal("seen.kind", "FAILED")),
    ),
    Cause(
        4,
        "UNREADABLE",
        Severity.ERROR,
        "{orders} of Amazon's could not be read and did not get here. The errors of the store's sync runs name them; "
        "read one again with syncNow, and see Seller Central meanwhile. Stores: {stores}",
        None,
    ),
    Cause(
        5,
        "UNKNOWN_STATUS",
        Severity.WARNING,
        "{orders} cannot go on because Amazon's status is missing or not known here; look at them in Seller Central. "
        "They go on when Amazon gives a known status. Stores: {stores}",
        within(_OPEN, equal("seen.kind", "UNKNOWN_STATUS")),
    ),
)


@strawberry.type(description="What people should know at once; it goes when its cause does.")
class SystemMessage(Node):
    """A message about the present state."""

    severity: Severity = strawberry.field(description="How urgent it is.")
    text: str = strawberry.field(description="What it says.")
    number: strawberry.Private[int]
    about: strawberry.Private[list[records.Store]]
    only: strawberry.Private[Fragment | None]
    created_at: datetime = strawberry.field(description="Since when its cause is there.")

    @strawberry.field(description="Opaque, the same as long as the cause is there.")
    @staticmethod
    def id(root: strawberry.Parent["SystemMessage"]) -> strawberry.ID:
        """Return the id, one for each cause."""
        return strawberry.ID(str(NodeId("SystemMessage", 0, root.number)))

    @strawberry.field(graphql_type=list[Store], description="The stores that it is about.")
    @staticmethod
    def stores(root: strawberry.Parent["SystemMessage"]) -> list[records.Store]:
        """Return the stores."""
        return root.about

    @strawberry.field(description="The orders that it is about, newest purchases first.")
    @staticmethod
    async def orders(
        root: strawberry.Parent["SystemMessage"],
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> AmazonOrderConnection | None:
        """Return a page of the orders; null if the cause is no order that is stored."""
        if root.only is None:
            return None
        unset = strawberry.UNSET
        return await list_orders(info, first, after, unset, unset, unset, unset, only=root.only)


async def system_messages(context: Context) -> list[SystemMessage]:
    """Return what people should know now, a message for each cause that is there: the blocked orders come first."""
    rows = await read_rows(
        "SELECT amazon_order.store_id, MIN(COALESCE(attention.opened_at, amazon_order.seen_at)) AS since, "
        "COUNT(*) AS orders FROM amazon_order LEFT JOIN attention ON attention.order_id = amazon_order.id "
        "AND attention.state = 'OPEN' AND attention.kind = 'BLOCKER' "
        "WHERE amazon_order.import_state = 'BLOCKED' GROUP BY amazon_order.store_id ORDER BY amazon_order.store_id"
    )
    messages = [await _message(context, _BLOCKED, rows)] if rows else []
    opened = await read_rows(
        "SELECT attention.kind, store.id AS store_id, MIN(attention.opened_at) AS since, "
        "COUNT(DISTINCT attention.id) AS orders FROM attention JOIN store ON store.id = attention.store_id "
        "OR attention.store_id IS NULL AND store.account_id = attention.account_id "
        "WHERE attention.state = 'OPEN' AND attention.kind IN ('CREDENTIALS', 'FAILED', 'UNKNOWN_STATUS', 'UNREADABLE')"
        " GROUP BY attention.kind, store.id ORDER BY store.id"
    )
    for cause in _CAUSES:
        if of_cause := [row for row in opened if row["kind"] == cause.kind]:
            messages.append(await _message(context, cause, of_cause))
    return messages


async def _message(context: Context, cause: Cause, rows: Sequence[Row]) -> SystemMessage:
    found = await context.loaders.row(records.Store).load_many([row["store_id"] for row in rows])
    stores = [store for store in found if store is not None]
    count = sum(row["orders"] for row in rows)
    orders = "1 order" if count == 1 else f"{count} orders"
    return SystemMessage(
        severity=cause.severity,
        text=cause.text.format(orders=orders, stores=", ".join(store.name for store in stores)),
        number=cause.number,
        about=stores,
        only=cause.only,
        created_at=from_text(min(row["since"] for row in rows)),
    )
