"""What a store shows of itself beyond its own row: its dashboard."""

from typing import Annotated, Any

import strawberry

_Dashboard = Annotated["StoreDashboard", strawberry.lazy("api.schema.dashboard")]  # type: ignore[name-defined] # noqa: F821


@strawberry.type
class StoreAtAGlance:
    """The fields of a store that its dashboard adds."""

    @strawberry.field(graphql_type=_Dashboard, description="The store at a glance: orders, sales, what waits.")
    @staticmethod
    def dashboard(root: strawberry.Parent[Any]) -> object:
        """Return the dashboard."""
        from api.schema.dashboard import StoreDashboard

        return StoreDashboard(store=root)
