"""Which of Amazon's models describes an operation that the simulator serves, and under which name."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from starlette.routing import compile_path

from simulator.app import OPERATIONS
from simulator.calls import Operation

MODEL_OF: Final = {
    "/orders/2026-01-01/": "orders_2026-01-01",
    "/orders/v0/": "ordersV0",
    "/feeds/2021-06-30/": "feeds_2021-06-30",
    "/reports/2021-06-30/": "reports_2021-06-30",
    "/listings/2021-08-01/": "listingsItems_2021-08-01",
    "/notifications/v1/": "notifications",
    "/tokens/2021-03-01/": "tokens_2021-03-01",
    "/sellers/v1/": "sellers",
}
OTHER_NAMES: Final = {"getOrderV0": "getOrder"}  # two versions have a getOrder
NOT_DESCRIBED: Final = {
    "cancelOrder": "not released: in none of the published models",
    "listTransactions": "the model of the Finances API is not among the models here",
}


TOKEN_PATH: Final = "/auth/o2/token"
ROUTES: Final = [(one.method, compile_path(one.path)[0], one.name) for one in OPERATIONS]


class Described(NamedTuple):
    """An operation of the simulator, with the model and the name there that describe it."""

    operation: Operation
    model: str
    name: str


def described() -> Iterator[Described]:
    """Yield the operations that the simulator serves and a model describes, in the simulator's order."""
    for operation in OPERATIONS:
        if operation.name not in NOT_DESCRIBED:
            yield Described(operation, model_of(operation.path), OTHER_NAMES.get(operation.name, operation.name))


def model_of(path: str) -> str:
    """Return the name of the model that describes a path. Raises StopIteration if none does."""
    return next(model for start, model in MODEL_OF.items() if path.startswith(start))


def operation_at(method: str, path: str) -> str | None:
    """Return the name of the operation that a request is for, in the order in which the simulator looks."""
    if path == TOKEN_PATH:
        return "token"
    return next((name for verb, pattern, name in ROUTES if verb == method and pattern.match(path)), None)
