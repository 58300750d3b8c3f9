"""The ways out of what stops orders."""

import strawberry

from api.schema.applying import BlockerPayload, apply, create_product_from_item, dismiss_blocker, match_product
from api.schema.refusals import RefusalsAsUserErrors


@strawberry.type
class BlockerChanges:
    """The changes that clear blockers."""

    apply_resolution: BlockerPayload = strawberry.mutation(
        resolver=apply,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Apply one of the ways out of a blocker, or of anything else that a person should look at. What it "
        "helps besides is evaluated again as well: the first 20 orders at once, the others in the background.",
    )
    match_product: BlockerPayload = strawberry.mutation(
        resolver=match_product,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Say which product the item of a blocker means; with `remember`, what its seller SKU means from "
        "now on, instead of what it meant before.",
    )
    create_product_from_item: BlockerPayload = strawberry.mutation(
        resolver=create_product_from_item,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Make a product of an item that has none: its seller SKU, title, price of one and ASIN. One that "
        "was made meanwhile is used as it is.",
    )
    dismiss_blocker: BlockerPayload = strawberry.mutation(
        resolver=dismiss_blocker,
        extensions=[RefusalsAsUserErrors(BlockerPayload)],
        description="Leave a blocker. Its order gets no commerce order, is shown in no list of what is open, and is "
        "looked at again only when something about it changes.",
    )
