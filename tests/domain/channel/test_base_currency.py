from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.accounts.currency_rates import NewRate
from domain.accounts.currency_records import CurrencyRate, RateSource
from domain.channel.apply_resolution import Inputs, apply_resolution
from domain.channel.base_currency import remove_currency_rate, set_currency_rates
from domain.channel.dismiss import dismiss_blocker
from domain.channel.read_only import update_global_settings
from domain.channel.records import Attention, AttentionState
from domain.channel.resolutions import resolutions_of, resolutions_together
from domain.commerce.records import CommerceOrder, CreditMemo, Invoice
from domain.errors import InvalidInput, RequiredInput
from tests.domain.channel.refunds import part, refund, request
from tests.domain.channel.stage import CLERK, Stage, commerce_of, decision_of, euro, item, items_of, open_attention
from tests.domain.channel.test_invoicing import bill, unbilled


@pytest.fixture
async def shop(stage: Stage) -> Stage:
    await stage.products({"sku": "MUG", "quantity": "50"})
    return stage


async def base(stage: Stage, currency: str | None):
    return await update_global_settings(
        patch={"base_currency": currency}, expected_version=None, now=stage.now, actor=CLERK
    )


async def rate(stage: Stage, value: str, *, currency="EUR", to="USD", day: date | None = None):
    given = NewRate(currency=currency, base_currency=to, rate=Decimal(value), valid_from=day or stage.now.date())
    _, affected = await set_currency_rates(rates=[given], source=RateSource.PERSON, now=stage.now, actor=CLERK)
    return affected


async def apply(stage: Stage, entry: Attention, key="k", resolution="SET_RATE", **inputs):
    return await apply_resolution(
        attention_id=entry.id,
        resolution_id=resolution,
        inputs=Inputs(**inputs),
        idempotency_key=key,
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )


def amounts(order: CommerceOrder):
    return order.base_currency, order.base_rate, order.base_total_minor


async def test_without_a_base_currency_all_is_as_before(shop: Stage):
    await rate(shop, "1.08")
    commerce, _ = await commerce_of(await shop.arrive())
    assert amounts(commerce) == (None, None, None)
    invoice = await Invoice.get(order_id=commerce.id)
    assert (invoice.base_currency, invoice.base_total_minor) == (None, None)


async def test_an_order_keeps_the_rate_of_the_day_on_which_it_is_made(shop: Stage):
    await base(shop, "USD")
    await rate(shop, "1.08")
    await rate(shop, "1.50", day=shop.now.date() + timedelta(days=1))
    first = await shop.arrive()
    commerce, _ = await commerce_of(first)
    assert amounts(commerce) == ("USD", "1.08", 2149)  # 19.90 x 1.08 = 21.492
    invoice = await Invoice.get(order_id=commerce.id)
    assert (invoice.base_currency, invoice.base_total_minor) == ("USD", 2149)

    shop.later(days=1)
    await rate(shop, "2", day=shop.now.date() - timedelta(days=5))
    second, _ = await commerce_of(await shop.arrive())
    assert amounts(second) == ("USD", "1.5", 2985)
    await remove_currency_rate(rate_id=(await CurrencyRate.get(rate="1.08")).id, now=shop.now, actor=CLERK)
    await base(shop, "GBP")
    assert amounts((await commerce_of(first))[0]) == ("USD", "1.08", 2149)


async def test_the_base_currency_itself_needs_no_rate(shop: Stage):
    await base(shop, "EUR")
    commerce, _ = await commerce_of(await shop.arrive())
    assert amounts(commerce) == ("EUR", "1", 1990)


async def test_an_order_canceled_on_amazon_nets_to_nothing_in_base(shop: Stage):
    await base(shop, "JPY")
    await rate(shop, "163.255", to="JPY")
    order = await shop.arrive(item(quantity=3, cents=1001))
    await shop.change(order, status="CANCELED")
    commerce, _ = await commerce_of(order)
    memo = await CreditMemo.get(order_id=commerce.id)
    assert (memo.base_currency, memo.base_total_minor) == ("JPY", commerce.base_total_minor) == ("JPY", 1634)


@pytest.mark.parametrize(("to", "value"), [("JPY", "163.255"), ("USD", "1.0837"), ("KWD", "0.3345")])
async def test_bills_and_refunds_in_steps_make_the_order_and_then_nothing_in_base(shop: Stage, to: str, value: str):
    await base(shop, to)
    await rate(shop, value, to=to)
    order = await shop.arrive(item(quantity=3, parts={"ITEM": 1000, "SHIPPING": 251, "TAX": 190}))
    (mug,) = await items_of(order)
    await unbilled(order)
    for step in range(3):
        await bill(shop, order, (mug.id, 1), idempotency_key=f"b{step}")
    commerce, _ = await commerce_of(order)
    invoices = [invoice.base_total_minor for invoice in await Invoice.filter(order_id=commerce.id)]
    assert len(invoices) == 3
    assert sum(invoices) == commerce.base_total_minor

    await refund(shop, order, request(part(mug.id, 1)), key="r1")
    await refund(shop, order, request(amount="0.37"), key="r2")
    given_back = [memo.base_total_minor for memo in await CreditMemo.filter(order_id=commerce.id).order_by("id")]
    assert 0 < sum(given_back) < commerce.base_total_minor
    await refund(shop, order, request(), key="r3")
    memos = await CreditMemo.filter(order_id=commerce.id).order_by("id")
    assert {memo.base_currency for memo in memos} == {to}
    assert sum(memo.base_total_minor for memo in memos) == commerce.base_total_minor


async def test_existing_orders_get_nothing_when_it_is_set(shop: Stage):
    order = await shop.arrive()
    await base(shop, "USD")
    await rate(shop, "1.08")
    await shop.evaluate(only=[order.id])
    commerce, _ = await commerce_of(order)
    assert amounts(commerce) == (None, None, None)


class TestWithoutARate:
    async def test_the_order_waits_for_one_and_says_so(self, shop: Stage):
        await base(shop, "USD")
        order = await shop.arrive()
        assert order.import_state == "BLOCKED"
        (entry,) = await open_attention(order)
        assert entry.blocker_kind == "CURRENCY_NOT_CONFIGURED"
        assert entry.message == "Cannot create sales order: There is no rate from EUR to USD, the base currency"
        assert entry.facts == {"field": "baseCurrency", "value": "EUR", "base_currency": "USD"}
        assert entry.cause == "CURRENCY_NOT_CONFIGURED:EUR/USD"
        step = next(step for step in (await decision_of(order)).steps if step["rule"] == "CURRENCY_CONFIGURED")
        assert not step["passed"]

    async def test_setting_it_has_all_orders_of_the_pair_evaluated(self, shop: Stage):
        await base(shop, "USD")
        orders = [await shop.arrive() for _ in range(3)]
        entry = (await open_attention(orders[2]))[0]
        await dismiss_blocker(attention_id=entry.id, note="later", now=shop.now, actor=CLERK)
        assert (await rate(shop, "0.85", currency="GBP")).count == 0
        affected = await rate(shop, "1.08")
        assert (affected.count, len(affected.first)) == (3, 3)
        await shop.evaluate()
        assert await CommerceOrder.filter(base_rate="1.08").count() == 3
        assert await Attention.exclude(state=AttentionState.RESOLVED).count() == 0

    async def test_a_rate_of_tomorrow_imports_it_tomorrow(self, shop: Stage):
        await base(shop, "USD")
        order = await shop.arrive()
        await rate(shop, "1.08", day=shop.now.date() + timedelta(days=1))
        await shop.evaluate()
        assert await CommerceOrder.all().count() == 0
        shop.later(days=1)
        await shop.evaluate()
        assert amounts((await commerce_of(order))[0]) == ("USD", "1.08", 2149)

    async def test_switching_the_base_currency_off_or_over_has_them_evaluated(self, shop: Stage):
        await base(shop, "USD")
        order = await shop.arrive()
        await base(shop, "GBP")
        await shop.evaluate()
        (entry,) = await open_attention(order)
        assert entry.cause == "CURRENCY_NOT_CONFIGURED:EUR/GBP"
        await base(shop, None)
        await shop.evaluate()
        assert amounts((await commerce_of(order))[0]) == (None, None, None)

    async def test_its_way_out_takes_a_rate_and_clears_all_of_the_cause(self, shop: Stage):
        await base(shop, "USD")
        first, second = await shop.arrive(), await shop.arrive()
        (entry,) = await open_attention(first)
        alone, together = (await resolutions_of([entry]))[entry.id], (await resolutions_together([entry]))[entry.id]
        assert [one.kind for one in alone] == ["SET_RATE", "DISMISS"]
        assert [one.kind for one in together] == ["SET_RATE"]
        assert alone[0].label == "Set the rate from EUR to USD, from today on"
        assert alone[0].mutation == "setCurrencyRates"
        assert alone[0].needs_input == ("RATE",)
        with pytest.raises(RequiredInput) as missing:
            await apply(shop, entry, "k1")
        assert missing.value.path == ("input", "rate")
        with pytest.raises(InvalidInput) as wrong:
            await apply(shop, entry, "k2", rate=Decimal(0))
        assert wrong.value.path == ("input", "rate")
        done = await apply(shop, entry, "k3", rate=Decimal("1.10"))
        assert sorted(done.first) == [first.id, second.id]
        assert (await apply(shop, entry, "k3", rate=Decimal("1.10"))).count == 2
        await shop.evaluate()
        assert await CommerceOrder.filter(base_rate="1.1").count() == 2

    async def test_a_code_that_is_no_currency_is_mended_by_no_rate(self, shop: Stage):
        await base(shop, "USD")
        order = await shop.arrive(grand_total=replace(euro(1990), currency="XXQ"))
        causes = {entry.cause for entry in await open_attention(order)}
        assert "CURRENCY_NOT_CONFIGURED:XXQ" in causes
        assert not any("/" in (cause or "") for cause in causes)
