"""The operations of the Sellers API v1."""

from typing import Final

from simulator.calls import Operation
from simulator.cast.participating import get_marketplace_participations
from simulator.throttling import Plan

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "getMarketplaceParticipations",
        "GET",
        "/sellers/v1/marketplaceParticipations",
        Plan("0.016", 15),
        get_marketplace_participations,
    ),
)
