"""Who did it."""

import strawberry

from api.schema.enums import described
from domain import timeline
from domain.timeline import ActorKind

described(
    ActorKind,
    description="What kind of actor did it.",
    values={
        "USER": "A person here.",
        "SYSTEM": "This service by itself.",
        "AMAZON": "Amazon, or somebody through Amazon.",
        "BUYER": "The buyer.",
        "SIMULATOR": "The simulated Amazon.",
    },
)


@strawberry.type(description="Who did it. Buyers are never named.")
class Actor:
    """The window on an actor."""

    kind: ActorKind = strawberry.field(description="What kind of actor.")
    name: str | None = strawberry.field(description="The name of a person, where one is known.")


def actor_of(kind: str | None, name: str | None) -> timeline.Actor | None:
    """Join two columns to an actor; none if nobody did it yet."""
    return None if kind is None else timeline.Actor(ActorKind(kind), name)
