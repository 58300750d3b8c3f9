"""The operations of the Finances API 2024-06-19: names, paths, usage plans."""

from typing import Final

from simulator.calls import Operation
from simulator.finances.calls import list_transactions
from simulator.throttling import Plan

FINANCES: Final = "/finances/2024-06-19"
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("listTransactions", "GET", FINANCES + "/transactions", Plan("0.5", 10), list_transactions),
)
