"""The list of blockers: what has to ship first comes first."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.plans.fragments import Fragment, all_of, equal, one_of
from api.plans.keyset import find_page
from api.schema.attention_list import BY_SHIP_DATE
from api.schema.blockers import Blocker
from api.schema.context import Info
from api.schema.counts import Count, count_rows
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.order_filters import BlockerKindFilter
from api.schema.order_list import Cap
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from domain.channel.records import Attention, AttentionState

InStore = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this store.")]
OfKind = Annotated[BlockerKindFilter | None, strawberry.argument(description="Only of these kinds.")]
StandingSo = Annotated[
    AttentionState | None, strawberry.argument(description="Only those that stand so; by default those still open.")
]


@dataclass(frozen=True)
class PlacedBlocker:
    """A blocker and its place in the list."""

    node: Attention
    cursor: str


@strawberry.type(description="A blocker and its place in the list.")
class BlockerEdge:
    """The window on a placed blocker."""

    node: Blocker = strawberry.field(description="The blocker.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of blockers.")
class BlockerConnection:
    """A page, and the condition that its list fulfils."""

    placed: strawberry.Private[list[PlacedBlocker]]
    where: strawberry.Private[Fragment]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[BlockerEdge], description="The blockers with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["BlockerConnection"]) -> list[PlacedBlocker]:
        """Return the blockers with their places."""
        return root.placed

    @strawberry.field(graphql_type=list[Blocker], description="The blockers alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["BlockerConnection"]) -> list[Attention]:
        """Return the blockers."""
        return [placed.node for placed in root.placed]

    @strawberry.field(description="How many blockers the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["BlockerConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows("attention", root.where, cap=10_000 if cap is None else cap)


async def list_blockers(
    info: Info, first: First, after: After, store_id: InStore, kind: OfKind, state: StandingSo
) -> BlockerConnection:
    """Return a page of blockers.

    Raises InvalidInput.
    """
    where = _condition(given(store_id), given(kind), given(state) or AttentionState.OPEN)
    page = await find_page("attention", where=where, sort=BY_SHIP_DATE, request=asked_page(first, after))
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(Attention).load_many([row.row_id for row in page.rows])
    placed = [PlacedBlocker(one, row.cursor) for one, row in zip(found, page.rows, strict=True) if one is not None]
    return BlockerConnection(placed=placed, where=where, page_info=page_info(page))


def _condition(store_id: str | None, kind: BlockerKindFilter | None, state: AttentionState) -> Fragment:
    # Written out, so that the database sees that the index of such entries holds all that is asked for.
    parts = [Fragment(f"state = '{AttentionState(state).value}' AND kind = 'BLOCKER'")]
    if store_id is not None:
        parts.append(equal("store_id", typed_id(store_id, "Store", path=("storeId",)).row_id))
    if kind:
        kinds = kind.one_of if kind.eq is None else [kind.eq]
        parts.append(one_of("blocker_kind", [one.value for one in kinds or ()]))
    return all_of(parts)
