from dataclasses import replace
from datetime import timedelta

import pytest

from domain.accounts.order_settings import PendingOrderStock, StockRule
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.cases import Outcome, StockAction
from tests.domain.rules.orders import (
    ADDRESS_FLAW,
    AMOUNT_FLAW,
    CURRENCY_FLAW,
    CUTOFF,
    LINE,
    ORDER,
    decided,
    with_product,
)

UNSHIPPED = ORDER
PENDING = replace(ORDER, status=AmazonOrderStatus.PENDING, raw_status="PENDING")
SHIPPED = replace(ORDER, status=AmazonOrderStatus.SHIPPED, raw_status="SHIPPED")


def by_amazon(order):
    return replace(order, fulfillment_channel=FulfillmentChannel.AMAZON)


def rules(decision):
    return [step.rule for step in decision.steps]


def test_row_1_a_store_that_does_not_import_skips_everything_even_a_canceled_order():
    decision = decided(replace(ORDER, status=AmazonOrderStatus.CANCELED), import_enabled=False)
    assert (decision.row, decision.outcome, decision.code) == (1, Outcome.SKIPPED, "IMPORT_DISABLED")
    assert decision.stock is StockAction.NONE
    assert rules(decision) == ["IMPORT_DISABLED"]


def test_row_2_an_order_from_before_the_integration_is_never_imported():
    decision = decided(replace(ORDER, purchased_at=CUTOFF - timedelta(milliseconds=1)))
    assert (decision.row, decision.outcome, decision.code) == (2, Outcome.SKIPPED, "BEFORE_INTEGRATION")


def test_row_2_an_order_placed_at_the_very_cutoff_is_imported():
    assert decided(replace(ORDER, purchased_at=CUTOFF)).outcome is Outcome.IMPORTED


def test_row_3_a_canceled_order_is_skipped_and_frees_what_it_holds():
    decision = decided(replace(ORDER, status=AmazonOrderStatus.CANCELED, lines=()))
    assert (decision.row, decision.code, decision.stock) == (3, "CANCELED", StockAction.RELEASE)


def test_row_4_an_unfulfillable_order_is_skipped():
    decision = decided(by_amazon(replace(ORDER, status=AmazonOrderStatus.UNFULFILLABLE)))
    assert (decision.row, decision.outcome, decision.code) == (4, Outcome.SKIPPED, "UNFULFILLABLE")


def test_row_5_a_status_we_do_not_know_waits_and_shows_amazons_word():
    decision = decided(replace(ORDER, status=AmazonOrderStatus.UNKNOWN, raw_status="TELEPORTED"))
    assert (decision.row, decision.outcome, decision.code) == (5, Outcome.WAITING, "UNKNOWN_STATUS")
    assert ("rawStatus", "TELEPORTED") in decision.steps[-1].inputs


@pytest.mark.parametrize(
    "status",
    [
        AmazonOrderStatus.PENDING,
        AmazonOrderStatus.UNSHIPPED,
        AmazonOrderStatus.PARTIALLY_SHIPPED,
        AmazonOrderStatus.SHIPPED,
        AmazonOrderStatus.INVOICE_UNCONFIRMED,
    ],
)
def test_row_5_an_order_of_which_nobody_says_who_sends_it_waits_and_holds_nothing(status):
    decision = decided(replace(ORDER, status=status, fulfillment_channel=None))
    assert (decision.row, decision.outcome, decision.stock) == (5, Outcome.WAITING, StockAction.NONE)
    assert ("fulfillmentChannel", None) in decision.steps[-1].inputs


@pytest.mark.parametrize("lines", [(), (replace(LINE, quantity=0, needed=0),)])
def test_row_6_an_order_without_anything_ordered_waits(lines):
    decision = decided(replace(ORDER, lines=lines))
    assert (decision.row, decision.outcome, decision.code) == (6, Outcome.WAITING, "ITEMS_MISSING")
    assert decision.steps[-1].inputs == (("items", str(len(lines))), ("itemsWithQuantity", "0"))


def test_row_6_a_negative_quantity_is_not_a_missing_item():
    assert decided(replace(ORDER, lines=(replace(LINE, quantity=-1),))).code != "ITEMS_MISSING"


def test_row_7_an_order_we_asked_to_cancel_waits_and_keeps_what_it_holds():
    decision = decided(replace(ORDER, cancel_open=True))
    assert (decision.row, decision.code, decision.stock) == (7, "CANCEL_REQUESTED", StockAction.KEEP)


def test_row_8_a_preorder_waits_whoever_will_send_it():
    for channel in (*FulfillmentChannel, None):
        order = replace(ORDER, status=AmazonOrderStatus.PENDING_AVAILABILITY, fulfillment_channel=channel)
        assert (decided(order).row, decided(order).stock) == (8, StockAction.NONE)


def test_row_9_a_pending_order_waits_with_its_stock_reserved_if_the_store_wants_that():
    assert (decided(PENDING).row, decided(PENDING).stock) == (9, StockAction.RESERVE_IF_POSSIBLE)
    without = decided(PENDING, pending_order_stock=PendingOrderStock.DO_NOT_RESERVE)
    assert (without.row, without.stock) == (9, StockAction.NONE)


def test_row_9_a_pending_order_is_not_blocked_by_what_may_still_change():
    decision = decided(replace(PENDING, lines=(replace(LINE, product=None),), flaws=(ADDRESS_FLAW,)))
    assert (decision.row, decision.blockers) == (9, ())


@pytest.mark.parametrize("status", ["PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"])
def test_row_10_nothing_is_made_of_an_order_that_amazon_still_has_to_send(status):
    decision = decided(by_amazon(replace(ORDER, status=AmazonOrderStatus(status))))
    assert (decision.row, decision.outcome, decision.code) == (10, Outcome.WAITING, "AMAZON_FULFILS")
    assert decision.stock is StockAction.NONE


def test_row_11_an_order_that_could_be_imported_is_blocked_by_what_is_wrong_with_it():
    decision = decided(replace(ORDER, lines=(replace(LINE, product=None),)))
    assert (decision.row, decision.outcome, decision.code) == (11, Outcome.BLOCKED, "BLOCKED")
    assert decision.summary == 'Cannot create sales order: Product "S-MUG" does not exist'
    assert [step.rule for step in decision.steps if not step.passed] == ["PRODUCTS_MATCHED"]


def test_row_11_every_check_is_told_also_after_the_first_one_that_stops_the_order():
    decision = decided(replace(ORDER, lines=(with_product(enabled=False, available=0),), flaws=(ADDRESS_FLAW,)))
    assert {step.rule: step.passed for step in decision.steps[10:]} == {
        "PRODUCTS_MATCHED": True,
        "PRODUCTS_ENABLED": False,
        "ENOUGH_STOCK": False,
        "ADDRESS_USABLE": False,
        "AMOUNTS_ADD_UP": True,
        "CURRENCY_CONFIGURED": True,
    }


@pytest.mark.parametrize("status", ["UNSHIPPED", "PARTIALLY_SHIPPED"])
def test_row_12_an_order_to_ship_becomes_one_in_processing(status):
    decision = decided(replace(ORDER, status=AmazonOrderStatus(status)))
    assert (decision.row, decision.outcome, decision.code) == (12, Outcome.IMPORTED, "IMPORTED")
    assert (decision.commerce_state, decision.stock) == ("PROCESSING", StockAction.RESERVE)
    assert all(step.passed for step in decision.steps)


@pytest.mark.parametrize("status", ["SHIPPED", "INVOICE_UNCONFIRMED"])
def test_row_13_an_order_the_merchant_has_shipped_becomes_a_complete_one(status):
    decision = decided(replace(ORDER, status=AmazonOrderStatus(status)))
    assert (decision.row, decision.commerce_state, decision.stock) == (13, "COMPLETE", StockAction.RESERVE)


def test_row_14_an_order_amazon_has_shipped_becomes_a_complete_one_without_touching_the_stock():
    order = by_amazon(replace(SHIPPED, lines=(with_product(available=0),), flaws=(ADDRESS_FLAW,)))
    decision = decided(order)
    assert (decision.row, decision.commerce_state, decision.stock) == (14, "COMPLETE", StockAction.NONE)


def test_row_14_a_store_may_ask_for_stock_of_what_amazon_sends_too():
    short = by_amazon(replace(SHIPPED, lines=(replace(with_product(available=1), needed=0),)))
    assert decided(short, fba_requires_stock=True).blockers[0].facts == {
        "required": 2,
        "available": 1,
        "short_by": 1,
    }


def test_the_steps_tell_every_rule_that_was_looked_at_in_order():
    assert rules(decided(SHIPPED)) == [
        "IMPORT_DISABLED",
        "BEFORE_INTEGRATION",
        "CANCELED",
        "UNFULFILLABLE",
        "UNKNOWN_STATUS",
        "ITEMS_MISSING",
        "CANCEL_REQUESTED",
        "PENDING_AVAILABILITY",
        "PENDING",
        "AMAZON_FULFILS",
        "PRODUCTS_MATCHED",
        "PRODUCTS_ENABLED",
        "ENOUGH_STOCK",
        "ADDRESS_USABLE",
        "AMOUNTS_ADD_UP",
        "CURRENCY_CONFIGURED",
        "TO_SHIP",
        "SHIPPED_BY_MERCHANT",
    ]


def test_each_step_says_what_it_looked_at():
    decision = decided(stock_rule=StockRule.UNSHIPPED_ONLY)
    inputs = {step.rule: dict(step.inputs) for step in decision.steps}
    assert inputs["IMPORT_DISABLED"] == {"importEnabled": "true"}
    assert inputs["BEFORE_INTEGRATION"] == {"purchasedAt": CUTOFF.isoformat(), "cutoffAt": CUTOFF.isoformat()}
    assert inputs["CANCEL_REQUESTED"] == {"cancelOpen": "false"}
    assert inputs["PENDING"] == {
        "status": "UNSHIPPED",
        "fulfillmentChannel": "MERCHANT",
        "pendingOrderStock": "RESERVE",
    }
    assert inputs["PRODUCTS_MATCHED"] == {
        "lines": "1",
        "autoCreateProducts": "false",
        "product of S-MUG": "MUG",
        "blockers": "0",
    }
    assert inputs["PRODUCTS_ENABLED"] == {"lines": "1", "MUG enabled": "true", "blockers": "0"}
    assert inputs["ENOUGH_STOCK"] == {
        "lines": "1",
        "fulfillmentChannel": "MERCHANT",
        "stockRule": "UNSHIPPED_ONLY",
        "fbaRequiresStock": "false",
        "MUG needed": "2",
        "MUG available": "5",
        "blockers": "0",
    }
    assert all(step.because for step in decision.steps)


def test_a_check_that_stops_an_order_shows_what_it_found():
    nameless = replace(LINE, item_id=3, seller_sku=None, asin=None, product=None)
    lines = (with_product(enabled=False), replace(nameless, item_id=2, asin="B0CUP"), nameless)
    decision = decided(replace(ORDER, lines=lines, flaws=(ADDRESS_FLAW, AMOUNT_FLAW, CURRENCY_FLAW)))
    inputs = {step.rule: dict(step.inputs) for step in decision.steps if not step.passed}
    assert inputs == {
        "PRODUCTS_MATCHED": {
            "lines": "3",
            "autoCreateProducts": "false",
            "product of S-MUG": "MUG",
            "product of B0CUP": None,
            "product of line 3": None,
            "blockers": "2",
        },
        "PRODUCTS_ENABLED": {"lines": "3", "MUG enabled": "false", "blockers": "1"},
        "ADDRESS_USABLE": {
            "lines": "3",
            "fulfillmentChannel": "MERCHANT",
            "field": "address.city",
            "part": "city",
            "blockers": "1",
        },
        "AMOUNTS_ADD_UP": {
            "lines": "3",
            "added_up": "1.00 EUR",
            "field": "proceeds.grandTotal",
            "stated": "2.00 EUR",
            "blockers": "1",
        },
        "CURRENCY_CONFIGURED": {"lines": "3", "field": "proceeds.grandTotal.currencyCode", "blockers": "1"},
    }


def test_what_amazon_sends_is_looked_at_in_whole_where_it_has_to_be_on_the_shelf():
    shipped = replace(by_amazon(SHIPPED), lines=(with_product(replace(LINE, needed=0), available=1),))
    loose, strict = decided(shipped), decided(shipped, fba_requires_stock=True)
    needed = [dict(step.inputs)["MUG needed"] for one in (loose, strict) for step in one.steps if "STOCK" in step.rule]
    assert (needed, loose.outcome, strict.outcome) == (["0", "2"], Outcome.IMPORTED, Outcome.BLOCKED)


def test_what_is_not_counted_is_not_shown_as_looked_at():
    decision = decided(replace(ORDER, lines=(with_product(manages_stock=False),)))
    (looked,) = [dict(step.inputs) for step in decision.steps if step.rule == "ENOUGH_STOCK"]
    assert not any(name.endswith("available") for name in looked)
