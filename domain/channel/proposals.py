"""Ways out of differences between Amazon's order and ours, and what choosing one of them does."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.amazon.records import AmazonOrder
from domain.buyers import Owner, read
from domain.change import Change
from domain.channel.address_patch import Address
from domain.channel.affected import Affected, one_order
from domain.channel.conflicts import conflicts
from domain.channel.correct import correct_refusal, write_through
from domain.channel.corrections import confirm_corrections, drop_corrections
from domain.channel.due_orders import DueOrder, load
from domain.channel.leaving import check_staying
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.channel.refund_difference import refund_price, refund_refusal, refund_units
from domain.channel.resolution import Resolution, ResolutionKind
from domain.errors import ActionNotAllowed
from domain.money import Money
from domain.sealing import Sealer
from domain.timeline import EventKind

_Kind = ResolutionKind
_MUTATION: Final = "applyResolution"
_PATH: Final = ("input", "resolutionId")

_KEPT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "quantity": "Leave the order as it is",
        "price": "Leave the order as it is",
        "item": "Leave the order as it is: what was added is handled in Seller Central",
        "address": "Send the goods to the address that the order has",
        "correction": "Keep the corrected address",
        "status": "Leave the order as it is: the rest is handled in Seller Central",
    }
)


def proposals_of(entry: Attention) -> tuple[Resolution, ...]:
    """Return the ways out of a difference, the best first; none for what is no difference or decided already."""
    what = str(entry.facts.get("what"))
    if entry.kind is not AttentionKind.CONFLICT or entry.state is not AttentionState.OPEN or what not in _KEPT:
        return ()
    keep = _resolution(_Kind.KEEP, _KEPT[what])
    if what == "quantity" and (fewer := int(entry.facts["was"]) - int(entry.facts["is"])) > 0:
        return _resolution(_Kind.REFUND_DIFFERENCE, f"Give {fewer} back with a credit memo"), keep
    if what == "price" and (fallen := _fallen(entry)).minor > 0:
        return _resolution(_Kind.REFUND_DIFFERENCE, f"Give {fallen} back with a credit memo"), keep
    if what == "address":
        return _resolution(_Kind.TAKE_OVER, "Send the goods to the new address"), keep
    if what == "correction":
        return _resolution(_Kind.TAKE_OVER, "Take over what Amazon says now"), keep
    return (keep,)


async def apply_proposal(unit: Change, entry: Attention, kind: ResolutionKind, *, sealer: Sealer) -> Affected:
    """Deal with a difference in one of the ways that `proposals_of` gives.

    What is kept stays decided until Amazon changes it again. Raises ActionNotAllowed where the entry has no such way
    out, or where Amazon or somebody here changed the order since the entry was looked at.
    """
    chosen = next((one for one in proposals_of(entry) if one.kind is kind), None)
    if chosen is None or entry.order_id is None:
        raise _not_allowed("This is no way out of it; choose one of its resolutions.", kind, entry.state.value)
    (due,) = await load([entry.order_id], sealer=sealer)
    await check_staying(due.order, action=kind.value)
    status = due.order.amazon_status.value
    if not any(concern.subject(due.order) == entry.subject for concern in conflicts(due)):
        raise _not_allowed("The order changed meanwhile; look at it again and decide then.", kind, status)
    if kind is _Kind.REFUND_DIFFERENCE:
        await _refund(unit, due, entry)
    elif entry.facts["what"] == "correction":
        await _decide_on_correction(due, kind, sealer=sealer)
    elif kind is _Kind.TAKE_OVER:
        await _take_over_address(due, sealer=sealer)
    await _close(unit, due.order, entry, chosen)
    return Affected() if kind is _Kind.KEEP else await one_order(unit, due.order.id)


async def _refund(unit: Change, due: DueOrder, entry: Attention) -> None:
    assert due.commerce is not None, "only an imported order has what can be given back"
    if refusal := refund_refusal(due, due.commerce):
        raise refusal
    line = next(line for line in due.lines if line.item_id == entry.item_id)
    item = next((item for item in due.items if item.id == entry.item_id), None)
    if item is not None and item.currency not in (None, due.commerce.currency):
        because = f"Amazon gives the amounts in {item.currency} now, and the order is in {due.commerce.currency}."
        raise _not_allowed(because, _Kind.REFUND_DIFFERENCE, due.order.amazon_status.value)
    if entry.facts["what"] == "quantity" or item is None:
        await refund_units(unit, due, due.commerce, line, item)
    else:
        await refund_price(unit, due, due.commerce, line, item)


async def _decide_on_correction(due: DueOrder, kind: ResolutionKind, *, sealer: Sealer) -> None:
    assert due.stale is not None, "a conflict about corrections has stale ones"
    kept = await read(owner=Owner.AMAZON_ORDER, owner_id=due.order.id, sealer=sealer)
    said: Address = (kept or {}).get("address") or {}
    if kind is _Kind.KEEP:
        await confirm_corrections(due.order.id, due.stale.parts, said=said, sealer=sealer)
        return
    _check_address(due)
    await drop_corrections(due.order.id, due.stale.parts)
    await write_through(due.commerce, {part: said.get(part) for part in due.stale.parts}, sealer=sealer)


async def _take_over_address(due: DueOrder, *, sealer: Sealer) -> None:
    _check_address(due)
    await write_through(due.commerce, (due.buyer or {})["address"], sealer=sealer)


def _check_address(due: DueOrder) -> None:
    if refusal := correct_refusal(due.order, due.commerce):
        raise ActionNotAllowed(
            refusal.message, action=_Kind.TAKE_OVER, current_status=refusal.current_status, path=_PATH
        )


async def _close(unit: Change, order: AmazonOrder, entry: Attention, chosen: Resolution) -> None:
    entry.state = AttentionState.DISMISSED if chosen.kind is _Kind.KEEP else AttentionState.RESOLVED
    entry.resolved_at = unit.now
    entry.actor_kind = unit.actor.kind
    entry.actor_name = unit.actor.name
    await entry.save(update_fields=["state", "resolved_at", "actor_kind", "actor_name"])
    details = {"attention_id": entry.id, "proposal": chosen.kind.value, "what": entry.facts["what"]}
    unit.event(order.subject, EventKind.PROPOSAL_APPLIED, f"{chosen.label}.", **details)


def _fallen(entry: Attention) -> Money:
    was, is_now = (Money.parse(*str(entry.facts[key]).split()) for key in ("was", "is"))
    return was - is_now


def _resolution(kind: ResolutionKind, label: str) -> Resolution:
    return Resolution(kind=kind, label=label, mutation=_MUTATION)


def _not_allowed(because: str, kind: ResolutionKind, status: str) -> ActionNotAllowed:
    return ActionNotAllowed(because, action=kind.value, current_status=status, path=_PATH)
