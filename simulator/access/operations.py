"""The operation of the Tokens API 2021-03-01."""

from typing import Final

from simulator.access.restricting import create_restricted_data_token
from simulator.calls import Operation
from simulator.throttling import Plan

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "createRestrictedDataToken",
        "POST",
        "/tokens/2021-03-01/restrictedDataToken",
        Plan("1", 10),
        create_restricted_data_token,
    ),
)
