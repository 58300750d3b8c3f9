"""What a person should look at: opened when the cause appears, kept while it lasts, resolved when it is gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from domain.amazon.records import AmazonOrder
from domain.change import Change
from domain.channel.base_rates import currency_cause
from domain.channel.blockers import Blocker, BlockerKind
from domain.channel.due_orders import DueOrder
from domain.channel.records import Attention, AttentionKind, AttentionState
from domain.timeline import EventKind

EVALUATED: Final = frozenset(
    [
        AttentionKind.BLOCKER,
        AttentionKind.UNKNOWN_STATUS,
        AttentionKind.FAILED,
        AttentionKind.CONFLICT,
        AttentionKind.BUYER_CANCELLATION,
    ]
)
"""The kinds that an evaluation opens and resolves."""

_FOLLOWING: Final = ("message", "facts", "product_id", "seller_sku", "asin", "needed", "cause", "due_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing to look at; `about` tells it from others of its kind on the same order. Never buyer data."""

    kind: AttentionKind
    about: str
    message: str
    blocker_kind: BlockerKind | None = None
    item_id: int | None = None
    product_id: int | None = None
    seller_sku: str | None = None
    asin: str | None = None
    needed: int | None = None
    command_id: int | None = None
    facts: Mapping[str, str | int | None] = field(default_factory=dict)

    def subject(self, order: AmazonOrder) -> str:
        """What it is about, unique among what is open."""
        return f"{self.blocker_kind or self.kind}:{order.id}:{self.about}"[:300]

    def cause(self, order: AmazonOrder) -> str | None:
        """What stands behind it, the same for all that one fix clears; None for what is no blocker."""
        if self.blocker_kind is None:
            return None
        match self.blocker_kind:
            case BlockerKind.PRODUCT_NOT_MATCHED:
                named = self.seller_sku or (f"asin {self.asin}" if self.asin else self.item_id)
                key = f"{order.account_id}:{named}"
            case BlockerKind.PRODUCT_DISABLED | BlockerKind.OUT_OF_STOCK:
                key = str(self.product_id)
            case BlockerKind.CURRENCY_NOT_CONFIGURED:
                if base := self.facts.get("base_currency"):
                    return currency_cause(str(self.facts["value"]), str(base))
                key = str(self.facts.get("value"))
            case _:
                key = f"{order.id}:{self.facts.get('field')}"
        return f"{self.blocker_kind}:{key}"[:300]


def blocker_concern(due: DueOrder, blocker: Blocker) -> Concern:
    """Return what to look at because of a blocker."""
    facts = dict(blocker.facts)
    about = str(blocker.item_id or "order")
    if "field" in facts:
        about += f":{facts['field']}"
    asin = None
    if blocker.kind is BlockerKind.PRODUCT_NOT_MATCHED:
        asin = facts["asin"] = next(item.asin for item in due.items if item.id == blocker.item_id)
    return Concern(
        kind=AttentionKind.BLOCKER,
        about=about,
        message=blocker.message,
        blocker_kind=blocker.kind,
        item_id=blocker.item_id,
        product_id=blocker.product_id,
        seller_sku=blocker.seller_sku,
        asin=asin,
        needed=blocker.needed,
        facts=facts,
    )


async def reconcile(unit: Change, concerns: Sequence[tuple[DueOrder, Sequence[Concern]]]) -> None:
    """Bring what is open about these orders in line with what was found just now."""
    opened: list[tuple[AmazonOrder, Concern]] = []
    lasting: list[Attention] = []
    changed: list[Attention] = []
    for due, found in concerns:
        wanted = {concern.subject(due.order): concern for concern in found}
        known = {row.subject: row for row in due.attention if row.kind in EVALUATED}
        gone = [row for subject, row in known.items() if not _lasts(row, wanted.get(subject), due.order)]
        await resolve(unit, due.order, gone)
        for row in gone:
            del known[row.subject]
        opened += [(due.order, concern) for subject, concern in wanted.items() if subject not in known]
        lasting += known.values()
        changed += [row for subject, row in known.items() if _follow(row, wanted[subject], due.order)]
    await Attention.filter(id__in=[row.id for row in lasting]).update(last_checked_at=unit.now)
    if changed:
        await Attention.bulk_update(changed, fields=_FOLLOWING)
    await open_all(unit, opened)


async def open_all(unit: Change, concerns: Sequence[tuple[AmazonOrder, Concern]]) -> None:
    """Store what nobody was told of yet, each with its event; what is open already is brought up to date."""
    if not concerns:
        return
    open_now = Attention.filter(
        subject__in=[concern.subject(order) for order, concern in concerns], state=AttentionState.OPEN
    )
    known = {row.subject: row for row in await open_now}
    for order, concern in concerns:
        if row := known.get(concern.subject(order)):
            _follow(row, concern, order)
            row.last_checked_at = unit.now
            await row.save(update_fields=[*_FOLLOWING, "last_checked_at"])
    opened = [(order, concern) for order, concern in concerns if concern.subject(order) not in known]
    await Attention.bulk_create([_row(unit, order, concern) for order, concern in opened])
    ids = dict(await open_now.values_list("subject", "id"))
    for order, concern in opened:
        kind = EventKind.BLOCKER_OPENED if concern.kind is AttentionKind.BLOCKER else EventKind.ATTENTION_OPENED
        attention_id = ids[concern.subject(order)]
        unit.event(order.subject, kind, concern.message, attention_id=attention_id, kind_of=_name(concern))


async def resolve(unit: Change, order: AmazonOrder, rows: Iterable[Attention]) -> None:
    """Close what is gone; what a person had dismissed closes without a word."""
    for row in rows:
        if row.state is AttentionState.OPEN:
            blocker = row.kind is AttentionKind.BLOCKER
            kind = EventKind.BLOCKER_RESOLVED if blocker else EventKind.ATTENTION_RESOLVED
            unit.event(order.subject, kind, f"Resolved: {row.message}", attention_id=row.id)
        row.state = AttentionState.RESOLVED
        row.resolved_at = unit.now
        row.actor_kind = unit.actor.kind
        row.actor_name = unit.actor.name
        await row.save(update_fields=["state", "resolved_at", "actor_kind", "actor_name"])


def _lasts(row: Attention, concern: Concern | None, order: AmazonOrder) -> bool:
    if concern is None:
        return False
    # What a person had put aside comes back once something else stands behind it.
    return row.state is AttentionState.OPEN or row.cause in (None, concern.cause(order))


def _follow(row: Attention, concern: Concern, order: AmazonOrder) -> bool:
    news = _told(concern, order)
    if all(getattr(row, name) == value for name, value in news.items()):
        return False
    row.update_from_dict(news)
    return True


def _told(concern: Concern, order: AmazonOrder) -> dict[str, Any]:
    return {
        "message": concern.message,
        "facts": dict(concern.facts),
        "product_id": concern.product_id,
        "seller_sku": concern.seller_sku,
        "asin": concern.asin,
        "needed": concern.needed,
        "cause": concern.cause(order),
        "due_by": order.latest_ship_at,
    }


def _row(unit: Change, order: AmazonOrder, concern: Concern) -> Attention:
    return Attention(
        account_id=order.account_id,
        store_id=order.store_id,
        kind=concern.kind,
        blocker_kind=concern.blocker_kind,
        subject=concern.subject(order),
        order_id=order.id,
        item_id=concern.item_id,
        command_id=concern.command_id,
        **_told(concern, order),
        opened_at=unit.now,
        last_checked_at=unit.now,
    )


def _name(concern: Concern) -> str:
    return (concern.blocker_kind or concern.kind).value
