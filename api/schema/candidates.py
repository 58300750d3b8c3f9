"""Products that an item may mean."""

from decimal import Decimal

import strawberry

from api.schema.products import Product
from domain.amazon.records import AmazonItem
from domain.catalog.records import Product as ProductRecord
from domain.channel.candidates import Candidate, candidates_of


@strawberry.type(description="A product that an item may mean, and why.")
class ProductCandidate:
    """The window on a candidate."""

    product: ProductRecord = strawberry.field(graphql_type=Product, description="The product.")
    score: Decimal = strawberry.field(description="How likely it is, from 0 to 1.")
    because: str = strawberry.field(description="Why it may be the one, in words.")


async def candidates_for(item_ids: list[int]) -> list[list[ProductCandidate]]:
    """Return the likeliest products of each item, best first; for a loader."""
    found = await candidates_of(await AmazonItem.filter(id__in=item_ids))
    return [[_shown(one) for one in found.get(item_id, ())] for item_id in item_ids]


def _shown(candidate: Candidate) -> ProductCandidate:
    return ProductCandidate(product=candidate.product, score=candidate.score, because=candidate.because)
