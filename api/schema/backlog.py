"""How far the evaluation is behind."""

from typing import Final

import strawberry

from api.plans.fragments import Fragment, all_of, equal
from api.schema.context import Context
from api.schema.counts import LARGEST_CAP, Count, count_rows
from api.schema.ids import typed_id
from api.schema.optional import given
from domain.instant import to_text

_STORE: Final = ("storeId",)


async def evaluation_backlog(context: Context, store_id: strawberry.ID | None) -> Count:
    """Count the orders, of one store or of all, that are due to be evaluated.

    Raises InvalidInput.
    """
    parts = [Fragment("evaluate_due <= ?", (to_text(context.service.clock.now()),))]
    if (store := given(store_id)) is not None:
        parts.append(equal("store_id", typed_id(store, "Store", path=_STORE).row_id))
    return await count_rows("amazon_order", all_of(parts), cap=LARGEST_CAP)
