"""Every combination of what the decision looks at, against the published table written down once more by hand."""

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pytest

from domain.accounts.order_settings import OrderSettings, PendingOrderStock, StockRule
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.cases import OrderState
from domain.channel.decision import decide
from tests.domain.rules.orders import (
    ADDRESS_FLAW,
    AMOUNT_FLAW,
    BEFORE,
    CURRENCY_FLAW,
    CUTOFF,
    LINE,
    ORDER,
    with_product,
)

PUBLISHED = """
 # import placed status                        sender   items   cancel pending fba obstacle                            -> outcome  code                 state      stock
 1 off    *      *                             *        *       *      *       *   *                                   -> SKIPPED  IMPORT_DISABLED      -          NONE
 2 *      before *                             *        *       *      *       *   *                                   -> SKIPPED  BEFORE_INTEGRATION   -          NONE
 3 *      *      CANCELED                      *        *       *      *       *   *                                   -> SKIPPED  CANCELED             -          RELEASE
 4 *      *      UNFULFILLABLE                 *        *       *      *       *   *                                   -> SKIPPED  UNFULFILLABLE        -          NONE
 5 *      *      UNKNOWN                       *        *       *      *       *   *                                   -> WAITING  UNKNOWN_STATUS       -          NONE
 5 *      *      PENDING|UNSHIPPED|PARTIALLY_SHIPPED|SHIPPED|INVOICE_UNCONFIRMED unsaid * *  *       *   *              -> WAITING  UNKNOWN_STATUS       -          NONE
 6 *      *      *                             *        none|zero *    *       *   *                                   -> WAITING  ITEMS_MISSING        -          NONE
 7 *      *      *                             *        *       open   *       *   *                                   -> WAITING  CANCEL_REQUESTED     -          KEEP
 8 *      *      PENDING_AVAILABILITY          *        *       *      *       *   *                                   -> WAITING  PENDING_AVAILABILITY -          NONE
 9 *      *      PENDING                       MERCHANT *       *      RESERVE *   *                                   -> WAITING  PENDING              -          RESERVE_IF_POSSIBLE
 9 *      *      PENDING                       MERCHANT *       *      DO_NOT_RESERVE * *                              -> WAITING  PENDING              -          NONE
10 *      *      PENDING|UNSHIPPED|PARTIALLY_SHIPPED AMAZON *   *      *       *   *                                   -> WAITING  AMAZON_FULFILS       -          NONE
11 *      *      *                             *        *       *      *       *   unmatched|disabled|amounts|currency -> BLOCKED  BLOCKED              -          NONE
11 *      *      *                             MERCHANT *       *      *       *   short|address                       -> BLOCKED  BLOCKED              -          NONE
11 *      *      *                             AMAZON   *       *      *       on  short                               -> BLOCKED  BLOCKED              -          NONE
12 *      *      UNSHIPPED|PARTIALLY_SHIPPED   MERCHANT *       *      *       *   *                                   -> IMPORTED IMPORTED             PROCESSING RESERVE
13 *      *      SHIPPED|INVOICE_UNCONFIRMED   MERCHANT *       *      *       *   *                                   -> IMPORTED IMPORTED             COMPLETE   RESERVE
14 *      *      SHIPPED|INVOICE_UNCONFIRMED   AMAZON   *       *      *       *   *                                   -> IMPORTED IMPORTED             COMPLETE   NONE
"""  # noqa: E501


class Published(NamedTuple):
    row: int
    conditions: tuple[frozenset[str], ...]
    result: tuple[str, ...]

    def fits(self, words: tuple[str, ...]) -> bool:
        return all("*" in wanted or word in wanted for wanted, word in zip(self.conditions, words, strict=True))


def published_rows() -> list[Published]:
    rows = []
    for text in PUBLISHED.strip().splitlines()[1:]:
        left, right = text.split("->")
        number, *conditions = left.split()
        rows.append(
            Published(int(number), tuple(frozenset(word.split("|")) for word in conditions), tuple(right.split()))
        )
    return rows


ROWS = published_rows()
OBSTACLES = {
    "none": replace(ORDER, lines=(LINE,)),
    "unmanaged": replace(ORDER, lines=(with_product(manages_stock=False, available=0),)),
    "unmatched": replace(ORDER, lines=(replace(LINE, product=None),)),
    "disabled": replace(ORDER, lines=(with_product(enabled=False),)),
    "short": replace(ORDER, lines=(with_product(available=1),)),
    "address": replace(ORDER, flaws=(ADDRESS_FLAW,)),
    "amounts": replace(ORDER, flaws=(AMOUNT_FLAW,)),
    "currency": replace(ORDER, flaws=(CURRENCY_FLAW,)),
}
SENDERS = {"MERCHANT": FulfillmentChannel.MERCHANT, "AMAZON": FulfillmentChannel.AMAZON, "unsaid": None}
REST = tuple(
    product(
        ("on", "off"),
        ("since", "before"),
        SENDERS,
        ("some", "none", "zero"),
        ("no", "open"),
        ("RESERVE", "DO_NOT_RESERVE"),
        ("on", "off"),
        OBSTACLES,
        StockRule,
    )
)


def order_of(status: AmazonOrderStatus, placed: str, sender: str, items: str, cancel: str, obstacle: str) -> OrderState:
    order = OBSTACLES[obstacle]
    lines = {"some": order.lines, "none": (), "zero": (replace(order.lines[0], quantity=0, needed=0),)}[items]
    return replace(
        order,
        status=status,
        raw_status=status.value,
        fulfillment_channel=SENDERS[sender],
        purchased_at=BEFORE if placed == "before" else CUTOFF,
        lines=lines,
        cancel_open=cancel == "open",
    )


@pytest.mark.parametrize("status", AmazonOrderStatus)
def test_every_combination_is_decided_as_the_published_table_says(status):
    for importing, placed, sender, items, cancel, pending, fba, obstacle, stock_rule in REST:
        order = order_of(status, placed, sender, items, cancel, obstacle)
        settings = OrderSettings(
            import_enabled=importing == "on",
            pending_order_stock=PendingOrderStock(pending),
            fba_requires_stock=fba == "on",
            stock_rule=stock_rule,
        )

        decision = decide(order, settings=settings, cutoff_at=CUTOFF)

        words = (importing, placed, status.value, sender, items, cancel, pending, fba, obstacle)
        expected = next(row for row in ROWS if row.fits(words))
        got = (decision.outcome, decision.code, decision.commerce_state or "-", decision.stock)
        assert (decision.row, got) == (expected.row, expected.result), words
        assert bool(decision.blockers) == (expected.row == 11), words


def test_every_published_row_decides_some_combination():
    reached = set()
    for status in AmazonOrderStatus:
        for importing, placed, sender, items, cancel, pending, fba, obstacle, _ in REST:
            words = (importing, placed, status.value, sender, items, cancel, pending, fba, obstacle)
            reached.add(next(index for index, row in enumerate(ROWS) if row.fits(words)))
    assert reached == set(range(len(ROWS)))
