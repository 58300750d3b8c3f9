"""The one list of all that a person should look at: what has to ship first comes first."""

from dataclasses import dataclass
from typing import Annotated, Final

import strawberry

from api.plans.fragments import Fragment, all_of, one_of
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.attention import AttentionItem
from api.schema.context import Info
from api.schema.counts import Count, count_rows
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.order_list import Cap
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from domain.channel.records import Attention, AttentionKind, AttentionState

BY_SHIP_DATE: Final = Sort("SHIP_BY", "COALESCE(due_by, '~')", str, descending=False, computed=True)
"""By ship-by date; what has none comes last."""

StoreConcerned = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only what concerns this store; rejected credentials concern all of the account."),
]
OfKinds = Annotated[
    list[AttentionKind] | None, strawberry.argument(description="Only entries of these kinds; none given: of all.")
]
InState = Annotated[
    AttentionState | None, strawberry.argument(description="Only entries that stand so; by default those still open.")
]


@strawberry.type(description="An entry and its place in the list.")
class AttentionEdge:
    """A placed entry."""

    node: AttentionItem = strawberry.field(description="The entry.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of what a person should look at.")
class AttentionConnection:
    """A page, and the condition that its list fulfils."""

    where: strawberry.Private[Fragment]
    edges: list[AttentionEdge] = strawberry.field(description="The entries with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(description="The entries alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["AttentionConnection"]) -> list[AttentionItem]:
        """Return the entries."""
        return [edge.node for edge in root.edges]

    @strawberry.field(description="How many entries the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["AttentionConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows("attention", root.where, cap=10_000 if cap is None else cap)


@dataclass(frozen=True)
class Wanted:
    """Which entries a client asks for."""

    store_id: str | None
    kinds: list[AttentionKind] | None
    state: AttentionState

    def condition(self) -> Fragment:
        """Return the condition on `attention`.

        Raises InvalidInput for a malformed store id.
        """
        parts = [Fragment(f"state = '{AttentionState(self.state).value}'")]
        if self.store_id is not None:
            store = typed_id(self.store_id, "Store", path=("storeId",))
            of_store = "(store_id = ? OR store_id IS NULL AND account_id = ?)"
            parts.append(Fragment(of_store, (store.row_id, store.account_id)))
        if self.kinds is not None:
            parts.append(one_of("kind", [kind.value for kind in self.kinds]))
        return all_of(parts)


async def list_attention(
    info: Info, first: First, after: After, store_id: StoreConcerned, kind: OfKinds, state: InState
) -> AttentionConnection:
    """Return a page of what a person should look at.

    Raises InvalidInput.
    """
    wanted = Wanted(given(store_id), given(kind), given(state) or AttentionState.OPEN)
    where = wanted.condition()
    page = await find_page("attention", where=where, sort=BY_SHIP_DATE, request=asked_page(first, after))
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(Attention).load_many([row.row_id for row in page.rows])
    edges = [
        AttentionEdge(node=AttentionItem(entry=entry), cursor=row.cursor)
        for entry, row in zip(found, page.rows, strict=True)
        if entry is not None
    ]
    return AttentionConnection(where=where, edges=edges, page_info=page_info(page))
