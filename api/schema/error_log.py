"""The log of calls to Amazon that failed."""

from datetime import datetime
from typing import Annotated, Final

import strawberry

from api.plans.conditions import instants_within, on_text
from api.plans.fragments import EVERYTHING, Fragment, all_of, any_of, equal
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.context import Info
from api.schema.counts import Count, count_rows
from api.schema.enums import described
from api.schema.filters import DateTimeRange, StringFilter
from api.schema.ids import typed_id
from api.schema.nodes import Node, window_on
from api.schema.optional import Optionals, given, optional
from api.schema.order_list import Cap
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.stores import Store, find_store
from domain.accounts import records
from domain.accounts.regions import Region
from domain.accounts.service_records import CommunicationError as ErrorRecord

_NEWEST: Final = Sort("CREATED_AT", "created_at", str, descending=True)

described(
    Region,
    description="One of Amazon's regions, each with an API of its own.",
    values={
        "NA": "North America and Brazil.",
        "EU": "Europe, India, the Middle East and Africa.",
        "FE": "The Far East.",
    },
)


@strawberry.type(description="Calls to Amazon that failed alike within an hour. Never holds buyer data.")
@window_on(ErrorRecord)
class CommunicationError(Node):
    """The window on an entry of the log."""

    region: Region | None = strawberry.field(description="Which of Amazon's; null for a document of a feed.")
    operation: str = strawberry.field(description="What was called, without the ids in its path.")
    code: str = strawberry.field(description="Amazon's own code where it gave one, else ours.")
    message: str = strawberry.field(description="What went wrong.")
    request_id: str | None = strawberry.field(description="What Amazon's support asks for, of the newest of them.")
    times: int = strawberry.field(description="How often it came within the hour.")
    created_at: datetime = strawberry.field(description="When it came first.")
    last_at: datetime = strawberry.field(description="When it came last.")

    @strawberry.field(
        graphql_type=Store | None,
        description="The store that was called for; null if it was for several of an account, or is not known.",
    )
    @staticmethod
    async def store(root: strawberry.Parent[ErrorRecord], info: Info) -> records.Store | None:
        """Return the store."""
        return await info.context.loaders.row(records.Store).load(root.store_id) if root.store_id else None


@strawberry.type(description="An entry of the log and its place in the list.")
class CommunicationErrorEdge:
    """An entry in a list."""

    node: CommunicationError = strawberry.field(description="The entry.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of the log of failed calls, the newest first.")
class CommunicationErrorConnection:
    """A page, and the condition that its list fulfils."""

    where: strawberry.Private[Fragment]
    edges: list[CommunicationErrorEdge] = strawberry.field(description="The entries with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[CommunicationError], description="The entries alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["CommunicationErrorConnection"]) -> list[CommunicationError]:
        """Return the nodes of the edges."""
        return [edge.node for edge in root.edges]

    @strawberry.field(description="How many entries the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["CommunicationErrorConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows("communication_error", root.where, cap=10_000 if cap is None else cap)


@strawberry.input(description="Conditions on entries of the log; all that are given have to hold.")
class CommunicationErrorWhere(Optionals):
    """Conditions on failed calls."""

    store_id: strawberry.ID | None = optional("Of this store, or of its account as a whole.")
    region: Region | None = optional("Of this one of Amazon's regions.")
    code: StringFilter | None = optional("The code.")
    operation: StringFilter | None = optional("What was called.")
    message: StringFilter | None = optional("What went wrong.")
    created_at: DateTimeRange | None = optional("When it came first.")


ErrorWhere = Annotated[CommunicationErrorWhere | None, strawberry.argument(description="Only entries like these.")]


async def list_errors(info: Info, first: First, after: After, where: ErrorWhere) -> CommunicationErrorConnection:
    """Return a page of failed calls, the newest first.

    Raises InvalidInput.
    """
    condition = await _condition(info, given(where))
    page = await find_page("communication_error", where=condition, sort=_NEWEST, request=asked_page(first, after))
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(ErrorRecord).load_many([row.row_id for row in page.rows])
    edges = [
        CommunicationErrorEdge(node=entry, cursor=row.cursor)  # type: ignore[arg-type]
        for entry, row in zip(found, page.rows, strict=True)
        if entry is not None
    ]
    return CommunicationErrorConnection(where=condition, edges=edges, page_info=page_info(page))


async def _condition(info: Info, where: CommunicationErrorWhere | None) -> Fragment:
    if not where:
        return EVERYTHING
    parts = [await _of_store(info, where.store_id)] if where.store_id is not None else []
    if where.region is not None:
        parts.append(equal("region", where.region.value))
    for column, wanted in (("code", where.code), ("operation", where.operation), ("message", where.message)):
        if wanted is not None:
            parts.append(on_text(column, wanted, column))
    if where.created_at is not None:
        parts += instants_within("created_at", where.created_at)
    return all_of(parts)


async def _of_store(info: Info, store_id: str) -> Fragment:
    """Take what was for several stores of an account as each one's."""
    store = await find_store(info.context, typed_id(store_id, "Store", path=("where", "storeId")))
    if store is None:
        return Fragment("1 = 0")
    own = any_of([equal("store_id", store.id), Fragment("store_id IS NULL")])
    return all_of([equal("account_id", store.account_id), own])
