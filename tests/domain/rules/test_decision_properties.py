from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.order_settings import OrderSettings, PendingOrderStock, StockRule
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.blockers import BlockerKind, Flaw, LineState, ProductState
from domain.channel.cases import OrderState, Outcome, StockAction
from domain.channel.decision import decide
from tests.domain.rules.orders import CUTOFF

flaws = st.builds(
    Flaw,
    kind=st.sampled_from(
        [BlockerKind.INVALID_ADDRESS, BlockerKind.MARKETPLACE_DATA_INVALID, BlockerKind.CURRENCY_NOT_CONFIGURED]
    ),
    field=st.sampled_from(["address.city", "proceeds.grandTotal"]),
    message=st.just("wrong"),
    item_id=st.none() | st.integers(1, 3),
)
products = st.builds(
    ProductState,
    product_id=st.integers(1, 3),
    sku=st.sampled_from(["A", "B"]),
    enabled=st.booleans(),
    manages_stock=st.booleans(),
    available=st.just(4),
    is_let_through=st.booleans(),
)
lines = st.builds(
    LineState,
    item_id=st.integers(1, 9),
    seller_sku=st.none() | st.just("S"),
    quantity=st.integers(-1, 4),
    needed=st.integers(0, 4),
    product=st.none() | products,
    is_to_create=st.booleans(),
)
orders = st.builds(
    OrderState,
    status=st.sampled_from(AmazonOrderStatus),
    raw_status=st.none() | st.text(max_size=5),
    fulfillment_channel=st.none() | st.sampled_from(FulfillmentChannel),
    purchased_at=st.datetimes(datetime(2026, 2, 27), datetime(2026, 3, 9), timezones=st.just(UTC)),  # noqa: DTZ001
    lines=st.lists(lines, max_size=4).map(tuple),
    cancel_open=st.booleans(),
    flaws=st.lists(flaws, max_size=2).map(tuple),
)
importable = st.builds(
    OrderState,
    status=st.sampled_from(
        [
            AmazonOrderStatus.UNSHIPPED,
            AmazonOrderStatus.PARTIALLY_SHIPPED,
            AmazonOrderStatus.SHIPPED,
            AmazonOrderStatus.INVOICE_UNCONFIRMED,
        ]
    ),
    raw_status=st.none(),
    fulfillment_channel=st.just(FulfillmentChannel.MERCHANT),
    purchased_at=st.just(CUTOFF),
    lines=st.lists(lines.filter(lambda line: line.quantity != 0), min_size=1, max_size=4).map(tuple),
    flaws=st.lists(flaws, max_size=3).map(tuple),
)
settings = st.builds(
    OrderSettings,
    import_enabled=st.booleans(),
    pending_order_stock=st.sampled_from(PendingOrderStock),
    stock_rule=st.sampled_from(StockRule),
    fba_requires_stock=st.booleans(),
)


@given(orders | importable, settings)
def test_an_order_is_blocked_exactly_when_there_are_blockers_and_then_never_imported(order, chosen):
    decision = decide(order, settings=chosen, cutoff_at=CUTOFF)
    assert bool(decision.blockers) == (decision.outcome is Outcome.BLOCKED)
    assert (decision.commerce_state is not None) == (decision.outcome is Outcome.IMPORTED)


@given(orders | importable)
def test_a_store_that_does_not_import_never_imports(order):
    decision = decide(order, settings=OrderSettings(import_enabled=False), cutoff_at=CUTOFF)
    assert (decision.outcome, decision.row) == (Outcome.SKIPPED, 1)


@given(orders | importable, settings)
def test_the_same_order_and_settings_always_give_the_same_decision(order, chosen):
    assert decide(order, settings=chosen, cutoff_at=CUTOFF) == decide(order, settings=chosen, cutoff_at=CUTOFF)


@given(importable, st.lists(flaws, min_size=1, max_size=3))
def test_a_flaw_always_blocks_an_order_of_the_merchant_that_could_be_imported(order, found):
    flawed = OrderState(
        status=order.status,
        raw_status=order.raw_status,
        fulfillment_channel=order.fulfillment_channel,
        purchased_at=order.purchased_at,
        lines=order.lines,
        flaws=tuple(found),
    )
    decision = decide(flawed, settings=OrderSettings(), cutoff_at=CUTOFF)
    assert decision.outcome is Outcome.BLOCKED
    assert {flaw.kind for flaw in found} <= {blocker.kind for blocker in decision.blockers}


@given(orders, settings)
def test_nothing_is_imported_of_an_order_that_amazon_has_not_sent_yet(order, chosen):
    decision = decide(order, settings=chosen, cutoff_at=CUTOFF)
    if decision.outcome is Outcome.IMPORTED and order.fulfillment_channel is not FulfillmentChannel.MERCHANT:
        assert order.fulfillment_channel is FulfillmentChannel.AMAZON
        assert order.status in (AmazonOrderStatus.SHIPPED, AmazonOrderStatus.INVOICE_UNCONFIRMED)
        assert decision.stock is StockAction.NONE


@given(orders | importable, settings)
def test_only_the_last_rule_looked_at_may_stop_the_order_and_its_row_is_the_one_named(order, chosen):
    decision = decide(order, settings=chosen, cutoff_at=CUTOFF)
    stopped = [index for index, step in enumerate(decision.steps, start=1) if not step.passed]
    if decision.outcome is Outcome.IMPORTED:
        assert not stopped
    elif decision.outcome is Outcome.BLOCKED:
        assert stopped
        assert min(stopped) > 10
    else:
        assert stopped == [decision.row] == [len(decision.steps)]


@given(st.lists(lines, max_size=6), st.integers(0, 10))
def test_restocking_what_each_line_is_short_of_clears_every_shortage(wanted, shelf):
    def state(available):
        product = ProductState(product_id=1, sku="A", enabled=True, manages_stock=True, available=available)
        return OrderState(
            status=AmazonOrderStatus.UNSHIPPED,
            raw_status=None,
            fulfillment_channel=FulfillmentChannel.MERCHANT,
            purchased_at=CUTOFF,
            lines=tuple(
                LineState(item_id=item_id, seller_sku="S", quantity=1, needed=line.needed, product=product)
                for item_id, line in enumerate(wanted)
            ),
        )

    short = decide(state(shelf), settings=OrderSettings(), cutoff_at=CUTOFF).blockers
    missing = sum(int(blocker.facts["short_by"] or 0) for blocker in short)
    assert missing == max(0, sum(line.needed for line in wanted) - shelf)
    assert decide(state(shelf + missing), settings=OrderSettings(), cutoff_at=CUTOFF).blockers == ()
