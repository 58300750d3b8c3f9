import pytest

from domain.commerce.records import CommerceOrder
from tests.api.schema.asking import Client
from tests.domain.channel.refunds import refund, request
from tests.domain.channel.stage import commerce_of, euro, item

MONEY = "{ amount currencyCode }"
RATE = "id currency baseCurrency rate validFrom source note enteredAt enteredBy { kind name }"
SET = f"""mutation($input: SetCurrencyRatesInput!) {{ setCurrencyRates(input: $input) {{
  rates {{ {RATE} }} affected {{ value }} errors {{ __typename code message path }} }} }}"""
REMOVE = "mutation($id: ID!) { removeCurrencyRate(rateId: $id) { errors { code path } } }"
RATES = f"""query($first: Int, $after: String, $currency: CurrencyCode, $base: CurrencyCode) {{
  currencyRates(first: $first, after: $after, currency: $currency, baseCurrency: $base) {{
    nodes {{ {RATE} }} count {{ value }} pageInfo {{ hasNextPage endCursor }} }} }}"""
SAVE = """mutation($patch: GlobalSettingsPatch!) { updateGlobalSettings(input: {patch: $patch}) {
  settings { baseCurrency version } errors { code path } } }"""
TOTALS = f"""query($where: CommerceOrderWhere) {{ commerceOrders(where: $where) {{ totals {{
  currencies {{ currencyCode orders total {MONEY} refunded {MONEY} }}
  base {{ total {MONEY} orders without }} }} }}
  stores {{ dashboard {{ lifetimeSales {MONEY} baseSales {{ total {MONEY} orders without }} }} }} }}"""
ORDER = f"""query($number: String!) {{ commerceOrder(by: {{amazonOrderId: $number}}) {{
  total {MONEY} baseRate baseTotal {MONEY} baseTotalPaid {MONEY} baseTotalRefunded {MONEY}
  invoices {{ baseTotal {MONEY} }} creditMemos {{ baseTotal {MONEY} }} }} }}"""
BLOCKERS = """{ blockers { nodes { id kind message ... on DataBlocker { field value }
  resolutions { id label mutation needsInput } order { amazonOrderId } } } }"""
APPLY = """mutation($input: ApplyResolutionInput!) { applyResolution(input: $input) {
  affected { value } blocker { state } order { importDecision { outcome } } errors { code path } } }"""


@pytest.fixture
async def shop(client: Client) -> Client:
    await client.stage.products({"sku": "MUG", "quantity": "90"})
    return client


def rate(value="1.08", currency="EUR", base="USD", **more):
    return {"currency": currency, "baseCurrency": base, "rate": value} | more


async def put(client: Client, *rates, **more):
    return (await client.ask(SET, input={"rates": list(rates)} | more))["setCurrencyRates"]


async def base(client: Client, code):
    return (await client.ask(SAVE, patch={"baseCurrency": code}))["updateGlobalSettings"]


async def test_rates_are_set_listed_and_removed(client: Client):
    payload = await put(
        client, rate("1.0800", note="ECB"), rate("0.85", base="GBP", validFrom="2026-03-05"), source="FILE"
    )
    assert payload["errors"] == []
    assert payload["rates"][0] == {
        "id": payload["rates"][0]["id"],
        "currency": "EUR",
        "baseCurrency": "USD",
        "rate": "1.08",
        "validFrom": "2026-03-02",
        "source": "FILE",
        "note": "ECB",
        "enteredAt": "2026-03-02T09:00:00.000Z",
        "enteredBy": {"kind": "USER", "name": None},
    }
    page = (await client.ask(RATES, first=1))["currencyRates"]
    assert (page["count"]["value"], [one["validFrom"] for one in page["nodes"]]) == (2, ["2026-03-05"])
    after = (await client.ask(RATES, first=1, after=page["pageInfo"]["endCursor"]))["currencyRates"]
    assert [one["validFrom"] for one in after["nodes"]] == ["2026-03-02"]
    assert not after["pageInfo"]["hasNextPage"]
    only = (await client.ask(RATES, currency="EUR", base="GBP"))["currencyRates"]
    assert [one["rate"] for one in only["nodes"]] == ["0.85"]
    assert (await client.ask(RATES, currency="JPY"))["currencyRates"]["nodes"] == []
    found = await client.ask(
        "query($id: ID!) { node(id: $id) { ... on CurrencyRate { rate } } }", id=after["nodes"][0]["id"]
    )
    assert found == {"node": {"rate": "1.08"}}

    removed = payload["rates"][0]["id"]
    assert (await client.ask(REMOVE, id=removed))["removeCurrencyRate"]["errors"] == []
    (again,) = (await client.ask(REMOVE, id=removed))["removeCurrencyRate"]["errors"]
    assert again == {"code": "NOT_FOUND", "path": ["rateId"]}
    (other,) = (await client.ask(REMOVE, id="U3RvcmU6MS4x"))["removeCurrencyRate"]["errors"]
    assert other == {"code": "INVALID", "path": ["rateId"]}


async def test_each_rate_that_cannot_be_set_is_told_with_its_place_and_none_is_set(client: Client):
    await put(client, rate())
    payload = await put(
        client,
        rate("0.5", base="GBP"),
        rate("0", base="CHF"),
        rate("-1", base="CAD"),
        rate("1", "XXQ"),
        rate("1", base="EUR"),
        rate("0.6", base="GBP"),
        rate("1.09"),
    )
    told = [(error["code"], error["path"][1:]) for error in payload["errors"]]
    assert told == [
        ("INVALID", ["rates", "1", "rate"]),
        ("INVALID", ["rates", "2", "rate"]),
        ("INVALID", ["rates", "3", "currency"]),
        ("INVALID", ["rates", "4", "baseCurrency"]),
        ("DUPLICATE", ["rates", "5"]),
        ("DUPLICATE", ["rates", "6", "validFrom"]),
    ]
    assert payload["rates"] == []
    assert (await client.ask(RATES))["currencyRates"]["count"] == {"value": 1}
    assert [error["code"] for error in (await put(client))["errors"]] == ["REQUIRED"]
    many = [rate("1.5", validFrom=f"{2000 + at // 300}-{1 + at // 25 % 12:02}-{1 + at % 25:02}") for at in range(1001)]
    assert [error["code"] for error in (await put(client, *many))["errors"]] == ["LIMIT_EXCEEDED"]


async def test_what_is_no_rate_at_all_is_refused_before_anything_else(client: Client):
    for wrong in (
        {"rate": "0.12345678901"},
        {"rate": "1e3"},
        {"rate": 1.5},
        {"currency": "eur"},
        {"validFrom": "2026-02-30"},
        {"validFrom": "02.03.2026"},
        {"validFrom": 20260302},
    ):
        refused = await client.refused(SET, input={"rates": [rate() | wrong]})
        assert refused["code"] == "BAD_USER_INPUT"


async def test_a_base_currency_can_be_set_and_switched_off(client: Client):
    assert (await base(client, "EUR"))["settings"] == {"baseCurrency": "EUR", "version": 1}
    (refused,) = (await base(client, "XXQ"))["errors"]
    assert refused == {"code": "INVALID", "path": ["input", "patch", "baseCurrency"]}
    assert (await base(client, None))["settings"] == {"baseCurrency": None, "version": 2}
    untouched = await client.ask(SAVE, patch={"logRetention": "DAILY"})
    assert untouched["updateGlobalSettings"]["settings"]["baseCurrency"] is None


async def test_an_order_shows_what_it_and_its_papers_come_to_in_base(shop: Client):
    await base(shop, "JPY")
    await put(shop, rate("163.255", base="JPY"))
    order = await shop.stage.arrive(item(quantity=2, cents=1990))
    await refund(shop.stage, order, request(amount="5.00"), key="a")
    shown = (await shop.ask(ORDER, number=order.number))["commerceOrder"]
    yen = {"amount": "3249", "currencyCode": "JPY"}  # 19.90 x 163.255 = 3248.7745
    assert (shown["baseRate"], shown["baseTotal"], shown["baseTotalPaid"]) == ("163.255", yen, yen)
    assert shown["invoices"] == [{"baseTotal": yen}]
    assert shown["baseTotalRefunded"] == {"amount": "816", "currencyCode": "JPY"}  # 816.275
    assert shown["creditMemos"] == [{"baseTotal": {"amount": "816", "currencyCode": "JPY"}}]
    await refund(shop.stage, order, request(), key="b")
    shown = (await shop.ask(ORDER, number=order.number))["commerceOrder"]
    assert shown["baseTotalRefunded"] == yen
    assert [memo["baseTotal"]["amount"] for memo in shown["creditMemos"]] == ["816", "2433"]


async def test_without_a_base_currency_an_order_shows_none(shop: Client):
    order = await shop.stage.arrive()
    shown = (await shop.ask(ORDER, number=order.number))["commerceOrder"]
    assert [shown[name] for name in ("baseRate", "baseTotal", "baseTotalPaid", "baseTotalRefunded")] == [None] * 4
    assert shown["invoices"] == [{"baseTotal": None}]


async def test_totals_never_mix_currencies_and_say_how_many_have_none_in_base(shop: Client):
    stage = shop.stage
    before = await stage.arrive()  # 19.90 EUR, made before there was a base currency
    nothing = await shop.ask(TOTALS)
    assert nothing["commerceOrders"]["totals"]["base"] is None
    assert nothing["stores"][0]["dashboard"]["baseSales"] is None

    await base(shop, "USD")
    await put(shop, rate("1.10"))
    await stage.arrive(item(cents=1000))
    pounds, _ = await commerce_of(await stage.arrive(item(cents=500)))
    # Another currency, as another store would have it.
    await CommerceOrder.filter(id=pounds.id).update(currency="GBP", base_rate="1.3", base_total_minor=650)
    await refund(stage, before, request(amount="0.90"))
    await stage.arrive(item("UNKNOWN", cents=700))

    shown = await shop.ask(TOTALS)
    assert shown["commerceOrders"]["totals"] == {
        "currencies": [
            {
                "currencyCode": "EUR",
                "orders": 2,
                "total": {"amount": "29.90", "currencyCode": "EUR"},
                "refunded": {"amount": "0.90", "currencyCode": "EUR"},
            },
            {
                "currencyCode": "GBP",
                "orders": 1,
                "total": {"amount": "5.00", "currencyCode": "GBP"},
                "refunded": {"amount": "0.00", "currencyCode": "GBP"},
            },
        ],
        "base": {"total": {"amount": "17.50", "currencyCode": "USD"}, "orders": 2, "without": 1},
    }
    # The one that is blocked is shown as an error and is no sale.
    sold = {"total": {"amount": "17.50", "currencyCode": "USD"}, "orders": 2, "without": 1}
    assert shown["stores"][0]["dashboard"]["baseSales"] == sold

    filtered = (await shop.ask(TOTALS, where={"amazonOrderId": {"eq": before.number}}))["commerceOrders"]["totals"]
    assert [one["total"]["amount"] for one in filtered["currencies"]] == ["19.90"]
    assert filtered["base"] == {"total": {"amount": "0.00", "currencyCode": "USD"}, "orders": 0, "without": 1}
    within = {"baseTotal": {"currencyCode": "USD", "gte": "6.51", "lt": "11.01"}}
    (found,) = (await shop.ask(TOTALS, where=within))["commerceOrders"]["totals"]["currencies"]
    assert (found["orders"], found["total"]["amount"]) == (1, "10.00")
    await base(shop, "CHF")
    other = (await shop.ask(TOTALS))["commerceOrders"]["totals"]["base"]
    assert other == {"total": {"amount": "0.00", "currencyCode": "CHF"}, "orders": 0, "without": 3}


async def test_the_totals_of_no_order_are_empty(client: Client):
    await base(client, "USD")
    shown = await client.ask(TOTALS)
    none = {"total": {"amount": "0.00", "currencyCode": "USD"}, "orders": 0, "without": 0}
    assert shown["commerceOrders"]["totals"] == {"currencies": [], "base": none}
    assert shown["stores"][0]["dashboard"]["baseSales"] == none


async def test_a_blocker_for_want_of_a_rate_takes_one(shop: Client):
    await base(shop, "USD")
    orders = [await shop.stage.arrive(item(cents=cents)) for cents in (1000, 2000)]
    first, _ = (await shop.ask(BLOCKERS))["blockers"]["nodes"]
    assert (first["kind"], first["field"], first["value"]) == ("CURRENCY_NOT_CONFIGURED", "baseCurrency", "EUR")
    assert first["message"] == "Cannot create sales order: There is no rate from EUR to USD, the base currency"
    way = first["resolutions"][0]
    assert (way["mutation"], way["needsInput"]) == ("setCurrencyRates", ["RATE"])
    given = {"blockerId": first["id"], "resolutionId": way["id"], "idempotencyKey": "1"}
    (missing,) = (await shop.ask(APPLY, input=given))["applyResolution"]["errors"]
    assert missing == {"code": "REQUIRED", "path": ["input", "rate"]}
    done = (await shop.ask(APPLY, input=given | {"rate": "1.10", "idempotencyKey": "2"}))["applyResolution"]
    assert done == {
        "affected": {"value": 2},
        "blocker": {"state": "RESOLVED"},
        "order": {"importDecision": {"outcome": "IMPORTED"}},
        "errors": [],
    }
    totals = [(await shop.ask(ORDER, number=order.number))["commerceOrder"]["baseTotal"]["amount"] for order in orders]
    assert totals == ["11.00", "22.00"]
    assert (await shop.ask(BLOCKERS))["blockers"]["nodes"] == []


async def test_setting_a_rate_imports_what_waited_for_it(shop: Client):
    await base(shop, "USD")
    order = await shop.stage.arrive()
    payload = await put(shop, rate())
    assert payload["affected"] == {"value": 1}
    assert (await commerce_of(order))[0].base_rate == "1.08"
    assert euro(1990) == euro((await commerce_of(order))[0].total_minor)
