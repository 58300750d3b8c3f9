from dataclasses import replace

from domain.amazon.facts import Breakdown, BreakdownKind
from domain.amazon.intake import Answered, store_page
from domain.amazon.records import AmazonItem
from domain.money import Money
from tests.domain.amazon.conftest import UPDATED, US, item, order


async def stored(store, stores, now, sealer, *items, updated_at=UPDATED):
    await store_page(
        fenced=None,
        account_id=store.account_id,
        stores=stores,
        requested_marketplaces=(US,),
        page=Answered(orders=[replace(order(), items=items, updated_at=updated_at)]),
        fetched_at=now,
        now=now,
        sealer=sealer,
    )
    return await AmazonItem.filter(gone_at__isnull=True).order_by("position")


def dollars(kind, minor, currency="USD"):
    return Breakdown(BreakdownKind(kind), Money(minor, currency))


async def test_a_part_in_another_currency_than_its_item_is_never_added_to_it(store, stores, now, sealer):
    parts = (dollars("ITEM", 1800), dollars("TAX", 999, "EUR"), dollars("TAX", 200))
    (row,) = await stored(store, stores, now, sealer, item(breakdowns=parts, unit_price=Money(900, "EUR")))
    assert (row.currency, row.price_minor, row.tax_minor, row.total_minor) == ("USD", 1800, 200, 2000)
    assert row.unit_price_minor is None


async def test_parts_of_one_kind_are_added_up_and_unknown_ones_kept_as_other(store, stores, now, sealer):
    parts = (dollars("TAX", 150), dollars("TAX", 50), dollars("COD_FEE", 30), dollars("OTHER", -5))
    (row,) = await stored(store, stores, now, sealer, item(breakdowns=parts))
    assert (row.tax_minor, row.other_minor, row.price_minor, row.discount_minor) == (200, 25, None, None)


async def test_an_item_without_a_total_counts_in_the_currency_of_its_parts_or_its_price(store, stores, now, sealer):
    rows = await stored(
        store,
        stores,
        now,
        sealer,
        item("1", proceeds_total=None, breakdowns=(dollars("ITEM", 5, "CAD"),)),
        item("2", proceeds_total=None, breakdowns=(), unit_price=Money(7, "MXN")),
        item("3", proceeds_total=None, breakdowns=()),
    )
    assert [(row.currency, row.price_minor, row.unit_price_minor) for row in rows] == [
        ("CAD", 5, None),
        ("MXN", None, 7),
        (None, None, None),
    ]
