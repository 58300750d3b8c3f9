"""Questions about the service as a whole: its settings, its log, and what has to ship by when."""

import strawberry

from api.schema.context import Info
from api.schema.deadlines import (
    AsOf,
    CancelReasonRule,
    Days,
    DeliveryFigureReport,
    OfOrder,
    OfStore,
    ShipByWorklist,
    cancel_reasons,
    figures_of_delivery,
    ship_by_worklist,
)
from api.schema.error_log import CommunicationErrorConnection, ErrorWhere, list_errors
from api.schema.global_settings import GlobalSettings, find_global_settings
from api.schema.paging import After, First


@strawberry.type
class ServiceQuestions:
    """The questions."""

    @strawberry.field(description="The settings of the whole service.")
    @staticmethod
    async def global_settings() -> GlobalSettings:
        """Return the settings in force."""
        return await find_global_settings()

    @strawberry.field(description="Calls to Amazon that were refused or failed, the newest first.")
    @staticmethod
    async def communication_errors(
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        where: ErrorWhere = strawberry.UNSET,
    ) -> CommunicationErrorConnection:
        """List the failed calls."""
        return await list_errors(info, first, after, where)

    @strawberry.field(description="What the seller still has to ship, by when: of one store or of all.")
    @staticmethod
    async def ship_by_worklist(
        info: Info, store_id: OfStore = strawberry.UNSET, as_of: AsOf = strawberry.UNSET
    ) -> ShipByWorklist:
        """Return the worklist."""
        return await ship_by_worklist(info, store_id, as_of)

    @strawberry.field(description="How well the seller keeps what Amazon measures: of one store or of all.")
    @staticmethod
    async def delivery_figures(
        info: Info, store_id: OfStore = strawberry.UNSET, days: Days = strawberry.UNSET
    ) -> DeliveryFigureReport:
        """Return the figures."""
        return await figures_of_delivery(info, store_id, days)

    @strawberry.field(description="The reasons for cancelOrder, and which of them count against the seller.")
    @staticmethod
    async def cancel_reasons(info: Info, order_id: OfOrder = strawberry.UNSET) -> list[CancelReasonRule]:
        """List the reasons."""
        return await cancel_reasons(info, order_id)
