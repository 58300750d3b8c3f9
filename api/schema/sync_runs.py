"""Passes over Amazon's orders, and what they brought."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.plans.fragments import all_of, containing, equal
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.context import Info
from api.schema.enums import described
from api.schema.nodes import Node, window_on
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.run_errors import errors_of
from api.schema.user_errors import UserError
from domain.accounts import records
from domain.accounts.records import JobState, SyncTrigger

if TYPE_CHECKING:
    from api.schema.stores import Store

described(
    JobState,
    description="Where a piece of background work stands.",
    values={
        "QUEUED": "It waits for its turn.",
        "RUNNING": "It is at work.",
        "SUCCEEDED": "It is done, and all went well.",
        "PARTIALLY_SUCCEEDED": "It is done, but not with everything.",
        "FAILED": "It could not be done.",
        "CANCELED": "It was stopped.",
    },
)
described(
    SyncTrigger,
    description="What started a pass.",
    values={
        "SCHEDULE": "The clock.",
        "MANUAL": "A person.",
        "NOTIFICATION": "A message from Amazon.",
        "BACKFILL": "Reading an older time.",
    },
)

_NEWEST = Sort("STARTED_AT", "started_at", str, descending=True)
_Store = Annotated["Store", strawberry.lazy("api.schema.stores")]


@strawberry.type(description="How far a piece of work has come.")
class JobProgress:
    """Progress."""

    done: int = strawberry.field(description="How much is done.")
    total: int | None = strawberry.field(description="How much there is in all; null while nobody knows.")


@strawberry.interface(description="A piece of background work.")
class Job(Node):
    """The common part of background work."""

    state: JobState = strawberry.field(description="Where it stands.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it has not.")

    @strawberry.field(description="When it was asked for.")
    @staticmethod
    def created_at(root: strawberry.Parent[Any]) -> datetime:
        """Return when it was stored."""
        return root.started_at  # type: ignore[no-any-return]

    @strawberry.field(description="When work on it began; null while it waits.")
    @staticmethod
    def started_at(root: strawberry.Parent[Any]) -> datetime | None:
        """Return the stored time unless the work still waits."""
        return None if root.state is JobState.QUEUED else root.started_at

    @strawberry.field(description="How far it has come.")
    @staticmethod
    def progress(root: strawberry.Parent[Any]) -> JobProgress:
        """Return the orders looked at; how many there are is known at the end only."""
        return JobProgress(done=root.seen, total=root.seen if root.finished_at else None)

    @strawberry.field(description="What went wrong.")
    @staticmethod
    async def errors(root: strawberry.Parent[Any], info: Info) -> list[UserError]:
        """Return the stored error, and which orders could not be read."""
        return await errors_of(root, info.context)


@strawberry.type(description="One pass over the orders that changed on Amazon within a window, or over one order.")
@window_on(records.SyncRun)
class SyncRun(Job):
    """The window on a pass."""

    trigger: SyncTrigger = strawberry.field(description="What started it.")
    window_from: datetime = strawberry.field(description="From when on changes are read, Amazon's time.")
    window_to: datetime = strawberry.field(description="Until when changes are read, Amazon's time.")
    pages: int = strawberry.field(description="How many answers of Amazon's were read.")
    seen: int = strawberry.field(description="How many orders were in them.")
    created: int = strawberry.field(name="imported", description="How many of them were new here.")
    updated: int = strawberry.field(description="How many of them had changed.")
    unchanged: int = strawberry.field(description="How many of them were known already.")
    failed: int = strawberry.field(description="How many of them could not be read or stored.")
    throttled: int = strawberry.field(description="How often Amazon said that its quota is spent.")

    @strawberry.field(
        graphql_type=_Store,
        description="The store whose orders are read; one of them, if one pass reads for several of an account.",
    )
    @staticmethod
    async def store(root: strawberry.Parent[records.SyncRun], info: Info) -> records.Store | None:
        """Return the store."""
        return await info.context.loaders.row(records.Store).load(root.store_id)


@dataclass(frozen=True)
class PlacedRun:
    """A pass and its place in the list."""

    node: records.SyncRun
    cursor: str


@strawberry.type(description="A pass and its place in the list.")
class SyncRunEdge:
    """The window on a placed pass."""

    node: SyncRun = strawberry.field(description="The pass.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of passes, newest first.")
class SyncRunConnection:
    """A page of passes."""

    placed: strawberry.Private[list[PlacedRun]]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[SyncRunEdge], description="The passes with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["SyncRunConnection"]) -> list[PlacedRun]:
        """Return the passes with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[SyncRun], description="The passes alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["SyncRunConnection"]) -> list[records.SyncRun]:
        """Return the passes."""
        return [placed.node for placed in root.placed]


async def list_runs(info: Info, store: records.Store, first: First, after: After) -> SyncRunConnection:
    """Return a page of the passes that read for a store, alone or with others of its account.

    Raises InvalidInput.
    """
    request = asked_page(first, after)
    asked_for = containing("(',' || marketplaces || ',')", f",{store.marketplace_id},")
    where = all_of([equal("account_id", store.account_id), asked_for])
    page = await find_page("sync_run", where=where, sort=_NEWEST, request=request)
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(records.SyncRun).load_many([row.row_id for row in page.rows])
    placed = [PlacedRun(run, row.cursor) for run, row in zip(found, page.rows, strict=True) if run is not None]
    return SyncRunConnection(placed=placed, page_info=page_info(page))
