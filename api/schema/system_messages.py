"""What people should know at once, on every page."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import strawberry

from api.database import read_rows
from api.plans.fragments import equal
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

_BLOCKED_ID: Final = str(NodeId("SystemMessage", 0, 1))


@strawberry.type(description="What people should know at once; it goes when its cause does.")
class SystemMessage(Node):
    """A message about the present state."""

    severity: Severity = strawberry.field(description="How urgent it is.")
    text: str = strawberry.field(description="What it says.")
    about: strawberry.Private[list[records.Store]]
    created_at: datetime = strawberry.field(description="Since when its cause is there.")

    @strawberry.field(description="Opaque, the same as long as the cause is there.")
    @staticmethod
    def id(root: strawberry.Parent["SystemMessage"]) -> strawberry.ID:
        """Return the id of the only kind of message there is."""
        return strawberry.ID(_BLOCKED_ID)

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
        """Return a page of the blocked orders."""
        blocked = equal("import_state", ImportState.BLOCKED.value)
        unset = strawberry.UNSET
        return await list_orders(info, first, after, unset, unset, unset, unset, only=blocked)


async def system_messages(context: Context) -> list[SystemMessage]:
    """Return what people should know now: one message while orders are blocked, none otherwise."""
    rows = await read_rows(
        "SELECT amazon_order.store_id, MIN(COALESCE(attention.opened_at, amazon_order.seen_at)) AS since "
        "FROM amazon_order LEFT JOIN attention ON attention.order_id = amazon_order.id "
        "AND attention.state = 'OPEN' AND attention.kind = 'BLOCKER' "
        "WHERE amazon_order.import_state = 'BLOCKED' GROUP BY amazon_order.store_id ORDER BY amazon_order.store_id"
    )
    if not rows:
        return []
    found = await context.loaders.row(records.Store).load_many([row["store_id"] for row in rows])
    stores = [store for store in found if store is not None]
    text = (
        "Your Amazon store(s) has orders that cannot be imported into Commerce. "
        f"See Recent Orders in the store dashboard(s): {', '.join(store.name for store in stores)}"
    )
    since = from_text(min(row["since"] for row in rows))
    return [SystemMessage(severity=Severity.CRITICAL, text=text, about=stores, created_at=since)]
