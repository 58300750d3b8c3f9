"""The stock that rulings ask for: held, changed or given back, and told."""

from collections.abc import Sequence

from domain.catalog.stock import Claim, release, reserve
from domain.change import Change
from domain.channel.due_orders import DueOrder
from domain.channel.rulings import Ruling
from domain.timeline import Event, EventKind


async def hold(unit: Change, rulings: Sequence[Ruling]) -> None:
    """Hold what the rulings claim and give back what they do not.

    Raises InsufficientStock when somebody else took it since the ruling.
    """
    asked = [(ruling.due, ruling.claims) for ruling in rulings if ruling.claims is not None]
    dropped = [due.order.id for due, claims in asked if not due.held.keys() <= {claim.item_id for claim in claims}]
    released = await release(unit, order_ids=dropped)
    changed = [claim for due, claims in asked for claim in claims if due.order.id in released or _is_news(due, claim)]
    await reserve(unit, changed)
    claiming = {claim.order_id for claim in changed}
    for due, claims in asked:
        if due.order.id in released and not claims:
            unit.event(due.order.subject, EventKind.STOCK_RELEASED, "Inventory released.")
        elif due.order.id in claiming and not due.held:
            quantity = sum(claim.quantity for claim in claims)
            unit.event(due.order.subject, EventKind.STOCK_RESERVED, "Inventory reserved.", quantity=quantity)
    await _tell_unheld(unit, rulings)


async def _tell_unheld(unit: Change, rulings: Sequence[Ruling]) -> None:
    """Tell why pending orders hold nothing, the same words once."""
    unheld = {ruling.due.order: ruling.unheld for ruling in rulings if ruling.unheld}
    if not unheld:
        return
    told = Event.filter(order_id__in=[order.id for order in unheld], kind=EventKind.STOCK_NOT_RESERVED)
    known = set(await told.values_list("order_id", "message"))
    for order, why in unheld.items():
        if (order.id, why) not in known:
            unit.event(order.subject, EventKind.STOCK_NOT_RESERVED, why)


def _is_news(due: DueOrder, claim: Claim) -> bool:
    held = due.held.get(claim.item_id)
    if held is None or (held.product_id, held.quantity) != (claim.product_id, claim.quantity):
        return True
    return claim.expires_at is None and held.expires_at is not None
