"""What is decided about orders without a commerce order, with the shelf shared by the orders of a batch."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.accounts.order_settings import StockRule
from domain.amazon.facts import AddressFacts, FulfillmentChannel, Problem
from domain.amazon.records import AmazonItem
from domain.catalog.shelf import stock_of
from domain.catalog.stock import Claim
from domain.channel.amounts import amount_line, grand_total, order_parts
from domain.channel.auto_create import is_let_through, is_to_create
from domain.channel.base_currency import find_bases
from domain.channel.base_rates import rate_flaws
from domain.channel.blockers import Flaw, LineState, ProductState
from domain.channel.cancel_rules import open_cancel
from domain.channel.cases import OrderState, Outcome, StockAction
from domain.channel.checks import address_flaws, amount_flaws, currency_flaws, problem_flaws
from domain.channel.decision import Decision, decide
from domain.channel.due_orders import DueOrder
from domain.channel.unheld import why_unheld


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision about an order; `claims` is what it shall hold from now on, None: what it holds already.

    `unheld` says why a pending order that shall hold stock cannot.
    """

    due: DueOrder
    decision: Decision
    claims: tuple[Claim, ...] | None
    unheld: str | None = None


async def judge(due_orders: Sequence[DueOrder], *, now: datetime) -> list[Ruling]:
    """Decide about each order in turn; what one takes from the shelf the next one does not find."""
    await find_bases(due_orders, now=now)
    return rule(due_orders, free=await free_stock(due_orders), now=now)


async def free_stock(due_orders: Sequence[DueOrder]) -> Counter[int]:
    """Return how many of each of these orders' products nobody holds."""
    stocks = await stock_of(product.id for due in due_orders for product in due.products.values())
    return Counter({product_id: stock.on_hand - stock.reserved for product_id, stock in stocks.items()})


def rule(due_orders: Sequence[DueOrder], *, free: Counter[int], now: datetime) -> list[Ruling]:
    """Decide about each order in turn, and change `free` by what each one takes and gives back."""
    rulings = []
    for due in due_orders:
        holds = _holds(due)
        state = order_state(due, available=free + holds)
        decision = decide(state, settings=due.settings, cutoff_at=due.cutoff_at)
        unheld = _unheld(due, decision, state.lines)
        claims = _claims(due, decision, state.lines, unheld=unheld, now=now)
        if claims is not None:
            free.update(holds)
            free.subtract(_claimed(claims))
        rulings.append(Ruling(due, decision, claims, unheld))
    return rulings


def order_state(due: DueOrder, *, available: Mapping[int, int]) -> OrderState:
    """Return an order as the decision sees it; `available` by product, what the order holds included."""
    order = due.order
    return OrderState(
        status=order.amazon_status,
        raw_status=order.raw_status,
        fulfillment_channel=order.fulfillment_channel,
        purchased_at=order.purchased_at,
        lines=tuple(_line(due, item, available) for item in due.items),
        cancel_open=open_cancel(due.commands) is not None,
        flaws=_flaws(due),
    )


def _line(due: DueOrder, item: AmazonItem, available: Mapping[int, int]) -> LineState:
    return LineState(
        item_id=item.id,
        seller_sku=item.seller_sku,
        asin=item.asin,
        quantity=item.quantity_ordered,
        needed=_needed(due, item),
        product=_product(due, item, available),
        is_to_create=item.id not in due.products and is_to_create(item, due.settings),
    )


def _product(due: DueOrder, item: AmazonItem, available: Mapping[int, int]) -> ProductState | None:
    product = due.products.get(item.id)
    if product is None:
        return None
    return ProductState(
        product_id=product.id,
        sku=product.sku,
        enabled=product.enabled,
        manages_stock=product.manages_stock,
        available=available.get(product.id, 0),
        is_let_through=is_let_through(product, due.settings),
    )


def _needed(due: DueOrder, item: AmazonItem) -> int:
    if due.order.fulfillment_channel is not FulfillmentChannel.MERCHANT:
        return 0
    if due.settings.stock_rule is StockRule.DOCUMENTED:
        return item.quantity_ordered
    if due.has_shipped:
        return 0
    if item.quantity_unshipped is not None:
        return item.quantity_unshipped
    return max(0, item.quantity_ordered - item.quantity_shipped)


def _flaws(due: DueOrder) -> tuple[Flaw, ...]:
    return (
        *_address_flaws(due),
        *problem_flaws(Problem(*problem) for problem in due.order.problems),
        *amount_flaws(
            grand_total=grand_total(due.order),
            order_parts=order_parts(due.order),
            lines=[amount_line(item) for item in due.items],
        ),
        *currency_flaws(due.order.currency),
        *rate_flaws(due.order.currency, due.base),
    )


def _address_flaws(due: DueOrder) -> tuple[Flaw, ...]:
    """Check the address; what has left longer ago than buyer data may be kept has none any more, and needs none."""
    address = (due.buyer or {}).get("address")
    if address is None and due.has_shipped:
        return ()
    return address_flaws(AddressFacts(**address) if address else None)


def _unheld(due: DueOrder, decision: Decision, lines: Sequence[LineState]) -> str | None:
    if decision.stock is not StockAction.RESERVE_IF_POSSIBLE or due.hold_expired:
        return None
    return why_unheld([line for line in lines if line.quantity], held=due.held)


def _claims(
    due: DueOrder, decision: Decision, lines: Sequence[LineState], *, unheld: str | None, now: datetime
) -> tuple[Claim, ...] | None:
    if decision.stock is StockAction.KEEP or decision.outcome is Outcome.BLOCKED:
        return None
    if decision.stock is StockAction.RESERVE:
        return tuple(_claim(due, line) for line in lines if _is_held(line))
    if decision.stock is StockAction.RESERVE_IF_POSSIBLE and not (due.hold_expired or unheld):
        expires_at = now + timedelta(days=due.settings.reservation_days)
        return tuple(_claim(due, line, expires_at=expires_at) for line in lines if _is_held(line))
    return ()


def _is_held(line: LineState) -> bool:
    return line.needed > 0 and line.product is not None and line.product.manages_stock


def _claim(due: DueOrder, line: LineState, *, expires_at: datetime | None = None) -> Claim:
    return Claim(
        account_id=due.order.account_id,
        store_id=due.order.store_id,
        order_id=due.order.id,
        item_id=line.item_id,
        product_id=due.products[line.item_id].id,
        quantity=line.needed,
        expires_at=expires_at,
    )


def _holds(due: DueOrder) -> Counter[int]:
    holds: Counter[int] = Counter()
    for row in due.held.values():
        holds[row.product_id] += row.quantity
    return holds


def _claimed(claims: Sequence[Claim]) -> Counter[int]:
    claimed: Counter[int] = Counter()
    for claim in claims:
        claimed[claim.product_id] += claim.quantity
    return claimed
