from dataclasses import replace

from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.blockers import BlockerKind, Flaw, ProductState, stock_blockers
from domain.channel.cases import Outcome
from tests.domain.rules.orders import (
    ADDRESS_FLAW,
    AMOUNT_FLAW,
    CURRENCY_FLAW,
    LINE,
    ORDER,
    PRODUCT,
    decided,
    with_product,
)


def blockers_of(*lines, **changes):
    return decided(replace(ORDER, lines=lines, **changes)).blockers


def test_a_line_without_product_is_told_in_the_documented_words():
    (blocker,) = blockers_of(replace(LINE, product=None))
    assert blocker.kind is BlockerKind.PRODUCT_NOT_MATCHED
    assert blocker.message == 'Cannot create sales order: Product "S-MUG" does not exist'
    assert (blocker.item_id, blocker.product_id, blocker.seller_sku) == (1, None, "S-MUG")


def test_a_line_without_seller_sku_is_named_by_its_asin_or_as_being_without():
    by_asin, by_nothing = blockers_of(
        replace(LINE, product=None, seller_sku=None),
        replace(LINE, item_id=2, product=None, seller_sku=None, asin=None),
    )
    assert by_asin.message == 'Cannot create sales order: Product "B0MUG" does not exist'
    assert by_nothing.message == 'Cannot create sales order: Product "without SKU" does not exist'


def test_a_disabled_product_is_told_in_the_documented_words():
    (blocker,) = blockers_of(with_product(enabled=False))
    assert blocker.kind is BlockerKind.PRODUCT_DISABLED
    assert blocker.message == 'Cannot create sales order: Product "MUG" in order is not salable'
    assert (blocker.item_id, blocker.product_id, blocker.seller_sku) == (1, 7, "S-MUG")


def test_missing_stock_is_told_apart_with_what_is_needed_there_and_short():
    (blocker,) = blockers_of(with_product(available=1))
    assert blocker.kind is BlockerKind.OUT_OF_STOCK
    assert blocker.message == (
        'Cannot create sales order: Product "MUG" is out of stock: 2 needed, 1 available, 1 short'
    )
    assert blocker.facts == {"required": 2, "available": 1, "short_by": 1}


def test_a_disabled_product_that_is_also_out_of_stock_has_two_causes():
    found = blockers_of(with_product(enabled=False, available=0))
    assert [blocker.kind for blocker in found] == [BlockerKind.PRODUCT_DISABLED, BlockerKind.OUT_OF_STOCK]


def test_a_product_whose_stock_nobody_manages_is_never_out_of_stock():
    assert blockers_of(with_product(manages_stock=False, available=-3)) == ()


def test_exactly_enough_is_enough():
    assert blockers_of(with_product(available=2)) == ()


def test_lines_of_one_product_share_its_stock_in_their_order():
    lines = [replace(with_product(available=5), item_id=item_id, quantity=3, needed=3) for item_id in (1, 2, 3)]
    second, third = blockers_of(*lines)
    assert (second.item_id, second.facts) == (2, {"required": 3, "available": 2, "short_by": 1})
    assert (third.item_id, third.facts) == (3, {"required": 3, "available": 0, "short_by": 3})


def test_lines_of_different_products_do_not_share():
    other = ProductState(product_id=8, sku="CUP", enabled=True, manages_stock=True, available=2)
    assert blockers_of(with_product(available=2), replace(LINE, item_id=2, product=other)) == ()


def test_negative_stock_counts_as_none():
    (blocker,) = blockers_of(with_product(available=-4))
    assert blocker.facts == {"required": 2, "available": 0, "short_by": 2}


def test_a_negative_quantity_gives_no_stock_to_the_next_line():
    lines = (replace(with_product(available=1), quantity=-2, needed=-2), replace(with_product(available=1), item_id=2))
    (blocker,) = stock_blockers(lines, merchant=True)
    assert blocker.facts == {"required": 2, "available": 1, "short_by": 1}


def test_a_line_of_quantity_zero_is_dropped_and_blocks_nothing():
    assert decided(replace(ORDER, lines=(LINE, replace(LINE, item_id=2, quantity=0, product=None)))).outcome is (
        Outcome.IMPORTED
    )


def test_what_is_shipped_already_needs_no_stock_under_the_honest_rule():
    assert blockers_of(replace(LINE, needed=0, product=replace(PRODUCT, available=0))) == ()


def test_each_flaw_becomes_a_blocker_that_names_its_field():
    found = decided(replace(ORDER, flaws=(ADDRESS_FLAW, AMOUNT_FLAW, CURRENCY_FLAW))).blockers
    assert [(blocker.kind, blocker.facts["field"]) for blocker in found] == [
        (BlockerKind.INVALID_ADDRESS, "address.city"),
        (BlockerKind.MARKETPLACE_DATA_INVALID, "proceeds.grandTotal"),
        (BlockerKind.CURRENCY_NOT_CONFIGURED, "proceeds.grandTotal.currencyCode"),
    ]
    assert found[0].message == "Cannot create sales order: The delivery address has no city"
    assert found[1].facts["stated"] == "2.00 EUR"


def test_the_same_flaw_found_twice_is_one_blocker_and_one_of_another_line_is_another():
    on_line = Flaw(
        kind=BlockerKind.MARKETPLACE_DATA_INVALID, field="proceeds.proceedsTotal", message="missing", item_id=1
    )
    flaws = (on_line, on_line, replace(on_line, item_id=2))
    assert [blocker.item_id for blocker in decided(replace(ORDER, flaws=flaws)).blockers] == [1, 2]


def test_an_address_that_amazon_delivers_to_blocks_nothing():
    order = replace(
        ORDER,
        status=AmazonOrderStatus.SHIPPED,
        fulfillment_channel=FulfillmentChannel.AMAZON,
        flaws=(ADDRESS_FLAW, AMOUNT_FLAW),
    )
    assert [blocker.kind for blocker in decided(order).blockers] == [BlockerKind.MARKETPLACE_DATA_INVALID]
