"""Comments on orders and their papers; what they say may tell of the buyer, so it is sealed and goes with that data."""

from collections.abc import Mapping
from datetime import datetime

from domain.buyers import Owner, Values, keep, read, rewrite
from domain.commerce.records import CommerceOrder
from domain.sealing import Sealer

_TEXTS = "comments"


async def keep_text(
    order: CommerceOrder, comment_id: int, text: str, *, purge_at: datetime | None, sealer: Sealer
) -> None:
    """Seal what a comment says with the buyer data of its order, inside the caller's change.

    It goes when that data goes; where that is gone already, or never was, at `purge_at`.
    """
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=order.id, sealer=sealer)
    values = {**(kept or {}), _TEXTS: {**(kept or {}).get(_TEXTS, {}), str(comment_id): text}}
    if kept is not None:
        await rewrite(owner=Owner.COMMERCE_ORDER, owner_id=order.id, values=values, sealer=sealer)
        return
    await keep(
        owner=Owner.COMMERCE_ORDER,
        owner_id=order.id,
        account_id=order.account_id,
        values=values,
        purge_at=purge_at,
        sealer=sealer,
    )


def text_of(kept: Values | None, comment_id: int) -> str | None:
    """Return what a comment says, given what is kept with its order; None if it says nothing, or no longer."""
    texts: Mapping[str, str | None] = (kept or {}).get(_TEXTS, {})
    return texts.get(str(comment_id))
