"""The import matrix: what becomes of an Amazon order, and why, as one pure function."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from domain.accounts.order_settings import OrderSettings
from domain.amazon.facts import FulfillmentChannel
from domain.channel.blockers import (
    Blocker,
    BlockerKind,
    LineState,
    flaw_blockers,
    made_by_import,
    product_blockers,
    stock_blockers,
)
from domain.channel.cases import Case, OrderState, Outcome, StockAction
from domain.channel.check_inputs import check_inputs
from domain.channel.import_table import INPUTS, TABLE, Row

RULES_VERSION: Final = 1

_CHECKS: Final[Mapping[BlockerKind, tuple[str, str]]] = MappingProxyType(
    {
        BlockerKind.PRODUCT_NOT_MATCHED: ("PRODUCTS_MATCHED", "Every line has a product."),
        BlockerKind.PRODUCT_DISABLED: ("PRODUCTS_ENABLED", "No product is disabled."),
        BlockerKind.OUT_OF_STOCK: ("ENOUGH_STOCK", "No line lacks stock that it needs."),
        BlockerKind.INVALID_ADDRESS: ("ADDRESS_USABLE", "No part of the address is missing that we need."),
        BlockerKind.MARKETPLACE_DATA_INVALID: ("AMOUNTS_ADD_UP", "The amounts are there and add up."),
        BlockerKind.CURRENCY_NOT_CONFIGURED: (
            "CURRENCY_CONFIGURED",
            "The currency is one we know, with a rate if there is a base currency.",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rule of the table as it was applied; `inputs` are pairs of name and value."""

    rule: str
    passed: bool  # it did not stop the order
    because: str
    inputs: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of the order; `row` is the row of the published decision table that decided."""

    outcome: Outcome
    code: str
    row: int
    summary: str
    stock: StockAction
    commerce_state: str | None  # PROCESSING or COMPLETE when imported
    steps: tuple[Step, ...]
    blockers: tuple[Blocker, ...] = ()


def decide(order: OrderState, *, settings: OrderSettings, cutoff_at: datetime) -> Decision:
    """Apply the decision table to one order that has no commerce order yet, first match wins.

    Every order matches a row: each status is either decided by itself or together with who sends the goods, and an
    order without that word waits.
    """
    lines = tuple(line for line in order.lines if line.quantity != 0)
    case = Case(order, settings, cutoff_at, lines, _blockers(order, lines, settings=settings))
    number, row = next((number, row) for number, row in enumerate(TABLE, start=1) if row.matches(case))
    blockers = case.blockers if row.outcome is Outcome.BLOCKED else ()
    return Decision(
        outcome=row.outcome,
        code=row.code,
        row=number,
        summary="; ".join(blocker.message for blocker in blockers) or row.decides,
        stock=row.stock(case) if callable(row.stock) else row.stock,
        commerce_state=row.commerce_state,
        steps=tuple(step for looked_at in TABLE[:number] for step in _steps(looked_at, case, decides=looked_at is row)),
        blockers=blockers,
    )


def _blockers(order: OrderState, lines: tuple[LineState, ...], *, settings: OrderSettings) -> tuple[Blocker, ...]:
    merchant = order.fulfillment_channel is FulfillmentChannel.MERCHANT
    short = stock_blockers(lines, merchant=merchant) if merchant or settings.fba_requires_stock else ()
    return (*product_blockers(lines), *short, *flaw_blockers(order.flaws, merchant=merchant))


def _steps(row: Row, case: Case, *, decides: bool) -> tuple[Step, ...]:
    if row.outcome is Outcome.BLOCKED:
        return tuple(_check(kind, case) for kind in _CHECKS)
    inputs = tuple((name, INPUTS[name](case)) for name in row.inputs)
    stops = decides and row.outcome is not Outcome.IMPORTED
    return (Step(rule=row.rule, passed=not stops, because=row.decides if decides else row.passes, inputs=inputs),)


def _check(kind: BlockerKind, case: Case) -> Step:
    rule, passes = _CHECKS[kind]
    found = tuple(blocker for blocker in case.blockers if blocker.kind is kind)
    because = "; ".join(blocker.message for blocker in found) or made_by_import(kind, case.lines) or passes
    return Step(rule=rule, passed=not found, because=because, inputs=check_inputs(kind, case, found))
