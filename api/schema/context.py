"""What every resolver can reach: the service's parts and the questions of this request."""

from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from api.schema.loaders import Loaders
from api.service import Service
from domain.errors import LimitExceeded

MOST_NODES = 20_000


@dataclass
class Context:
    """One request."""

    service: Service
    request_id: str
    nodes_listed: int = 0

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Forget all answers: something was written."""
        self.loaders = Loaders(self.service.sealer)

    def spend(self, nodes: int) -> None:
        """Count what lists bring in.

        Raises LimitExceeded when one request wants too much.
        """
        self.nodes_listed += nodes
        if self.nodes_listed > MOST_NODES:
            raise LimitExceeded(f"One request lists at most {MOST_NODES} things; ask for smaller pages.")


Info: TypeAlias = strawberry.Info[Context, None]
