"""What people should know at once, on every page."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import strawberry

from api.database import read_rows
from api.database.read import Row
from api.plans.fragments import Fragment
from api.schema.context import Context, Info
from api.schema.ids import NodeId
from api.schema.message_causes import BLOCKED, OTHERS, READ_ONLY, Cause, Severity
from api.schema.nodes import Node
from api.schema.order_list import AmazonOrderConnection, list_orders
from api.schema.paging import After, First
from api.schema.reading import reading
from api.schema.stores import Store
from domain.accounts import records
from domain.accounts.global_settings import InForce, read_only_since
from domain.channel.records import AttentionKind
from domain.instant import from_text

_OPENED: Final = (
    "SELECT kind, store_id, account_id, MIN(opened_at) AS since, COUNT(*) AS entries FROM attention "
    "WHERE state = 'OPEN' GROUP BY kind, store_id, account_id"
)
# An evaluation can also fail after the import, and then nothing stands still.
_FAILED: Final = (
    "SELECT amazon_order.store_id, amazon_order.account_id, MIN(attention.opened_at) AS since, COUNT(*) AS entries "
    "FROM attention JOIN amazon_order ON amazon_order.id = attention.order_id "
    "WHERE attention.state = 'OPEN' AND attention.kind = 'FAILED' AND amazon_order.import_state = 'BLOCKED' "
    "GROUP BY amazon_order.store_id, amazon_order.account_id"
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
    opened: defaultdict[str, list[Row]] = defaultdict(list)
    for row in await read_rows(_OPENED):
        opened[row["kind"]].append(row)
    with reading():
        switched = await read_only_since()
    if not opened and switched is None:
        return []
    with reading():
        stores = await records.Store.exclude(state=records.StoreState.DELETING).order_by("id")
    blocking = opened[AttentionKind.BLOCKER] + (await read_rows(_FAILED) if opened[AttentionKind.FAILED] else [])
    found = [(BLOCKED, blocking)] + [(cause, [row for kind in cause.kinds for row in opened[kind]]) for cause in OTHERS]
    messages = [_message(cause, rows, stores) for cause, rows in found]
    about_mode, others = _read_only(switched, stores), [message for message in messages if message is not None]
    return about_mode + others if switched and switched.because else others + about_mode


def _read_only(switched: InForce | None, stores: list[records.Store]) -> list[SystemMessage]:
    """Return the message that nothing is sent, if that is so; it is more urgent if nobody asked for it."""
    if switched is None or switched.at is None:
        return []
    severity = Severity.CRITICAL if switched.because else Severity.WARNING
    text = READ_ONLY.format(because=f" {switched.because}" if switched.because else "")
    return [SystemMessage(severity=severity, text=text, number=9, about=stores, only=None, created_at=switched.at)]


def _message(cause: Cause, found: Sequence[Row], stores: Sequence[records.Store]) -> SystemMessage | None:
    rows = [row for row in found if any(_concerns(row, store) for store in stores)]
    if not rows:
        return None
    about = [store for store in stores if any(_concerns(row, store) for row in rows)]
    return SystemMessage(
        severity=cause.severity,
        text=cause.words(sum(row["entries"] for row in rows), ", ".join(store.name for store in about)),
        number=cause.number,
        about=about,
        only=cause.only,
        created_at=from_text(min(row["since"] for row in rows)),
    )


def _concerns(row: Row, store: records.Store) -> bool:
    return store.id == row["store_id"] or (row["store_id"] is None and store.account_id == row["account_id"])
