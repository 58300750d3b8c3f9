"""Ways out of what a person should look at, in words and as something that can be applied."""

from collections.abc import Sequence

import strawberry

from api.schema.enums import described
from domain.channel.records import Attention
from domain.channel.resolution import Resolution, ResolutionInput
from domain.channel.resolutions import resolutions_of, resolutions_together

described(
    ResolutionInput,
    description="What a person has to give before a way out can be applied.",
    values={
        "PRODUCT": "A product.",
        "ADDRESS": "The parts of the address that are wrong.",
        "QUANTITY": "How many.",
        "RATE": "What one unit of the order's currency is worth in the base currency.",
        "NOTE": "Why, for the timeline.",
        "CREDENTIALS": "A new refresh token; only connectStore takes it.",
    },
)


@strawberry.type(
    description="A way out. Apply it with applyResolution; mutation names the specific operation behind it."
)
class BlockerResolution:
    """The window on a resolution."""

    id: strawberry.ID = strawberry.field(description="What applyResolution wants as `resolutionId`.")
    label: str = strawberry.field(description="What it does, for a button.")
    mutation: str = strawberry.field(description="The specific mutation behind it.")
    needs_input: list[ResolutionInput] = strawberry.field(
        description="What a person has to give; empty when it can be applied as it is."
    )
    asserts: str | None = strawberry.field(
        description="What applying it claims of the world, e.g. 3 more on the shelf."
    )


async def ways_out_of(attention_ids: list[int]) -> list[list[BlockerResolution]]:
    """Return what clears each entry, the best first; for a loader."""
    found = await resolutions_of(await Attention.filter(id__in=attention_ids))
    return [_shown(found.get(one, ())) for one in attention_ids]


async def ways_out_together(attention_ids: list[int]) -> list[list[BlockerResolution]]:
    """Return what clears all that stands still for the cause of each entry; for a loader."""
    found = await resolutions_together(await Attention.filter(id__in=attention_ids))
    return [_shown(found.get(one, ())) for one in attention_ids]


def _shown(resolutions: Sequence[Resolution]) -> list[BlockerResolution]:
    return [
        BlockerResolution(
            id=strawberry.ID(one.id),
            label=one.label,
            mutation=one.mutation,
            needs_input=list(one.needs_input),
            asserts=one.asserts,
        )
        for one in resolutions
    ]
