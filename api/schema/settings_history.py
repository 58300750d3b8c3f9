"""The saved versions of a store's order settings: what, when, and by whom."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import strawberry

from api.plans.fragments import equal
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.actors import Actor, actor_of
from api.schema.context import Info
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.settings import OrderSettings, settings_window
from domain import timeline
from domain.accounts.records import SettingsVersion, Store
from domain.accounts.settings_input import changed_names, from_values, graphql_name

_NEWEST: Final = Sort("VERSION", "version", int, descending=True)


@strawberry.type(description="One saved version of a store's order settings.")
class OrderSettingsVersion:
    """A version with its store and the one before it."""

    store: strawberry.Private[Store]
    saved: strawberry.Private[SettingsVersion]
    earlier: strawberry.Private[SettingsVersion | None]

    @strawberry.field(description="Its number, from 1; the highest is in force.")
    @staticmethod
    def version(root: strawberry.Parent["OrderSettingsVersion"]) -> int:
        """Return its number."""
        return root.saved.version

    @strawberry.field(description="The settings as they were saved.")
    @staticmethod
    def settings(root: strawberry.Parent["OrderSettingsVersion"]) -> OrderSettings:
        """Return the values."""
        return settings_window(root.store, root.saved.version, from_values(root.saved.values), root.saved.at)

    @strawberry.field(description="When it was saved.")
    @staticmethod
    def saved_at(root: strawberry.Parent["OrderSettingsVersion"]) -> datetime:
        """Return the time."""
        return root.saved.at

    @strawberry.field(graphql_type=Actor, description="Who saved it.")
    @staticmethod
    def saved_by(root: strawberry.Parent["OrderSettingsVersion"]) -> timeline.Actor | None:
        """Return the actor."""
        return actor_of(root.saved.actor_kind, root.saved.actor_name)

    @strawberry.field(
        description="Which settings it changed, by their names in `OrderSettingsPatch`. Empty for the first version."
    )
    @staticmethod
    def changed_fields(root: strawberry.Parent["OrderSettingsVersion"]) -> list[str]:
        """Return the names."""
        if root.earlier is None:
            return []
        names = changed_names(from_values(root.earlier.values), from_values(root.saved.values))
        return [graphql_name(name) for name in names]


@dataclass(frozen=True)
class PlacedVersion:
    """A version and its place in the list."""

    node: OrderSettingsVersion
    cursor: str


@strawberry.type(description="A version and its place in the list.")
class OrderSettingsVersionEdge:
    """The window on a placed version."""

    node: OrderSettingsVersion = strawberry.field(description="The version.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of saved versions, newest first.")
class OrderSettingsVersionConnection:
    """A page of versions."""

    placed: strawberry.Private[list[PlacedVersion]]
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[OrderSettingsVersionEdge], description="The versions with their places.")
    @staticmethod
    def edges(root: strawberry.Parent["OrderSettingsVersionConnection"]) -> list[PlacedVersion]:
        """Return the versions with their places."""
        return root.placed

    @strawberry.field(description="The versions alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["OrderSettingsVersionConnection"]) -> list[OrderSettingsVersion]:
        """Return the versions."""
        return [placed.node for placed in root.placed]


async def list_versions(info: Info, store: Store, first: First, after: After) -> OrderSettingsVersionConnection:
    """Return a page of a store's saved settings.

    Raises InvalidInput.
    """
    where = equal("store_id", store.id)
    page = await find_page("settings_version", where=where, sort=_NEWEST, request=asked_page(first, after))
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(SettingsVersion).load_many([row.row_id for row in page.rows])
    versions = [(saved, row.cursor) for saved, row in zip(found, page.rows, strict=True) if saved is not None]
    earlier = await info.context.loaders.other(versions_of).load_many(
        [(store.id, saved.version - 1) for saved, _ in versions]
    )
    placed = [
        PlacedVersion(OrderSettingsVersion(store=store, saved=saved, earlier=before), cursor)
        for (saved, cursor), before in zip(versions, earlier, strict=True)
    ]
    return OrderSettingsVersionConnection(placed=placed, page_info=page_info(page))


async def versions_of(keys: list[tuple[int, int]]) -> list[SettingsVersion | None]:
    """Return versions of stores' settings; None for those that do not exist."""
    found = await SettingsVersion.filter(
        store_id__in={store_id for store_id, _ in keys}, version__in={version for _, version in keys}
    )
    by_key = {(saved.store_id, saved.version): saved for saved in found}
    return [by_key.get(key) for key in keys]
