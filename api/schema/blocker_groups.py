"""Blockers by their cause: many orders behind one product are one problem with one way out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import strawberry

from api.database import read_rows
from api.plans.fragments import EVERYTHING
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.blocker_list import InStore, OfKind
from api.schema.blockers import Blocker, cause_id
from api.schema.context import Info
from api.schema.counts import Count, counted
from api.schema.ids import typed_id
from api.schema.optional import given
from api.schema.order_filters import BlockerKindFilter
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.products import Product
from api.schema.resolutions import BlockerResolution, ways_out_together
from domain.catalog.records import Product as ProductRecord
from domain.channel.blockers import BlockerKind
from domain.channel.records import Attention

_CAP: Final = 10_000
_BY_SHIP_DATE: Final = Sort("SHIP_BY", "ship_by", str, descending=False)
_GROUPS: Final = (
    "(SELECT cause, MIN(id) AS id, MIN(COALESCE(due_by, '~')) AS ship_by "
    "FROM attention WHERE {} GROUP BY cause) grouped"
)
_FIRST: Final = "SELECT id FROM attention WHERE {} AND cause = ? ORDER BY due_by NULLS LAST, id LIMIT 1"
_ORDERS: Final = (
    "SELECT COUNT(*) AS found FROM (SELECT DISTINCT order_id FROM attention WHERE {} AND cause = ? LIMIT ?) stopped"
)


@dataclass(frozen=True)
class _Place:
    """A cause, among the entries that a client asked for."""

    cause: str
    among: str


@strawberry.type(description="All orders that stand still for one cause; one fix clears them together.")
class BlockerGroup:
    """The window on a cause."""

    place: strawberry.Private[_Place]
    blocker: Attention = strawberry.field(
        graphql_type=Blocker, description="The blocker whose order has to ship first: applyResolution takes its id."
    )

    @strawberry.field(description="Opaque, the same for all blockers that one fix clears.")
    @staticmethod
    def cause(root: strawberry.Parent["BlockerGroup"]) -> strawberry.ID:
        """Return the cause."""
        return cause_id(root.place.cause)

    @strawberry.field(description="The kind of reason.")
    @staticmethod
    def kind(root: strawberry.Parent["BlockerGroup"]) -> BlockerKind:
        """Return the kind."""
        kind = root.blocker.blocker_kind
        assert kind is not None, "only blockers have a cause"
        return kind

    @strawberry.field(description="The reason in words, for the order that has to ship first.")
    @staticmethod
    def message(root: strawberry.Parent["BlockerGroup"]) -> str:
        """Return the message."""
        return root.blocker.message

    @strawberry.field(description="The seller SKU that no product has; null where the cause is another one.")
    @staticmethod
    def seller_sku(root: strawberry.Parent["BlockerGroup"]) -> str | None:
        """Return the seller SKU."""
        unmatched = root.blocker.blocker_kind is BlockerKind.PRODUCT_NOT_MATCHED
        return root.blocker.seller_sku if unmatched else None

    @strawberry.field(graphql_type=Product | None, description="The product that is the cause, if it is one.")
    @staticmethod
    async def product(root: strawberry.Parent["BlockerGroup"], info: Info) -> ProductRecord | None:
        """Return the product."""
        product_id = root.blocker.product_id
        return await info.context.loaders.row(ProductRecord).load(product_id) if product_id else None

    @strawberry.field(description="How many orders stand still for it.")
    @staticmethod
    async def orders(root: strawberry.Parent["BlockerGroup"], info: Info) -> Count:
        """Count the orders."""
        return await info.context.loaders.other(_count).load(root.place)

    @strawberry.field(description="Until when the first of them has to ship, if Amazon says so.")
    @staticmethod
    def ship_by(root: strawberry.Parent["BlockerGroup"]) -> datetime | None:
        """Return the earliest ship-by date."""
        return root.blocker.due_by

    @strawberry.field(
        description="The ways out that clear all of them, the best first; by applyResolution with `blocker.id`."
    )
    @staticmethod
    async def resolutions(root: strawberry.Parent["BlockerGroup"], info: Info) -> list[BlockerResolution]:
        """Return the ways out."""
        return await info.context.loaders.other(ways_out_together).load(root.blocker.id)


@strawberry.type(description="A cause and its place in the list.")
class BlockerGroupEdge:
    """A placed cause."""

    node: BlockerGroup = strawberry.field(description="The cause.")
    cursor: str = strawberry.field(description="Its place in this list with this filter.")


@strawberry.type(description="A page of causes that orders stand still for: what has to ship first comes first.")
class BlockerGroupConnection:
    """A page of causes."""

    edges: list[BlockerGroupEdge] = strawberry.field(description="The causes with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(description="The causes alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["BlockerGroupConnection"]) -> list[BlockerGroup]:
        """Return the causes."""
        return [edge.node for edge in root.edges]


async def list_groups(
    info: Info, first: First, after: After, store_id: InStore, kind: OfKind
) -> BlockerGroupConnection:
    """Return a page of causes of open blockers.

    Raises InvalidInput.
    """
    among = _of_store(given(store_id))
    table = _GROUPS.format(among + _of_kind(given(kind)))
    page = await find_page(table, where=EVERYTHING, sort=_BY_SHIP_DATE, request=asked_page(first, after))
    info.context.spend(len(page.rows))
    loaders = info.context.loaders
    some = await loaders.row(Attention).load_many([row.row_id for row in page.rows])
    places = [_Place(one.cause, among) if one is not None and one.cause else None for one in some]
    edges = []
    for place, row in zip(places, page.rows, strict=True):
        found = await read_rows(_FIRST.format(among), [place.cause]) if place else []
        blocker = await loaders.row(Attention).load(found[0]["id"]) if found else None
        if place and blocker:
            edges.append(BlockerGroupEdge(node=BlockerGroup(place=place, blocker=blocker), cursor=row.cursor))
    return BlockerGroupConnection(edges=edges, page_info=page_info(page))


def _of_store(store_id: str | None) -> str:
    """Return which entries are grouped, written out: row numbers and words of ours, by which the index is found."""
    condition = "state = 'OPEN' AND cause IS NOT NULL"
    if store_id is None:
        return condition
    # A sum no index knows: the one of causes has all that is asked for, in the order that groups need.
    return f"{condition} AND store_id + 0 = {typed_id(store_id, 'Store', path=('storeId',)).row_id}"


def _of_kind(kind: BlockerKindFilter | None) -> str:
    if not kind:
        return ""
    kinds = kind.one_of if kind.eq is None else [kind.eq]
    ranges = [f"cause >= '{one.value}:' AND cause < '{one.value};'" for one in kinds or ()]
    return f" AND ({' OR '.join(ranges) or '1 = 0'})"


async def _count(places: list[_Place]) -> list[Count]:
    counts = []
    for place in places:
        rows = await read_rows(_ORDERS.format(place.among), [place.cause, _CAP + 1])
        counts.append(counted(rows[0]["found"], cap=_CAP))
    return counts
