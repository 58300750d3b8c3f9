"""Shops that sell in several currencies, counted in one besides; and goods that nobody had listed here."""

from decimal import Decimal
from typing import Any

from tests.end_to_end.stories.asking import FAILURE, MONEY, MUG, UNKNOWN_SKU, apply, choose, look, notes, to_do, worth
from tests.end_to_end.town import CONNECT, Town

CANADA = "A2EUQ1WTGCTBG2"
SAVE = f"""mutation($patch: GlobalSettingsPatch!) {{ updateGlobalSettings(input: {{patch: $patch}}) {{
  settings {{ baseCurrency }} {FAILURE} }} }}"""
SET = f"""mutation($rates: [CurrencyRateInput!]!) {{ setCurrencyRates(input: {{rates: $rates}}) {{
  rates {{ id rate validFrom }} affected {{ value }} {FAILURE} }} }}"""
REMOVE = f"mutation($id: ID!) {{ removeCurrencyRate(rateId: $id) {{ {FAILURE} }} }}"
IN_BASE = f"""query($number: String!) {{ commerceOrder(by: {{amazonOrderId: $number}}) {{ total {MONEY} baseRate
  baseTotal {MONEY} baseTotalPaid {MONEY} baseTotalRefunded {MONEY}
  invoices {{ baseTotal {MONEY} }} creditMemos {{ baseTotal {MONEY} }} }} }}"""
TOTALS = f"""{{ commerceOrders {{ totals {{ currencies {{ currencyCode orders total {MONEY} }}
  base {{ total {MONEY} orders without }} }} }}
  stores {{ dashboard {{ lifetimeSales {MONEY} baseSales {{ total {MONEY} orders without }} }} }} }}"""
REFUND = f"mutation($input: RefundOrderInput!) {{ refundOrder(input: $input) {{ {FAILURE} }} }}"
PRODUCT = (
    """query($sku: String!) { products(first: 1, search: $sku) { nodes { id enabled managesStock awaitsReview } } }"""
)
ENABLE = f"mutation($id: ID!) {{ enableProduct(productId: $id) {{ {FAILURE} }} }}"


async def count_in(shop: Town, code: str | None) -> None:
    """Set the base currency."""
    assert (await shop.ask(SAVE, patch={"baseCurrency": code}))["updateGlobalSettings"]["errors"] == []


async def worth_in_euro(shop: Town, currency: str, rate: str, **more: Any) -> dict[str, Any]:
    """Set what a currency is worth in euros."""
    given = [{"currency": currency, "baseCurrency": "EUR", "rate": rate} | more]
    payload: dict[str, Any] = (await shop.ask(SET, rates=given))["setCurrencyRates"]
    return payload


async def in_base(shop: Town, number: str) -> dict[str, Any]:
    """Return an order's amounts in the base currency."""
    found: dict[str, Any] = (await shop.ask(IN_BASE, number=number))["commerceOrder"]
    return found


async def give_back(shop: Town, number: str, **wish: Any) -> None:
    """Give money back."""
    given = {"orderId": (await look(shop, number))["id"], "reason": "BUYER_RETURN", "idempotencyKey": str(wish)} | wish
    assert (await shop.ask(REFUND, input=given))["refundOrder"]["errors"] == []


async def test_currency_conversion(shop: Town):
    """Orders keep their currency and the rate of their day; a currency without a rate waits, and says what it needs."""
    elsewhere = {"name": "Canada", "marketplaceId": CANADA, "refreshToken": "Atzr|demo"}
    assert (await shop.ask(CONNECT, input=elsewhere))["connectStore"]["errors"] == []
    await shop.stock(MUG, 50)
    before = shop.place(MUG)
    await shop.pass_time()

    await count_in(shop, "EUR")
    first_rate = await worth_in_euro(shop, "USD", "0.9137")
    assert first_rate["errors"] == []
    dollars = shop.place(MUG, quantity=3)
    canadian = shop.place(MUG, marketplace_id=CANADA)
    await shop.pass_time()

    assert (await in_base(shop, before))["baseTotal"] is None  # nobody said what it was worth then
    kept = await in_base(shop, dollars)
    exact = (worth(kept["total"]) * Decimal("0.9137")).quantize(Decimal("0.01"))
    assert (kept["baseRate"], kept["baseTotal"]) == ("0.9137", {"amount": str(exact), "currencyCode": "EUR"})
    assert kept["baseTotalPaid"] == kept["invoices"][0]["baseTotal"] == kept["baseTotal"]

    (entry,) = (await look(shop, canadian))["blockers"]
    assert entry["message"] == "Cannot create sales order: There is no rate from CAD to EUR, the base currency"
    best = entry["resolutions"][0]
    assert (best["id"], best["mutation"], best["needsInput"]) == ("SET_RATE", "setCurrencyRates", ["RATE"])
    assert (await apply(shop, entry["id"], "SET_RATE", rate="0"))["errors"] != []
    done = await apply(shop, entry["id"], "SET_RATE", rate="0.67", key="a right one")
    assert (done["errors"], done["blocker"]["state"]) == ([], "RESOLVED")
    assert (await look(shop, canadian))["commerceOrder"]["total"]["currencyCode"] == "CAD"

    totals = await shop.ask(TOTALS)
    sums = {one["currencyCode"]: one for one in totals["commerceOrders"]["totals"]["currencies"]}
    assert {code: one["orders"] for code, one in sums.items()} == {"CAD": 1, "USD": 2}
    together = worth(kept["baseTotal"]) + worth((await in_base(shop, canadian))["baseTotal"])
    base = totals["commerceOrders"]["totals"]["base"]
    assert (worth(base["total"]), base["orders"], base["without"]) == (together, 2, 1)
    assert [store["dashboard"]["baseSales"]["without"] for store in totals["stores"]] == [1, 0]

    # Later rates change no order.
    refused = await worth_in_euro(shop, "USD", "0.95")
    assert [error["code"] for error in refused["errors"]] == ["DUPLICATE"]
    assert (await shop.ask(REMOVE, id=first_rate["rates"][0]["id"]))["removeCurrencyRate"]["errors"] == []
    assert (await worth_in_euro(shop, "USD", "0.95"))["errors"] == []
    later = shop.place(MUG)
    await shop.pass_time()
    assert (await in_base(shop, later))["baseRate"] == "0.95"
    assert await in_base(shop, dollars) == kept

    # What is given back in steps makes what was billed, to the cent.
    await give_back(shop, dollars, amount="3.33")
    await give_back(shop, dollars, amount="0.01")
    await give_back(shop, dollars)
    after = await in_base(shop, dollars)
    assert after["baseTotalRefunded"] == after["baseTotalPaid"] == kept["baseTotal"]
    assert sum(worth(memo["baseTotal"]) for memo in after["creditMemos"]) == worth(kept["baseTotal"])

    await count_in(shop, None)
    plain = shop.place(MUG)
    await shop.pass_time()
    assert (await in_base(shop, plain))["baseTotal"] is None
    assert (await shop.ask(TOTALS))["commerceOrders"]["totals"]["base"] is None


async def test_auto_create_disabled_product(shop: Town):
    """Where the shop wants it, the import makes products that are missing: disabled, uncounted, and each once."""
    blocked = shop.place(UNKNOWN_SKU, price=1999)
    await shop.pass_time()
    assert (await look(shop, blocked))["importDecision"]["outcome"] == "BLOCKED"
    assert await choose(shop, autoCreateProducts=None) != []
    assert await choose(shop, autoCreateProducts=True) == []
    others = [shop.place(UNKNOWN_SKU, price=1999) for _ in range(2)]
    await shop.pass_time()

    orders = [await look(shop, number) for number in (blocked, *others)]
    assert [order["commerceOrder"]["state"] for order in orders] == ["PROCESSING"] * 3
    assert [order["blockers"] for order in orders[1:]] == [[], []]
    made = "Product GLOFISH-ORNAMENT-DIVER created from the listing, disabled: there was none, and autoCreateProducts"
    assert sum(note.startswith(made) for order in orders for note in notes(order)) >= 1
    because = {step["rule"]: step["because"] for step in orders[0]["importDecision"]["steps"]}
    assert "makes the products that are missing" in because["PRODUCTS_MATCHED"]
    (product,) = (await shop.ask(PRODUCT, sku=UNKNOWN_SKU))["products"]["nodes"]
    assert (product["enabled"], product["managesStock"], product["awaitsReview"]) == (False, False, True)
    assert {item["product"]["sku"] for order in orders for item in order["items"]} == {UNKNOWN_SKU}
    assert await to_do(shop) == []

    later = shop.place(UNKNOWN_SKU, price=1999)
    await shop.pass_time()
    shown = await look(shop, later)
    assert shown["commerceOrder"]["state"] == "PROCESSING"
    because = {step["rule"]: step["because"] for step in shown["importDecision"]["steps"]}
    assert "let orders through" in because["PRODUCTS_ENABLED"]
    assert (await shop.ask(ENABLE, id=product["id"]))["enableProduct"]["errors"] == []
    assert not (await shop.ask(PRODUCT, sku=UNKNOWN_SKU))["products"]["nodes"][0]["awaitsReview"]
    assert await choose(shop, autoCreateProducts=False) == []
    enabled = shop.place(UNKNOWN_SKU, price=1999)
    await shop.pass_time()
    assert (await look(shop, enabled))["commerceOrder"]["state"] == "PROCESSING"
